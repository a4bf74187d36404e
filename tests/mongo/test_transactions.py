"""Transactions, and what holds without them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from conformance.samples import org, uid, user
from servers.mongo import Commands

from pkit.errors import BackendUnavailable, TransactionUnsupported, UniqueViolation


async def test_a_server_without_transactions_says_so_before_anything_is_written(standalone: Any) -> None:
    entered = False
    with pytest.raises(TransactionUnsupported, match="replica set"):
        async with standalone.transaction() as tx:
            entered = True
            await tx.org.add(org(1))
    assert not entered
    assert await standalone.org.count() == 0


async def test_entities_are_added_all_or_none_without_transactions(standalone: Any) -> None:
    await standalone.user.add(user(3))
    with pytest.raises(UniqueViolation) as error:
        await standalone.user.add_many([user(1), user(2), user(3), user(4)])
    assert error.value.index == "id"
    assert [entity.id for entity in await standalone.user.list()] == [uid(3)]


async def test_a_change_that_violates_halfway_changes_nothing(repos: Any) -> None:
    await repos.user.add_many([user(n) for n in range(5)])
    with pytest.raises(UniqueViolation) as error:
        await repos.user.update_by_fields({}, email="same@example.org")
    assert error.value.index == "email"
    assert await repos.user.count_by_fields({"email": "same@example.org"}) == 0


async def test_an_exception_undoes_everything(repos: Any) -> None:
    with pytest.raises(ZeroDivisionError):
        async with repos.transaction() as tx:
            await tx.org.add(org(1))
            await tx.user.add(user(1, org_id=uid(1)))
            assert await tx.user.count() == 1
            assert await repos.user.count() == 0
            raise ZeroDivisionError
    assert (await repos.org.count(), await repos.user.count()) == (0, 0)


async def test_a_cancelled_transaction_leaves_nothing_behind(repos: Any, commands: Commands) -> None:
    started = asyncio.Event()

    async def work() -> None:
        async with repos.transaction() as tx:
            await tx.org.add(org(1))
            started.set()
            await asyncio.sleep(60)

    task = asyncio.create_task(work())
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert commands.names[-1] == "abortTransaction"
    assert await repos.org.count() == 0
    await repos.org.add(org(1))


async def test_a_transaction_within_another_that_fails_undoes_both(repos: Any) -> None:
    with pytest.raises(TransactionUnsupported):
        async with repos.transaction() as tx:
            await tx.org.add(org(1))
            with pytest.raises(ZeroDivisionError):
                async with tx.transaction() as inner:
                    await inner.org.add(org(2))
                    raise ZeroDivisionError
            await tx.org.add(org(3))
    assert await repos.org.count() == 0


async def test_two_transactions_on_one_entity_conflict(repos: Any) -> None:
    await repos.org.add(org(1))
    with pytest.raises(BackendUnavailable, match="try again"):
        async with repos.transaction() as first:
            await first.org.patch(uid(1), city="a")
            async with repos.transaction() as second:
                await second.org.patch(uid(1), city="b")
    assert (await repos.org.get(uid(1))).city is None


async def test_concurrent_upserts_of_one_value_make_one_entity(repos: Any) -> None:
    await asyncio.gather(*(repos.user.upsert_by_email(user(n, "ada@example.org", age=n)) for n in range(1, 9)))
    assert await repos.user.count() == 1


async def test_concurrent_adds_of_one_value_add_one(repos: Any) -> None:
    results = await asyncio.gather(
        *(repos.user.add(user(n, "ada@example.org")) for n in range(1, 9)), return_exceptions=True
    )
    assert [type(result) for result in results if result is not None] == [UniqueViolation] * 7
    assert await repos.user.count() == 1
