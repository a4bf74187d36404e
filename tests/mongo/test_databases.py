"""What a session can be opened on: databases of both drivers, and settings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

import pytest
from conformance.samples import uid, user
from pydantic import SecretStr
from pymongo import MongoClient, WriteConcern
from servers import mongo as server

from pkit import mongo
from pkit.errors import BackendUnavailable, ConfigurationError
from pkit.settings import RepoSettings

NOWHERE = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50&connectTimeoutMS=50"


async def test_the_hosts_handle_keeps_its_own_options(package: Any, driver: server.Driver) -> None:
    async with server.database(driver) as naive:  # neither aware of time zones nor of UUIDs
        repos = package.Repositories.mongo(naive)
        joined = datetime(2026, 7, 1, 12, 30, 15, 123000, tzinfo=UTC)
        await repos.user.add(user(1, joined=joined))
        found = await repos.user.get(uid(1))
        assert (found.id, found.joined, found.joined.tzinfo) == (uid(1), joined, UTC)
        assert (await naive.users.find_one({}))["joined"] == joined.replace(tzinfo=None)


@pytest.mark.parametrize("representation", ["pythonLegacy", "javaLegacy", "csharpLegacy"])
async def test_old_uuids_are_refused(driver: server.Driver, representation: str) -> None:
    async with server.database(driver, uuidRepresentation=representation) as old:
        with pytest.raises(ConfigurationError, match='uuidRepresentation="standard"'):
            mongo.Session.open(old)


async def test_unacknowledged_writes_are_refused(database: Any) -> None:
    with pytest.raises(ConfigurationError, match="w=0"):
        mongo.Session.open(database.with_options(write_concern=WriteConcern(w=0)))


@pytest.mark.parametrize("value", ["mongodb://localhost/shop", None, {}])
def test_what_is_no_database_is_refused(value: Any) -> None:
    with pytest.raises(ConfigurationError, match=type(value).__name__):
        mongo.Session.open(value)


def test_a_database_of_the_synchronous_client_is_refused() -> None:
    with (
        MongoClient[dict[str, Any]](NOWHERE, connect=False) as client,
        pytest.raises(ConfigurationError, match="AsyncMongoClient"),
    ):
        mongo.Session.open(cast(Any, client["shop"]))


async def test_a_client_and_a_collection_are_refused(database: Any) -> None:
    for value in (database.client, database.users):
        with pytest.raises(ConfigurationError):
            mongo.Session.open(value)


def _settings(dsn: str | None, **options: Any) -> RepoSettings:
    return RepoSettings(mongo_dsn=None if dsn is None else SecretStr(dsn), **options)


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        (_settings(None), "MONGO_DSN"),
        (_settings("mongodb://localhost"), "MONGO_DB"),
        (_settings("postgres://secret@localhost", mongo_db="shop"), "MONGO_DSN"),
        (_settings("mongodb://localhost", mongo_db="shop", mongo_driver="mongoengine"), "MONGO_DRIVER"),
    ],
)
def test_settings_that_are_missing_or_wrong_are_named(settings: RepoSettings, named: str) -> None:
    with pytest.raises(ConfigurationError, match=named) as error:
        mongo.Session.from_settings(settings)
    assert "secret" not in str(error.value)


async def test_sessions_are_made_from_settings(driver: server.Driver) -> None:
    session = mongo.Session.from_settings(_settings(server.dsn(), mongo_db="pkit_settings", mongo_driver=driver))
    await session.ping()
    async with session.transaction() as bound:
        assert bound.in_transaction
    await session.close()


async def test_the_database_can_stand_in_the_connection_string(driver: server.Driver) -> None:
    session = mongo.Session.from_settings(_settings(f"{server.dsn()}/pkit_settings", mongo_driver=driver))
    await session.ping()
    await session.close()


async def test_closing_leaves_the_hosts_client_open(package: Any, database: Any) -> None:
    async with package.Repositories.mongo(database) as repos:
        await repos.ping()
    assert (await database.command("ping"))["ok"] == 1


async def test_a_server_that_is_not_there_is_unavailable(package: Any, driver: server.Driver) -> None:
    client = server.new_client(driver, NOWHERE)
    repos = package.Repositories.mongo(client["shop"])
    calls = [repos.ping, repos.create_schema, repos.user.count, repos.user.list, lambda: repos.user.add(user(1))]
    for call in (*calls, lambda: repos.user.add_many([user(1), user(2)])):
        with pytest.raises(BackendUnavailable) as error:
            await call()
        assert error.value.__cause__ is not None
        assert "127.0.0.1" not in str(error.value)
    with pytest.raises(BackendUnavailable):
        async with repos.transaction():
            raise AssertionError("is not entered")
    with pytest.raises(BackendUnavailable):
        async for _ in repos.user.stream({}):
            raise AssertionError("gives nothing")
    await server.closed(client)
