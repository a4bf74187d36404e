"""The steps that writing consists of. A transaction records its steps and takes them again, on what is committed by then.

A step is a function that says what becomes of one row of a table, given that table and what the step is about.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias

from pkit.errors import EntityNotFound, UniqueViolation
from pkit.memory.entity import Row
from pkit.memory.store import Table
from pkit.sorting import ID

Outcome: TypeAlias = tuple[Any, Row | None, Row | None]
"""A row's id, and the row before and after a step: None where there is none."""

Step: TypeAlias = Callable[[Table, Any], Outcome]
"""Raises UniqueViolation for a taken id, EntityNotFound."""


class Operation(NamedTuple):
    """A step to take on the table of `entity`, and what it is about."""

    entity: str
    step: Step
    subject: Any


class Change(NamedTuple):
    """New values, by column, for the row of an id. `required`: there must be one."""

    entity_id: Any
    values: Mapping[int, Any]
    required: bool


def insert(table: Table, row: Row) -> Outcome:
    """Store a row whose id is not taken."""
    entity_id = row[table.id_position]
    if table.get(entity_id) is not None:
        raise UniqueViolation(table.entity.key, ID, (ID,))
    return entity_id, None, row


def put(table: Table, row: Row) -> Outcome:
    """Store a row, whether or not its id is taken."""
    entity_id = row[table.id_position]
    return entity_id, table.get(entity_id), row


def replace(table: Table, row: Row) -> Outcome:
    """Store a row whose id is taken."""
    entity_id = row[table.id_position]
    before = table.get(entity_id)
    if before is None:
        raise EntityNotFound(table.entity.key, entity_id)
    return entity_id, before, row


def change(table: Table, change: Change) -> Outcome:
    """Store new values in a row."""
    entity_id, values, required = change
    before = table.get(entity_id)
    if before is None:
        if required:
            raise EntityNotFound(table.entity.key, entity_id)
        return entity_id, None, None
    return entity_id, before, tuple(values.get(column, value) for column, value in enumerate(before))


def delete(table: Table, entity_id: Any) -> Outcome:
    """Remove a row, if it is there."""
    return entity_id, table.get(entity_id), None
