"""Counting what a database is asked, by the drivers' own hooks."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any, TypeAlias

import asyncpg
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent
from servers import mongo, postgres

Asked: TypeAlias = list[tuple[str, Any]]
"""Each statement with its arguments, or each command with its document."""

DRIVERS_OWN = ("pg_catalog", "set_config", "pg_advisory_unlock_all")
"""What is in the statements that asyncpg sends for itself: of types and settings, and when a connection goes back to its pool."""

Open: TypeAlias = Callable[[Any, Asked], AbstractAsyncContextManager[Any]]


@asynccontextmanager
async def _postgres(package: Any, asked: Asked) -> AsyncGenerator[Any]:
    def note(record: Any) -> None:
        if not any(name in record.query for name in DRIVERS_OWN):
            asked.append((record.query, record.args))

    async def listen(connection: Any) -> None:
        connection.add_query_logger(note)

    async with postgres.emptied() as url, asyncpg.create_pool(url, min_size=1, max_size=1, init=listen) as pool:
        repositories = package.Repositories.postgres(pool)
        await repositories.create_schema()
        yield repositories


class _Listener(CommandListener):
    def __init__(self, asked: Asked) -> None:
        self._asked = asked

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name in ("find", "aggregate"):
            self._asked.append((event.command_name, event.command))

    def succeeded(self, event: CommandSucceededEvent) -> None:
        """Ignore it."""

    def failed(self, event: CommandFailedEvent) -> None:
        """Ignore it."""


@asynccontextmanager
async def _mongo(package: Any, asked: Asked) -> AsyncGenerator[Any]:
    async with mongo.database("pymongo", event_listeners=[_Listener(asked)]) as database:
        repositories = package.Repositories.mongo(database)
        await repositories.create_schema()
        yield repositories


COUNTED: dict[str, Open] = {"postgres": _postgres, "mongo": _mongo}
