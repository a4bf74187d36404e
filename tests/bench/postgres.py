"""Repositories in PostgreSQL against statements by hand on held connections of asyncpg, and against what else one would take."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any
from uuid import UUID

import asyncpg
from advanced_alchemy.filters import LimitOffset
from advanced_alchemy.repository import SQLAlchemyAsyncRepository
from servers import postgres as servers
from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import registry

from bench.harness import PKIT, Case, Contender, Measure, timed
from bench.host.entities import Person, Role
from bench.packages import Pkit, package
from bench.people import orgs, people, sites
from pkit_gen.ir.model import Database

HAND = "asyncpg by hand"
COLUMNS = "t.id, t.email, t.name, t.age, t.score, t.joined, t.role, t.active, t.bio, t.org_id"
JOINED = "people AS t LEFT JOIN orgs AS o ON o.id = t.org_id LEFT JOIN sites AS s ON s.id = o.site_id"
TARGET = 1.15
CALLERS = 50
HELD = 10

GET = f"SELECT {COLUMNS} FROM people AS t WHERE t.id = $1"
GET_BY_EMAIL = f"SELECT {COLUMNS} FROM people AS t WHERE t.email = $1"
EXISTS = "SELECT EXISTS (SELECT FROM people AS t WHERE t.email = $1)"
COUNT = "SELECT count(*) FROM people AS t"
ADD = "INSERT INTO people VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
UPDATE = (
    "UPDATE people AS t SET email = $2, name = $3, age = $4, score = $5, joined = $6, role = $7, active = $8, bio = $9, "
    "org_id = $10 WHERE t.id = $1"
)
DELETE = "DELETE FROM people AS t WHERE t.id = $1"
LIST = f"SELECT {COLUMNS} FROM people AS t ORDER BY t.id LIMIT 50"
VIEW = f"SELECT {COLUMNS}, o.id, o.name, o.site_id, s.id, s.name, s.country FROM {JOINED} ORDER BY t.id LIMIT 50"
NESTED = (
    f"SELECT {COLUMNS} FROM {JOINED} WHERE s.country = $1 AND t.age >= $2 "
    "ORDER BY o.name NULLS FIRST, t.age DESC, t.id LIMIT 50"
)
DEEP = f"SELECT {COLUMNS}, t.id FROM people AS t WHERE t.id > $1 ORDER BY t.id LIMIT 51"
STREAM = f"SELECT {COLUMNS} FROM people AS t ORDER BY t.id"


def built(row: Any) -> Person:
    """Return the entity of a row."""
    return Person(row[0], row[1], row[2], row[3], row[4], row[5], Role(row[6]), row[7], row[8], row[9])


def values(p: Person) -> tuple[Any, ...]:
    """Return the row of an entity."""
    return (p.id, p.email, p.name, p.age, p.score, p.joined, p.role.value, p.active, p.bio, p.org_id)


def viewed(row: Any) -> dict[str, Any]:
    """Return a row with two relations as dicts."""
    site = {"id": row[13], "name": row[14], "country": row[15]}
    org = {"id": row[10], "name": row[11], "site_id": row[12], "site": site}
    return {
        "id": row[0], "email": row[1], "name": row[2], "age": row[3], "score": row[4], "joined": row[5],
        "role": Role(row[6]), "active": row[7], "bio": row[8], "org_id": row[9], "org": org,
    }  # fmt: skip


class Hand:
    """What one writes by hand: prepared statements on a connection of one's own."""

    def __init__(self, connection: asyncpg.Connection[asyncpg.Record], prepared: dict[str, Any]) -> None:
        self._connection = connection
        self._prepared = prepared

    @classmethod
    async def on(cls, connection: asyncpg.Connection[asyncpg.Record]) -> Hand:
        texts = (GET, GET_BY_EMAIL, EXISTS, COUNT, ADD, UPDATE, DELETE, LIST, VIEW, NESTED, DEEP)
        return cls(connection, {text: await connection.prepare(text) for text in texts})

    async def get(self, entity_id: UUID) -> Person | None:
        row = await self._prepared[GET].fetchrow(entity_id)
        return None if row is None else built(row)

    async def get_by_email(self, email: str) -> Person | None:
        row = await self._prepared[GET_BY_EMAIL].fetchrow(email)
        return None if row is None else built(row)

    async def exists_by_email(self, email: str) -> bool:
        return bool(await self._prepared[EXISTS].fetchval(email))

    async def count(self, _: object) -> int:
        return int(await self._prepared[COUNT].fetchval())

    async def add(self, p: Person) -> None:
        await self._prepared[ADD].fetch(*values(p))

    async def update(self, p: Person) -> None:
        await self._prepared[UPDATE].fetch(*values(p))

    async def delete(self, entity_id: UUID) -> None:
        await self._prepared[DELETE].fetch(entity_id)

    async def list(self, _: object) -> Sequence[Person]:
        return [built(row) for row in await self._prepared[LIST].fetch()]

    async def view(self, _: object) -> Sequence[dict[str, Any]]:
        return [viewed(row) for row in await self._prepared[VIEW].fetch()]

    async def nested(self, age: int) -> Sequence[Person]:
        return [built(row) for row in await self._prepared[NESTED].fetch("IT", age)]

    async def deep(self, after: UUID) -> Sequence[Person]:
        return [built(row) for row in await self._prepared[DEEP].fetch(after)]

    async def stream(self, _: object) -> int:
        number = 0
        async with self._connection.transaction():
            cursor = await self._connection.cursor(STREAM)
            while rows := await cursor.fetch(500):
                for row in rows:
                    built(row)
                    number += 1
        return number

    async def add_many(self, some: Sequence[Person]) -> None:
        await self._connection.copy_records_to_table("people", records=[values(p) for p in some])


class Core:
    """SQLAlchemy Core on its pool."""

    def __init__(self, engine: AsyncEngine, table: Table) -> None:
        self._engine = engine
        self._table = table
        self._get = select(table).where(table.c.id == bindparam("key"))
        self._get_by_email = select(table).where(table.c.email == bindparam("key"))
        self._list = select(table).order_by(table.c.id).limit(50)

    async def _rows(self, statement: Any, **parameters: Any) -> list[Person]:
        async with self._engine.connect() as connection:
            return [built(row) for row in await connection.execute(statement, parameters)]

    async def get(self, entity_id: UUID) -> Any:
        return await self._rows(self._get, key=entity_id)

    async def get_by_email(self, email: str) -> Any:
        return await self._rows(self._get_by_email, key=email)

    async def list(self, _: object) -> Any:
        return await self._rows(self._list)

    async def add(self, p: Person) -> None:
        async with self._engine.begin() as connection:
            await connection.execute(insert(self._table), dict(zip(self._table.c.keys(), values(p), strict=True)))


class Mapped:
    """A person of SQLAlchemy's ORM, mapped to the table below."""

    def __init__(self, **fields: Any) -> None:
        for name, value in fields.items():
            setattr(self, name, value)


class MappedRepository(SQLAlchemyAsyncRepository[Any]):
    """advanced-alchemy's repository of the same."""

    model_type = Mapped


@dataclass
class Orm:
    """SQLAlchemy's ORM with a session per call."""

    sessions: async_sessionmaker[AsyncSession]
    table: Table

    async def get(self, entity_id: UUID) -> Any:
        async with self.sessions() as session:
            return await session.get(Mapped, entity_id)

    async def get_by_email(self, email: str) -> Any:
        async with self.sessions() as session:
            return (await session.execute(select(Mapped).where(self.table.c.email == email))).scalar_one_or_none()

    async def list(self, _: object) -> Any:
        async with self.sessions() as session:
            return (await session.execute(select(Mapped).order_by(self.table.c.id).limit(50))).scalars().all()

    async def add(self, p: Person) -> None:
        async with self.sessions() as session:
            session.add(Mapped(**dict(zip(self.table.c.keys(), values(p), strict=True))))
            await session.commit()


class Advanced(Orm):
    """advanced-alchemy with a session per call."""

    async def get(self, entity_id: UUID) -> Any:
        async with self.sessions() as session:
            return await MappedRepository(session=session).get_one_or_none(id=entity_id)

    async def get_by_email(self, email: str) -> Any:
        async with self.sessions() as session:
            return await MappedRepository(session=session).get_one_or_none(email=email)

    async def list(self, _: object) -> Any:
        async with self.sessions() as session:
            return await MappedRepository(session=session).list(LimitOffset(50, 0), order_by=("id", False))

    async def add(self, p: Person) -> None:
        async with self.sessions() as session:
            mapped = Mapped(**dict(zip(self.table.c.keys(), values(p), strict=True)))
            await MappedRepository(session=session).add(mapped, auto_commit=True)


Call = Callable[[Any], Awaitable[Any]]


def alone(call: Call, arguments: Sequence[Any], prepare: Any = None) -> Measure:
    """Return a measure of one call after the other."""

    async def batch() -> None:
        for argument in arguments:
            await call(argument)

    return timed(batch, len(arguments)) if prepare is None else timed(batch, len(arguments), prepare=prepare)


def together(calls: Sequence[Call], arguments: Sequence[Any], callers: int, prepare: Any = None) -> Measure:
    """Return a measure of many callers at once, who take the calls in turn."""

    async def caller(number: int) -> None:
        call = calls[number % len(calls)]
        for argument in arguments[number::callers]:
            await call(argument)

    async def batch() -> None:
        await asyncio.gather(*(caller(number) for number in range(callers)))

    return timed(batch, len(arguments)) if prepare is None else timed(batch, len(arguments), prepare=prepare)


@asynccontextmanager
async def cases(scale: float) -> AsyncGenerator[list[Case]]:
    """Give the cases: single entities alone and with 50 callers, then queries among many rows."""
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(servers.database())
        repos = await stack.enter_async_context(package(Database.POSTGRES).Repositories.postgres(url))
        await repos.create_schema()
        await repos.site.add_many(sites())
        await repos.org.add_many(orgs())
        stored = people(0, max(200, int(100_000 * scale)))
        await repos.person.add_many(stored)
        connections = [await asyncpg.connect(url) for _ in range(HELD)]
        for connection in connections:
            stack.push_async_callback(connection.close)
        await connections[0].execute("ANALYZE")
        hands = [await Hand.on(connection) for connection in connections]
        ordered = sorted(person.id for person in stored)
        deep = ordered[min(len(ordered) // 2, 50_000) :: 50][:20]
        cursors = {UUID(int=key.int): await _cursor_after(repos, key) for key in deep}
        engine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://"), pool_size=HELD, max_overflow=0
        )
        stack.push_async_callback(engine.dispose)
        table = import_module(f"{package(Database.POSTGRES).__name__}.tables").person_table
        registry().map_imperatively(Mapped, table)
        sessions = async_sessionmaker(engine, expire_on_commit=False)
        others = {
            "SQLAlchemy Core": Core(engine, table),
            "SQLAlchemy ORM": Orm(sessions, table),
            "advanced-alchemy": Advanced(sessions, table),
        }
        calls = max(20, int(300 * scale))
        pkit = Pkit(repos, cursors)
        yield [
            *_single(hands, pkit, others, stored, calls),
            *_queries(hands[0], pkit, deep, scale),
        ]


async def _cursor_after(repos: Any, key: UUID) -> str:
    page = await repos.person.page({"id": {"in": [key, UUID(int=2**128 - 1)]}}, limit=1)
    if page.next_cursor is not None:
        return str(page.next_cursor)
    from pkit.paging import encode_cursor

    return encode_cursor("person", ("id",), [UUID(int=key.int)])


def _single(
    hands: Sequence[Hand], pkit: Pkit, others: dict[str, Any], stored: Sequence[Person], calls: int
) -> list[Case]:
    some = stored[:: max(1, len(stored) // calls)][:calls]
    new = people(len(stored), calls)
    ids, emails, new_ids = [p.id for p in some], [p.email for p in some], [p.id for p in new]
    found: list[Case] = []

    async def remove() -> None:
        for entity_id in new_ids:
            await hands[0].delete(entity_id)

    async def insert() -> None:
        await remove()
        await hands[0].add_many(new)

    def case(method: str, arguments: Sequence[Any], prepare: Any = None) -> None:
        contenders = {HAND: hands[0], PKIT: pkit, **{n: o for n, o in others.items() if hasattr(o, method)}}
        singly = [Contender(n, alone(getattr(o, method), arguments, prepare)) for n, o in contenders.items()]
        found.append(Case("postgres", method, singly, TARGET))
        by_hand = together([getattr(hand, method) for hand in hands], arguments, HELD, prepare)
        by_pkit = together([getattr(pkit, method)], arguments, CALLERS, prepare)
        both = [Contender(f"{HAND}, {HELD} connections", by_hand), Contender(PKIT, by_pkit)]
        found.append(Case("postgres", f"{method}, {CALLERS} callers", both, TARGET))

    case("get", ids)
    case("get_by_email", emails)
    case("exists_by_email", emails)
    case("update", some)
    case("add", new, remove)
    case("delete", new_ids, insert)
    case("list", range(max(10, calls // 10)))
    return found


def _queries(hand: Hand, pkit: Pkit, deep: Sequence[UUID], scale: float) -> list[Case]:
    many = people(2_000_000, max(100, int(1000 * scale)))

    async def remove() -> None:
        for person in many:
            await hand.delete(person.id)

    def case(name: str, method: str, arguments: Sequence[Any], prepare: Any = None) -> Case:
        contenders = [(HAND, hand), (PKIT, pkit)]
        return Case(
            "postgres",
            name,
            [Contender(n, alone(getattr(o, method), arguments, prepare)) for n, o in contenders],
            TARGET,
        )

    return [
        case("count", "count", range(5)),
        case("list 50 with two relations", "view", range(20)),
        case("nested filter and sort", "nested", [20, 30, 40]),
        case("a page deep in the table", "deep", deep),
        case("stream all", "stream", [None]),
        case(f"add_many {len(many):,}", "add_many", [many], remove),
    ]
