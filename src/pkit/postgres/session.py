"""Sessions: a database to make repositories on, or one transaction in it."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeAlias, Union

import asyncpg

from pkit.errors import ConfigurationError
from pkit.postgres import connections, schema
from pkit.postgres.connect import pool_of_settings, pool_of_url
from pkit.postgres.connections import Connections
from pkit.postgres.errors import fail

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

    from pkit.settings import RepoSettings

PostgresConnectable: TypeAlias = Union[
    str, "asyncpg.Pool[asyncpg.Record]", "AsyncEngine", "AsyncConnection", "AsyncSession"
]
"""What a session can be opened on."""

_ALCHEMY: dict[str, Callable[[Any], Connections]] = {
    "AsyncEngine": connections.of_engine,
    "AsyncConnection": connections.of_connection,
    "AsyncSession": connections.of_session,
}


class Session:
    """A handle on a database, or on a transaction in it. Nothing is connected before the first statement.

    >>> session = Session.open("postgresql://app@localhost/app")
    """

    def __init__(self, on: Connections) -> None:
        self.connections = on

    @classmethod
    def open(cls, database: PostgresConnectable, /) -> Session:
        """Return a session on a URL, an asyncpg pool, or SQLAlchemy's engine, connection or ORM session. Raises ConfigurationError.

        On SQLAlchemy's connection or ORM session everything happens in the host's transaction, which the host commits.
        """
        if isinstance(database, str):
            return cls(connections.Pooled(pool_of_url(database)))
        if isinstance(database, asyncpg.Pool):
            return cls(connections.HostPool(database))
        alchemy = sys.modules.get("sqlalchemy.ext.asyncio")  # imported already where one of its objects is
        for name, adapt in _ALCHEMY.items():
            if alchemy is not None and isinstance(database, getattr(alchemy, name)):
                return cls(adapt(database))
        raise ConfigurationError(f"a repository cannot run on {type(database).__name__}")

    @classmethod
    def from_settings(cls, settings: RepoSettings) -> Session:
        """Return a session on the database that the settings name. Raises ConfigurationError."""
        return cls(connections.Pooled(pool_of_settings(settings)))

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Session]:
        """Give a session whose changes are committed at the end and undone on any exception. Transactions nest.

        Raises BackendUnavailable.
        """
        block: BaseException | None = None
        try:
            async with self.connections.transaction() as held:
                try:
                    yield type(self)(held)
                except BaseException as error:
                    block = error
                    raise
        except Exception as error:
            if error is block:
                raise
            fail(error)

    async def create_schema(self, entities: Sequence[Any], /, *, validators: bool = False) -> None:
        """Create what is missing for the entities, one caller at a time. Raises SchemaMismatch, and then nothing was changed."""
        async with self.transaction() as session:
            try:
                await schema.create(session.connections, entities)
            except Exception as error:
                fail(error)

    async def ping(self) -> None:
        """Make one round trip. Raises BackendUnavailable."""
        try:
            await self.connections.row("SELECT 1", ())
        except Exception as error:
            fail(error)

    async def close(self) -> None:
        """Close the connections that this session has opened."""
        await self.connections.close()
