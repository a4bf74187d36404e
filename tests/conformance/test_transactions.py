"""Transactions: what is seen inside and outside, commit, rollback, nesting, and the end."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conformance.samples import org, stored, uid, user
from pkit.errors import EntityNotFound, RepositoryError, UniqueViolation

pytestmark = pytest.mark.usefixtures("transactions")


class Abandoned(Exception):
    """Ends a transaction."""


async def test_what_was_done_inside_is_there_after_the_end(repos: Any) -> None:
    await repos.user.add_many([user(1), user(2)])
    async with repos.transaction() as tx:
        await tx.org.add(org(1))
        await tx.user.add(user(3, org_id=uid(1)))
        await tx.user.update(user(1, age=1))
        await tx.user.delete(uid(2))
    assert await stored(repos.user) == [user(1, age=1), user(3, org_id=uid(1))]
    assert await stored(repos.org) == [org(1)]


async def test_a_transaction_sees_its_own_changes(repos: Any) -> None:
    await repos.user.add(user(1, age=1))
    async with repos.transaction() as tx:
        await tx.user.add(user(2, age=2))
        await tx.user.patch(uid(1), age=3)
        assert await tx.user.get(uid(2)) == user(2, age=2)
        assert [row.age for row in await tx.user.list_by_fields({"age": {"gte": 2}}, sort_by="age")] == [2, 3]
        assert await tx.user.get_by_email("user2@example.org") == user(2, age=2)
        assert await tx.user.count() == 2
        await tx.user.delete(uid(1))
        assert await tx.user.get(uid(1)) is None
        assert [row async for row in tx.user.stream({})] == [user(2, age=2)]


async def test_nothing_is_seen_outside_before_the_end(repos: Any) -> None:
    await repos.user.add(user(1, age=1))
    async with repos.transaction() as tx:
        await tx.user.add(user(2))
        await tx.user.patch(uid(1), age=2)
        assert await stored(repos.user) == [user(1, age=1)]
        assert await repos.user.get_by_email("user2@example.org") is None
    assert await stored(repos.user) == [user(1, age=2), user(2)]


@pytest.mark.parametrize("reason", [Abandoned, asyncio.CancelledError, KeyboardInterrupt, GeneratorExit])
async def test_any_exception_undoes_everything(repos: Any, reason: type[BaseException]) -> None:
    await repos.user.add(user(1, age=1))
    with pytest.raises(reason):
        async with repos.transaction() as tx:
            await tx.org.add(org(1))
            await tx.user.add(user(2))
            await tx.user.patch(uid(1), age=2)
            await tx.user.delete_by_fields({"id": uid(2)})
            raise reason
    assert await stored(repos.user) == [user(1, age=1)]
    assert await stored(repos.org) == []


async def test_an_error_of_a_repository_that_is_not_caught_undoes_everything(repos: Any) -> None:
    await repos.user.add(user(1))
    with pytest.raises(UniqueViolation):
        async with repos.transaction() as tx:
            await tx.user.add(user(2))
            await tx.user.add(user(3, "USER1@example.org"))
    assert await stored(repos.user) == [user(1)]


async def test_a_check_that_writes_nothing_may_fail_and_the_rest_goes_on(repos: Any) -> None:
    async with repos.transaction() as tx:
        await tx.user.add(user(1))
        with pytest.raises(EntityNotFound):
            await tx.user.update(user(2))
        with pytest.raises(RepositoryError):
            await tx.user.list_by_fields({"agee": 1})
        await tx.user.add(user(3))
    assert await stored(repos.user) == [user(1), user(3)]


async def test_nested_transactions_commit_with_the_outer_one(repos: Any) -> None:
    async with repos.transaction() as tx:
        await tx.user.add(user(1))
        async with tx.transaction() as inner:
            await inner.user.add(user(2))
            assert await inner.user.count() == 2
        assert await tx.user.count() == 2
        assert await repos.user.count() == 0
    assert await stored(repos.user) == [user(1), user(2)]


async def test_an_inner_transaction_is_undone_with_the_outer_one(repos: Any) -> None:
    with pytest.raises(Abandoned):
        async with repos.transaction() as tx:
            async with tx.transaction() as inner:
                await inner.user.add(user(1))
            raise Abandoned
    assert await repos.user.count() == 0


async def test_an_outer_transaction_goes_on_after_an_inner_one_was_undone(repos: Any, savepoints: None) -> None:
    async with repos.transaction() as tx:
        await tx.user.add(user(1))
        with pytest.raises(Abandoned):
            async with tx.transaction() as inner:
                await inner.user.add(user(2))
                await inner.user.delete(uid(1))
                raise Abandoned
        assert await stored(tx.user) == [user(1)]
        with pytest.raises(UniqueViolation):
            async with tx.transaction() as inner:
                await inner.user.add(user(3, "USER1@example.org"))
        await tx.user.add(user(4))
    assert await stored(repos.user) == [user(1), user(4)]


async def test_a_transaction_that_ended_cannot_be_used(repos: Any) -> None:
    async with repos.transaction() as tx:
        held = tx.user
        await held.add(user(1))
    for call in (held.add(user(2)), held.get(uid(1)), tx.org.add(org(1)), held.count(), held.delete_by_fields({})):
        with pytest.raises(RuntimeError):
            await call
    with pytest.raises(RuntimeError):
        async with tx.transaction():
            pass
    assert await stored(repos.user) == [user(1)]


async def test_repositories_outside_do_not_belong_to_the_transaction(repos: Any) -> None:
    with pytest.raises(Abandoned):
        async with repos.transaction() as tx:
            await tx.user.add(user(1))
            await repos.user.add(user(2))
            raise Abandoned
    assert await stored(repos.user) == [user(2)]


async def test_closing_the_repositories_of_a_transaction_closes_nothing(repos: Any) -> None:
    async with repos.transaction() as tx:
        await tx.close()
        await tx.user.add(user(1))
    assert await repos.user.count() == 1


async def test_what_is_referenced_can_go_once_the_reference_is_gone_inside(repos: Any) -> None:
    await repos.org.add(org(1))
    await repos.user.add(user(1, org_id=uid(1)))
    async with repos.transaction() as tx:
        await tx.user.patch(uid(1), org_id=None)
        await tx.org.delete(uid(1))
    assert await repos.org.count() == 0


async def test_transactions_that_follow_each_other_see_what_was_committed(repos: Any) -> None:
    for number in range(5):
        async with repos.transaction() as tx:
            assert await tx.user.count() == number
            await tx.user.add(user(number))
    assert await repos.user.count() == 5


async def test_many_transactions_at_once_lose_nothing(repos: Any) -> None:
    async def add(number: int) -> None:
        async with repos.transaction() as tx:
            await tx.user.add(user(number))
            await asyncio.sleep(0)
            await tx.user.patch(uid(number), age=number)

    await asyncio.gather(*[add(number) for number in range(10)])
    assert [row.age for row in await stored(repos.user)] == list(range(10))
