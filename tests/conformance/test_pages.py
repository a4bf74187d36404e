"""Pages: walking through an order with cursors, changes on the way, and cursors that were tampered with."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance import reference, table
from conformance.host.entities import Word
from conformance.samples import org, uid, user
from conformance.strategies import bounded
from pkit import paging
from pkit.errors import InvalidCriteria, InvalidCursor

ROWS = table.rows()


async def walk(repository: Any, criteria: Any, **options: Any) -> list[list[Any]]:
    """Return the ids of every page."""
    pages: list[list[Any]] = []
    cursor: str | None = None
    while True:
        page = await repository.page(criteria, after=cursor, **options)
        pages.append([row.id for row in page.items])
        cursor = page.next_cursor
        if cursor is None:
            return pages
        assert cursor.isascii()
        assert len(pages) <= 1000


@pytest.fixture
async def filled(every: Any) -> Any:
    """Give the repositories of the example, with the rows."""
    await every.optional_scalars.add_many(ROWS)
    return every


@pytest.mark.parametrize("limit", [1, 2, 7, len(ROWS) - 1, len(ROWS), 50])
async def test_pages_give_everything_once_in_order(filled: Any, limit: int) -> None:
    pages = await walk(filled.optional_scalars, {}, limit=limit)
    assert [row for page in pages for row in page] == sorted(row.id for row in ROWS)
    assert all(len(page) == limit for page in pages[:-1])
    assert 1 <= len(pages[-1]) <= limit


@pytest.mark.parametrize("field", table.SORTABLE)
async def test_pages_follow_every_order(filled: Any, field: str) -> None:
    for key in (field, f"-{field}"):
        pages = await walk(filled.optional_scalars, {}, sort_by=key, limit=4)
        assert [row for page in pages for row in page] == [row.id for row in reference.in_order(ROWS, [key])]


@bounded
@given(table.criteria, table.sort_keys, st.integers(3, 9))
async def test_pages_of_any_query(filled: Any, criteria: dict[str, Any], sort_by: list[str], limit: int) -> None:
    pages = await walk(filled.optional_scalars, criteria, sort_by=sort_by, limit=limit)
    matching = [row for row in ROWS if reference.matches(row, criteria)]
    assert [row for page in pages for row in page] == [row.id for row in reference.in_order(matching, sort_by)]


async def test_a_page_of_nothing_is_empty_and_the_last(repos: Any) -> None:
    page = await repos.user.page({})
    assert (list(page.items), page.next_cursor) == ([], None)
    await repos.user.add(user(1))
    page = await repos.user.page({"age": 1}, limit=1)
    assert (list(page.items), page.next_cursor) == ([], None)


async def test_a_full_page_knows_whether_it_is_the_last(repos: Any) -> None:
    await repos.user.add_many([user(1), user(2), user(3)])
    assert (await repos.user.page({}, limit=3)).next_cursor is None
    assert (await repos.user.page({}, limit=2)).next_cursor is not None
    assert len((await repos.user.page({})).items) == 3


async def test_pages_have_fifty_items_unless_told_otherwise(repos: Any) -> None:
    await repos.user.add_many([user(number) for number in range(60)])
    assert [len(page) for page in await walk(repos.user, {})] == [50, 10]


async def test_changes_between_pages_neither_repeat_nor_skip_what_stays(repos: Any) -> None:
    await repos.user.add_many([user(number, age=number) for number in range(10, 20)])
    first = await repos.user.page({}, sort_by="age", limit=4)
    await repos.user.delete(uid(13))  # the last of the page, which the cursor names
    await repos.user.delete(uid(14))
    await repos.user.add_many([user(1, age=1), user(99, age=15)])
    second = await repos.user.page({}, sort_by="age", limit=4, after=first.next_cursor)
    assert [row.id.int for row in first.items] == [10, 11, 12, 13]
    assert [row.id.int for row in second.items] == [15, 99, 16, 17]


async def test_hostile_text_goes_through_a_cursor(repos: Any) -> None:
    words = ["", "'", '"', "\\", "%", "\n", "é", "\u2028", "\U0001f600", '","', "null"]
    await repos.word.add_many([Word(word, meaning=word or None) for word in words])
    pages = await walk(repos.word, {}, sort_by="-meaning", limit=1)
    assert [page[0] for page in pages] == sorted(words, reverse=True)


async def cursor_of(repository: Any, **options: Any) -> str:
    cursor: str | None = (await repository.page({}, limit=1, **options)).next_cursor
    assert cursor is not None
    return cursor


async def refused(repository: Any, cursor: Any, **options: Any) -> None:
    with pytest.raises(InvalidCursor):
        await repository.page({}, after=cursor, **options)


@pytest.mark.parametrize("cursor", ["", "x", "=", "a" * 100, "é", "\0", "null", "W10", "W10=", "../../etc", " "])
async def test_text_that_is_no_cursor_is_refused(repos: Any, cursor: str) -> None:
    await repos.user.add_many([user(1), user(2)])
    await refused(repos.user, cursor)


@pytest.mark.parametrize("cursor", [1, b"x", [], {}])
async def test_what_is_no_text_is_refused(repos: Any, cursor: Any) -> None:
    await refused(repos.user, cursor)


async def test_a_cursor_that_was_changed_anywhere_is_refused(repos: Any) -> None:
    await repos.user.add_many([user(1, age=1), user(2, age=2)])
    cursor = await cursor_of(repos.user, sort_by="age")
    for position in range(len(cursor)):
        other = "A" if cursor[position] != "A" else "B"
        await refused(repos.user, cursor[:position] + other + cursor[position + 1 :], sort_by="age")
        await refused(repos.user, cursor[:position], sort_by="age")
    for changed in (f"{cursor}=", f"{cursor}A", f" {cursor}", f"{cursor}\n", cursor * 2):
        await refused(repos.user, changed, sort_by="age")


async def test_a_cursor_of_another_query_is_refused(repos: Any) -> None:
    await repos.user.add_many([user(1, age=1), user(2, age=2)])
    await repos.org.add_many([org(1), org(2)])
    cursor = await cursor_of(repos.user, sort_by="age")
    for other in (None, "-age", "name", ["age", "name"], "id"):
        await refused(repos.user, cursor, sort_by=other)
    await refused(repos.org, await cursor_of(repos.user))
    page = await repos.user.page({"active": True}, after=cursor, sort_by=["age"])
    assert [row.id.int for row in page.items] == [2]


@pytest.mark.parametrize("values", [["x", 1], [1, "x"], [1, None], [1.5, True], [b"x", uid(1)]])
async def test_a_forged_cursor_gives_a_page_or_is_refused(repos: Any, values: list[Any]) -> None:
    await repos.user.add_many([user(1, age=1), user(2, age=2)])
    with suppress(InvalidCursor):
        await repos.user.page({}, after=paging.encode_cursor("user", ("age", "id"), values), sort_by="age")
    assert await repos.user.count() == 2


async def test_a_forged_cursor_never_reaches_the_database(repos: Any) -> None:
    await repos.user.add_many([user(1), user(2)])
    raw = urlsafe_b64decode((cursor := await cursor_of(repos.user)) + "=" * (-len(cursor) % 4))
    for payload in (b"", b"[]", b"{}", b'[["text","x"]]', b'[["uuid","x"]]', b'[["nope",1]]', b"\xff", b"[" * 10_000):
        await refused(repos.user, urlsafe_b64encode(raw[:12] + payload).rstrip(b"=").decode())


@pytest.mark.parametrize("limit", [0, -1, "1", None, 1.0, True])
async def test_a_limit_that_cannot_be_is_refused(repos: Any, limit: Any) -> None:
    with pytest.raises(InvalidCriteria) as error:
        await repos.user.page({}, limit=limit)
    assert error.value.field == "limit"
