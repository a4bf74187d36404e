"""Unique indexes: single, composite, without regard to case, over absent values; looking up and upserting by them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from conformance.samples import org, stored, uid, user
from pkit.errors import InvalidCriteria, InvalidValue, UniqueViolation


async def test_a_violation_names_the_index_and_its_fields(repos: Any) -> None:
    await repos.org.add_many([org(1), org(2)])
    await repos.user.add(user(1, "ada@example.org", nickname="ada", org_id=uid(1), badge=7))
    for entity, index, fields in (
        (user(2, "ADA@Example.org"), "email", ("email",)),
        (user(2, nickname="ada"), "nickname", ("nickname",)),
        (user(2, org_id=uid(1), badge=7), "badge", ("org_id", "badge")),
    ):
        for call in (repos.user.add(entity), repos.user.add_many([entity]), repos.user.upsert(entity)):
            with pytest.raises(UniqueViolation) as error:
                await call
            assert (error.value.entity, error.value.index, error.value.fields) == ("user", index, fields)
    assert await repos.user.count() == 1


async def test_changing_an_entity_keeps_values_unique(repos: Any) -> None:
    await repos.user.add_many([user(1, "a@example.org", nickname="a"), user(2, "b@example.org", nickname="b")])
    for call, index in (
        (repos.user.update(user(2, "A@example.org")), "email"),
        (repos.user.update(user(2, nickname="a")), "nickname"),
        (repos.user.patch(uid(2), email="A@example.org"), "email"),
        (repos.user.update_by_fields({"id": uid(2)}, nickname="a"), "nickname"),
    ):
        with pytest.raises(UniqueViolation) as error:
            await call
        assert error.value.index == index
    assert await repos.user.get(uid(2)) == user(2, "b@example.org", nickname="b")


async def test_an_entity_does_not_conflict_with_itself(repos: Any) -> None:
    await repos.user.add(user(1, "a@example.org", nickname="a"))
    await repos.user.update(user(1, "A@example.org", nickname="a"))
    await repos.user.upsert(user(1, "a@EXAMPLE.org", nickname="a"))
    assert await repos.user.patch(uid(1), email="A@example.ORG") == user(1, "A@example.ORG", nickname="a")
    assert await repos.user.update_by_fields({}, nickname="a") == 1


async def test_a_case_sensitive_index_tells_cases_apart(repos: Any) -> None:
    await repos.user.add_many([user(1, nickname="ada"), user(2, nickname="Ada"), user(3, nickname="ada ")])
    assert await repos.user.get_by_nickname("Ada") == user(2, nickname="Ada")
    assert await repos.user.get_by_nickname("ADA") is None


@pytest.mark.parametrize(("one", "same"), [("É@x", "é@X"), ("ß@x", "ß@X"), ("ПРИВЕТ", "привет"), ("ΟΔΟΣ", "οδοσ")])
async def test_case_is_ignored_by_unicode(repos: Any, one: str, same: str) -> None:
    await repos.user.add(user(1, one))
    assert await repos.user.get_by_email(same) == user(1, one)
    with pytest.raises(UniqueViolation):
        await repos.user.add(user(2, same))


async def test_absent_values_do_not_conflict(repos: Any) -> None:
    await repos.org.add_many([org(1), org(2)])
    rows = [
        user(1),
        user(2),
        user(3, org_id=uid(1)),
        user(4, org_id=uid(1)),
        user(5, badge=1),
        user(6, badge=1),
        user(7, org_id=uid(1), badge=1),
        user(8, org_id=uid(2), badge=1),
    ]
    await repos.user.add_many(rows)
    assert await stored(repos.user) == rows
    await repos.user.update(user(4, org_id=uid(1)))
    await repos.user.upsert(user(6, badge=1))


async def test_a_value_is_free_once_it_is_given_up(repos: Any) -> None:
    await repos.user.add_many([user(1, nickname="a"), user(2, nickname="b")])
    await repos.user.patch(uid(1), nickname=None)
    await repos.user.patch(uid(2), nickname="a")
    await repos.user.delete(uid(2))
    await repos.user.add(user(3, nickname="a"))
    assert await repos.user.get_by_nickname("a") == user(3, nickname="a")


async def test_get_by_each_index(repos: Any) -> None:
    await repos.org.add(org(1))
    entity = user(1, "Ada@example.org", nickname="ada", org_id=uid(1), badge=7)
    await repos.user.add_many([entity, user(2)])
    assert await repos.user.get_by_email("ada@EXAMPLE.org") == entity
    assert await repos.user.get_by_nickname("ada") == entity
    assert await repos.user.get_by_org_id_and_badge(uid(1), 7) == entity
    assert await repos.user.get_by_index("email", "ADA@example.org") == entity
    assert await repos.user.get_by_index("nickname", "ada") == entity
    assert await repos.user.get_by_index("badge", (uid(1), 7)) == entity


async def test_get_by_an_index_gives_none_where_nothing_is(repos: Any) -> None:
    await repos.org.add(org(1))
    await repos.user.add(user(1, nickname="ada", org_id=uid(1), badge=7))
    assert await repos.user.get_by_email("x") is None
    assert await repos.user.get_by_nickname("x") is None
    assert await repos.user.get_by_org_id_and_badge(uid(1), 8) is None
    assert await repos.user.get_by_org_id_and_badge(uid(2), 7) is None
    assert await repos.user.get_by_index("badge", (uid(2), 8)) is None


async def test_a_lookup_checks_its_value(repos: Any) -> None:
    for call, field in (
        (repos.user.get_by_email(1), "email"),
        (repos.user.get_by_email("\0"), "email"),
        (repos.user.get_by_nickname(b"x"), "nickname"),
        (repos.user.get_by_org_id_and_badge("x", 1), "org_id"),
        (repos.user.get_by_index("badge", (uid(1), "x")), "badge"),
        (repos.user.exists_by_email([]), "email"),
        (repos.user.exists_by_nickname({}), "nickname"),
        (repos.user.exists_by_email("a", excluding="x"), "id"),
    ):
        with pytest.raises(InvalidValue) as error:
            await call
        assert (error.value.entity, error.value.field) == ("user", field)


@pytest.mark.parametrize("value", [uid(1), (uid(1),), (uid(1), 1, 2), "x", None])
async def test_a_composite_index_takes_a_tuple_of_its_length(repos: Any, value: Any) -> None:
    with pytest.raises(InvalidValue):
        await repos.user.get_by_index("badge", value)


@pytest.mark.parametrize("index", ["mail", "age", "id", "", "org_id", "email; drop table users"])
async def test_an_unknown_index_is_refused_with_those_that_are_there(repos: Any, index: str) -> None:
    with pytest.raises(InvalidCriteria, match="badge, email, nickname"):
        await repos.user.get_by_index(index, "x")


async def test_whether_a_value_is_taken_by_someone_else(repos: Any) -> None:
    await repos.org.add(org(1))
    await repos.user.add(user(1, "Ada@example.org", nickname="ada", org_id=uid(1), badge=7))
    assert await repos.user.exists_by_email("ada@example.org") is True
    assert await repos.user.exists_by_email("ada@example.org", excluding=uid(1)) is False
    assert await repos.user.exists_by_email("ada@example.org", excluding=uid(2)) is True
    assert await repos.user.exists_by_email("x@example.org") is False
    assert await repos.user.exists_by_nickname("ada") is True
    assert await repos.user.exists_by_nickname("Ada") is False
    assert await repos.user.exists_by_org_id_and_badge(uid(1), 7) is True
    assert await repos.user.exists_by_org_id_and_badge(uid(1), 7, excluding=uid(1)) is False
    assert await repos.user.exists_by_org_id_and_badge(uid(1), 8) is False


async def test_upsert_by_an_index_adds_when_nobody_has_the_value(repos: Any) -> None:
    assert await repos.user.upsert_by_email(user(1, age=1)) == user(1, age=1)
    assert await stored(repos.user) == [user(1, age=1)]


async def test_upsert_by_an_index_replaces_and_keeps_the_id(repos: Any) -> None:
    await repos.user.add(user(1, "ada@example.org", age=1, tags=["old"]))
    assert await repos.user.upsert_by_email(user(2, "ADA@example.org", age=2)) == user(1, "ADA@example.org", age=2)
    assert await stored(repos.user) == [user(1, "ADA@example.org", age=2)]


async def test_upsert_by_a_composite_index(repos: Any) -> None:
    await repos.org.add(org(1))
    await repos.user.add(user(1, org_id=uid(1), badge=7))
    merged = await repos.user.upsert_by_org_id_and_badge(user(2, org_id=uid(1), badge=7, age=3))
    assert merged == user(1, "user2@example.org", org_id=uid(1), badge=7, age=3)
    assert await stored(repos.user) == [merged]


async def test_upsert_by_an_absent_value_adds(repos: Any) -> None:
    await repos.user.add(user(1))
    assert await repos.user.upsert_by_nickname(user(2)) == user(2)
    assert await repos.user.upsert_by_org_id_and_badge(user(3, badge=1)) == user(3, badge=1)
    assert await stored(repos.user) == [user(1), user(2), user(3, badge=1)]


async def test_upsert_by_an_index_does_not_take_the_value_or_id_of_another(repos: Any) -> None:
    rows = [user(1, "a@example.org", nickname="a"), user(2, "b@example.org", nickname="b")]
    await repos.user.add_many(rows)
    for entity, index in (
        (user(3, "a@example.org", nickname="b"), "nickname"),
        (user(1, "c@example.org"), "id"),
        (user(3, "c@example.org", nickname="a"), "nickname"),
    ):
        with pytest.raises(UniqueViolation) as error:
            await repos.user.upsert_by_email(entity)
        assert error.value.index == index
    with pytest.raises(UniqueViolation) as error:
        await repos.user.upsert_by_nickname(user(1))
    assert error.value.index == "id"
    assert await stored(repos.user) == rows


async def test_one_of_many_who_add_the_same_value_succeeds(repos: Any) -> None:
    calls = [repos.user.add(user(number, "same@example.org")) for number in range(8)]
    results = await asyncio.gather(*calls, return_exceptions=True)
    assert sorted(type(result).__name__ for result in results) == ["NoneType"] + ["UniqueViolation"] * 7
    assert await repos.user.count() == 1


async def test_many_who_upsert_by_the_same_value_all_succeed(repos: Any) -> None:
    calls = [repos.user.upsert_by_email(user(number, "same@example.org", age=number)) for number in range(8)]
    results = await asyncio.gather(*calls)
    assert len({result.id for result in results}) == 1
    [row] = await stored(repos.user)
    assert row in results
