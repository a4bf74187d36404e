"""One of the processes: `python -m concurrency.worker PACKAGE ADDRESS NUMBER WORK`. It prints what it did, as JSON."""

from __future__ import annotations

import asyncio
import json
import random
import sys
from collections import Counter
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from importlib import import_module
from typing import Any
from uuid import UUID

from bench.people import person

from pkit.errors import BackendUnavailable, UniqueViolation

NAMES, TASKS, SHARED = 40, 30, 999_999
"""How many values are raced for, by how many tasks of each process; and the number of the person that all upsert."""

INSISTED, PATIENCE = 5, 120
"""How many people each task adds where connections are few, and the seconds in which it must be done."""


@asynccontextmanager
async def opened(package: str, address: str) -> AsyncGenerator[Any]:
    """Give the repositories of a generated package on a database: a URL of PostgreSQL, or MongoDB's with the database's name as its path."""
    repositories = import_module(package).Repositories
    if address.startswith("postgres"):
        async with repositories.postgres(address) as repos:
            yield repos
        return
    from pymongo import AsyncMongoClient

    async with AsyncMongoClient[dict[str, Any]](address) as client:
        yield repositories.mongo(client.get_default_database())


class Worker:
    """What the tasks of one process do, and how often it went well."""

    def __init__(self, repos: Any, number: int) -> None:
        self._repos = repos
        self._number = number
        self._chance = random.Random(number)
        self.done: Counter[str] = Counter()
        self.pairs: list[int] = []

    def _id(self, task: int, name: int) -> UUID:
        return UUID(int=(self._number + 1) * 10**12 + task * 10**6 + name)

    async def race(self, task: int) -> None:
        """Add people whose addresses all the other tasks want too."""
        names = list(range(NAMES))
        self._chance.shuffle(names)
        for name in names:
            try:
                await self._repos.contact.add(replace(person(name), id=self._id(task, name)))
                self.done["added"] += 1
            except UniqueViolation as error:
                self.done[f"taken {error.index}"] += 1

    async def upsert(self, task: int) -> None:
        """Store the same person as everybody else, with an id of one's own."""
        stored = await self._repos.contact.upsert_by_email(replace(person(SHARED), id=self._id(task, SHARED), age=task))
        self.done[f"id {stored.id}"] += 1

    async def pair(self, task: int) -> None:
        """Add two people in a transaction, which many others try too; some tasks are cancelled meanwhile."""
        first = 1000 + 2 * self._chance.randrange(200)
        try:
            async with self._repos.transaction() as transaction:
                await transaction.contact.add(replace(person(first), id=self._id(task, 1)))
                await transaction.contact.add(replace(person(first + 1), id=self._id(task, 2)))
            self.pairs.append(first)
        except (
            UniqueViolation,
            BackendUnavailable,
        ):  # the latter: one of two transactions that got in each other's way
            self.done["undone"] += 1

    async def cancelled_pair(self, task: int) -> None:
        """Do the same, and be cancelled at some moment."""
        running = asyncio.create_task(self.pair(task))
        await asyncio.sleep(self._chance.random() * 0.05)
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    async def insist(self, task: int) -> None:
        """Add people of one's own until each is there, however often there is no connection."""
        for name in range(INSISTED):
            added = False
            while not added:
                try:
                    await self._repos.contact.add(replace(person(self.own(task, name)), id=self._id(task, name)))
                    self.done["added"] += 1
                    added = True
                except UniqueViolation:
                    self.done["added before"] += 1  # by a call of which it was not known
                    added = True
                except BackendUnavailable:
                    self.done["unavailable"] += 1
                    await asyncio.sleep(self._chance.random() * 0.05)

    def own(self, task: int, name: int) -> int:
        """Return the number of a person whom nobody else adds."""
        return 2_000_000 + (self._number * TASKS + task) * INSISTED + name


async def exhaust(package: str, address: str, number: int) -> dict[str, Any]:
    """Ask for more connections than there are."""
    async with opened(package, address) as repos:
        worker = Worker(repos, number)
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(*(worker.insist(task) for task in range(TASKS)))
        added = [worker.own(task, name) for task in range(TASKS) for name in range(INSISTED)]
        return {"done": worker.done, "added": added}


async def race(package: str, address: str, number: int) -> dict[str, Any]:
    """Create the schema, as all processes do at once, and let the tasks run."""
    async with opened(package, address) as repos:
        await repos.create_schema()
        worker = Worker(repos, number)
        await asyncio.gather(*(worker.race(task) for task in range(TASKS)))
        await asyncio.gather(*(worker.upsert(task) for task in range(TASKS)))
        for kind in (worker.pair, worker.cancelled_pair):
            await asyncio.gather(*(kind(task) for task in range(TASKS)))
        return {"done": worker.done, "pairs": worker.pairs, "count": await repos.contact.count()}


if __name__ == "__main__":
    work = {"race": race, "exhaust": exhaust}[sys.argv[4]]
    print(json.dumps(asyncio.run(work(sys.argv[1], sys.argv[2], int(sys.argv[3])))))
