"""persistence-kit 2.0.0 on the rows that `bench.relations` stored, run by an interpreter that has it.

Reads the name of a task per line and prints the microseconds that one call of it took. It only reads: much of what a person has, this
library could not write. Annotations are classes here because it takes any other for text.
"""

import asyncio
import sys
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any
from uuid import UUID

from bench.harness import Measure, timed

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


def tasks(people: Any, sites: Any) -> dict[str, Measure]:
    """Return a measure of each task of `bench.relations` that this library can do."""

    async def view() -> None:
        await people.list_with(include=["org.site"])

    async def nested_view() -> None:
        criteria = {"org.site.country": "IT", "age": {"gte": 20}}
        await people.list_by_fields(criteria, include=["org.site"], sort_by="org.name")

    async def children() -> None:
        await sites.list_with(include=["orgs"])

    return {task.__name__: timed(task, 1) for task in (view, nested_view, children)}


async def main() -> None:
    """Answer until nobody asks any more."""
    library = import_module("persistence_kit.repository_factory")
    register(library)
    measures = tasks(library.get_repo_view("person"), library.get_repo_view("site"))
    for line in sys.stdin:
        print(await measures[line.strip()](), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
