"""Repositories in MongoDB against the bare drivers with a mapping by hand, and against beanie: the CPU time of the client.

The server is another process, whose time does not count; Motor's threads do.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from inspect import isawaitable
from time import process_time
from typing import Any, ClassVar, cast
from uuid import UUID

import beanie
from beanie import Document, SortDirection
from pydantic import create_model
from servers import mongo as server

from bench.harness import PKIT, Case, Contender, timed
from bench.host.entities import Person, Role
from bench.people import package, people
from pkit_gen.ir.model import Database

TARGET = 1.5


class Bare:
    """What one writes by hand with either driver."""

    def __init__(self, database: Any) -> None:
        self._client = database.client
        self._people = database.contacts

    async def get(self, entity_id: UUID) -> Person | None:
        document = await self._people.find_one({"_id": entity_id})
        return None if document is None else from_document(document)

    async def get_by_email(self, email: str) -> Person | None:
        document = await self._people.find_one({"email": email})
        return None if document is None else from_document(document)

    async def add(self, entity: Person) -> None:
        await self._people.insert_one(to_document(entity))

    async def update(self, entity: Person) -> None:
        result = await self._people.replace_one({"_id": entity.id}, to_document(entity))
        if not result.matched_count:
            raise LookupError(entity.id)

    async def patch(self, entity_id: UUID, name: str) -> Person:
        return from_document(
            await self._people.find_one_and_update({"_id": entity_id}, {"$set": {"name": name}}, return_document=True)
        )

    async def delete(self, entity_id: UUID) -> bool:
        return bool((await self._people.delete_one({"_id": entity_id})).deleted_count)

    async def list(self, limit: int) -> Sequence[Person]:
        documents = await self._people.find({}, sort=[("_id", 1)], limit=limit).to_list(None)
        return [from_document(document) for document in documents]

    async def older(self, age: int, limit: int) -> Sequence[Person]:
        found = self._people.find({"age": {"$gte": age}}, sort=[("name", -1), ("_id", 1)], limit=limit)
        return [from_document(document) for document in await found.to_list(None)]

    async def add_many(self, entities: Sequence[Person]) -> None:
        documents = [to_document(entity) for entity in entities]
        starting = self._client.start_session()
        session = await starting if isawaitable(starting) else starting
        async with session:  # all or none, as the repository does
            await session.with_transaction(partial(_insert_all, self._people, documents))


async def _insert_all(collection: Any, documents: Sequence[dict[str, Any]], session: Any) -> None:
    await collection.insert_many(documents, session=session)


def to_document(p: Person) -> dict[str, Any]:
    return {
        "_id": p.id, "email": p.email, "name": p.name, "age": p.age, "score": p.score, "joined": p.joined,
        "role": p.role.value, "active": p.active, "bio": p.bio, "org_id": p.org_id,
    }  # fmt: skip


def from_document(d: dict[str, Any]) -> Person:
    return Person(
        d["_id"], d["email"], d["name"], d["age"], d["score"], d["joined"], Role(d["role"]), d["active"], d["bio"], d["org_id"]
    )  # fmt: skip


class ContactBase(Document):
    """The same entity for beanie, but for the id."""

    email: str
    name: str
    age: int
    score: float
    joined: Any
    role: Role
    active: bool
    bio: str | None
    org_id: UUID

    class Settings:
        name: ClassVar[str] = "contacts"


Contact: Any = create_model("Contact", __base__=ContactBase, id=(UUID, ...))


ORDER = [("name", SortDirection.DESCENDING), ("_id", SortDirection.ASCENDING)]


class Beanie:
    """What one writes with beanie."""

    async def get(self, entity_id: UUID) -> Any:
        return await Contact.get(entity_id)

    async def get_by_email(self, email: str) -> Any:
        return await Contact.find_one({"email": email})

    async def add(self, entity: Person) -> None:
        await contact(entity).insert()

    async def update(self, entity: Person) -> None:
        await contact(entity).replace()

    async def patch(self, entity_id: UUID, name: str) -> Any:
        found = await Contact.get(entity_id)
        return None if found is None else await found.set({"name": name})

    async def delete(self, entity_id: UUID) -> None:
        await Contact.find_one({"_id": entity_id}).delete()

    async def list(self, limit: int) -> Any:
        return await Contact.find_all(sort="+_id", limit=limit).to_list()

    async def older(self, age: int, limit: int) -> Any:
        return await Contact.find({"age": {"$gte": age}}, sort=ORDER, limit=limit).to_list()

    async def add_many(self, entities: Sequence[Person]) -> None:
        await Contact.insert_many([contact(entity) for entity in entities])


def contact(p: Person) -> Any:
    return Contact(
        id=p.id, email=p.email, name=p.name, age=p.age, score=p.score, joined=p.joined, role=p.role, active=p.active, bio=p.bio,
        org_id=p.org_id,
    )  # fmt: skip


class Pkit:
    """The generated repository, with the same calls."""

    def __init__(self, repository: Any) -> None:
        self._contacts = repository
        for name in ("get", "get_by_email", "add", "update", "delete", "add_many"):
            setattr(self, name, getattr(repository, name))

    async def patch(self, entity_id: UUID, name: str) -> Person:
        found: Person = await self._contacts.patch(entity_id, name=name)
        return found

    async def list(self, limit: int) -> Sequence[Person]:
        found: Sequence[Person] = await self._contacts.list(limit=limit)
        return found

    async def older(self, age: int, limit: int) -> Sequence[Person]:
        criteria, sort_by = {"age": {"gte": age}}, ("-name", "id")
        found: Sequence[Person] = await self._contacts.list_by_fields(criteria, sort_by=sort_by, limit=limit)
        return found


@asynccontextmanager
async def cases(scale: float) -> AsyncGenerator[list[Case]]:
    """Give the cases, for each driver; beanie runs on PyMongo."""
    stored = people(0, max(100, int(1000 * scale)))
    async with AsyncExitStack() as stack:
        found: list[Case] = []
        for driver in server.DRIVERS:
            database = await stack.enter_async_context(
                server.database(driver, uuidRepresentation="standard", tz_aware=True)
            )
            repos = package(Database.MONGO).Repositories.mongo(database)
            await repos.create_schema()
            await repos.contact.add_many(stored)
            contenders: list[tuple[str, Any]] = [(driver, Bare(database)), (PKIT, Pkit(repos.contact))]
            if driver == "pymongo":
                await cast(Any, beanie).init_beanie(database=database, document_models=[Contact], skip_indexes=True)
                contenders.append(("beanie", Beanie()))
            found += _cases(driver, contenders, stored)
        yield found


def _cases(driver: str, contenders: Sequence[tuple[str, Any]], stored: Sequence[Person]) -> list[Case]:
    some = stored[:: max(1, len(stored) // 200)]
    new = people(len(stored), len(some))

    def case(name: str, calls: int, batch: Callable[[Any], Awaitable[object]], undo: Sequence[Person] = ()) -> Case:
        def contender(label: str, target: Any) -> Contender:
            return Contender(
                label,
                timed(
                    lambda: batch(target), calls, prepare=lambda: _each(target.delete, [p.id for p in undo]), clock=process_time
                ),
            )  # fmt: skip

        return Case(f"mongo, {driver}", name, [contender(*each) for each in contenders], TARGET)

    return [
        case("get", len(some), lambda target: _each(target.get, [p.id for p in some])),
        case("get_by_email", len(some), lambda target: _each(target.get_by_email, [p.email for p in some])),
        case("add", len(new), lambda target: _each(target.add, new), new),
        case("update", len(some), lambda target: _each(target.update, some)),
        case("patch", len(some), lambda target: _each(lambda p: target.patch(p.id, p.name), some)),
        case("list 50", 20, lambda target: _each(target.list, [50] * 20)),
        case("list 50 by a field, in order", 20, lambda target: _each(lambda age: target.older(age, 50), range(20))),
        case("add_many, per entity", len(new), lambda target: target.add_many(new), new),
    ]


async def _each(call: Callable[[Any], Awaitable[object]], arguments: Sequence[Any]) -> None:
    for argument in arguments:
        await call(argument)
