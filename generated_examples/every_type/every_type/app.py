"""Stores an entity of each kind and reads it back: `python -m every_type.app`."""

import asyncio
from typing import TypeVar

from pkit import Repository

from every_type import samples
from every_type.repos import Repositories

T = TypeVar("T")
Id = TypeVar("Id")


async def check(repository: Repository[T, Id], entity_id: Id, entity: T) -> None:
    """Store an entity and read it back. Raises ValueError when it is not equal."""
    await repository.add(entity)
    stored = await repository.get(entity_id)
    if stored is entity or stored != entity or type(stored) is not type(entity):
        raise ValueError(f"{entity} reads back as {stored}")
    print("equal:", type(entity).__name__)


async def main() -> None:
    """Use the database that the environment names."""
    async with Repositories.open() as repos:
        await check(repos.scalars, samples.ID, samples.SCALARS)
        await check(repos.optional_scalars, 0, samples.NOTHING)
        await check(repos.optional_scalars, 1, samples.OPTIONAL_SCALARS)
        await check(repos.choices, samples.ID, samples.CHOICES)
        await check(repos.account, samples.ACCOUNT.id, samples.ACCOUNT)
        await check(repos.arrays, samples.ID, samples.ARRAYS)
        await check(repos.documents, samples.ID, samples.DOCUMENTS)
        await check(repos.frozen, samples.ID, samples.FROZEN)
        await check(repos.keyword_only, samples.ID, samples.KEYWORD_ONLY)
        await check(repos.mixed, 1, samples.MIXED)
        await check(repos.computed, samples.ID, samples.COMPUTED)
        await check(repos.invoice, samples.INVOICE.id, samples.INVOICE)
        await check(repos.order, samples.ID, samples.ORDER)
        await check(repos.untyped, samples.ID, samples.UNTYPED)


if __name__ == "__main__":
    asyncio.run(main())
