"""What one writes with beanie: models of pydantic in place of the host's dataclasses, on PyMongo's own async client."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar, cast
from uuid import UUID

import beanie
from pydantic import create_model

from bench.host.entities import Person, Role


class PersonBase(beanie.Document):
    """The same entity for beanie, but for the id."""

    email: str
    name: str
    age: int
    score: float
    joined: datetime
    role: Role
    active: bool
    bio: str | None
    org_id: UUID

    class Settings:
        name: ClassVar[str] = "people"


Model: Any = create_model("Model", __base__=PersonBase, id=(UUID, ...))


class Beanie:
    """The same tasks but those over relations, which beanie keeps in documents of another form.

    `add_many` inserts without a transaction, and `patch` reads before it writes.
    """

    @classmethod
    async def on(cls, database: Any) -> Beanie:
        await cast(Any, beanie).init_beanie(database=database, document_models=[Model], skip_indexes=True)
        return cls()

    async def get(self, entity_id: UUID) -> Any:
        return await Model.get(entity_id)

    async def get_by_email(self, email: str) -> Any:
        return await Model.find_one({"email": email})

    async def exists_by_email(self, email: str) -> bool:
        return bool(await Model.find({"email": email}).exists())

    async def count(self, _: object) -> int:
        return int(await Model.find_all().count())

    async def add(self, entity: Person) -> None:
        await model(entity).insert()

    async def update(self, entity: Person) -> None:
        await model(entity).replace()

    async def patch(self, entity: Person) -> Any:
        found = await Model.get(entity.id)
        return None if found is None else await found.set({"name": entity.name})

    async def delete(self, entity_id: UUID) -> None:
        await Model.find_one({"_id": entity_id}).delete()

    async def list(self, _: object) -> Any:
        return await Model.find_all(sort="+_id", limit=50).to_list()

    async def deep(self, after: UUID) -> Any:
        return await Model.find({"_id": {"$gt": after}}, sort="+_id", limit=50).to_list()

    async def stream(self, _: object) -> int:
        number = 0
        async for _person in Model.find_all(sort="+_id", batch_size=500):
            number += 1
        return number

    async def add_many(self, entities: Sequence[Person]) -> None:
        await Model.insert_many([model(entity) for entity in entities])


def model(p: Person) -> Any:
    """Return the model of an entity."""
    return Model(
        id=p.id, email=p.email, name=p.name, age=p.age, score=p.score, joined=p.joined, role=p.role, active=p.active, bio=p.bio,
        org_id=p.org_id,
    )  # fmt: skip
