"""Running the statements of a view, and building dicts of what they give."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias, cast

from pkit.container import Container
from pkit.relations import Hop, Join
from pkit.sorting import ID, rank
from pkit.views.planning import Batch, Query

Row: TypeAlias = tuple[Any, ...]
"""An entity, then what was joined to it."""


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
        """Return a tuple for each entity that matches, in order: the entity, then the entity of each join or None. One statement."""
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
        return Loaded(query, rows, [await self._found(batch, rows) for batch in query.batches])

    async def _found(self, batch: Batch, rows: Sequence[Row]) -> Found:
        keys = _distinct(key for row in rows for key in _keys(row[batch.position], batch.local))
        if batch.between is not None:
            return await self._over(batch, batch.between, keys)
        loaded = await self._holding(batch.query, batch.local.remote, keys)
        grouped = _targets_by if batch.query.start > 0 else _rows_by
        return Found(batch, loaded, grouped(loaded, batch.local.remote))

    async def _over(self, batch: Batch, between: Query, keys: Sequence[Any]) -> Found:
        """Look up the rows between, then the targets, which live elsewhere."""
        first, second = batch.relation.hops
        middle = await self._holding(between, first.remote, keys)
        loaded = await self._holding(batch.query, second.remote, _distinct(_keys_of(middle.rows, second)))
        targets = _rows_by(loaded, second.remote)
        numbers: dict[Any, set[int]] = {}
        for (entity,) in middle.rows:
            reached = targets.get(getattr(entity, second.local), ())
            numbers.setdefault(getattr(entity, first.remote), set()).update(reached)
        return Found(batch, loaded, {key: sorted(reached) for key, reached in numbers.items()})

    async def _holding(self, query: Query, field: str, values: Sequence[Any]) -> Loaded:
        if not values:
            return Loaded(query, (), [Found(batch, Loaded(batch.query, (), ()), {}) for batch in query.batches])
        return await self.load(query, {field: {"in": values}})


def _keys(entity: Any, hop: Hop[str]) -> Iterable[Any]:
    """Return the keys by which an entity refers to others."""
    value = None if entity is None else getattr(entity, hop.local)
    if value is None:
        return ()
    return cast(Iterable[Any], value) if hop.array else (value,)


def _keys_of(rows: Sequence[Row], hop: Hop[str]) -> Iterable[Any]:
    return (key for row in rows for key in _keys(row[0], hop))


def _distinct(keys: Iterable[Any]) -> list[Any]:
    return list(dict.fromkeys(keys))


def _by_id(loaded: Loaded) -> list[int]:
    """Return the numbers of the rows in the order of what the query is about; rows without it are left out."""
    start, rows = loaded.query.start, loaded.rows
    there = [number for number, row in enumerate(rows) if row[start] is not None]
    return sorted(there, key=lambda number: rank(getattr(rows[number][start], ID)))


def _rows_by(loaded: Loaded, field: str) -> Mapping[Any, Sequence[int]]:
    """Return the numbers of the rows by the value of a field of the first entity."""
    groups: dict[Any, list[int]] = {}
    for number, row in enumerate(loaded.rows):
        groups.setdefault(getattr(row[0], field), []).append(number)
    return groups


def _targets_by(loaded: Loaded, field: str) -> Mapping[Any, Sequence[int]]:
    """Return the numbers of the rows that lead to a target, by the value of a field of the first entity: each target once per value."""
    start, rows = loaded.query.start, loaded.rows
    groups: dict[Any, dict[Any, int]] = {}
    for number in _by_id(loaded):
        groups.setdefault(getattr(rows[number][0], field), {}).setdefault(getattr(rows[number][start], ID), number)
    return {key: list(targets.values()) for key, targets in groups.items()}


# --- from entities to dicts -------------------------------------------------------------------------------------------


def builder(loaded: Loaded) -> Callable[[Row], dict[str, Any]]:
    """Return a function that gives a row as a dict that shares nothing with any other."""
    slots, start = loaded.query.slots, loaded.query.start
    batches = [(found.batch.position, found.batch.name, _relating(found)) for found in loaded.found]
    fields = slots[0].fields
    if len(slots) == 1 and not batches and fields is not None:
        return lambda row: fields(row[0])

    def build(row: Row) -> dict[str, Any]:
        shown: list[Any] = []
        for (fields, name, parent), entity in zip(slots, row, strict=True):
            made = None if entity is None or fields is None else fields(entity)
            shown.append(made)
            if name and (holder := shown[parent]) is not None:
                holder[name] = made
        for position, name, related in batches:
            if (holder := shown[position]) is not None:
                holder[name] = related(row[position])
        return cast(dict[str, Any], shown[start])

    return build


def _relating(found: Found) -> Callable[[Any], Any]:
    """Return a function that gives what an entity is related to: a list, or for a relation to one a dict or None."""
    build, rows, numbers = builder(found.loaded), found.loaded.rows, _numbering(found)
    if found.batch.relation.many:
        return lambda entity: [build(rows[number]) for number in numbers(entity)]
    return lambda entity: next((build(rows[number]) for number in numbers(entity)), None)


def _numbering(found: Found) -> Callable[[Any], Sequence[int]]:
    """Return a function that gives the numbers of the rows that an entity is related to, in order."""
    local, numbers = found.batch.local, found.numbers
    if not local.array:
        return lambda entity: numbers.get(getattr(entity, local.local), ())

    def of_array(entity: Any) -> Sequence[int]:
        reached = [number for key in _keys(entity, local) for number in numbers.get(key, ())]
        return (
            sorted(reached) if isinstance(getattr(entity, local.local), Set) else reached
        )  # a set has no order of its own

    return of_array
