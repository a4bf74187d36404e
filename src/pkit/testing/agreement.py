"""Whether a host's database answers as memory does, for the host's own entities."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, cast, get_args

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.strategies import SearchStrategy

from pkit.container import Container, Member
from pkit.criteria import CriteriaField
from pkit.errors import ForeignKeyViolation
from pkit.memory.entity import Entity
from pkit.testing.values import entities

VALUES_PER_FIELD = 3


async def assert_agreement(
    repositories: Container, *, examples: int = 20, start: int = 0, enforces_references: bool = True
) -> None:
    """Make entities from the types of the fields, do the same with them in memory and in the given repositories, and compare every result.

    They are added, read, listed in every order, searched by every field, and deleted; the same errors must be raised. Run it over an empty
    database, in `rolled_back` where there is something to keep. `examples` is how many entities are made of each kind, `start` chooses others;
    `enforces_references` is False for mongo, which leaves out what memory refuses for a reference.

    Raises AssertionError that tells the call and both results.

    >>> async with Repositories.postgres(url) as database:
    ...     await database.create_schema()
    ...     await assert_agreement(database)
    """
    memory: Container = cast(Any, type(repositories)).memory()
    pair = _Pair(memory, repositories, enforces_references)
    chooser = random.Random(start)
    for member in _by_reference(repositories):
        await _add(pair, member, _made(member, examples, start), chooser)
    for member in repositories.__members__.values():
        await _compare(pair, member, chooser)
    for member in reversed(_by_reference(repositories)):
        await _delete(pair, member)


@dataclass
class _Pair:
    """Memory and the database, and what was stored in both by key."""

    memory: Container
    database: Container
    enforces_references: bool
    stored: dict[str, list[Any]] = field(default_factory=dict[str, list[Any]])

    async def same(self, member: Member[Any], method: str, *arguments: object, **options: object) -> object:
        """Call a method of the repository in both and return its result. Raises AssertionError when they differ."""
        mine = await _outcome(getattr(self.memory, member.attribute), method, arguments, options)
        if mine is ForeignKeyViolation and not self.enforces_references:
            return mine
        theirs = await _outcome(getattr(self.database, member.attribute), method, arguments, options)
        if mine != theirs:
            shown = ", ".join([*map(repr, arguments), *(f"{name}={value!r}" for name, value in options.items())])
            raise AssertionError(
                f"{member.key}: {method}({shown}) gives\n  {mine!r} in memory, and\n  {theirs!r} in the database"
            )
        return mine


async def _outcome(repository: Any, method: str, arguments: Sequence[object], options: Mapping[str, object]) -> object:
    try:
        return await getattr(repository, method)(*arguments, **options)
    except Exception as error:
        return type(error)


async def _add(pair: _Pair, member: Member[Any], made: Sequence[Any], chooser: random.Random) -> None:
    stored = pair.stored.setdefault(member.key, [])
    for one in made:
        entity = _referring(pair, member, one, chooser)
        if await pair.same(member, "add", entity) is None:
            stored.append(entity)


async def _compare(pair: _Pair, member: Member[Any], chooser: random.Random) -> None:
    for entity in pair.stored[member.key]:
        await pair.same(member, "get", entity.id)
    await pair.same(member, "count")
    for order in _orders(_description(member)):
        await pair.same(member, "list", limit=None, sort_by=order)
    for criteria in _criteria(_description(member), pair.stored[member.key], chooser):
        await pair.same(member, "list_by_fields", criteria, limit=None)


async def _delete(pair: _Pair, member: Member[Any]) -> None:
    for entity in reversed(pair.stored[member.key]):
        await pair.same(member, "delete", entity.id)


def _orders(entity: Entity[Any]) -> Iterator[str]:
    for name, found in entity.fields.items():
        if isinstance(found, CriteriaField) and found.sortable:
            yield from (name, f"-{name}")


def _criteria(entity: Entity[Any], stored: Sequence[Any], chooser: random.Random) -> Iterator[dict[str, Any]]:
    """Yield criteria over each field, with values that are stored."""
    for name, found in entity.fields.items():
        if not isinstance(found, CriteriaField) or "." in name:
            continue
        for one in chooser.sample(list(stored), min(VALUES_PER_FIELD, len(stored))):
            value = getattr(one, name)
            yield {name: {"eq": value}}
            yield {name: {"ne": value}}
            if found.sortable and value is not None:
                yield {"or": [{name: {"lt": value}}, {"not": {name: {"gte": value}}}]}


def _description(member: Member[Any]) -> Entity[Any]:
    found: Entity[Any] = member.implementation("memory").entity
    return found


def _by_reference(container: Container) -> list[Member[Any]]:
    """Return the members in an order in which what is referred to comes before what refers to it, as far as there is one."""
    ordered: dict[str, Member[Any]] = {}

    def place(member: Member[Any], above: frozenset[str]) -> None:
        for reference in _description(member).references:
            target = container.__members__[reference.target]
            if target.key not in above:
                place(target, above | {target.key})
        ordered.setdefault(member.key, member)

    for member in container.__members__.values():
        place(member, frozenset({member.key}))
    return list(ordered.values())


def _referring(pair: _Pair, member: Member[Any], entity: Any, chooser: random.Random) -> Any:
    """Return the entity with references to what is stored, where there is something; one in ten is left as it is."""
    if chooser.random() < 0.1:
        return entity
    chosen = {
        reference.field: getattr(chooser.choice(pair.stored[reference.target]), reference.by)
        for reference in _description(member).references
        if pair.stored.get(reference.target)
    }
    return replace(entity, **chosen) if chosen else entity


def _made(member: Member[Any], examples: int, start: int) -> list[Any]:
    base, *_ = member.implementation("memory").__orig_bases__
    return _drawn(entities(get_args(base)[0]), examples, start)


def _drawn(strategy: SearchStrategy[Any], examples: int, start: int) -> list[Any]:
    drawn: list[Any] = []

    @seed(start)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    @given(strategy)
    def draw(value: Any) -> None:
        drawn.append(value)

    draw()
    return drawn[:examples]
