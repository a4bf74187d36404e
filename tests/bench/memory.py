"""Repositories in memory against a dict that copies entities on their way in and out."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from time import process_time
from typing import Any, Generic, TypeVar
from uuid import UUID

from bench.harness import PKIT, Case, Contender, timed
from bench.host.entities import Org, Person
from bench.packages import package
from bench.people import orgs, people, person, sites
from pkit_gen.ir.model import Database

T = TypeVar("T")


class Dict:
    """What one writes by hand: a dict by id, another by the unique field, and copies by the constructor with positions."""

    def __init__(self) -> None:
        self._people: dict[UUID, Person] = {}
        self._by_email: dict[str, UUID] = {}

    async def add(self, entity: Person) -> None:
        if entity.id in self._people or entity.email in self._by_email:
            raise ValueError("taken")
        self._people[entity.id] = copy(entity)
        self._by_email[entity.email] = entity.id

    async def get(self, entity_id: UUID) -> Person | None:
        found = self._people.get(entity_id)
        return None if found is None else copy(found)

    async def get_by_email(self, email: str) -> Person | None:
        entity_id = self._by_email.get(email)
        return None if entity_id is None else copy(self._people[entity_id])

    async def update(self, entity: Person) -> None:
        old = self._people[entity.id]
        if old.email != entity.email:
            if entity.email in self._by_email:
                raise ValueError("taken")
            del self._by_email[old.email]
            self._by_email[entity.email] = entity.id
        self._people[entity.id] = copy(entity)

    async def delete(self, entity_id: UUID) -> bool:
        old = self._people.pop(entity_id, None)
        if old is not None:
            del self._by_email[old.email]
        return old is not None


def copy(p: Person) -> Person:
    return Person(p.id, p.email, p.name, p.age, p.score, p.joined, p.role, p.active, p.bio, p.org_id)


class Over(Generic[T]):
    """A batch that calls a method with each of some arguments."""

    def __init__(self, method: Callable[[T], Awaitable[Any]], arguments: Sequence[T]) -> None:
        self._method = method
        self._arguments = arguments

    async def __call__(self) -> None:
        method = self._method
        for argument in self._arguments:
            await method(argument)


class RelatedDict(Dict):
    """The same for people of organisations, which must be there and by which people are found."""

    def __init__(self, orgs: Sequence[Org]) -> None:
        super().__init__()
        self._orgs = {org.id: org for org in orgs}
        self._by_org: dict[UUID, dict[UUID, None]] = {org.id: {} for org in orgs}

    async def add(self, entity: Person) -> None:
        if entity.org_id not in self._orgs:
            raise ValueError("no such organisation")
        await super().add(entity)
        self._by_org[entity.org_id][entity.id] = None

    async def update(self, entity: Person) -> None:
        before = self._people[entity.id].org_id
        if before != entity.org_id and entity.org_id not in self._orgs:
            raise ValueError("no such organisation")
        await super().update(entity)
        if before != entity.org_id:
            del self._by_org[before][entity.id]
            self._by_org[entity.org_id][entity.id] = None

    async def delete(self, entity_id: UUID) -> bool:
        found = self._people.get(entity_id)
        if found is not None:
            del self._by_org[found.org_id][entity_id]
        return await super().delete(entity_id)


@asynccontextmanager
async def cases(scale: float) -> AsyncGenerator[list[Case]]:
    """Give the cases: single entities among 10,000, without and with a relation, and what 100,000 of them take."""
    stored = people(0, max(100, int(10_000 * scale)))
    repos = await _opened()
    plain, related = Dict(), RelatedDict(orgs())
    for target in (plain, related, repos.contact, repos.person):
        await Over(target.add, stored)()
    yield [
        *_single("", plain, repos.contact, stored),
        *_single(", with a relation", related, repos.person, stored),
        await _scanless(repos.contact, stored),
        _size(scale),
    ]


async def _opened() -> Any:
    """Return repositories in memory that hold organisations and sites."""
    repos = package(Database.MEMORY).Repositories.memory()
    await repos.site.add_many(sites())
    await repos.org.add_many(orgs())
    return repos


def _single(suffix: str, reference: Any, repository: Any, stored: Sequence[Person]) -> list[Case]:
    some = stored[:: max(1, len(stored) // 2000)]
    new = people(len(stored), len(some))
    ids, emails, new_ids = [p.id for p in some], [p.email for p in some], [p.id for p in new]

    def case(method: str, arguments: Sequence[Any], undo: Sequence[Any] = ()) -> Case:
        def contender(name: str, target: Any) -> Contender:
            batch, prepare = Over(getattr(target, method), arguments), Over(target.delete, undo)
            return Contender(name, timed(batch, len(arguments), prepare=prepare, clock=process_time))

        return Case("memory", method + suffix, [contender("dict", reference), contender(PKIT, repository)], 1.5)

    return [case("get", ids), case("get_by_email", emails), case("add", new, new_ids), case("update", some)]


async def _scanless(repository: Any, stored: Sequence[Person]) -> Case:
    """Lists by a unique field in the full repository against a small one: the size does not count."""
    small = (await _opened()).contact
    await small.add_many(stored[:100])
    criteria = [{"email": p.email} for p in stored[:100]]

    def contender(name: str, target: Any) -> Contender:
        return Contender(name, timed(Over(target.list_by_fields, criteria), len(criteria), clock=process_time))

    name = f"list by a unique field among {len(stored):,}, against among 100"
    return Case("memory", name, [contender("100", small), contender(PKIT, repository)], 1.5)


def _size(scale: float) -> Case:
    count = max(100, int(100_000 * scale))

    async def plain() -> float:
        tracemalloc.start()
        kept = [copy(person(number)) for number in range(count)]
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return size / len(kept)

    async def stored() -> float:
        repository = (await _opened()).contact
        tracemalloc.start()
        for number in range(count):
            await repository.add(person(number))
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return size / count

    contenders = [Contender("list", plain), Contender(PKIT, stored)]
    return Case("memory", f"size of {count:,} entities", contenders, 2, "bytes", exact=True)
