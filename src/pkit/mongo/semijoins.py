"""What criteria say over relations, looked up on the other side first: few matching rows there become a list of keys here.

The rest stays in the expression, and is looked up row by row within the query.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias, assert_never

from pkit.criteria import (
    All,
    AnyOf,
    Compare,
    ComparisonOperator,
    CriteriaField,
    Expression,
    IsAbsent,
    Not,
    Some,
    ToMany,
)
from pkit.mongo import types
from pkit.mongo.entity import At, Document, Entity, Reach, document_key
from pkit.mongo.queries import Query, steps_of
from pkit.relations import Hop

Hops: TypeAlias = Sequence[Hop[Entity[Any]]]
FindKeys: TypeAlias = Callable[[Entity[Any], str, Document, Sequence[Document]], Awaitable[Sequence[Any] | None]]
"""Gives what the matching documents of an entity hold at a key, or None when there are too many: takes the entity, the key, the filter
and the stages that go before it."""

_OPPOSITES: dict[ComparisonOperator, ComparisonOperator] = {"ne": "eq", "not_in": "in"}


def goes_over_relations(expression: Expression[At]) -> bool:
    """Return whether an expression asks anything of related rows."""
    match expression:
        case Compare(field=field) | IsAbsent(field=field):
            return isinstance(field.at, Reach)
        case All(items=items) | AnyOf(items=items):
            return any(goes_over_relations(item) for item in items)
        case Not(item=item):
            return goes_over_relations(item)
        case Some():
            return True
        case _:
            assert_never(expression)


def as_semijoins(expression: Expression[At]) -> Expression[At]:
    """Return the same expression with every condition over relations as a `Some`, one for all that an `All` says of the same row."""
    match expression:
        case Compare(field=field, operator=operator, value=value) if isinstance(field.at, Reach):
            if operator in _OPPOSITES:
                return Not(as_semijoins(Compare(field, _OPPOSITES[operator], value)))
            return _some(field.at, Compare(_own(field), operator, value))
        case IsAbsent(field=field) if isinstance(field.at, Reach):
            return Not(_some(field.at, Not(IsAbsent(_own(field)))))
        case Compare() | IsAbsent():
            return expression
        case All(items=items):
            return _all(items)
        case AnyOf(items=items):
            return AnyOf(tuple(as_semijoins(item) for item in items))
        case Not(item=item):
            return Not(as_semijoins(item))
        case Some(relation=relation, item=item):
            return Some(relation, as_semijoins(item))
        case _:
            assert_never(expression)


def _some(at: Reach, item: Expression[At]) -> Some[At]:
    return Some(ToMany(Reach(at.hops, None), dict), item)


def _own(field: CriteriaField[At]) -> CriteriaField[At]:
    if not isinstance(field.at, Reach) or field.at.path is None:
        raise TypeError("the address of a value over relations has a path")
    return replace(field, at=field.at.path)


def _all(items: Iterable[Expression[At]]) -> Expression[At]:
    """Return a conjunction; what it says of one and the same related row is looked up together."""
    together: dict[tuple[object, ...], tuple[Reach, list[Expression[At]]]] = {}
    apart: list[Expression[At]] = []
    for item in items:
        match as_semijoins(item):
            case Some(relation=ToMany(at=Reach() as at), item=inner) if isinstance(item, Compare):
                together.setdefault(steps_of(at.hops), (at, []))[1].append(inner)
            case other:
                apart.append(other)
    joined = [_some(at, All(tuple(inner))) for at, inner in together.values()]
    return All((*apart, *joined))


async def resolved(expression: Expression[At], find: FindKeys) -> Expression[At]:
    """Return an expression of semijoins in which those whose other side matches few rows are comparisons with their keys."""
    match expression:
        case Compare() | IsAbsent():
            return expression
        case All(items=items):
            return All(tuple([await resolved(item, find) for item in items]))
        case AnyOf(items=items):
            return AnyOf(tuple([await resolved(item, find) for item in items]))
        case Not(item=item):
            return Not(await resolved(item, find))
        case Some(relation=ToMany(at=Reach(hops=hops)), item=item):
            keys = await _keys(hops, await resolved(item, find), find)
            return expression if keys is None else _one_of(hops[0], keys)
        case Some():
            raise TypeError("a relation is not within the document")
        case _:
            assert_never(expression)


async def _keys(hops: Hops, item: Expression[At], find: FindKeys) -> Sequence[Any] | None:
    """Return the keys by which rows lead over the hops to one that matches, or None when there are too many on the way."""
    query = Query()
    wanted = query.filter(item)
    keys: Sequence[Any] | None = await find(hops[-1].entity, document_key(hops[-1].remote), wanted, query.stages)
    for hop, beyond in zip(reversed(hops[:-1]), reversed(hops[1:]), strict=True):
        if keys is None:
            return None
        wanted = {document_key(beyond.local): {"$in": keys}}
        keys = await find(hop.entity, document_key(hop.remote), wanted, ()) if keys else keys
    return keys


def _one_of(hop: Hop[Entity[Any]], keys: Sequence[Any]) -> Expression[At]:
    if not keys:
        return AnyOf(())
    field: CriteriaField[At] = CriteriaField(types.TEXT, document_key(hop.local))
    return Compare(field, "in", keys)
