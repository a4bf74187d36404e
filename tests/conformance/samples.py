"""Short ways to make entities and to ask for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from conformance.host.entities import Org, User


def uid(number: int) -> UUID:
    """Return the id of that number."""
    return UUID(int=number)


def org(number: int, name: str | None = None, city: str | None = None) -> Org:
    """Return the org of that number."""
    return Org(uid(number), f"org {number}" if name is None else name, city)


def user(number: int, email: str | None = None, **fields: Any) -> User:
    """Return the user of that number, with an address of their own unless one is given."""
    return User(uid(number), f"user{number}@example.org" if email is None else email, **fields)


async def stored(repository: Any) -> list[Any]:
    """Return everything that a repository holds, by id."""
    return list(await repository.list(limit=None))


async def found(repository: Any, criteria: Any, **options: Any) -> list[Any]:
    """Return the ids of what matches, in order; the numbers of ids that are UUIDs."""
    rows = await repository.list_by_fields(criteria, **{"limit": None, **options})
    return [row.id.int if isinstance(row.id, UUID) else row.id for row in rows]
