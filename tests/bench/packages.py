"""The packages that are generated for the benchmarks."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from compiled import import_from, write_package

from bench.host.entities import Person
from pkit_gen.ir.model import Database

TESTS = Path(__file__).parents[1]
_FOLDER = TemporaryDirectory(prefix="pkit-bench-")


def package(database: Database) -> Any:
    """Return the generated package of `bench.host` for a database."""
    name = f"bench_{database.value}"
    if name not in sys.modules:
        folder = Path(_FOLDER.name)
        write_package(folder / name, TESTS / "bench" / "host", TESTS, (database,))
        return import_from(folder, name)
    return sys.modules[name]


class Pkit:
    """The tasks of the benchmarks by generated repositories; `cursors` are those of pages, by the id of the entity before them."""

    def __init__(self, repos: Any, cursors: Mapping[UUID, str]) -> None:
        people = repos.person
        self.get, self.get_by_email, self.exists_by_email = people.get, people.get_by_email, people.exists_by_email
        self.add, self.update, self.delete, self.add_many = people.add, people.update, people.delete, people.add_many
        self._people = people
        self._views = repos.views.person
        self._cursors = cursors

    async def count(self, _: object) -> int:
        return int(await self._people.count())

    async def patch(self, entity: Person) -> Any:
        return await self._people.patch(entity.id, name=entity.name)

    async def list(self, _: object) -> Any:
        return await self._people.list()

    async def view(self, _: object) -> Any:
        return await self._views.list_with(include=["org.site"])

    async def nested(self, age: int) -> Any:
        criteria = {"org.site.country": "IT", "age": {"gte": age}}
        return await self._people.list_by_fields(criteria, sort_by=["org.name", "-age"])

    async def deep(self, after: UUID) -> Any:
        return (await self._people.page({}, after=self._cursors[after])).items

    async def stream(self, _: object) -> int:
        number = 0
        async for _person in self._people.stream({}):
            number += 1
        return number
