"""Cancelled calls, connections that are cut, and races: nothing half-written, no connection lost."""

from __future__ import annotations

import asyncio
import random
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from servers import postgres as servers

from pkit.errors import BackendUnavailable, ForeignKeyViolation, SchemaMismatch, UniqueViolation
from pkit.postgres.pool import Pool
from postgres.host.entities import Team, Worker

TEAM = UUID(int=1)


def pool_of(repos: Any) -> Pool:
    pool: Pool = repos.worker._connections.pool
    return pool


async def sessions(url: str) -> list[str]:
    """Return the state of every other session on a database."""
    connection = await asyncpg.connect(url)
    try:
        rows = await connection.fetch(
            "SELECT state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
            "AND backend_type = 'client backend'"
        )
        return [str(row["state"]) for row in rows]
    finally:
        await connection.close()


async def settled(repos: Any) -> None:
    """Wait until connections that were given up are closed."""
    pool = pool_of(repos)
    while pool.open_connections > pool.free_connections + pool.busy_connections:
        await asyncio.sleep(0.01)


async def test_cancelling_at_random_moments_leaves_all_or_nothing(repos: Any, url: str) -> None:
    chance = random.Random(7)
    await repos.team.add(Team(TEAM, "red"))

    async def pair(number: int) -> None:
        async with repos.transaction() as tx:
            await tx.worker.add(Worker(number, f"{number}@x", team_id=TEAM))
            await tx.worker.add(Worker(number + 1, f"{number + 1}@x", team_id=TEAM))

    async def batch(number: int) -> None:
        await repos.worker.add_many([Worker(number + n, f"{number + n}@x", team_id=TEAM) for n in range(2)])

    async def read(number: int) -> None:
        await repos.worker.count_by_fields({"team.name": "red"})
        async for _ in repos.worker.stream({}, batch_size=3):
            pass

    async def cancelled(number: int) -> None:
        task = asyncio.create_task(chance.choice((pair, batch, read))(number))
        await asyncio.sleep(chance.random() * 0.8)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    await asyncio.gather(*(cancelled(number) for number in range(0, 600, 2)))
    await settled(repos)
    stored = set(await repos.worker.distinct_values("id"))
    assert stored
    assert all((number ^ 1) in stored for number in stored), "half of a transaction"
    assert "idle in transaction" not in await sessions(url)
    pool = pool_of(repos)
    assert pool.busy_connections == 0
    assert pool.open_connections == pool.free_connections <= 10
    await asyncio.gather(*(repos.worker.get(number) for number in range(50)))


async def test_a_waiting_call_that_is_cancelled_gives_its_place_on(repos: Any) -> None:
    pool = pool_of(repos)
    held = [await pool.acquire() for _ in range(10)]
    waiting = [asyncio.create_task(repos.worker.count()) for _ in range(5)]
    await asyncio.sleep(0.01)
    for task in waiting[:4]:
        task.cancel()
    for connection in held[:2]:
        pool.release(connection)
    assert await asyncio.wait_for(waiting[4], 5) == 0
    for connection in held[2:]:
        pool.discard(connection)
    assert await asyncio.wait_for(asyncio.gather(*(repos.worker.count() for _ in range(30))), 10) == [0] * 30


async def test_waiting_for_a_connection_ends(package: Any, repos: Any, url: str) -> None:
    timeout = f"{url}{'&' if '?' in url else '?'}pool_timeout=0.2"
    async with package.Repositories.postgres(timeout) as repositories:
        pool = pool_of(repositories)
        held = [await pool.acquire() for _ in range(10)]
        loop = asyncio.get_running_loop()
        first, cancelled = (asyncio.create_task(repositories.worker.count()) for _ in range(2))
        await asyncio.sleep(0.1)
        cancelled.cancel()
        start = loop.time()
        for call in (first, repositories.worker.count()):
            with pytest.raises(BackendUnavailable, match=r"0\.2 s"):
                await call
        assert 0.2 <= loop.time() - start < 2, "each waits as long as it may, not as long as the first one"
        served = asyncio.create_task(repositories.worker.count())
        await asyncio.sleep(0)
        for connection in held:
            pool.release(connection)
        assert await served == 0
        assert await repositories.worker.count() == 0
        assert pool.free_connections == 10


async def kill(url: str) -> None:
    """End every other session on a database, as a server that goes down does."""
    connection = await asyncpg.connect(url)
    await connection.execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() "
        "AND pid <> pg_backend_pid()"
    )
    await connection.close()


async def test_killed_connections_are_unavailable_then_replaced(repos: Any, url: str) -> None:
    for _ in range(5):
        calls = [asyncio.create_task(repos.worker.list_by_fields({"email": {"contains": "x"}})) for _ in range(40)]
        await kill(url)
        for result in await asyncio.gather(*calls, return_exceptions=True):
            assert isinstance(result, (list, BackendUnavailable)), repr(result)
    await settled(repos)
    await asyncio.sleep(0.05)
    assert await repos.worker.count() == 0
    assert pool_of(repos).open_connections <= 10


async def test_a_killed_statement_is_unavailable(repos: Any, url: str) -> None:
    async with repos.transaction() as tx:
        await tx.worker.count()
    calls = asyncio.create_task(repos.worker._connections.rows("SELECT pg_sleep(20)", ()))
    await asyncio.sleep(0.1)
    await kill(url)
    with pytest.raises(asyncpg.PostgresError):
        await asyncio.wait_for(calls, 5)
    with pytest.raises(BackendUnavailable) as caught:
        async with repos.transaction() as tx:
            await tx.worker.add(Worker(1, "a@x"))
            await kill(url)
            await tx.worker.add(Worker(2, "b@x"))
    assert url not in str(caught.value)
    assert await repos.worker.count() == 0


async def test_a_transaction_whose_connection_was_cut_does_not_pass_for_committed(repos: Any, url: str) -> None:
    with pytest.raises(BackendUnavailable):
        async with repos.transaction() as tx:
            await tx.worker.add(Worker(1, "a@x"))
            await kill(url)
    assert await repos.worker.count() == 0


async def test_one_of_many_at_once_wins_a_unique_value(repos: Any) -> None:
    results = await asyncio.gather(*(repos.worker.add(Worker(n, "Same@x")) for n in range(30)), return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NoneType"] + ["UniqueViolation"] * 29
    stored = await asyncio.gather(
        *(repos.worker.upsert_by_email(Worker(100 + n, "sAME@x", order=n)) for n in range(30))
    )
    assert len({worker.id for worker in stored}) == 1
    assert await repos.worker.count() == 1


async def test_no_reference_outlives_its_target(repos: Any) -> None:
    await repos.team.add(Team(TEAM, "red"))

    async def join(number: int) -> None:
        await repos.worker.add(Worker(number, f"{number}@x", team_id=TEAM))

    results = await asyncio.gather(*(join(n) for n in range(10)), repos.team.delete(TEAM), return_exceptions=True)
    assert all(result in (None, True) or isinstance(result, ForeignKeyViolation) for result in results)
    assert await repos.worker.count_by_fields({"team.name": None, "not": {"team_id": None}}) == 0
    with pytest.raises(ForeignKeyViolation) as caught:
        await repos.team.add(Team(UUID(int=2), "blue", lead_id=999))
    assert (caught.value.entity, caught.value.field, caught.value.target) == ("team", "lead_id", "worker")


async def test_a_failed_write_leaves_its_transaction_usable(repos: Any) -> None:
    await repos.worker.add(Worker(1, "a@x"))
    async with repos.transaction() as tx:
        await tx.worker.add(Worker(2, "b@x"))
        for _ in range(3):
            with pytest.raises(UniqueViolation):
                await tx.worker.add_many([Worker(3, "c@x"), Worker(4, "A@x")])
        with pytest.raises(ZeroDivisionError):
            async with tx.transaction() as inner:
                await inner.worker.add(Worker(5, "e@x"))
                raise ZeroDivisionError
        await tx.worker.add(Worker(6, "f@x"))
    assert await repos.worker.distinct_values("id") == [1, 2, 6]


async def test_tasks_share_a_transaction_one_after_the_other(repos: Any) -> None:
    async with repos.transaction() as tx:
        await asyncio.gather(*(tx.worker.add(Worker(n, f"{n}@x")) for n in range(20)))
        assert await tx.worker.count() == 20
        assert await repos.worker.count() == 0
    with pytest.raises(RuntimeError, match="ended"):
        await tx.worker.count()


async def test_a_stream_that_is_left_early_gives_its_connection_back(repos: Any) -> None:
    await repos.worker.add_many([Worker(n, f"{n}@x") for n in range(1000)])
    for _ in range(30):
        stream = repos.worker.stream({}, batch_size=10)
        assert (await anext(stream)).id == 0
        await stream.aclose()
    assert pool_of(repos).busy_connections == 0
    assert [worker.id async for worker in repos.worker.stream({}, sort_by="-id", batch_size=7)] == [*range(999, -1, -1)]


async def test_the_pool_starts_anew_in_another_event_loop(package: Any, url: str) -> None:
    repositories = package.Repositories.postgres(url)
    await repositories.create_schema()

    def elsewhere() -> int:
        return int(asyncio.run(repositories.worker.count()))

    assert await asyncio.to_thread(elsewhere) == 0
    assert await repositories.worker.count() == 0
    await repositories.close()
    with pytest.raises(BackendUnavailable, match="closed"):
        await repositories.worker.count()


async def test_what_is_missing_is_told_without_a_value(package: Any, url: str) -> None:
    async with package.Repositories.postgres(url) as repositories:
        with pytest.raises(SchemaMismatch, match=r"create_schema\(\)"):
            await repositories.worker.add(Worker(1, "secret@x"))
    async with package.Repositories.postgres(servers.dsn_of("pkit_not_there")) as repositories:
        with pytest.raises(BackendUnavailable, match="no database of that name"):
            await repositories.ping()
    async with package.Repositories.postgres("postgresql://u:s3cret@127.0.0.1:1/x") as repositories:
        with pytest.raises(BackendUnavailable) as caught:
            await repositories.ping()
        assert "s3cret" not in str(caught.value)
