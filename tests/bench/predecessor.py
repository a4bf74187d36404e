"""persistence-kit 2.0.0 on what `bench.relations` or `bench.mongo` stored, run by an interpreter that has it.

    python -m bench.predecessor relations
    python -m bench.predecessor documents COUNT MANY

Reads the name of a task per line and prints the microseconds that one call of it took: on documents those of this process's CPU. In
PostgreSQL it only reads: much of what a person has, this library could not write there. Annotations are classes here because it takes any
other for text.
"""

import asyncio
import sys
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from time import process_time
from typing import Any
from uuid import UUID

from bench.harness import Measure, timed
from bench.host import entities as host
from bench.people import people, some_of

ORG_OF_PERSON = {"local_field": "org_id", "target": "org", "by": "id"}
SITE_OF_ORG = {"local_field": "site_id", "target": "site", "by": "id"}
ORGS_OF_SITE = {"local_field": "id", "target": "org", "target_field": "site_id", "many": True}


@dataclass
class Site:
    """Where organisations are."""

    id: UUID
    name: str
    country: str


@dataclass
class Org:
    """An organisation."""

    id: UUID
    name: str
    site_id: UUID


@dataclass
class Person:
    """Somebody who works in an organisation."""

    id: UUID
    email: str
    name: str
    age: int
    score: float
    joined: datetime
    role: str
    active: bool
    bio: str | None
    org_id: UUID


def register(library: Any) -> None:
    """Register the entities as `bench.host` does."""
    library.register_entity("site", {"entity": Site, "collection": "sites", "relations": {"orgs": ORGS_OF_SITE}})
    library.register_entity("org", {"entity": Org, "collection": "orgs", "relations": {"site": SITE_OF_ORG}})
    library.register_entity(
        "person",
        {"entity": Person, "collection": "people", "unique": {"email": "email"}, "relations": {"org": ORG_OF_PERSON}},
    )


def over_relations(library: Any) -> dict[str, Measure]:
    """Return a measure of each task of `bench.relations` that this library can do."""
    rows, parents = library.get_repo_view("person"), library.get_repo_view("site")

    async def view() -> None:
        await rows.list_with(include=["org.site"])

    async def nested_view() -> None:
        criteria = {"org.site.country": "IT", "age": {"gte": 20}}
        await rows.list_by_fields(criteria, include=["org.site"], sort_by="org.name")

    async def children() -> None:
        await parents.list_with(include=["orgs"])

    return {task.__name__: timed(task, 1) for task in (view, nested_view, children)}


def on_documents(library: Any, count: int, number: int) -> dict[str, Measure]:
    """Return a measure of each task of `bench.mongo` that this library can do, where `count` people are stored and `number` are added."""
    repository, rows = library.get_repo("person"), library.get_repo_view("person")
    some: Sequence[Person] = _written(some_of(people(0, count)))
    new, many, few = _written(people(count, len(some))), _written(people(count, number)), range(max(2, number // 100))

    async def each(_: object) -> None:
        for entity in many:
            await repository.add(entity)

    def measure(call: Callable[[Any], Awaitable[Any]], arguments: Sequence[Any]) -> Measure:
        async def batch() -> None:
            for argument in arguments:
                await call(argument)

        return timed(batch, len(arguments), clock=process_time)

    return {
        "get": measure(repository.get, [p.id for p in some]),
        "get_by_email": measure(lambda email: repository.get_by_index("email", email), [p.email for p in some]),
        "count": measure(lambda _: repository.count(), few),
        "add": measure(repository.add, new),
        "update": measure(repository.update, some),
        "delete": measure(repository.delete, [p.id for p in new]),
        "list": measure(lambda _: repository.list(sort_by="id"), few),
        "view": measure(lambda _: rows.list_with(include=["org.site"], sort_by="id"), few),
        "deep": measure(
            lambda offset: repository.list(offset=offset, sort_by="id"), range(count // 2, count // 2 + 50, 5)
        ),
        "add_many": measure(each, [None]),
    }


def _written(some: Sequence[host.Person]) -> Sequence[Person]:
    return [
        Person(p.id, p.email, p.name, p.age, p.score, p.joined, p.role.value, p.active, p.bio, p.org_id) for p in some
    ]


async def main(kind: str, *sizes: str) -> None:
    """Answer until nobody asks any more."""
    library = import_module("persistence_kit.repository_factory")
    register(library)
    measures = over_relations(library) if kind == "relations" else on_documents(library, *map(int, sizes))
    for line in sys.stdin:
        print(await measures[line.strip()](), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
