"""Criteria and orders over relations give what the definition gives, on every backend."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pkit.criteria import unknown
from pkit.errors import InvalidCriteria
from relations import reference, worlds
from relations.reference import Rows
from relations.worlds import uid

bounded = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
LIBRARY = worlds.world(1)
KEYS = ("author", "book", "cover", "loan", "reader")


@pytest.fixture
async def filled(repos: Any) -> Any:
    """Give the repositories with a library."""
    await worlds.store(repos, LIBRARY)
    return repos


async def ids(repository: Any, criteria: Any, **options: Any) -> list[Any]:
    return [row.id for row in await repository.list_by_fields(criteria, **{"limit": None, **options})]


def wanted(key: str, rows: Rows, criteria: Any, *order: Any, **options: Any) -> list[Any]:
    return [node.id for node in reference.found(key, rows, criteria, *order, **options)]


@pytest.mark.parametrize("key", KEYS)
@bounded
@given(data=st.data())
async def test_any_criteria_and_order(filled: Any, key: str, data: st.DataObject) -> None:
    criteria, order, reverse = data.draw(worlds.queries(key))
    expected = wanted(key, LIBRARY, criteria, order, reverse=reverse)
    repository = getattr(filled, key)
    assert await ids(repository, criteria, sort_by=order, sort_desc=reverse) == expected
    assert await repository.count_by_fields(criteria) == len(expected)
    assert await repository.exists_by_fields(criteria) is bool(expected)


@pytest.mark.parametrize("seed", [2, 3])
async def test_other_libraries(repos: Any, seed: int) -> None:
    rows = worlds.world(seed, 5)
    await worlds.store(repos, rows)
    for criteria in SAMPLES:
        assert await ids(repos.book, criteria) == wanted("book", rows, criteria), criteria


SAMPLES: list[dict[str, Any]] = [
    {"author.name": None},
    {"author.born": None},
    {"author.born": {"ne": 7}},
    {"author.born": {"not_in": [7, None]}},
    {"author.mentor.name": {"icontains": "a"}},
    {"author.mentor.place.city": "Rome"},
    {"publisher.name": ["a", None]},
    {"publisher.code": {"gt": "p0"}},
    {"cover.colour": "red"},
    {"cover.colour": {"ne": "red"}},
    {"not": {"cover.colour": "red"}},
    {"prequel.prequel.title": {"startswith": "a"}},
    {"prequel.tag_ids": {"has": "t0"}},
    {"prequel.tag_ids": {"empty": True}},
    {"prequel.genre": None},
    {"tags": {"some": {}}},
    {"tags": {"none": {}}},
    {"tags": {"every": {"weight": {"gte": 1}}}},
    {"shelf": {"some": {"id": ["t0", "t4"]}}},
    {"shelf": {"every": {"weight": 7}}},
    {"sequels": {"some": {"author.name": {"ne": "a"}}}},
    {"loans": {"some": {"reader.name": "a"}, "every": {"days": {"gt": 0}}}},
    {"readers": {"some": {"name": "a"}}},
    {"readers": {"none": {"name": "a"}}},
    {"readers": {"every": {"books": {"some": {"cover.colour": "blue"}}}}},
    {"author.pupils": {"some": {}}},
    {"author.pupils": {"none": {"born": None}}},
    {"author.books": {"every": {"publisher.code": "p0"}}},
    {"or": [{"author.name": None}, {"readers": {"some": {"id": "r0"}}}], "not": {"tags": {"some": {"id": "t1"}}}},
    {"prequel.sequels": {"some": {"author.born": 7}}},
]


@pytest.mark.parametrize("criteria", SAMPLES, ids=str)
async def test_one_at_a_time(filled: Any, criteria: dict[str, Any]) -> None:
    assert await ids(filled.book, criteria) == wanted("book", LIBRARY, criteria)
    assert await ids(filled.book, {"not": criteria}) == wanted("book", LIBRARY, {"not": criteria})


@pytest.mark.parametrize("key", KEYS)
async def test_every_sort_key(filled: Any, key: str) -> None:
    for name, reverse in product(worlds.sort_keys(key), (False, True)):
        expected = wanted(key, LIBRARY, {}, [name], reverse=reverse)
        assert await ids(getattr(filled, key), {}, sort_by=name, sort_desc=reverse) == expected, name


async def test_windows_over_a_path(filled: Any) -> None:
    order = ["-author.name", "title"]
    expected = wanted("book", LIBRARY, {}, order)
    assert await ids(filled.book, {}, sort_by=order, offset=3, limit=4) == expected[3:7]
    assert (
        await ids(filled.book, {"readers": {"some": {}}}, sort_by=order, limit=2)
        == (wanted("book", LIBRARY, {"readers": {"some": {}}}, order)[:2])
    )


@pytest.mark.parametrize(
    "order", [["author.name"], ["-author.mentor.born", "cover.colour"], ["-prequel.id", "-id"]], ids=str
)
async def test_pages_and_streams_over_a_path(filled: Any, order: list[str]) -> None:
    criteria: dict[str, Any] = {"or": [{"tags": {"some": {}}}, {"author.mentor.name": {"ne": None}}]}
    expected = wanted("book", LIBRARY, criteria, order)
    seen: list[int] = []
    cursor: str | None = None
    while True:
        page = await filled.book.page(criteria, sort_by=order, after=cursor, limit=3)
        seen += [book.id for book in page.items]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == expected
    assert [book.id async for book in filled.book.stream(criteria, sort_by=order, batch_size=2)] == expected


async def test_distinct_values_over_a_path(filled: Any) -> None:
    criteria = {"author.mentor.name": {"ne": None}}
    nodes = reference.found("book", LIBRARY, criteria)
    assert await filled.book.distinct_values("price", criteria) == sorted({node.price for node in nodes})


async def test_updates_over_a_path(filled: Any) -> None:
    criteria: dict[str, Any] = {"author.mentor.name": {"ne": None}, "tags": {"some": {}}}
    expected = wanted("book", LIBRARY, criteria)
    assert expected
    assert await filled.book.update_by_fields(criteria, keywords=["changed"]) == len(expected)
    assert await ids(filled.book, {"keywords": {"has": "changed"}}) == expected


async def test_updates_of_what_the_criteria_look_at(filled: Any) -> None:
    expected = wanted("author", LIBRARY, {"mentor.born": 7})
    assert await filled.author.update_by_fields({"mentor.born": 7}, born=-7) == len(expected)
    assert await ids(filled.author, {"born": -7}) == expected


async def test_deletes_over_a_path(filled: Any) -> None:
    criteria = {"book.author.name": {"ne": None}}
    expected = wanted("loan", LIBRARY, criteria)
    assert 0 < len(expected) < len(LIBRARY["loan"])
    assert await filled.loan.delete_by_fields(criteria) == len(expected)
    assert await ids(filled.loan, {}) == wanted("loan", LIBRARY, {"not": criteria})


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"author.nam": "a"}, "author.name"),
    ({"autor.name": "a"}, "author.name"),
    ({"author": None}, "author"),
    ({"author.mentor.mentor.name": "a"}, "author"),
    ({"author.born": "7"}, "author.born"),
    ({"author.name": {"gtt": "a"}}, "gt"),
    ({"tags": {"any": {}}}, "some, none, every"),
    ({"tags": {}}, "some, none, every"),
    ({"tags": None}, "some, none, every"),
    ({"tags": [{"id": "t0"}]}, "some, none, every"),
    ({"tags": {"some": {"idd": "t0"}}}, "id"),
    ({"tags.id": "t0"}, "tags"),
    ({"tags": {"some": {"weight": "1"}}}, "weight"),
]


@pytest.mark.parametrize(("criteria", "named"), REFUSED, ids=lambda value: str(value))
async def test_wrong_criteria_are_refused(repos: Any, criteria: dict[str, Any], named: str) -> None:
    for call in (repos.book.list_by_fields, repos.book.count_by_fields, repos.book.delete_by_fields):
        with pytest.raises(InvalidCriteria, match=named):
            await call(criteria)


@pytest.mark.parametrize(
    "key", ["tags.id", "author", "author.place.city", "author.mentor.mentor.name", "prequel.tag_ids"]
)
async def test_wrong_sort_keys_are_refused(repos: Any, key: str) -> None:
    with pytest.raises(InvalidCriteria, match="sort key"):
        await repos.book.list(sort_by=key)


def test_an_error_lists_the_next_step_of_many_names(library: Any) -> None:
    fields = library.Repositories.memory().book.entity.criteria_fields
    said = str(unknown("field", "prequel.author.nam", fields))
    assert said == (
        "prequel.author.nam: there is no such field; did you mean 'prequel.author.name'? allowed: prequel.author.id, "
        "prequel.author.name, prequel.author.born, prequel.author.place, prequel.author.place.…, prequel.author.mentor_id"
    )
    assert "author.…, cover.…, loans, prequel.…, publisher.…, readers" in str(unknown("field", "titel", fields))


async def test_transactions_see_their_own_relations(repos: Any) -> None:
    await worlds.store(repos, LIBRARY)
    name = LIBRARY["author"][0].name
    before = await ids(repos.book, {"author.name": name})
    with pytest.raises(ZeroDivisionError):
        async with repos.transaction() as transaction:
            await transaction.author.patch(uid(0), name="other")
            assert await ids(transaction.book, {"author.name": "other"}) == before
            assert await ids(transaction.book, {"author.name": name}) == []
            raise ZeroDivisionError
    assert await ids(repos.book, {"author.name": name}) == before
