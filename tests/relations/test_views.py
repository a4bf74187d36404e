"""Views show what the definition shows, in the same order, on every backend."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Any, get_args

import pytest

from pkit.container import override
from pkit.errors import InvalidCriteria, InvalidValue, UnknownEntity
from relations import reference, worlds
from relations.host.entities import Author, Book, Genre
from relations.worlds import uid

LIBRARY = worlds.world(7)
INCLUDED: list[list[str]] = [
    [],
    ["author"],
    ["author.mentor"],
    ["publisher"],
    ["cover", "author", "publisher", "prequel"],
    ["prequel.prequel", "prequel.author"],
    ["sequels"],
    ["sequels.cover", "sequels.sequels"],
    ["tags"],
    ["shelf", "tags"],
    ["loans.reader"],
    ["readers"],
    ["readers.books"],
    ["author.books", "author.pupils"],
    ["cover.book"],
    ["author.mentor", "tags", "readers.books", "loans.book", "prequel.readers", "prequel.tags"],
]


@pytest.fixture
async def filled(repos: Any) -> Any:
    """Give the repositories with a library."""
    await worlds.store(repos, LIBRARY)
    return repos


def shown(key: str, include: list[str], criteria: Any, order: list[str]) -> list[dict[str, Any]]:
    return [reference.view(node, include) for node in reference.found(key, LIBRARY, criteria, order)]


@pytest.mark.parametrize("include", INCLUDED, ids=",".join)
async def test_included_paths(filled: Any, include: list[str]) -> None:
    rows = await filled.views.book.list_with(include, limit=None)
    assert rows == shown("book", include, {}, [])
    one = await filled.views.book.get_with(3, tuple(include))
    assert one == reference.view(reference.nodes("book", LIBRARY)[3], include)


@pytest.mark.parametrize("key", ["author", "cover", "reader", "loan"])
async def test_every_path_that_may_be_included(filled: Any, library: Any, key: str) -> None:
    for path in get_args(getattr(library, f"{key.capitalize()}Include")):
        rows = await getattr(filled.views, key).list_with([path], limit=None)
        assert rows == shown(key, [path], {}, []), path


async def test_filtered_and_sorted_by_paths(filled: Any) -> None:
    criteria: dict[str, Any] = {
        "author.mentor.name": {"ne": None},
        "or": [{"tags": {"some": {}}}, {"cover.colour": "red"}],
    }
    order, include = ["-author.name", "title"], ["author.mentor", "readers"]
    expected = shown("book", include, criteria, order)
    assert len(expected) > 3
    found = await filled.views.book.list_by_fields(criteria, include, sort_by=order, offset=1, limit=2)
    assert found == expected[1:3]
    assert await filled.views.book.count_by_fields(criteria) == len(expected)
    assert await filled.views.book.count() == len(LIBRARY["book"])


async def test_a_declared_view_shows_what_it_declares(filled: Any) -> None:
    include = ["author.mentor", "cover", "tags", "publisher"]
    expected = shown("book", include, {}, [])
    for row in expected:
        del row["keywords"], row["sequel_to"]
    assert await filled.views.book.list_with("shop", limit=None) == expected
    assert await filled.views.book.get_with(2, "shop") == expected[2]


async def test_a_declared_view_can_leave_fields_out_and_include_nothing(filled: Any) -> None:
    readers = await filled.views.reader.list_with("public")
    assert [set(row) for row in readers] == [{"id", "name", "places"}] * len(LIBRARY["reader"])


async def test_the_order_within_a_row(repos: Any) -> None:
    await worlds.store(repos, {**{key: [] for key in worlds.ORDER}, "tag": LIBRARY["tag"]})
    listed = ["t3", "missing", "t1", "t3", "t0"]
    await repos.book.add(Book(1, "b", tag_ids=listed, shelf_tags=frozenset({"t4", "t0", "t2"})))
    (row,) = await repos.views.book.list_with(["tags", "shelf"])
    assert [tag["id"] for tag in row["tags"]] == ["t3", "t1", "t3", "t0"]
    assert [tag["id"] for tag in row["shelf"]] == ["t0", "t2", "t4"]


async def test_rows_share_nothing(filled: Any) -> None:
    rows = await filled.views.loan.list_with(["reader", "book.author"], limit=None)
    readers = [row["reader"] for row in rows]
    assert len({id(reader) for reader in readers}) == len(rows) > len({reader["id"] for reader in readers})
    before = [dict(reader) for reader in readers]
    readers[0]["name"] = "changed"
    assert readers[1:] == before[1:]


async def test_by_an_exact_index(filled: Any) -> None:
    author: Author = LIBRARY["author"][1]
    row = await filled.views.author.get_by_index_with("name", author.name, ["books"])
    assert row == next(view for view in shown("author", ["books"], {}, []) if view["id"] == author.id)
    assert await filled.views.author.get_by_index_with("name", "nobody", ["books"]) is None


async def test_by_an_index_without_regard_to_case(filled: Any) -> None:
    row = await filled.views.book.get_by_index_with("title", LIBRARY["book"][4].title.upper(), ["author"])
    assert row == shown("book", ["author"], {}, [])[4]
    assert await filled.views.book.get_by_index_with("title", "none", "shop") is None


async def test_what_is_not_there(filled: Any) -> None:
    assert await filled.views.book.get_with(999, ["author"]) is None
    assert await filled.views.book.list_by_fields({"id": 999}, "shop") == []
    assert await filled.views.book.list_with(["author"], limit=0) == []


async def test_members_of_enums_and_nested_dataclasses(repos: Any) -> None:
    await worlds.store(repos, LIBRARY)
    (book, *_) = await repos.views.book.list_with()
    assert book["genre"] in list(Genre)
    authors = await repos.views.author.list_with(limit=None)
    assert [row["place"] for row in authors] == [
        asdict(a)["place"] for a in sorted(LIBRARY["author"], key=lambda a: a.id)
    ]


WRONG: list[tuple[Any, str]] = [
    ("shp", "shop"),
    ("author", r"author: is a path, not a view: write \['author'\]; views: lending, shop"),
    (["autor"], "author"),
    (["author.nam"], "author"),
    (["author.mentor.mentor"], "author"),
    (["title"], "author"),
    (["shop"], "author"),
    ([3], "author"),
    ({"author"}, "list"),
    (None, "list"),
    (3, "list"),
]


@pytest.mark.parametrize(("include", "named"), WRONG, ids=str)
async def test_wrong_includes_are_refused(repos: Any, include: Any, named: str) -> None:
    calls: list[Callable[[], Awaitable[Any]]] = [
        lambda: repos.views.book.list_with(include),
        lambda: repos.views.book.get_with(1, include),
        lambda: repos.views.book.list_by_fields({}, include),
        lambda: repos.views.book.get_by_index_with("title", "x", include),
    ]
    for call in calls:
        with pytest.raises(InvalidCriteria, match=named):
            await call()


@pytest.mark.parametrize("wrong", ["1", [1], None, {"eq": 1}, 1.5], ids=repr)
async def test_a_wrong_id_is_refused_as_by_get(repos: Any, wrong: Any) -> None:
    with pytest.raises(InvalidValue) as of_get:
        await repos.book.get(wrong)
    with pytest.raises(InvalidValue) as of_view:
        await repos.views.book.get_with(wrong, ["author"])
    assert str(of_view.value) == str(of_get.value)


async def test_wrong_arguments_are_refused(repos: Any) -> None:
    book = repos.views.book
    with pytest.raises(InvalidCriteria, match="index"):
        await book.get_by_index_with("titel", "x")
    with pytest.raises(InvalidCriteria, match="limit"):
        await book.list_with(limit=-1)
    with pytest.raises(InvalidCriteria, match="sort key"):
        await book.list_with(sort_by="readers.name")
    with pytest.raises(InvalidCriteria, match="autor"):
        await book.list_by_fields({"autor.name": 1}, "shop")


async def test_views_within_a_transaction(filled: Any) -> None:
    async with filled.transaction() as transaction:
        await transaction.author.patch(uid(0), name="renamed")
        row = await transaction.views.author.get_with(uid(0), ["books.author"])
        assert row["name"] == "renamed"
        assert {book["author"]["name"] for book in row["books"]} <= {"renamed"}


def test_an_entity_without_views_has_no_view_repository(library: Any) -> None:
    assert not hasattr(library.Repositories.memory().views, "tag")
    with pytest.raises(UnknownEntity):
        library.get_repo_view("tag")


async def test_views_of_the_container_in_use(library: Any) -> None:
    repositories = library.Repositories.memory()
    await worlds.store(repositories, LIBRARY)
    with override(repositories):
        shown_book = await library.get_repo_view("book").get_with(3, "shop")
    assert shown_book == await repositories.views.book.get_with(3, "shop")
    assert repositories.views.book is repositories.views.book


def test_criteria_at_run_time_are_those_of_the_types(library: Any, repos: Any) -> None:
    for key in worlds.ORDER:
        keys = list(getattr(library, f"{key.capitalize()}Criteria").__annotations__)
        fields = getattr(repos, key).entity.criteria_fields
        assert keys == [*fields, "and", "or", "not"]
        sortable = [name for name, field in fields.items() if getattr(field, "sortable", False)]
        spelled = get_args(getattr(library, f"{key.capitalize()}SortKey"))
        assert list(spelled) == [spelling for name in sortable for spelling in (name, f"-{name}")]
