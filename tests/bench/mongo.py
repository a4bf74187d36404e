"""Repositories in MongoDB against the bare drivers with the same commands, and against what else one would take: the CPU time of the client.

The server is another process, whose time does not count; Motor's threads do. beanie takes part on PyMongo, which it is written for,
persistence-kit 2.0.0 on Motor where PKIT_TEST_PREDECESSOR names an interpreter that has it.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from time import process_time
from typing import Any
from uuid import UUID

from pymongo.monitoring import CommandListener
from servers import mongo as server

from bench.beanies import Beanie
from bench.documents import Hand
from bench.harness import PKIT, Batch, Case, Contender, Measure, nothing, timed
from bench.host.entities import Person
from bench.packages import Pkit, package
from bench.people import orgs, people, sites, some_of
from bench.relations import PREDECESSOR, Predecessor, predecessor
from pkit.paging import encode_cursor
from pkit_gen.ir.model import Database

TARGET = 1.10
MEASURED_BEFORE = frozenset(
    {"get", "get_by_email", "count", "add", "update", "delete", "list", "view", "deep", "add_many"}
)
"""The tasks that persistence-kit can do: pages by their offset, many entities one after the other; its criteria over relations give views only."""


@dataclass(frozen=True)
class Opened:
    """A database of people in organisations at sites, over one driver, and who measures there by name, the bare driver first."""

    database: Any
    stored: Sequence[Person]
    deep: Sequence[UUID]
    contenders: Mapping[str, Any]

    @property
    def by_hand(self) -> Hand:
        found: Hand = next(iter(self.contenders.values()))
        return found


@dataclass(frozen=True)
class Task:
    """A method that every contender may have, what it is called with one after the other, and what comes before, unmeasured."""

    name: str
    method: str
    arguments: Sequence[Any]
    prepare: Batch = nothing


@asynccontextmanager
async def opened(driver: server.Driver, count: int, *listeners: CommandListener) -> AsyncGenerator[Opened]:
    """Give a database with so many people; `listeners` are told of the commands that are sent to it."""
    options: dict[str, Any] = {
        "uuidRepresentation": "standard",
        "tz_aware": True,
        "event_listeners": [*listeners],
        "maxIdleTimeMS": 5000,
    }
    async with server.database(driver, **options) as database:
        repos, stored = package(Database.MONGO).Repositories.mongo(database), people(0, count)
        await repos.create_schema()
        await repos.site.add_many(sites())
        await repos.org.add_many(orgs())
        await repos.person.add_many(stored)
        ids = sorted(person.id for person in stored)
        deep = ids[count // 2 :: 5][:10]
        cursors = {key: encode_cursor("person", ("id",), [key]) for key in deep}
        contenders: dict[str, Any] = {driver: Hand(database), PKIT: Pkit(repos, cursors)}
        if driver == "pymongo":
            contenders["beanie"] = await Beanie.on(database)
        yield Opened(database, stored, deep, contenders)


@asynccontextmanager
async def cases(scale: float) -> AsyncGenerator[list[Case]]:
    """Give the cases, for each driver."""
    count, many = max(100, int(1000 * scale)), max(10, int(1000 * scale))
    async with AsyncExitStack() as stack:
        found: list[Case] = []
        for driver in server.DRIVERS:
            there = await stack.enter_async_context(opened(driver, count))
            variables = {"REPO_DATABASE": "mongo", "MONGO_DSN": server.dsn(), "MONGO_DB": there.database.name}
            before = None
            if driver == "motor":
                before = await stack.enter_async_context(predecessor(variables, "documents", str(count), str(many)))
            found += [_case(f"mongo, {driver}", there, before, task) for task in tasks(there, many)]
        yield found


def tasks(there: Opened, number: int) -> list[Task]:
    """Return what is measured; `number` entities are added at once."""
    some, count, few = some_of(there.stored), len(there.stored), range(max(2, number // 100))
    new, many = people(count, len(some)), people(count, number)
    ids, new_ids, emails = [p.id for p in some], [p.id for p in new], [p.email for p in some]

    async def clear() -> None:
        await there.database.people.delete_many({"score": {"$gte": new[0].score}})

    async def insert() -> None:
        await clear()
        await there.by_hand.add_many(new)

    return [
        Task("get", "get", ids),
        Task("get_by_email", "get_by_email", emails),
        Task("exists_by_email", "exists_by_email", emails),
        Task("count", "count", few),
        Task("add", "add", new, clear),
        Task("update", "update", some),
        Task("patch", "patch", some),
        Task("delete", "delete", new_ids, insert),
        Task("list 50", "list", few),
        Task("list 50 with two relations", "view", few),
        Task("nested filter and sort", "nested", [20, 30, 40]),
        Task("a page deep in the collection", "deep", there.deep),
        Task("stream all", "stream", [None]),
        Task(f"add_many {number:,}", "add_many", [many], clear),
    ]


def _case(group: str, there: Opened, before: Predecessor | None, task: Task) -> Case:
    found = [
        Contender(name, _measure(getattr(contender, task.method), task))
        for name, contender in there.contenders.items()
        if hasattr(contender, task.method)
    ]
    if before is not None and task.method in MEASURED_BEFORE:
        found.append(Contender(PREDECESSOR, _prepared(task, before.measure(task.method))))
    return Case(group, task.name, found, TARGET)


def _measure(call: Callable[[Any], Awaitable[object]], task: Task) -> Measure:
    async def batch() -> None:
        for argument in task.arguments:
            await call(argument)

    return timed(batch, len(task.arguments), prepare=task.prepare, clock=process_time)


def _prepared(task: Task, measure: Measure) -> Measure:
    async def prepared() -> float:
        await task.prepare()
        return await measure()

    return prepared
