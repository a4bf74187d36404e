"""Orders: every type, absent values, descending, ties, reversal, several keys, and what cannot be sorted by."""

from __future__ import annotations

from itertools import permutations
from random import Random
from typing import Any

import pytest
from every_type import samples
from hypothesis import given
from hypothesis import strategies as st

from conformance import reference, table
from conformance.host.entities import Blob, Level, Role, Word
from conformance.samples import found, uid, user
from conformance.strategies import bounded
from pkit.errors import InvalidCriteria

ROWS = table.rows()


@pytest.fixture
async def filled(every: Any) -> Any:
    """Give the repositories of the example, with the rows added in no order."""
    shuffled = list(ROWS)
    Random(1).shuffle(shuffled)
    await every.optional_scalars.add_many(shuffled)
    return every


def expected(sort_by: list[str], reverse: bool = False) -> list[int]:
    return [row.id for row in reference.in_order(ROWS, sort_by, reverse=reverse)]


async def test_without_a_sort_key_the_id_decides(filled: Any) -> None:
    assert await found(filled.optional_scalars, {}) == sorted(row.id for row in ROWS)
    assert await found(filled.optional_scalars, {}, sort_by=[]) == expected([])
    assert await found(filled.optional_scalars, {}, sort_by=None, sort_desc=True) == expected([], True)


@pytest.mark.parametrize("field", table.SORTABLE)
async def test_every_type_sorts(filled: Any, field: str) -> None:
    for key in (field, f"-{field}"):
        for reverse in (False, True):
            order = await found(filled.optional_scalars, {}, sort_by=key, sort_desc=reverse)
            assert order == expected([key], reverse)
            rows = await filled.optional_scalars.list(limit=None, sort_by=[key], sort_desc=reverse)
            assert [row.id for row in rows] == order
        assert [row.id async for row in filled.optional_scalars.stream({}, sort_by=key, batch_size=5)] == expected(
            [key]
        )


@bounded
@given(table.sort_keys, st.booleans(), st.integers(0, 12), st.none() | st.integers(0, 12))
async def test_any_order(filled: Any, sort_by: list[str], reverse: bool, offset: int, limit: int | None) -> None:
    window = {"offset": offset, "limit": limit}
    order = await found(filled.optional_scalars, {}, sort_by=sort_by, sort_desc=reverse, **window)
    assert order == expected(sort_by, reverse)[offset:][:limit]


async def test_text_is_in_the_order_of_code_points(repos: Any) -> None:
    words = [
        "",
        " ",
        "!",
        "10",
        "9",
        "A",
        "B",
        "Z",
        "_",
        "a",
        "a ",
        "a!",
        "aB",
        "ab",
        "z",
        "~",
        "É",
        "é",
        "я",
        "\uffff",
    ]
    words += ["\U0001f600", "\U0010ffff"]
    assert words == sorted(words)
    await repos.word.add_many([Word(word) for word in reversed(words)])
    assert await found(repos.word, {}) == words
    assert await found(repos.word, {}, sort_desc=True) == words[::-1]
    assert await found(repos.word, {}, sort_by=("rank", "-id")) == words[::-1]
    assert await repos.word.distinct_values("id") == words
    for word in ("B", "a", "é", "\uffff"):
        assert await found(repos.word, {"id": {"gte": word}}) == [other for other in words if other >= word]


async def test_ids_of_bytes_go_by_length_and_then_by_byte(repos: Any) -> None:
    ids = [b"", b"\x00", b"a", b"\xff", b"\x00\x00", b"ab", b"b\x00", b"\x00" * 5]
    await repos.blob.add_many([Blob(i, 1) for i in reversed(ids)])
    assert await found(repos.blob, {}) == ids
    assert await found(repos.blob, {}, sort_by="rank", sort_desc=True) == ids[::-1]
    seen: list[bytes] = []
    page = await repos.blob.page({}, sort_by="rank", limit=3)
    seen += [row.id for row in page.items]
    while page.next_cursor:
        page = await repos.blob.page({}, sort_by="rank", limit=3, after=page.next_cursor)
        seen += [row.id for row in page.items]
    assert seen == ids


async def test_enums_go_by_value_and_booleans_false_first(repos: Any) -> None:
    await repos.user.add_many(
        [user(1, role=Role.WRITER, level=Level.HIGH), user(2, active=False), user(3, role=Role.WRITER), user(4)]
    )
    assert await found(repos.user, {}, sort_by="role") == [2, 4, 1, 3]
    assert await found(repos.user, {}, sort_by="-role") == [1, 3, 2, 4]
    assert await found(repos.user, {}, sort_by=["level", "role"]) == [2, 4, 3, 1]
    assert await found(repos.user, {}, sort_by="active") == [2, 1, 3, 4]


async def test_a_reversed_order_breaks_ties_by_the_id_downwards(repos: Any) -> None:
    await repos.user.add_many([user(1, age=1), user(2, age=1), user(3)])
    assert await found(repos.user, {}, sort_by="age") == [3, 1, 2]
    assert await found(repos.user, {}, sort_by="-age") == [1, 2, 3]
    assert await found(repos.user, {}, sort_by="age", sort_desc=True) == [2, 1, 3]
    assert await found(repos.user, {}, sort_by="-age", sort_desc=True) == [3, 2, 1]
    assert await found(repos.user, {}, sort_by=["-age", "-id"]) == [2, 1, 3]
    assert await found(repos.user, {}, sort_by="-id") == [3, 2, 1]


async def test_keys_decide_in_their_order(repos: Any) -> None:
    rows = [user(n, age=a, name=b) for n, (a, b) in enumerate([(1, "x"), (2, "x"), (1, "y"), (None, "x"), (2, "y")])]
    await repos.user.add_many(rows)
    for keys in permutations(["age", "-name"]):
        assert await found(repos.user, {}, sort_by=keys) == [row.id.int for row in reference.in_order(rows, keys)]
    assert await found(repos.user, {}, sort_by=["age", "-age", "name"]) == [3, 0, 2, 1, 4]


@pytest.mark.parametrize(
    "sort_by",
    [
        "agee",
        "address.city",
        "",
        "-",
        "--age",
        "+age",
        "AGE",
        "tags",
        "settings",
        "address",
        "-tags",
        ["age", "x"],
        "age desc",
        "and",
    ],
)
async def test_what_cannot_be_sorted_by_is_refused(repos: Any, sort_by: Any) -> None:
    for call in (
        repos.user.list(sort_by=sort_by),
        repos.user.list_by_fields({}, sort_by=sort_by),
        repos.user.page({}, sort_by=sort_by),
        anext(repos.user.stream({}, sort_by=sort_by), None),
    ):
        with pytest.raises(InvalidCriteria):
            await call


async def test_bytes_other_than_ids_do_not_sort(every: Any) -> None:
    await every.optional_scalars.add(samples.NOTHING)
    with pytest.raises(InvalidCriteria, match=r"allowed: id, text, "):
        await every.optional_scalars.list(sort_by="data")


async def test_orders_of_uuids_go_by_their_bytes(repos: Any) -> None:
    numbers = [0, 1, 2**8, 2**63, 2**64, 2**127, 2**128 - 1]
    await repos.user.add_many([user(number) for number in reversed(numbers)])
    assert [row.id for row in await repos.user.list()] == [uid(number) for number in numbers]
