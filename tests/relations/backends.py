"""How each backend opens a generated package over a database without rows."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

from servers import mongo, postgres

Open: TypeAlias = Callable[[Any], AbstractAsyncContextManager[Any]]
"""From a generated package to a container of it."""


@asynccontextmanager
async def _memory(package: Any) -> AsyncGenerator[Any]:
    yield package.Repositories.memory()


@asynccontextmanager
async def _postgres(package: Any) -> AsyncGenerator[Any]:
    async with postgres.emptied() as url, package.Repositories.postgres(url) as repositories:
        await repositories.create_schema()
        yield repositories


@asynccontextmanager
async def _mongo(package: Any) -> AsyncGenerator[Any]:
    async with mongo.database("pymongo") as database, package.Repositories.mongo(database) as repositories:
        await repositories.create_schema()
        yield repositories


BACKENDS: dict[str, Open] = {"memory": _memory, "postgres": _postgres, "mongo": _mongo}
