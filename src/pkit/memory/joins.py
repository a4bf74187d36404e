"""Entities from rows, with the related entities that a query joins to them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from pkit.errors import InvalidValue
from pkit.memory.entity import Entity, Row
from pkit.memory.session import Find
from pkit.relations import Join


def decode(entity: Entity[Any], row: Row) -> Any:
    """Return the entity that a row holds. Raises InvalidValue when a stored value no longer fits."""
    try:
        return entity.from_row(row)
    except InvalidValue as error:
        raise error.of(entity.key, row[entity.id_position]) from None


def joiner(entity: Entity[Any], joins: Sequence[Join[Entity[Any]]], find: Find) -> Callable[[Row], tuple[Any, ...]]:
    """Return a function from a row to its entity and, for each join, the related entity or None."""
    places = [entity, *(join.hop.entity for join in joins)]
    columns = [
        (places[join.parent].columns.index(join.hop.local), join.hop.entity.columns.index(join.hop.remote))
        for join in joins
    ]

    def follow(row: Row) -> tuple[Any, ...]:
        rows: list[Row | None] = [row]
        for join, (local, remote) in zip(joins, columns, strict=True):
            start = rows[join.parent]
            found = () if start is None else find(join.hop.entity, remote, start[local])
            rows.append(next(iter(found), None))
        return tuple(None if held is None else decode(place, held) for place, held in zip(places, rows, strict=True))

    return follow
