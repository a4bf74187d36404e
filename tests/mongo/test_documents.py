"""The documents that are stored, and reading those that others have written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from bson import Binary, Decimal128, Int64
from conformance.host.entities import Address, Level, Role
from conformance.samples import uid, user
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pymongo.errors import OperationFailure
from servers import mongo as server

from pkit.errors import InvalidValue, RepositoryError

Read = Callable[[Any], Awaitable[object]]


async def test_an_entity_is_stored_under_the_names_of_its_fields(repos: Any, database: Any) -> None:
    entity = user(
        1, "Ada@example.org", nickname="ada", joined=datetime(2026, 1, 2, 3, 4, 5, 678999, tzinfo=UTC), age=36,
        balance=Decimal("1.10"), tags=["x"], address=Address("Paris"), settings={"b": {"d": 1, "c": 2}, "a": 1.5},
    )  # fmt: skip
    await repos.user.add(entity)
    document = await database.users.find_one({})
    assert document == {
        "_id": uid(1),
        "email": "Ada@example.org",
        "lower(email)": "ada@example.org",
        "name": "",
        "nickname": "ada",
        "joined": datetime(2026, 1, 2, 3, 4, 5, 678000),
        "role": "reader",
        "level": 3,
        "age": 36,
        "balance": Decimal128("1.10"),
        "active": True,
        "tags": ["x"],
        "address": {"city": "Paris", "street": None},
        "settings": {"a": 1.5, "b": {"c": 2, "d": 1}},
        "org_id": None,
        "badge": None,
        "manager_id": None,
    }
    assert list(document["settings"]) == ["a", "b"], "the keys of documents are in order"
    assert type(document["age"]) is Int64


async def test_uuids_are_stored_in_the_standard_form(repos: Any, driver: server.Driver, database: Any) -> None:
    await repos.user.add(user(1))
    client = server.new_client(driver, server.dsn(), uuidRepresentation="unspecified")
    raw = await client[database.name].users.find_one({})
    assert raw["_id"] == Binary(uid(1).bytes, subtype=4)
    await server.closed(client)


async def test_a_document_may_lack_what_may_be_absent_and_have_what_is_unknown(repos: Any, database: Any) -> None:
    await repos.user.add(user(1))
    await database.users.update_one({}, {"$unset": {"age": 1, "address": 1, "nickname": 1}, "$set": {"new": [1]}})
    found = await repos.user.get(uid(1))
    assert found == user(1)
    assert await repos.user.list_by_fields({"age": None, "address": None, "nickname": {"ne": "x"}}) == [found]
    await repos.user.update(found)
    assert await repos.user.get(uid(1)) == found


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"$set": {"role": "removed"}}, "role"),
        ({"$set": {"level": 99}}, "level"),
        ({"$unset": {"email": 1}}, "email"),
    ],
)
async def test_a_document_that_no_longer_fits_is_named(repos: Any, database: Any, change: Any, field: str) -> None:
    await repos.user.add(user(1))
    await database.users.update_one({}, change)
    with pytest.raises(InvalidValue) as error:
        await repos.user.get(uid(1))
    assert (error.value.entity, error.value.field, error.value.entity_id) == ("user", field, uid(1))
    assert "removed" not in str(error.value)


READS: dict[str, Read] = {
    "list": lambda users: users.list(),
    "page": lambda users: users.page({}),
    "fetch": lambda users: users.fetch({}),
}


@pytest.mark.parametrize("read", READS.values(), ids=READS)
async def test_among_many_documents_the_one_that_no_longer_fits_is_named(repos: Any, database: Any, read: Read) -> None:
    await _store_one_that_no_longer_fits(repos, database)
    with pytest.raises(InvalidValue) as error:
        await read(repos.user)
    assert (error.value.field, error.value.entity_id) == ("role", uid(2))


async def test_a_stream_gives_what_comes_before_a_document_that_no_longer_fits(repos: Any, database: Any) -> None:
    await _store_one_that_no_longer_fits(repos, database)
    stream = repos.user.stream({})
    assert await anext(stream) == user(1)
    with pytest.raises(InvalidValue) as error:
        await anext(stream)
    assert (error.value.field, error.value.entity_id) == ("role", uid(2))


async def _store_one_that_no_longer_fits(repos: Any, database: Any) -> None:
    """Store three users: the first has no age in its document, as an older one, and the second a role that is no more."""
    await repos.user.add_many([user(1), user(2), user(3)])
    await database.users.update_one({"_id": uid(1)}, {"$unset": {"age": 1}})
    await database.users.update_one({"_id": uid(2)}, {"$set": {"role": "removed"}})


async def test_of_many_entities_the_one_that_cannot_be_stored_is_named(repos: Any) -> None:
    with pytest.raises(InvalidValue) as error:
        await repos.user.add_many([user(1), user(2, name="\0"), user(3)])
    assert (error.value.field, error.value.entity_id) == ("name", uid(2))
    assert await repos.user.count() == 0


async def test_what_is_listed_has_the_types_of_its_fields(repos: Any) -> None:
    await repos.user.add(user(1, age=2**40, balance=Decimal("2.50"), level=Level.HIGH))
    assert [type(value) for value in await repos.user.distinct_values("age")] == [int]
    assert [str(value) for value in await repos.user.distinct_values("balance")] == ["2.50"]
    assert await repos.user.distinct_values("role") == [Role.READER]
    assert await repos.user.distinct_values("id") == [uid(1)]
    assert await repos.user.distinct_values("nickname") == []


async def test_documents_beyond_what_the_server_holds_are_invalid(repos: Any) -> None:
    with pytest.raises(InvalidValue, match="too large"):
        await repos.user.add(user(1, settings={"x": "x" * 17_000_000}))
    assert await repos.user.count() == 0


async def test_what_the_server_refuses_is_an_error_without_values(package: Any, database: Any) -> None:
    repos = package.Repositories.mongo(database.client["x" * 70])
    with pytest.raises(RepositoryError, match="MongoDB refused the command: InvalidNamespace") as error:
        await repos.user.add(user(1, "secret@example.org"))
    assert isinstance(error.value.__cause__, OperationFailure)
    assert "secret" not in str(error.value)


KEYS = st.sampled_from(["", "$", "$ref", "$id", "$db", "a.b", ".", "\\", "\\$x", "_id", "__proto__", "x"]) | st.text(
    st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=3
)
SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False)
)
VALUES = st.recursive(SCALARS | KEYS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(document=st.dictionaries(KEYS, VALUES, max_size=4))
async def test_any_document_comes_back_and_is_found(repos: Any, document: dict[str, Any]) -> None:
    await repos.user.upsert(user(1, settings=document))
    found = await repos.user.get(uid(1))
    assert found.settings == document
    turned = dict(reversed(document.items()))
    assert len(await repos.user.list_by_fields({"settings": {"eq": turned}})) == 1
    assert await repos.user.list_by_fields({"settings": {"ne": turned}}) == []
    assert await repos.user.list_by_fields({"settings": {"eq": {**document, "another key": 1}}}) == []
