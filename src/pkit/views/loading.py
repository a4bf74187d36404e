"""Running the statements of a view, and building dicts of what they give."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, Protocol, TypeAlias, cast

from pkit.container import Container
from pkit.relations import Hop, Join
from pkit.sorting import ID, rank
from pkit.views.planning import Batch, Query, Slot

Row: TypeAlias = tuple[Any, ...]
"""What is held of an entity, then of what was joined to it: an entity or the dict of its fields, as the slots of the query say, or None."""

Build: TypeAlias = Callable[[Iterable[int]], list[dict[str, Any]]]
"""Gives the rows of some numbers as dicts."""


class Fetching(Protocol):
    """What every backend's repository can do beyond its contract."""

    async def fetch(
        self,
        criteria: Any,
        /,
        *,
        joins: Sequence[Join[Any]] = (),
        offset: int = 0,
        limit: int | None = None,
        sort_by: Any = None,
        sort_desc: bool = False,
    ) -> Sequence[Row]:
        """Return a tuple for each entity that matches, in order: the entity, then the entity of each join or None. One statement.

        Where the backend's description of an entity has `to_fields`, there is the dict of the entity's fields in its place.
        """
        ...

    async def get(self, entity_id: Any, /) -> Any: ...
    async def get_by_index(self, index: Any, value: Any, /) -> Any: ...
    async def count(self) -> int: ...
    async def count_by_fields(self, criteria: Any, /) -> int: ...


@dataclass(frozen=True, slots=True)
class Loaded:
    """The rows of a query and, for each of its batches, what was found."""

    query: Query
    rows: Sequence[Row]
    found: Sequence[Found]


@dataclass(frozen=True, slots=True)
class Found:
    """What a batch has found: by key, the numbers of its rows, ascending by id."""

    batch: Batch
    loaded: Loaded
    numbers: Mapping[Any, Sequence[int]]


class Loader:
    """Runs queries in a container, one after the other: a transaction has one connection."""

    def __init__(self, container: Container) -> None:
        self._container = container

    def repository(self, key: str) -> Fetching:
        """Return the repository of an entity."""
        return cast(Fetching, getattr(self._container, self._container.__members__[key].attribute))

    async def load(self, query: Query, criteria: Any, **window: Any) -> Loaded:
        """Return what a query and its batches give."""
        return await self.complete(query, await self.repository(query.key).fetch(criteria, joins=query.joins, **window))

    async def complete(self, query: Query, rows: Sequence[Row]) -> Loaded:
        """Return the rows of a query with what its batches give for them."""
        return Loaded(query, rows, [await self._found(batch, query, rows) for batch in query.batches])

    async def _found(self, batch: Batch, query: Query, rows: Sequence[Row]) -> Found:
        keys = _distinct(_keys(query, batch.position, batch.local, rows))
        if batch.between is not None:
            return await self._over(batch, batch.between, keys)
        loaded = await self._holding(batch.query, batch.local.remote, keys)
        grouped = _targets_by if batch.query.start > 0 else _rows_by
        return Found(batch, loaded, grouped(loaded, batch.local.remote))

    async def _over(self, batch: Batch, between: Query, keys: Sequence[Any]) -> Found:
        """Look up the rows between, then the targets, which live elsewhere."""
        first, second = batch.relation.hops
        middle = await self._holding(between, first.remote, keys)
        loaded = await self._holding(batch.query, second.remote, _distinct(_keys(between, 0, second, middle.rows)))
        targets = _rows_by(loaded, second.remote)
        source, target = (between.slots[0].reader(field) for field in (first.remote, second.local))
        numbers: defaultdict[Any, set[int]] = defaultdict(set)
        for (held,) in middle.rows:
            numbers[source(held)].update(targets.get(target(held), ()))
        return Found(batch, loaded, {key: sorted(reached) for key, reached in numbers.items()})

    async def _holding(self, query: Query, field: str, values: Sequence[Any]) -> Loaded:
        if not values:
            return Loaded(query, (), [Found(batch, Loaded(batch.query, (), ()), {}) for batch in query.batches])
        return await self.load(query, {field: {"in": values}})


def _keys(query: Query, position: int, hop: Hop[str], rows: Sequence[Row]) -> Iterable[Any]:
    """Yield the keys by which what is at a position of the rows refers to others."""
    read = query.slots[position].reader(hop.local)
    for row in rows:
        held = row[position]
        if held is not None:
            yield from _several(read(held), hop)


def _several(value: Any, hop: Hop[str]) -> Iterable[Any]:
    """Return the keys that the field of a hop holds."""
    if value is None:
        return ()
    return cast(Iterable[Any], value) if hop.array else (value,)


def _distinct(keys: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(keys))


def _by_id(loaded: Loaded) -> list[int]:
    """Return the numbers of the rows in the order of what the query is about; rows without it are left out."""
    start, rows = loaded.query.start, loaded.rows
    read = loaded.query.slots[start].reader(ID)
    there = [number for number, row in enumerate(rows) if row[start] is not None]
    return sorted(there, key=lambda number: rank(read(rows[number][start])))


def _rows_by(loaded: Loaded, field: str) -> Mapping[Any, Sequence[int]]:
    """Return the numbers of the rows by the value of a field of what comes first."""
    read = loaded.query.slots[0].reader(field)
    groups: defaultdict[Any, list[int]] = defaultdict(list)
    for number, key in enumerate(map(read, map(itemgetter(0), loaded.rows))):
        groups[key].append(number)
    return groups


def _targets_by(loaded: Loaded, field: str) -> Mapping[Any, Sequence[int]]:
    """Return the numbers of the rows that lead to a target, by the value of a field of what comes first: each target once per value."""
    start, rows, slots = loaded.query.start, loaded.rows, loaded.query.slots
    source, target = slots[0].reader(field), slots[start].reader(ID)
    groups: defaultdict[Any, dict[Any, int]] = defaultdict(dict)
    for number in _by_id(loaded):
        groups[source(rows[number][0])].setdefault(target(rows[number][start]), number)
    return {key: list(targets.values()) for key, targets in groups.items()}


# --- from rows to dicts -----------------------------------------------------------------------------------------------


def builder(loaded: Loaded, *, once: bool = False) -> Build:
    """Return what gives rows as dicts that share nothing with any other. `once`: no row is asked for again, so that a dict which it holds may
    be taken as it is.
    """
    rows, slots, start = loaded.rows, loaded.query.slots, loaded.query.start
    joined = [(position, slot.name, slot.parent) for position, slot in enumerate(slots) if slot.name]
    batches = [(found.batch.position, found.batch.name, _relating(loaded, found)) for found in loaded.found]
    if len(slots) == 1 and not batches:
        show = _showing(slots[0], once)
        return lambda numbers: [show(rows[number][0]) for number in numbers]
    show_all = _showing_all(slots, once)

    def build(row: Row) -> dict[str, Any]:
        shown = show_all(row)
        for position, name, parent in joined:
            if (holder := shown[parent]) is not None:
                holder[name] = shown[position]
        for position, name, related in batches:
            if (holder := shown[position]) is not None:
                holder[name] = related(row[position])
        made: dict[str, Any] = shown[start]
        return made

    return lambda numbers: [build(rows[number]) for number in numbers]


def _showing_all(slots: Sequence[Slot], once: bool) -> Callable[[Row], Sequence[Any]]:
    """Return a function that gives for each slot the dict of what a row holds there."""
    shows = [_showing(slot, once) for slot in slots]
    if all(show is _same for show in shows):
        return _same
    return lambda row: [None if held is None else show(held) for show, held in zip(shows, row, strict=True)]


def _showing(slot: Slot, once: bool) -> Callable[[Any], Any]:
    """Return a function that gives the dict of what a row holds in a slot."""
    if slot.hidden:
        return lambda held: None
    if slot.dicts:
        return _same if once else dict
    return slot.fields


def _same(held: Any) -> Any:
    return held


def _relating(loaded: Loaded, found: Found) -> Callable[[Any], Any]:
    """Return a function that gives what something that rows hold is related to: a list, or for a relation to one a dict or None."""
    build, numbers = builder(found.loaded), _numbering(loaded, found)
    if found.batch.relation.many:
        return lambda held: build(numbers(held))
    return lambda held: next(iter(build(numbers(held)[:1])), None)


def _numbering(loaded: Loaded, found: Found) -> Callable[[Any], Sequence[int]]:
    """Return a function that gives the numbers of the rows that something is related to, in order."""
    local, numbers = found.batch.local, found.numbers
    read = loaded.query.slots[found.batch.position].reader(local.local)
    if not local.array:
        return lambda held: numbers.get(read(held), ())

    def of_array(held: Any) -> Sequence[int]:
        keys = read(held)
        reached = [number for key in _several(keys, local) for number in numbers.get(key, ())]
        return sorted(reached) if isinstance(keys, Set) else reached  # a set has no order of its own

    return of_array
