"""Relations in PostgreSQL: statements by hand on a held connection of asyncpg against views and criteria over relations.

advanced-alchemy gives mapped objects where the others give dicts. persistence-kit 2.0.0 takes part where PKIT_TEST_PREDECESSOR names an
interpreter that has it, in a process of its own, on the same rows and in turn with the others.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
from advanced_alchemy.filters import LimitOffset
from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from servers import postgres as servers
from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import joinedload, registry, relationship, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from bench.harness import PKIT, Case, Contender, Measure
from bench.host.entities import Org, Person, Site
from bench.packages import package
from bench.people import people
from bench.postgres import HAND, NESTED, TARGET, VIEW, alone, built, viewed
from pkit_gen.ir.model import Database

PREDECESSOR = "persistence-kit 2.0.0"
MEASURED_BEFORE = ("view", "nested_view", "children")
"""The tasks that persistence-kit can do: its criteria over relations give views only."""

TESTS = Path(__file__).parents[1]
SITES, ORGS = 50, 500
COLUMNS = VIEW.partition("SELECT ")[2].partition(" FROM ")[0]
NESTED_VIEW = NESTED.replace(NESTED.partition("SELECT ")[2].partition(" FROM ")[0], COLUMNS)
PARENTS = "SELECT t.id, t.name, t.country FROM sites AS t ORDER BY t.id LIMIT 50"
OF_PARENTS = "SELECT t.id, t.name, t.site_id FROM orgs AS t WHERE t.site_id = ANY($1) ORDER BY t.id"


class Hand:
    """What one writes by hand: the statements that pkit sends, and dicts of their rows."""

    def __init__(self, prepared: Mapping[str, Any]) -> None:
        self._prepared = prepared

    @classmethod
    async def on(cls, connection: asyncpg.Connection[asyncpg.Record]) -> Hand:
        texts = (VIEW, NESTED, NESTED_VIEW, PARENTS, OF_PARENTS)
        return cls({text: await connection.prepare(text) for text in texts})

    async def view(self, _: object) -> Sequence[dict[str, Any]]:
        return [viewed(row) for row in await self._prepared[VIEW].fetch()]

    async def nested(self, age: int) -> Sequence[Person]:
        return [built(row) for row in await self._prepared[NESTED].fetch("IT", age)]

    async def nested_view(self, age: int) -> Sequence[dict[str, Any]]:
        return [viewed(row) for row in await self._prepared[NESTED_VIEW].fetch("IT", age)]

    async def children(self, _: object) -> Sequence[dict[str, Any]]:
        parents = await self._prepared[PARENTS].fetch()
        groups: dict[UUID, list[dict[str, Any]]] = {row[0]: [] for row in parents}
        for row in await self._prepared[OF_PARENTS].fetch([*groups]):
            groups[row[2]].append({"id": row[0], "name": row[1], "site_id": row[2]})
        return [{"id": row[0], "name": row[1], "country": row[2], "orgs": groups[row[0]]} for row in parents]


class Pkit:
    """The same by a generated package."""

    def __init__(self, repos: Any) -> None:
        self._repos = repos

    async def view(self, _: object) -> Any:
        return await self._repos.views.person.list_with(["org.site"])

    async def nested(self, age: int) -> Any:
        criteria = {"org.site.country": "IT", "age": {"gte": age}}
        return await self._repos.person.list_by_fields(criteria, sort_by=["org.name", "-age"])

    async def nested_view(self, age: int) -> Any:
        criteria = {"org.site.country": "IT", "age": {"gte": age}}
        return await self._repos.views.person.list_by_fields(criteria, ["org.site"], sort_by=["org.name", "-age"])

    async def children(self, _: object) -> Any:
        return await self._repos.views.site.list_with(["orgs"])


class MappedSite:
    """A site of SQLAlchemy's ORM, mapped to its table below."""

    orgs: Any


class MappedOrg:
    """An organisation of the same."""

    site: Any


class MappedPerson:
    """A person of the same."""

    org: Any


class Sites(SQLAlchemyAsyncRepository[Any]):
    """advanced-alchemy's repository of sites."""

    model_type = MappedSite


class People(SQLAlchemyAsyncRepository[Any]):
    """advanced-alchemy's repository of people."""

    model_type = MappedPerson


@cache
def mapped() -> Any:
    """Map the classes to the generated tables, once, and return the module of the tables."""
    tables: Any = import_module(f"{package(Database.POSTGRES).__name__}.tables")
    orm = registry()
    children = relationship(MappedOrg, order_by=tables.org_table.c.id, viewonly=True)
    orm.map_imperatively(MappedSite, tables.site_table, properties={"orgs": children})
    orm.map_imperatively(MappedOrg, tables.org_table, properties={"site": relationship(MappedSite)})
    orm.map_imperatively(MappedPerson, tables.person_table, properties={"org": relationship(MappedOrg)})
    return tables


class Advanced:
    """advanced-alchemy with a session per call, and how it loads what is related: a person's organisation and site, a site's organisations."""

    def __init__(
        self, sessions: async_sessionmaker[AsyncSession], tables: Any, to_one: ORMOption, to_many: ORMOption
    ) -> None:
        self._sessions = sessions
        self._tables = tables
        self._to_one = [to_one]
        self._to_many = [to_many]

    async def view(self, _: object) -> Any:
        async with self._sessions() as session:
            some = LimitOffset(50, 0)
            return await People(session=session).get_many(some, order_by=("id", False), load=self._to_one)

    async def nested(self, age: int) -> Any:
        async with self._sessions() as session:
            return await People(session=session).get_many(LimitOffset(50, 0), statement=self._nested(age))

    async def nested_view(self, age: int) -> Any:
        async with self._sessions() as session:
            repository = People(session=session)
            return await repository.get_many(LimitOffset(50, 0), statement=self._nested(age), load=self._to_one)

    async def children(self, _: object) -> Any:
        async with self._sessions() as session:
            some = LimitOffset(50, 0)
            sites = Sites(session=session)
            return await sites.get_many(some, order_by=("id", False), load=self._to_many, uniquify=True)

    def _nested(self, age: int) -> Select[Any]:
        person, org, site = self._tables.person_table.c, self._tables.org_table.c, self._tables.site_table.c
        found: Select[Any] = select(MappedPerson)
        found = found.join(MappedOrg, person.org_id == org.id).join(MappedSite, org.site_id == site.id)
        return found.where(site.country == "IT", person.age >= age).order_by(org.name, person.age.desc(), person.id)


class Predecessor:
    """persistence-kit in a process of its own, which measures what it is asked for."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    def measure(self, method: str) -> Measure:
        """Return a measure of one of its methods: it runs there and what it took is read here."""

        async def measure() -> float:
            assert self._process.stdin is not None
            assert self._process.stdout is not None
            self._process.stdin.write(f"{method}\n".encode())
            return float(await self._process.stdout.readline())

        return measure


@asynccontextmanager
async def predecessor(database: Mapping[str, str], *arguments: str) -> AsyncGenerator[Predecessor | None]:
    """Give persistence-kit over the database that its variables name, or None where no interpreter with it is named.

    The arguments are those of `bench.predecessor`.
    """
    python = os.environ.get("PKIT_TEST_PREDECESSOR")
    if not python:
        yield None
        return
    environment = {**os.environ, **database, "PYTHONPATH": str(TESTS)}
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        python, "-m", "bench.predecessor", *arguments, env=environment, stdin=pipe, stdout=pipe
    )
    try:
        yield Predecessor(process)
    finally:
        process.kill()
        await process.wait()


async def _store(repos: Any, count: int) -> None:
    sites = [Site(UUID(int=2**100 + i), f"site {i}", "IT" if i % 2 else "ES") for i in range(SITES)]
    orgs = [Org(UUID(int=2**101 + i), f"org {i}", sites[i % SITES].id) for i in range(ORGS)]
    await repos.create_schema()
    await repos.site.add_many(sites)
    await repos.org.add_many(orgs)
    await repos.person.add_many(people(0, count))


@asynccontextmanager
async def opened(scale: float) -> AsyncGenerator[tuple[str, Mapping[str, Any]]]:
    """Give a database with 10,000 people in 100 of 500 organisations at 50 sites, and who measures here by name, by hand first."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(servers.database())
        repos = await stack.enter_async_context(package(Database.POSTGRES).Repositories.postgres(url))
        await _store(repos, max(200, int(10_000 * scale)))
        connection = await asyncpg.connect(url)
        stack.push_async_callback(connection.close)
        await connection.execute("ANALYZE")
        engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
        stack.push_async_callback(engine.dispose)
        tables, sessions = mapped(), async_sessionmaker(engine, expire_on_commit=False)
        select_in = selectinload(MappedPerson.org).selectinload(MappedOrg.site), selectinload(MappedSite.orgs)
        joined = joinedload(MappedPerson.org).joinedload(MappedOrg.site), joinedload(MappedSite.orgs)
        yield (
            url,
            {
                HAND: await Hand.on(connection),
                PKIT: Pkit(repos),
                "advanced-alchemy, selectinload": Advanced(sessions, tables, *select_in),
                "advanced-alchemy, joinedload": Advanced(sessions, tables, *joined),
            },
        )


@asynccontextmanager
async def cases(scale: float) -> AsyncGenerator[list[Case]]:
    """Give the cases: relations to one that are shown, that are filtered and sorted by, both, and a relation to many."""
    async with opened(scale) as (url, contenders):
        variables = {**servers.parts_of(url), "REPO_DATABASE": "postgres"}
        async with predecessor(variables, "relations") as before:
            yield _cases(contenders, before, scale)


def _cases(contenders: Mapping[str, Any], before: Predecessor | None, scale: float) -> list[Case]:
    def case(name: str, method: str, arguments: Sequence[Any]) -> Case:
        found = [Contender(n, alone(getattr(o, method), arguments)) for n, o in contenders.items()]
        if before is not None and method in MEASURED_BEFORE:
            found.append(Contender(PREDECESSOR, before.measure(method)))
        return Case("relations", name, found, TARGET)

    calls = max(2, int(20 * scale))
    return [
        case("list 50 with two relations", "view", range(calls)),
        case("nested filter and sort", "nested", [20, 30, 40]),
        case("nested filter and sort, with two relations", "nested_view", [20, 30, 40]),
        case("50 rows with 10 children each", "children", range(calls)),
    ]
