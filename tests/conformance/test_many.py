"""Many entities at a time: add_many, get_many, list, count, stream, update_by_fields, delete_by_fields, distinct_values."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.host.entities import Level, Role
from conformance.samples import found, org, stored, uid, user
from pkit.errors import ForeignKeyViolation, InvalidCriteria, InvalidValue, UniqueViolation

THREE = [user(1, age=10), user(2, age=20), user(3)]


async def test_add_many_adds_all(repos: Any) -> None:
    assert await repos.user.add_many(THREE) is None
    assert await stored(repos.user) == THREE


async def test_add_many_takes_any_collection_even_an_empty_one(repos: Any) -> None:
    await repos.user.add_many([])
    await repos.user.add_many(())
    await repos.user.add_many({number: user(number) for number in (1, 2)}.values())
    assert await repos.user.count() == 2


@pytest.mark.parametrize(
    ("last", "error"),
    [
        (user(1, "new@example.org"), UniqueViolation),
        (user(9, "USER2@example.org"), UniqueViolation),
        (user(9, age=2**63), InvalidValue),
        (user(9, name="\0"), InvalidValue),
    ],
)
async def test_add_many_adds_all_or_nothing(repos: Any, last: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        await repos.user.add_many([*THREE, last])
    assert await stored(repos.user) == []


async def test_add_many_adds_nothing_when_one_is_there_already(repos: Any) -> None:
    await repos.user.add(user(3, age=1))
    with pytest.raises(UniqueViolation) as error:
        await repos.user.add_many(THREE)
    assert error.value.index == "id"
    assert await stored(repos.user) == [user(3, age=1)]


async def test_add_many_adds_nothing_when_a_reference_has_no_target(repos: Any, references: None) -> None:
    with pytest.raises(ForeignKeyViolation):
        await repos.user.add_many([*THREE, user(4, org_id=uid(99))])
    assert await stored(repos.user) == []


async def test_add_many_adds_more_than_a_chunk(repos: Any) -> None:
    await repos.user.add_many([user(number) for number in range(3000)])
    assert await repos.user.count() == 3000


async def test_get_many_gives_what_is_there_by_id(repos: Any) -> None:
    await repos.user.add_many(THREE)
    assert await repos.user.get_many([uid(3), uid(9), uid(1), uid(3)]) == {uid(1): THREE[0], uid(3): THREE[2]}
    assert await repos.user.get_many({uid(2)}) == {uid(2): THREE[1]}
    assert await repos.user.get_many([]) == {}


async def test_list_gives_fifty_unless_told_otherwise(repos: Any) -> None:
    await repos.user.add_many([user(number) for number in range(60)])
    assert len(await repos.user.list()) == 50
    assert len(await repos.user.list_by_fields({})) == 50
    assert len(await repos.user.list(limit=None)) == 60
    assert len(await repos.user.list_by_fields({}, limit=None)) == 60


@pytest.mark.parametrize(
    ("offset", "limit", "numbers"),
    [(0, 2, [1, 2]), (1, None, [2, 3]), (2, 5, [3]), (3, 1, []), (99, None, []), (0, 0, []), (1, 1, [2])],
)
async def test_a_window_is_cut_out_of_the_order(repos: Any, offset: int, limit: int | None, numbers: list[int]) -> None:
    await repos.user.add_many(THREE)
    window = {"offset": offset, "limit": limit}
    assert [row.id.int for row in await repos.user.list(**window)] == numbers
    assert [row.id.int for row in await repos.user.list_by_fields({}, **window)] == numbers
    assert await found(repos.user, {}, sort_desc=True, **window) == [3, 2, 1][offset:][:limit]


@pytest.mark.parametrize(
    "window",
    [{"offset": -1}, {"limit": -1}, {"offset": "1"}, {"limit": "1"}, {"limit": 1.0}, {"offset": None}, {"limit": True}],
)
async def test_a_window_that_cannot_be_is_refused(repos: Any, window: dict[str, Any]) -> None:
    for call in (repos.user.list(**window), repos.user.list_by_fields({}, **window)):
        with pytest.raises(InvalidCriteria) as error:
            await call
        assert error.value.field == next(iter(window))


async def test_counting(repos: Any) -> None:
    assert await repos.user.count() == 0
    await repos.user.add_many(THREE)
    assert await repos.user.count() == 3
    assert await repos.user.count_by_fields({}) == 3
    assert await repos.user.count_by_fields({"age": {"gte": 20}}) == 1
    assert await repos.user.count_by_fields({"age": []}) == 0


async def test_existence(repos: Any) -> None:
    assert await repos.user.exists_by_fields({}) is False
    await repos.user.add_many(THREE)
    assert await repos.user.exists_by_fields({}) is True
    assert await repos.user.exists_by_fields({"age": 10}) is True
    assert await repos.user.exists_by_fields({"age": 11}) is False


async def test_delete_by_fields_deletes_what_matches(repos: Any) -> None:
    await repos.user.add_many(THREE)
    assert await repos.user.delete_by_fields({"age": {"lt": 20}}) == 1
    assert await repos.user.delete_by_fields({"age": {"lt": 20}}) == 0
    assert await stored(repos.user) == THREE[1:]
    assert await repos.user.delete_by_fields({}) == 2
    assert await repos.user.count() == 0


async def test_update_by_fields_changes_what_matches(repos: Any) -> None:
    await repos.user.add_many(THREE)
    assert await repos.user.update_by_fields({"age": {"gte": 10}}, age=None, role=Role.WRITER) == 2
    changed = [user(1, role=Role.WRITER), user(2, role=Role.WRITER), user(3)]
    assert await stored(repos.user) == changed
    assert await repos.user.update_by_fields({"age": 99}, age=1) == 0
    assert await repos.user.update_by_fields({}, level=Level.HIGH) == 3


async def test_update_by_fields_without_changes_counts_what_matches(repos: Any) -> None:
    await repos.user.add_many(THREE)
    assert await repos.user.update_by_fields({"age": {"gte": 10}}) == 2
    assert await stored(repos.user) == THREE


async def test_update_by_fields_changes_all_or_nothing(repos: Any) -> None:
    await repos.user.add_many(THREE)
    with pytest.raises(UniqueViolation) as error:
        await repos.user.update_by_fields({}, nickname="one")
    assert (error.value.index, error.value.fields) == ("nickname", ("nickname",))
    assert await stored(repos.user) == THREE


async def test_stream_gives_everything_in_order(repos: Any) -> None:
    await repos.user.add_many([user(number, age=number % 3) for number in range(25)])
    for batch_size in (1, 7, 25, 500):
        rows = [row async for row in repos.user.stream({"age": [0, 1]}, sort_by="-age", batch_size=batch_size)]
        expected = [number for age in (1, 0) for number in range(25) if number % 3 == age]
        assert [row.id.int for row in rows] == expected
    assert [row async for row in repos.user.stream({"age": 9})] == []


async def test_a_stream_can_be_left_early(repos: Any) -> None:
    await repos.user.add_many([user(number) for number in range(25)])
    stream = repos.user.stream({}, batch_size=2)
    first = [await anext(stream), await anext(stream), await anext(stream)]
    await stream.aclose()
    assert [row.id.int for row in first] == [0, 1, 2]
    assert await repos.user.delete_by_fields({}) == 25


@pytest.mark.parametrize("batch_size", [0, -1, "1", None])
async def test_a_batch_size_that_cannot_be_is_refused(repos: Any, batch_size: Any) -> None:
    with pytest.raises(InvalidCriteria) as error:
        await anext(repos.user.stream({}, batch_size=batch_size), None)
    assert error.value.field == "batch_size"


async def test_distinct_values_ascend_without_none(repos: Any) -> None:
    await repos.user.add_many(
        [
            user(1, age=20, name="b", level=Level.HIGH, role=Role.WRITER),
            user(2, name="B", level=Level.LOW),
            user(3, age=-1, name="b", active=False),
            user(4, age=20, name="é"),
        ]
    )
    assert await repos.user.distinct_values("age") == [-1, 20]
    assert await repos.user.distinct_values("age", {}) == [-1, 20]
    assert await repos.user.distinct_values("age", {"name": "b", "active": True}) == [20]
    assert await repos.user.distinct_values("name") == ["B", "b", "é"]
    assert await repos.user.distinct_values("role") == [Role.READER, Role.WRITER]
    assert await repos.user.distinct_values("level") == [Level.LOW, Level.HIGH]
    assert await repos.user.distinct_values("active") == [False, True]
    assert await repos.user.distinct_values("id") == [uid(number) for number in (1, 2, 3, 4)]
    assert await repos.user.distinct_values("nickname") == []


@pytest.mark.parametrize("field", ["nme", "tags", "settings", "address", "address.city", "-age", "", "and"])
async def test_distinct_values_of_what_has_no_order_are_refused(repos: Any, field: str) -> None:
    with pytest.raises(InvalidCriteria):
        await repos.user.distinct_values(field)


async def test_a_reference_may_be_among_the_distinct_values(repos: Any) -> None:
    await repos.org.add_many([org(1), org(2)])
    await repos.user.add_many([user(1, org_id=uid(2)), user(2, org_id=uid(1)), user(3, org_id=uid(2))])
    assert await repos.user.distinct_values("org_id") == [uid(1), uid(2)]
