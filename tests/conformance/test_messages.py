"""What errors say: which entity, field and index, and never a stored value."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.backends import Backend
from conformance.host.entities import Address
from conformance.samples import org, uid, user
from pkit.errors import InvalidCriteria, InvalidCursor, InvalidValue, RepositoryError, UniqueViolation

SECRET = "hunter2-s3cr3t"


async def message_of(call: Any, error: type[RepositoryError]) -> str:
    """Return the message of the error that a call ends with, which shows no secret."""
    with pytest.raises(error) as raised:
        await call
    for text in (str(raised.value), repr(raised.value), *map(str, vars(raised.value).values())):
        assert SECRET not in text
        assert "hunter" not in text
    return str(raised.value)


async def test_a_violation_names_index_and_fields(repos: Any) -> None:
    await repos.org.add_many([org(1, SECRET), org(2)])
    await repos.user.add(user(1, SECRET, nickname=SECRET, org_id=uid(1), badge=1))
    assert await message_of(repos.user.add(user(2, SECRET)), UniqueViolation) == (
        "user: another entity has the same email (unique index 'email')"
    )
    assert await message_of(repos.user.add(user(2, nickname=SECRET)), UniqueViolation) == (
        "user: another entity has the same nickname (unique index 'nickname')"
    )
    assert await message_of(repos.user.add(user(2, org_id=uid(1), badge=1)), UniqueViolation) == (
        "user: another entity has the same org_id and badge (unique index 'badge')"
    )
    assert await message_of(repos.org.patch(uid(2), name=SECRET), UniqueViolation) == (
        "org: another entity has the same name (unique index 'name')"
    )
    assert await message_of(repos.user.add(user(1, name=SECRET)), UniqueViolation) == (
        "user: another entity has the same id (unique index 'id')"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"name": f"{SECRET}\0"},
        {"name": f"{SECRET}\ud800"},
        {"age": SECRET},
        {"role": SECRET},
        {"tags": [SECRET, 1]},
        {"tags": {SECRET}},
        {"settings": {"a": {SECRET}}},
        {"settings": {f"{SECRET}\0": 1}},
        {"address": SECRET},
        {"address": Address(f"{SECRET}\0")},
        {"joined": SECRET},
        {"balance": SECRET},
        {"org_id": SECRET},
    ],
    ids=lambda changes: next(iter(changes)),
)
async def test_an_invalid_value_is_not_shown(repos: Any, changes: dict[str, Any]) -> None:
    await repos.user.add(user(1))
    message = await message_of(repos.user.add(user(2, **changes)), InvalidValue)
    assert message.startswith("user.")
    assert str(uid(2)) in message
    await message_of(repos.user.patch(uid(1), **changes), InvalidValue)
    await message_of(repos.user.update_by_fields({}, **changes), InvalidValue)


@pytest.mark.parametrize(
    "criteria",
    [
        {"age": SECRET},
        {"age": {"gte": SECRET}},
        {"age": {"in": [SECRET]}},
        {"age": {"between": [1, SECRET]}},
        {"age": {"between": SECRET}},
        {"name": f"{SECRET}\0"},
        {"name": {"contains": f"{SECRET}\ud800"}},
        {"role": SECRET},
        {"tags": {"has": [SECRET]}},
        {"tags": {"empty": SECRET}},
        {"settings": {"eq": {"a": {SECRET}}}},
        {"and": SECRET},
        {"not": SECRET},
    ],
    ids=str,
)
async def test_values_of_criteria_are_not_shown(repos: Any, criteria: dict[str, Any]) -> None:
    await message_of(repos.user.count_by_fields(criteria), InvalidCriteria)


async def test_a_cursor_is_not_shown(repos: Any) -> None:
    await message_of(repos.user.page({}, after=SECRET), InvalidCursor)


async def test_a_lookup_does_not_show_its_value(repos: Any) -> None:
    await message_of(repos.user.get_by_email(f"{SECRET}\0"), InvalidValue)
    await message_of(repos.user.get_by_index("badge", (uid(1), SECRET)), InvalidValue)


async def test_the_error_of_the_driver_is_the_cause(repos: Any, backend: Backend) -> None:
    await repos.user.add(user(1))
    with pytest.raises(UniqueViolation) as error:
        await repos.user.add(user(1))
    assert (error.value.__cause__ is None) is (backend.name == "memory")


async def test_messages_say_what_is_allowed(repos: Any) -> None:
    assert await message_of(repos.user.count_by_fields({"age": {"contains": 1}}), InvalidCriteria) == (
        "age: no such operator 'contains'; allowed: eq, ne, in, not_in, gt, gte, lt, lte, between"
    )
    assert await message_of(repos.org.count_by_fields({"nam": "x"}), InvalidCriteria) == (
        "nam: there is no such field; did you mean 'name'? allowed: id, name, city, and, or, not"
    )
    assert await message_of(repos.org.list(sort_by="cty"), InvalidCriteria) == (
        "cty: there is no such sort key; did you mean 'city'? allowed: id, name, city"
    )
