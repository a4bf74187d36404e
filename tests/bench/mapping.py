"""From rows to entities against calling the constructor by position, and from entities to rows against a tuple."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from importlib import import_module
from time import process_time
from typing import Any

from bench.harness import PKIT, Case, Contender, timed
from bench.host.entities import Person, Role
from bench.packages import package
from bench.people import people
from pkit_gen.ir.model import Database

ROLES = {role.value: role for role in Role}


def by_position(row: Any) -> Person:
    """What one writes by hand: the constructor by position, and a dict for the enum."""
    return Person(row[0], row[1], row[2], row[3], row[4], row[5], ROLES[row[6]], row[7], row[8], row[9])


def to_tuple(p: Person) -> tuple[Any, ...]:
    """What one writes by hand without checking anything."""
    return (p.id, p.email, p.name, p.age, p.score, p.joined, p.role.value, p.active, p.bio, p.org_id)


@asynccontextmanager
async def cases(scale: float) -> AsyncGenerator[list[Case]]:
    """Give the cases of both directions, over the rows of memory and of postgres."""
    entities = people(0, max(100, int(20_000 * scale)))
    found: list[Case] = []
    for database in (Database.MEMORY, Database.POSTGRES):
        package(database)
        mapping = import_module(f"bench_{database.value}.contact.{database.value}")
        rows = [to_tuple(entity) for entity in entities]
        found.append(_case(f"{database.value}: row to entity", by_position, mapping._from_row, rows, 1.05))
        found.append(
            _case(f"{database.value}: entity to row, with all checks", to_tuple, mapping._to_row, entities, None)
        )
    yield found


def _case(name: str, by_hand: Any, generated: Any, values: Sequence[Any], target: float | None) -> Case:
    contenders = [_contender("by hand", by_hand, values), _contender(PKIT, generated, values)]
    return Case("mapping", name, contenders, target)


def _contender(name: str, function: Callable[[Any], Any], values: Sequence[Any]) -> Contender:
    async def batch() -> None:
        for value in values:
            function(value)

    return Contender(name, timed(batch, len(values), clock=process_time))
