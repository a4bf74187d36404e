"""The backends that the suite runs on: how each opens the generated packages over one database without any rows."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import UTC, datetime
from typing import Any, TypeAlias, cast
from uuid import uuid4

import asyncpg
from pymongo import MongoClient
from servers import mongo, postgres

from pkit_gen.ir.model import Database

Open: TypeAlias = Callable[[Sequence[Any]], AbstractAsyncContextManager[Sequence[Any]]]
"""From generated packages to a container of each."""


@dataclass(frozen=True)
class Backend:
    """A backend under test. `references`: it enforces foreign keys; `savepoints`: part of a transaction can be undone;
    `milliseconds`: moments are truncated to those.
    """

    name: str
    database: Database
    open: Open
    references: bool = True
    transactions: bool = True
    savepoints: bool = True
    milliseconds: bool = False

    def stored(self, value: object) -> Any:
        """Return what a value, or an entity with all its values, reads back as: moments in UTC, and all else the same."""
        if isinstance(value, datetime):
            value = value.astimezone(UTC)
            return value.replace(microsecond=value.microsecond // 1000 * 1000) if self.milliseconds else value
        if isinstance(value, tuple):
            return tuple(map(self.stored, cast(tuple[object, ...], value)))
        if is_dataclass(value) and not isinstance(value, type):
            return replace(value, **{item.name: self.stored(getattr(value, item.name)) for item in fields(value)})
        return value


@asynccontextmanager
async def _memory(packages: Sequence[Any]) -> AsyncGenerator[Sequence[Any]]:
    containers = [package.Repositories.memory() for package in packages]
    for container in containers:
        await container.create_schema()
    yield containers


_prepared: dict[str, str] = {}
"""The addresses of databases whose schema has been created, by their name: creating it for each test takes too long."""


@asynccontextmanager
async def _postgres(packages: Sequence[Any]) -> AsyncGenerator[Sequence[Any]]:
    async with AsyncExitStack() as stack:
        created = "postgres" in _prepared
        url = _prepared["postgres"] if created else await stack.enter_async_context(postgres.emptied())
        containers = [await stack.enter_async_context(package.Repositories.postgres(url)) for package in packages]
        if created:
            await _delete_rows(url)
        else:
            for container in containers:
                await container.create_schema()
            _prepared["postgres"] = url
        yield containers


async def _delete_rows(url: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch("SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public'")
        deletes = ", ".join(f"d{number} AS (DELETE FROM {row[0]})" for number, row in enumerate(tables))
        await connection.execute(f"WITH {deletes} SELECT 1")  # one statement, at whose end references are checked
    finally:
        await connection.close()


def _mongo(driver: mongo.Driver) -> Open:
    name = f"pkit_shared_{driver}_{uuid4().hex}"

    @asynccontextmanager
    async def opened(packages: Sequence[Any]) -> AsyncGenerator[Sequence[Any]]:
        async with mongo.database(driver) as empty:
            database = empty.client[name]
            containers = [package.Repositories.mongo(database) for package in packages]
            if name not in _prepared:
                for container in containers:
                    await container.create_schema()
                _prepared[name] = mongo.dsn()
            for collection in await database.list_collection_names():
                await database[collection].delete_many({})
            yield containers

    return opened


def drop_prepared() -> None:
    """Drop the databases of MongoDB that were shared by the tests; PostgreSQL's own server goes with the tests."""
    for name, address in _prepared.items():
        if address.startswith("mongodb"):
            with MongoClient[dict[str, Any]](address) as client:
                client.drop_database(name)


_LIMITS_OF_MONGO: dict[str, bool] = {"references": False, "savepoints": False, "milliseconds": True}
BACKENDS: tuple[Backend, ...] = (
    Backend("memory", Database.MEMORY, _memory),
    Backend("postgres", Database.POSTGRES, _postgres),
    Backend("mongo-motor", Database.MONGO, _mongo("motor"), **_LIMITS_OF_MONGO),
    Backend("mongo-pymongo", Database.MONGO, _mongo("pymongo"), **_LIMITS_OF_MONGO),
)
DATABASES: tuple[Database, ...] = tuple(dict.fromkeys(backend.database for backend in BACKENDS))
