"""Processes race for unique values, upsert the same entity and commit in each other's way; what is there afterwards is counted."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections import Counter
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import asyncpg
from bench.people import person
from compiled import import_from, write_package
from servers import mongo, postgres

from concurrency.worker import NAMES, SHARED, TASKS, opened
from pkit_gen.ir.model import Database

TESTS = Path(__file__).resolve().parents[1]
PROCESSES = 3


async def _run(folder: Path, package: str, address: str, work: str = "race") -> list[dict[str, Any]]:
    """Run the processes at once, and return what each did."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(folder), str(TESTS), str(TESTS.parent / "src")))}
    started = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "concurrency.worker", package, address, str(number), work),
            env=environment,
            stdout=asyncio.subprocess.PIPE,
        )
        for number in range(PROCESSES)
    ]
    printed = await asyncio.gather(*(process.communicate() for process in started))
    assert [process.returncode for process in started] == [0] * PROCESSES
    return [json.loads(output) for output, _ in printed]


def _package(folder: Path, database: Database) -> str:
    package = f"concurrent_{database.value}"
    write_package(folder / package, TESTS / "bench" / "host", TESTS, (database,))
    import_from(folder, package)
    return package


async def _check(folder: Path, address: str, database: Database) -> None:
    package = _package(folder, database)
    found = await _run(folder, package, address)
    done = sum((Counter[str](each["done"]) for each in found), Counter[str]())
    pairs = [pair for each in found for pair in each["pairs"]]
    async with opened(package, address) as repos:
        emails = Counter([stored.email async for stored in repos.contact.stream({})])
    assert set(emails.values()) == {1}, "stored twice"
    assert done["added"] == NAMES, "of those who raced for a value one has won"
    assert done["taken email"] == NAMES * (TASKS * PROCESSES - 1)
    assert [count for name, count in done.items() if name.startswith("id ")] == [TASKS * PROCESSES], (
        "one entity upserted"
    )
    assert len(pairs) == len(set(pairs))
    committed = {person(number).email for pair in pairs for number in (pair, pair + 1)}
    raced = {person(number).email for number in (*range(NAMES), SHARED)}
    rest = set(emails) - committed - raced
    assert committed | raced <= set(emails), "lost"
    halves = {int(email.removeprefix("person").partition("@")[0]) for email in rest}  # committed as they were cancelled
    assert all(number ^ 1 in halves for number in halves), "half a transaction"


async def test_postgres(tmp_path: Path) -> None:
    async with postgres.database() as url:
        await _check(tmp_path, url, Database.POSTGRES)


async def test_mongo(tmp_path: Path) -> None:
    async with mongo.database("pymongo") as database:
        await _check(tmp_path, f"{mongo.dsn()}/{database.name}", Database.MONGO)


async def _check_exhausted(folder: Path, address: str, few: str, database: Database) -> None:
    """Let the processes work over `few`, an address that gives them less connections than they ask for."""
    package = _package(folder, database)
    async with opened(package, address) as repos:
        await repos.create_schema()
        found = await _run(folder, package, few, "exhaust")
        emails = Counter([stored.email async for stored in repos.contact.stream({})])
    done = sum((Counter[str](each["done"]) for each in found), Counter[str]())
    assert done["unavailable"] > 0, "there were connections enough"
    assert emails == Counter(person(number).email for each in found for number in each["added"])


async def test_postgres_with_fewer_connections_than_the_pools_may_open(tmp_path: Path) -> None:
    async with postgres.database() as url:
        parts = urlsplit(url)
        role = parts.path.removeprefix("/")
        connection = await asyncpg.connect(url)
        await connection.execute(f"CREATE ROLE {role} LOGIN PASSWORD 'pkit' CONNECTION LIMIT 4")
        await connection.execute(f"ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO {role}")
        try:
            host = parts.netloc.rpartition("@")[2]
            query = f"{parts.query}&pool_size=4&pool_timeout=0.05".removeprefix("&")
            few = urlunsplit(parts._replace(netloc=f"{role}:pkit@{host}", query=query))
            own = urlunsplit(parts._replace(netloc=f"{role}:pkit@{host}"))
            async with AsyncExitStack() as held:
                for _ in range(2):  # so that a process that runs alone has too few as well
                    held.push_async_callback((await asyncpg.connect(own)).close)
                await _check_exhausted(tmp_path, url, few, Database.POSTGRES)
        finally:
            await connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")
            await connection.close()


async def test_mongo_with_fewer_connections_than_tasks(tmp_path: Path) -> None:
    async with mongo.database("pymongo") as database:
        address = f"{mongo.dsn()}/{database.name}"
        few = f"{address}?maxPoolSize=2&waitQueueTimeoutMS=20"
        await _check_exhausted(tmp_path, address, few, Database.MONGO)
