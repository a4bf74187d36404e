"""How many commands a method sends, and that look-ups are served by indexes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from conformance.samples import org, uid, user
from servers.mongo import Commands

Call = Callable[[Any], Awaitable[object]]

SINGLE: dict[str, tuple[str, Call]] = {
    "add": ("insert", lambda users: users.add(user(9))),
    "add_many of one": ("insert", lambda users: users.add_many([user(9)])),
    "get": ("find", lambda users: users.get(uid(1))),
    "get_many": ("find", lambda users: users.get_many([uid(1), uid(2), uid(3)])),
    "get_by_index": ("find", lambda users: users.get_by_index("email", "USER1@example.org")),
    "get_by_email": ("find", lambda users: users.get_by_email("user1@example.org")),
    "get_by_org_id_and_badge": ("find", lambda users: users.get_by_org_id_and_badge(uid(1), 1)),
    "exists_by_email": ("find", lambda users: users.exists_by_email("user1@example.org", excluding=uid(2))),
    "update": ("update", lambda users: users.update(user(1, name="x"))),
    "patch": ("findAndModify", lambda users: users.patch(uid(1), name="x", email="x@example.org")),
    "patch of nothing": ("find", lambda users: users.patch(uid(1))),
    "upsert of a new one": ("update", lambda users: users.upsert(user(9))),
    "upsert of one that is there": ("update", lambda users: users.upsert(user(1))),
    "upsert_by_email of a new one": ("findAndModify", lambda users: users.upsert_by_email(user(9))),
    "upsert_by_email of one that is there": ("findAndModify", lambda users: users.upsert_by_email(user(9, "user1@example.org"))),
    "upsert_by_nickname of none": ("insert", lambda users: users.upsert_by_nickname(user(9))),
    "delete": ("delete", lambda users: users.delete(uid(1))),
    "delete_by_fields": ("delete", lambda users: users.delete_by_fields({"name": "x"})),
    "update_by_fields": ("update", lambda users: users.update_by_fields({}, name="x")),
    "list": ("find", lambda users: users.list()),
    "list_by_fields": ("find", lambda users: users.list_by_fields({"age": None, "email": {"contains": "user"}})),
    "page in an order over a relation": ("aggregate", lambda users: users.page({}, sort_by="org.name", limit=1)),
    "page": ("find", lambda users: users.page({}, sort_by="email", limit=1)),
    "count": ("aggregate", lambda users: users.count()),
    "count_by_fields": ("aggregate", lambda users: users.count_by_fields({"name": ""})),
    "exists_by_fields": ("find", lambda users: users.exists_by_fields({"name": ""})),
    "distinct_values": ("aggregate", lambda users: users.distinct_values("role")),
}  # fmt: skip


@pytest.fixture
async def users(repos: Any, commands: Commands) -> Any:
    """Give three users of one org."""
    await repos.org.add(org(1))
    await repos.user.add_many([user(n, org_id=uid(1), badge=n, nickname=f"nick {n}") for n in (1, 2, 3)])
    commands.sent.clear()
    return repos.user


@pytest.mark.parametrize("name", SINGLE)
async def test_a_method_is_one_command(users: Any, commands: Commands, name: str) -> None:
    expected, call = SINGLE[name]
    await call(users)
    assert commands.names == [expected]


async def test_an_order_over_a_relation_reads_the_few_related_rows_first(users: Any, commands: Commands) -> None:
    await users.list_by_fields({}, sort_by="org.name")
    assert commands.names == ["find", "aggregate"]
    assert "$lookup" not in repr(commands.sent[-1])


async def test_a_stream_fetches_a_batch_at_a_time(users: Any, commands: Commands) -> None:
    assert len([row async for row in users.stream({}, batch_size=2)]) == 3
    assert commands.names == ["find", "getMore"]
    assert commands.sent[0]["batchSize"] == 2


async def test_a_stream_that_is_left_closes_its_cursor(users: Any, commands: Commands) -> None:
    stream = users.stream({}, batch_size=1)
    assert (await anext(stream)).id == uid(1)
    await stream.aclose()
    assert commands.names[-1] == "killCursors"


async def test_several_entities_are_added_in_one_transaction(users: Any, commands: Commands) -> None:
    await users.add_many([user(n) for n in range(10, 20)])
    assert commands.names == ["insert", "commitTransaction"]


async def test_nothing_is_sent_for_nothing(users: Any, commands: Commands) -> None:
    assert await users.get_many([]) == {}
    await users.add_many([])
    assert await users.list(limit=0) == []
    assert await users.get_by_nickname(None) is None
    assert commands.sent == []


@pytest.mark.parametrize(
    ("wanted", "index"),
    [
        ({"lower(email)": {"$eq": "user1@example.org"}}, "uniq_email"),
        ({"nickname": {"$eq": "nick 1"}}, "uniq_nickname"),
        ({"org_id": {"$eq": uid(1)}}, "idx_org_id"),
    ],
)
async def test_lookups_use_their_index(users: Any, database: Any, commands: Commands, wanted: Any, index: str) -> None:
    if index == "uniq_email":
        await users.get_by_email("user1@example.org")
    elif index == "uniq_nickname":
        await users.get_by_nickname("nick 1")
    else:
        await users.list_by_fields({"org_id": uid(1)})
    assert commands.sent[0]["filter"] == wanted
    plan = await database.users.find(wanted).explain()
    assert index in str(plan["queryPlanner"]["winningPlan"])
