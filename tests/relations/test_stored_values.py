"""What is stored and no longer fits is told by views as by every other method: which entity, which field."""

from __future__ import annotations

from typing import Any

import asyncpg
import pytest
from servers import postgres as servers

from pkit.errors import InvalidValue
from relations import worlds
from relations.host.entities import Book, Loan, Reader


async def test_a_view_tells_where_a_stored_value_no_longer_fits(library: Any) -> None:
    async with servers.database() as url, library.Repositories.postgres(url) as repos:
        await repos.create_schema()
        books, readers, loans = [Book(1, "a"), Book(2, "b", sequel_to=1)], [Reader("r", "x")], [Loan(7, "r", 1)]
        rows: dict[str, list[Any]] = {"book": books, "reader": readers, "loan": loans}
        await worlds.store(repos, {**{key: [] for key in worlds.ORDER}, **rows})
        connection = await asyncpg.connect(url)
        try:
            await connection.execute("UPDATE books SET genre = 'poem' WHERE id = 1")
        finally:
            await connection.close()
        for call in (
            repos.views.book.list_with(),
            repos.views.book.get_with(2, ["prequel"]),
            repos.views.loan.list_with(["book"]),
            repos.views.reader.get_with("r", ["books"]),
            repos.book.get(1),
        ):
            with pytest.raises(InvalidValue) as error:
                await call
            assert (error.value.entity, error.value.entity_id, error.value.field) == ("book", 1, "genre")
