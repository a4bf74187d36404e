"""A call that is cancelled leaves all or nothing of what it writes, no open transaction and no lost connection."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from conformance.samples import stored, user

DELAYS = [attempt * attempt * 0.0001 for attempt in range(25)]
"""In seconds: from before the first round trip to after the last, on every backend."""


async def cancelled_after(seconds: float, call: Coroutine[Any, Any, Any]) -> bool:
    """Start a call, cancel it after a while, and return whether it was done before."""
    task = asyncio.create_task(call)
    await asyncio.sleep(seconds)
    task.cancel()
    result: object = (await asyncio.gather(task, return_exceptions=True))[0]
    assert result is None or isinstance(result, asyncio.CancelledError)
    return result is None


async def still_works(repos: Any) -> None:
    """Use more connections at once than a pool has, had any of them been lost."""
    rows = await asyncio.gather(*[repos.user.count() for _ in range(30)])
    assert len(set(rows)) == 1


async def test_adding_many_is_all_or_nothing(repos: Any) -> None:
    entities = [user(number) for number in range(40)]
    for delay in DELAYS:
        done = await cancelled_after(delay, repos.user.add_many(entities))
        count = await repos.user.count()
        assert count in ((40,) if done else (0, 40))
        await repos.user.delete_by_fields({})
    await still_works(repos)


async def test_a_transaction_is_all_or_nothing(repos: Any, transactions: None) -> None:
    async def work() -> None:
        async with repos.transaction() as tx:
            for number in range(4):
                await tx.user.add(user(number))
                await asyncio.sleep(0)

    for delay in DELAYS:
        done = await cancelled_after(delay, work())
        assert await repos.user.count() in ((4,) if done else (0, 4))
        await repos.user.delete_by_fields({})
    await still_works(repos)


async def test_reading_can_be_cancelled(repos: Any) -> None:
    async def read() -> None:
        await repos.user.list()
        async for _ in repos.user.stream({}, batch_size=2):
            pass

    entities = [user(number) for number in range(20)]
    await repos.user.add_many(entities)
    for delay in DELAYS:
        await cancelled_after(delay, read())
    await still_works(repos)
    assert await stored(repos.user) == entities
