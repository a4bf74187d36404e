"""Memory answers questions over relations by looking up, not by reading tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pkit.memory.entity import Row
from pkit.memory.store import Table
from relations import worlds
from relations.worlds import uid


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give the names of the tables that are read as a whole."""
    names: list[str] = []
    rows = Table.rows

    def noting(table: Table) -> Iterator[Row]:
        names.append(table.entity.key)
        return rows(table)

    monkeypatch.setattr(Table, "rows", noting)
    return names


CRITERIA: list[tuple[str, dict[str, Any]]] = [
    ("book", {"author_id": uid(0)}),
    ("book", {"author.name": "a0"}),
    ("book", {"author.mentor.id": uid(0)}),
    ("book", {"publisher.code": ["p0", "p1"]}),
    ("book", {"cover.id": uid(500)}),
    ("book", {"prequel.author_id": uid(1)}),
    ("book", {"tags": {"some": {"id": "t0"}}}),
    ("book", {"shelf": {"some": {"id": ["t0", "t4"], "weight": 1}}}),
    ("book", {"loans": {"some": {"reader_id": "r0"}}}),
    ("book", {"readers": {"some": {"id": "r0"}}, "author.born": None}),
    ("author", {"books": {"some": {"publisher_code": "p0"}}}),
    ("author", {"pupils": {"some": {"books": {"some": {"id": 3}}}}}),
    ("reader", {"books": {"some": {"author.mentor.name": "a0"}}}),
]


@pytest.mark.parametrize(("key", "criteria"), CRITERIA, ids=str)
async def test_equality_over_relations_reads_no_table(
    library: Any, read: list[str], key: str, criteria: dict[str, Any]
) -> None:
    repositories = library.Repositories.memory()
    await worlds.store(repositories, worlds.world(1))
    read.clear()
    await getattr(repositories, key).list_by_fields(criteria)
    assert read == []


async def test_other_criteria_read_the_queried_table_only(library: Any, read: list[str]) -> None:
    repositories = library.Repositories.memory()
    await worlds.store(repositories, worlds.world(1))
    read.clear()
    criteria: dict[str, Any] = {
        "author.mentor.name": {"ne": "a"},
        "readers": {"every": {"books": {"some": {"tags": {"none": {}}}}}},
    }
    await repositories.book.list_by_fields(criteria, sort_by=["cover.colour", "-author.mentor.born"])
    assert read == ["book"]


async def test_views_read_the_queried_table_only(library: Any, read: list[str]) -> None:
    repositories = library.Repositories.memory()
    await worlds.store(repositories, worlds.world(1))
    read.clear()
    await repositories.views.book.list_with(
        ["author.mentor", "cover", "tags", "shelf", "readers.books", "loans.reader"]
    )
    assert read == ["book"]
