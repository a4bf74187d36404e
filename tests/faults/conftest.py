"""The bench's host app on real servers behind a proxy."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bench.packages import package
from servers import mongo, postgres

from faults.proxy import Connect, Proxy, proxied
from pkit_gen.ir.model import Database

SECONDS = 1.0
"""How long a call may take, as it is configured."""


CLIENTS = 16
"""Of MongoDB: a client waits half a second after a connection was cut, so a single one would see few faults."""


@dataclass(frozen=True)
class Faulty:
    """Repositories behind a proxy, and the same ones beside it. `others` have clients of their own, as other processes would."""

    database: Database
    proxy: Proxy
    repos: Any
    beside: Any
    others: tuple[Any, ...] = ()


def _to_postgres(url: str) -> Connect:
    parts = urlsplit(url)
    folder = parse_qs(parts.query).get("host", [""])[0]
    if folder:
        return partial(asyncio.open_unix_connection, f"{folder}/.s.PGSQL.5432")
    return partial(asyncio.open_connection, parts.hostname, parts.port or 5432)


@pytest.fixture
async def postgres_faults() -> AsyncGenerator[Faulty]:
    """Give postgres."""
    async with postgres.database() as url, proxied(_to_postgres(url)) as proxy:
        parts = urlsplit(url)
        user = f"{parts.username}:{parts.password}@" if parts.password else f"{parts.username}@"
        options = f"sslmode=disable&command_timeout={SECONDS}&connect_timeout={SECONDS}&pool_timeout={SECONDS}"
        behind = f"postgresql://{user}127.0.0.1:{proxy.port}{parts.path}?{options}"
        repositories = package(Database.POSTGRES).Repositories
        async with repositories.postgres(behind) as repos, repositories.postgres(url) as beside:
            await beside.create_schema()
            yield Faulty(Database.POSTGRES, proxy, repos, beside)


@pytest.fixture
async def mongo_faults() -> AsyncGenerator[Faulty]:
    """Give mongo."""
    parts = urlsplit(mongo.dsn())
    async with proxied(partial(asyncio.open_connection, parts.hostname, parts.port)) as proxy:
        milliseconds = int(SECONDS * 1000)
        # a retry is safe with MongoDB, but the server of the tests takes it for a second write
        options: dict[str, Any] = {"retryWrites": False, "directConnection": True, "timeoutMS": milliseconds}
        options |= {"serverSelectionTimeoutMS": milliseconds, "connectTimeoutMS": milliseconds}
        address = f"mongodb://127.0.0.1:{proxy.port}"
        clients = [mongo.new_client("pymongo", address, **options) for _ in range(CLIENTS)]
        async with mongo.database("pymongo") as database:
            repositories = package(Database.MONGO).Repositories
            beside = repositories.mongo(database)
            repos, *others = (repositories.mongo(client[database.name]) for client in clients)
            await beside.create_schema()
            yield Faulty(Database.MONGO, proxy, repos, beside, tuple(others))
            for client in clients:
                await mongo.closed(client)


@pytest.fixture(params=("postgres", "mongo"))
def faulty(request: pytest.FixtureRequest) -> Faulty:
    """Give each backend."""
    given: Faulty = request.getfixturevalue(f"{request.param}_faults")
    return given
