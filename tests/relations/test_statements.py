"""Views take a number of statements that does not grow with the rows, and what criteria ask of relations goes over indexes."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from servers import postgres

from relations.counting import COUNTED, Asked
from relations.host.entities import Author, Book, Loan, Publisher, Reader, Tag
from relations.worlds import uid

MENTOR, SIZES = 900, (1, 50, 1000)


def rows(size: int) -> dict[str, list[Any]]:
    """Return books that share few targets."""
    books = [
        Book(n, f"book {n}", uid(n % 7), "p0", None, [f"t{n % 3}", f"t{n % 5}"], frozenset({"t1"})) for n in range(size)
    ]
    return {
        "publisher": [Publisher(uid(1), "p0", "Press")],
        "tag": [Tag(f"t{n}") for n in range(5)],
        "author": [
            Author(uid(MENTOR), "mentor"),
            *(Author(uid(n), f"author {n}", mentor_id=uid(MENTOR)) for n in range(7)),
        ],
        "book": books,
        "reader": [Reader(f"r{n}", f"reader {n}") for n in range(4)],
        "loan": [Loan(n, f"r{n % 4}", n) for n in range(size)],
    }


@pytest.fixture
def asked() -> Asked:
    """Give the list of what the database is asked."""
    return []


@pytest.fixture(params=COUNTED)
async def repos(request: pytest.FixtureRequest, library: Any, asked: Asked) -> AsyncIterator[Any]:
    """Give the repositories over a database without rows, whose statements are counted."""
    async with COUNTED[request.param](library, asked) as repositories:
        yield repositories


async def store(repositories: Any, size: int) -> None:
    for key, entities in rows(size).items():
        await getattr(repositories, key).add_many(entities)


COSTS: list[tuple[str | list[str], int]] = [
    ([], 1),
    (["author", "publisher", "prequel", "cover"], 1),
    (["author.mentor", "prequel.author"], 1),
    (["tags"], 2),
    (["readers"], 2),
    (["author.books"], 2),
    (["tags", "shelf", "loans.reader", "author.mentor"], 4),
    (["readers.books"], 3),
    ("shop", 2),
]


@pytest.mark.parametrize("size", SIZES)
async def test_statements_per_view(repos: Any, asked: Asked, size: int) -> None:
    await store(repos, size)
    for include, cost in COSTS:
        asked.clear()
        listed = await repos.views.book.list_with(include, limit=None)
        assert len(listed) == size
        assert len(asked) == cost, (include, asked)


async def test_statements_for_one_row(repos: Any, asked: Asked) -> None:
    await store(repos, 5)
    for include, cost in COSTS:
        asked.clear()
        assert await repos.views.book.get_with(3, include)
        assert len(asked) == cost, (include, asked)
    asked.clear()
    assert await repos.views.author.get_by_index_with("name", "author 1", ["mentor", "books"])
    assert len(asked) == 2


BY_INDEX: list[tuple[str | list[str], int]] = [
    ([], 1),
    (["tags"], 2),
    (["readers.books"], 3),
    (["author"], 2),
    (["author.mentor", "cover", "tags"], 3),
]
"""What a view costs by an index without regard to case: never more than one statement and one per relation."""


async def test_statements_by_an_index_without_regard_to_case(repos: Any, asked: Asked) -> None:
    await store(repos, 5)
    for include, cost in BY_INDEX:
        asked.clear()
        found = await repos.views.book.get_by_index_with("title", "BOOK 3", include)
        assert len(asked) == cost, (include, asked)
        assert found == await repos.views.book.get_with(3, include)
    asked.clear()
    assert await repos.views.book.get_by_index_with("title", "none", ["tags"]) is None
    assert len(asked) == 1


async def test_a_shared_target_is_asked_for_once(repos: Any, asked: Asked) -> None:
    await store(repos, 50)
    asked.clear()
    await repos.views.book.list_with(["tags"], limit=None)
    statement = repr(asked[-1])
    assert all(statement.count(f"'t{n}'") == 1 for n in range(5))


async def test_nothing_is_asked_for_relations_of_no_rows(repos: Any, asked: Asked) -> None:
    asked.clear()
    assert await repos.views.book.list_with(["tags", "readers.books"]) == []
    assert len(asked) == 1


# --- the plans of PostgreSQL ------------------------------------------------------------------------------------------

PLANNED: list[tuple[str, dict[str, Any], str]] = [
    ("book", {"author.name": "author 1003"}, "idx_books_author_id"),
    ("book", {"author.mentor.name": "mentor 3", "id": {"lt": 10}}, "idx_authors_mentor_id"),
    ("author", {"books": {"some": {"id": 7}}}, "pk_books"),
    ("book", {"loans": {"some": {"id": 7}}}, "pk_loans"),
    ("reader", {"books": {"some": {"id": 7}}}, "idx_loans_book_id"),
]
"""An entity, criteria, and a part of the name of an index that their plan uses."""


@pytest.fixture
async def large(library: Any, asked: Asked) -> AsyncIterator[Any]:
    """Give repositories in PostgreSQL with so many rows that reading all of a table is dearer than an index."""
    async with COUNTED["postgres"](library, asked) as repositories:
        await repositories.publisher.add(Publisher(uid(1), "p0", "Press"))
        mentors = [Author(UUID(int=n), f"mentor {n}") for n in range(1000)]
        authors = [Author(UUID(int=n), f"author {n}", mentor_id=UUID(int=n % 1000)) for n in range(1000, 4000)]
        await repositories.author.add_many([*mentors, *authors])
        await repositories.book.add_many([Book(n, f"book {n}", UUID(int=1000 + n % 3000), "p0") for n in range(6000)])
        await repositories.reader.add_many([Reader(f"r{n}", f"reader {n}") for n in range(2000)])
        await repositories.loan.add_many([Loan(n, f"r{n % 2000}", n) for n in range(6000)])
        yield repositories


async def plan(statement: str, arguments: Any) -> str:
    """Return the plan of a statement over fresh statistics."""
    connection = await asyncpg.connect(postgres.dsn_of(postgres.shared()))
    try:
        await connection.execute("ANALYZE")
        lines = await connection.fetch(f"EXPLAIN {statement}", *arguments)
        return "\n".join(line[0] for line in lines)
    finally:
        await connection.close()


async def test_nested_filters_go_over_indexes(large: Any, asked: Asked) -> None:
    for key, criteria, index in PLANNED:
        asked.clear()
        assert await getattr(large, key).list_by_fields(criteria)
        (statement,) = asked
        explained = await plan(*statement)
        assert index in explained, explained
        assert "Seq Scan on books" not in explained, explained
        assert "Seq Scan on loans" not in explained, explained
