"""Operators of MongoDB as values: refused before a command is sent, or taken as the text that they are."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from conformance.host.entities import User, Word
from conformance.samples import uid, user
from servers.mongo import Commands

from pkit import paging
from pkit.errors import InvalidCriteria, InvalidCursor, InvalidValue

OPERATORS: list[Any] = [
    {"$ne": None},
    {"$gt": ""},
    {"$regex": ".*"},
    {"$where": "true"},
    {"$exists": True},
    {"$in": ["ada@example.org"]},
    {"$expr": {"$eq": [1, 1]}},
    [{"$ne": None}],
    [["ada@example.org"]],
]
"""Values that MongoDB would take as operators, or match against."""

TEXTS = ["$email", "$$ROOT", "$where", '{"$ne": null}', ".*", "^", "a|b", "(?i)ada", "\\", "ada@example.org\n", "$"]
"""Texts that mean something to MongoDB in some place or other."""


@pytest.fixture
async def users(repos: Any, commands: Commands) -> Any:
    """Give users, of whom there is one."""
    await repos.user.add(user(1, "ada@example.org", name="Ada", nickname="countess"))
    commands.sent.clear()
    return repos.user


@pytest.mark.parametrize("value", OPERATORS, ids=repr)
async def test_lookups_refuse_operators(users: Any, commands: Commands, value: Any) -> None:
    calls: list[Callable[[], Awaitable[object]]] = [
        lambda: users.get(value),
        lambda: users.get_many([value]),
        lambda: users.delete(value),
        lambda: users.get_by_email(value),
        lambda: users.get_by_index("email", value),
        lambda: users.get_by_index("badge", (value, 1)),
        lambda: users.get_by_org_id_and_badge(uid(1), value),
        lambda: users.exists_by_email(value),
        lambda: users.exists_by_email("ada@example.org", excluding=value),
        lambda: users.patch(value, name="x"),
    ]
    for call in calls:
        with pytest.raises(InvalidValue):
            await call()
    assert commands.sent == []


@pytest.mark.parametrize("value", OPERATORS, ids=repr)
@pytest.mark.parametrize("field", ["id", "email", "nickname", "age", "role", "address.city", "settings"])
async def test_criteria_refuse_operators(users: Any, commands: Commands, field: str, value: Any) -> None:
    for criteria in ({field: value}, {field: {"eq": value}}, {field: {"ne": value}}, {"not": {field: value}}):
        try:
            found = await users.list_by_fields(criteria)
        except InvalidCriteria:
            continue
        # a dict is a value of `settings`: equal to nothing that is stored
        assert field == "settings"
        assert found == ([] if criteria != {field: {"ne": value}} and "not" not in criteria else await users.list())
    assert all("$where" not in str(command) or field == "settings" for command in commands.sent)


@pytest.mark.parametrize(
    "name", ["$where", "$or", "$expr", "$nor", "_id", "email.$ne", "settings.$where", "lower(email)", ""]
)
async def test_criteria_refuse_names_that_the_generator_did_not_write(
    users: Any, commands: Commands, name: str
) -> None:
    for criteria in ({name: "x"}, {"and": [{name: "x"}]}, {"not": {name: "x"}}, {"email": {name: "x"}}):
        with pytest.raises(InvalidCriteria):
            await users.list_by_fields(criteria)
    with pytest.raises(InvalidCriteria):
        await users.list(sort_by=name)
    with pytest.raises(InvalidCriteria):
        await users.distinct_values(name)
    assert commands.sent == []


@pytest.mark.parametrize("text", TEXTS)
async def test_texts_are_taken_literally(users: Any, text: str) -> None:
    for operator in ("eq", "contains", "icontains", "startswith", "istartswith", "endswith", "iendswith"):
        found = await users.list_by_fields({"email": {operator: text}})
        assert found == [], operator
    assert await users.get_by_email(text) is None
    await users.patch(uid(1), email=text, name=text)
    assert (await users.get_by_email(text)).name == text
    for operator in ("eq", "contains", "startswith", "endswith"):
        assert len(await users.list_by_fields({"email": {operator: text}})) == 1, operator


@pytest.mark.parametrize("value", OPERATORS, ids=repr)
async def test_changes_refuse_operators(users: Any, commands: Commands, value: Any) -> None:
    for field in ("email", "nickname", "age", "role", "address", "balance"):
        with pytest.raises(InvalidValue):
            await users.patch(uid(1), **{field: value})
        with pytest.raises(InvalidValue):
            await users.update_by_fields({}, **{field: value})
    assert commands.sent == []


async def test_changes_refuse_names_that_are_no_fields(users: Any, commands: Commands) -> None:
    for name in ("$set", "id", "_id", "lower(email)", "address.city", "settings.a"):
        with pytest.raises(InvalidValue):
            await users.patch(uid(1), **{name: "x"})
    assert commands.sent == []


async def test_documents_with_names_of_operators_are_values(users: Any) -> None:
    hostile = {"$set": {"name": "x"}, "$where": "true", "a.b": {"$ne": 1}, "": {"": [{"$gt": ""}]}, "\\$x": 1}
    await users.patch(uid(1), settings=hostile)
    assert (await users.get(uid(1))).settings == hostile
    assert len(await users.list_by_fields({"settings": {"eq": hostile}})) == 1
    assert await users.list_by_fields({"settings": {"eq": {"$exists": True}}}) == []


async def test_entities_with_operators_in_their_fields_are_refused(users: Any, commands: Commands) -> None:
    for value in OPERATORS:
        changed = User(uid(2), value)
        for write in (users.add, users.update, users.upsert, users.upsert_by_email):
            with pytest.raises(InvalidValue):
                await write(changed)
        with pytest.raises(InvalidValue):
            await users.add_many([user(3), changed])
    assert commands.sent == []


async def test_forged_cursors_find_no_more_than_the_query(repos: Any, commands: Commands) -> None:
    for number in range(5):
        await repos.word.add(Word(f"word {number}", number))
    commands.sent.clear()
    sort = ("rank", "id")
    for values in (
        [{"$ne": 1}],
        ["x", "y"],
        [1, 2],
        [True, "x"],
        [2**70, "x"],
        [1, "\ud800"],
        [1, "a\0"],
        [None, "x"],
        [UUID(int=1), "x"],
    ):
        try:
            forged = paging.encode_cursor("word", sort, values)
        except (KeyError, UnicodeEncodeError):
            forged = "e30"
        with pytest.raises(InvalidCursor):
            await repos.word.page({}, sort_by="rank", after=forged)
    assert commands.sent == []
    page = await repos.word.page({"rank": {"lt": 3}}, sort_by="rank", after=paging.encode_cursor("word", sort, [0, ""]))
    assert [word.rank for word in page.items] == [0, 1, 2]
