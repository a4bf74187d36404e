"""Indexes and validators: what is created, and what is said of what stands in the way."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from conformance.samples import org, uid, user
from pymongo.errors import WriteError
from servers import mongo as server
from servers.mongo import Commands

from pkit.errors import InvalidValue, SchemaMismatch, UniqueViolation


async def test_the_indexes_have_the_names_of_the_registration(repos: Any, database: Any) -> None:
    indexes = await database.users.index_information()
    assert {name: (index["key"], index.get("unique", False)) for name, index in indexes.items()} == {
        "_id_": ([("_id", 1)], False),
        "uniq_email": ([("lower(email)", 1)], True),
        "uniq_nickname": ([("nickname", 1)], True),
        "uniq_badge": ([("org_id", 1), ("badge", 1)], True),
        "idx_org_id": ([("org_id", 1)], False),
        "idx_manager_id": ([("manager_id", 1)], False),
    }


async def test_creating_the_schema_again_changes_nothing(repos: Any, database: Any, commands: Commands) -> None:
    before = await database.users.index_information()
    commands.sent.clear()
    await asyncio.gather(*(repos.create_schema() for _ in range(5)))
    assert set(commands.names) == {"listIndexes", "find"}
    assert await database.users.index_information() == before


async def test_many_workers_may_create_the_schema_at_once(package: Any, driver: server.Driver) -> None:
    async with server.database(driver) as empty:
        await asyncio.gather(*(package.Repositories.mongo(empty).create_schema() for _ in range(8)))
        assert len(await empty.users.index_information()) == 6


async def test_an_index_with_other_options_is_a_mismatch(package: Any, database: Any) -> None:
    await database.users.create_index("nickname", name="uniq_nickname")
    await database.orgs.create_index("name", name="by_name")
    with pytest.raises(SchemaMismatch) as error:
        await package.Repositories.mongo(database).create_schema()
    (difference,) = error.value.differences
    assert difference.startswith("users: the index 'uniq_nickname' is to be unique")
    assert difference.endswith('db.getCollection("users").dropIndex("uniq_nickname")')
    assert "uniq_email" in await database.users.index_information(), "what can be created is"
    assert "uniq_name" in await database.orgs.index_information(), "one that is not unique does not stand in the way"


async def test_an_index_of_another_name_but_the_same_meaning_serves(package: Any, database: Any) -> None:
    await database.orgs.create_index("name", name="by_name", unique=True)
    repos = package.Repositories.mongo(database)
    await repos.create_schema()
    await repos.org.add(org(1, "lab"))
    with pytest.raises(UniqueViolation) as error:
        await repos.org.add(org(2, "lab"))
    assert (error.value.index, error.value.fields) == ("name", ("name",))


async def test_what_is_not_unique_is_told_by_id(package: Any, database: Any) -> None:
    await database.orgs.insert_many([{"_id": uid(n), "name": "secret"} for n in (1, 2)])
    with pytest.raises(SchemaMismatch) as error:
        await package.Repositories.mongo(database).create_schema()
    (difference,) = error.value.differences
    assert str(uid(1)) in difference
    assert str(uid(2)) in difference
    assert "secret" not in str(error.value)


async def test_texts_without_their_lower_case_get_it(package: Any, database: Any) -> None:
    repos = package.Repositories.mongo(database)
    await repos.user.add(user(1, "Ada@Example.org"))
    await database.users.update_many({}, {"$unset": {"lower(email)": 1}})
    assert await repos.user.get_by_email("ada@example.org") is None
    await repos.create_schema()
    assert (await repos.user.get_by_email("ada@example.org")).email == "Ada@Example.org"


async def test_validators_refuse_what_is_no_entity(package: Any, database: Any) -> None:
    repos = package.Repositories.mongo(database)
    await repos.create_schema(validators=True)
    await repos.user.add(user(1, nickname="ada"))
    for change in ({"email": 1}, {"level": 99}, {"balance": "1"}, {"tags": [1]}, {"address": {"street": "x"}}):
        with pytest.raises(WriteError):
            await database.users.update_one({"_id": uid(1)}, {"$set": change})
    await repos.create_schema(validators=True)
    await database.command("collMod", "users", validator={"age": {"$gte": 0}})
    with pytest.raises(SchemaMismatch, match="validator"):
        await repos.create_schema(validators=True)
    with pytest.raises(InvalidValue, match="validator"):
        await repos.user.add(user(2, age=-1))
