"""What one writes by hand with either driver of MongoDB: the commands that pkit sends, and a mapping of one's own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from inspect import isawaitable
from typing import Any
from uuid import UUID

from bench.host.entities import Person, Role

BY_ID = [("_id", 1)]
ID_ONLY = {"_id": 1}
PRESENT = {"_id": {"$ne": None}}
FEW_TO_RANK, FEW_TO_FIND = 500, 1000
"""Of more related documents than those, pkit joins each one instead."""


def joined(source: str, local: str, name: str) -> list[dict[str, Any]]:
    """Return the stages that put the document that `local` refers to under a name."""
    one = [{"$match": PRESENT}, {"$limit": 1}]
    lookup = {"from": source, "localField": local, "foreignField": "_id", "pipeline": one, "as": name}
    return [{"$lookup": lookup}, {"$set": {name: {"$first": f"${name}"}}}]


VIEW: list[dict[str, Any]] = [
    {"$match": {}},
    {"$sort": {"_id": 1}},
    {"$limit": 50},
    *joined("orgs", "org_id", "+1"),
    *joined("sites", "+1.site_id", "+2"),
]


class Hand:
    """The repository of one who knows what to send."""

    def __init__(self, database: Any) -> None:
        self._client = database.client
        self._people = database.people
        self._orgs = database.orgs
        self._sites = database.sites

    async def get(self, entity_id: UUID) -> Person | None:
        document = await self._people.find_one({"_id": entity_id})
        return None if document is None else from_document(document)

    async def get_by_email(self, email: str) -> Person | None:
        document = await self._people.find_one({"email": {"$eq": email}})
        return None if document is None else from_document(document)

    async def exists_by_email(self, email: str) -> bool:
        return await self._people.find_one({"email": {"$eq": email}}, ID_ONLY) is not None

    async def count(self, _: object) -> int:
        return int(await self._people.count_documents({}))

    async def add(self, entity: Person) -> None:
        await self._people.insert_one(to_document(entity))

    async def update(self, entity: Person) -> None:
        result = await self._people.replace_one({"_id": entity.id}, to_document(entity))
        if not result.matched_count:
            raise LookupError(entity.id)

    async def patch(self, entity: Person) -> Person:
        change = {"$set": {"name": entity.name}}
        found = await self._people.find_one_and_update({"_id": entity.id}, change, return_document=True)
        return from_document(found)

    async def delete(self, entity_id: UUID) -> bool:
        return bool((await self._people.delete_one({"_id": entity_id})).deleted_count)

    async def list(self, _: object) -> Sequence[Person]:
        documents = await self._people.find({}, sort=BY_ID, limit=50).to_list(None)
        return [from_document(document) for document in documents]

    async def view(self, _: object) -> Sequence[dict[str, Any]]:
        return [viewed(document) for document in await self._aggregated(VIEW)]

    async def nested(self, age: int) -> Sequence[Person]:
        names = await self._orgs.find(PRESENT, {"_id": 1, "name": 1}, sort=[("name", 1)], limit=501).to_list(None)
        in_italy = {"$and": [{"country": {"$eq": "IT"}}, PRESENT]}
        sites = await self._sites.find(in_italy, ID_ONLY, limit=FEW_TO_FIND + 1).to_list(None)
        there = {"$and": [{"site_id": {"$in": [site["_id"] for site in sites]}}, PRESENT]}
        orgs = await self._orgs.find(there, ID_ONLY, limit=FEW_TO_FIND + 1).to_list(None)
        wanted = [{"age": {"$gte": age}}, {"org_id": {"$in": [org["_id"] for org in orgs]}}]
        window: Sequence[dict[str, Any]] = [{"$sort": {"@1": 1, "age": -1, "_id": 1}}, {"$limit": 50}]
        found = await self._aggregated([_ranked(names), {"$match": {"$and": wanted}}, *window])
        return [from_document(document) for document in found]

    async def deep(self, after: UUID) -> Sequence[Person]:
        documents = await self._people.find({"_id": {"$gt": after}}, sort=BY_ID, limit=51).to_list(None)
        return [from_document(document) for document in documents[:50]]

    async def stream(self, _: object) -> int:
        number = 0
        async for document in self._people.find({}, sort=BY_ID, batch_size=500):
            from_document(document)
            number += 1
        return number

    async def add_many(self, entities: Sequence[Person]) -> None:
        documents = [to_document(entity) for entity in entities]
        starting = self._client.start_session()
        session = await starting if isawaitable(starting) else starting
        async with session:  # all or none, as the repository does
            await session.with_transaction(partial(self._insert_all, documents))

    async def _insert_all(self, documents: Sequence[dict[str, Any]], session: Any) -> None:
        await self._people.insert_many(documents, session=session)

    async def _aggregated(self, pipeline: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
        starting = self._people.aggregate(pipeline)
        cursor = await starting if isawaitable(starting) else starting
        found: Sequence[dict[str, Any]] = await cursor.to_list(None)
        return found


def _ranked(orgs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the stage that gives each person the rank of the organisation's name among all names."""
    numbers: dict[str, int] = {}
    ranks = [numbers.setdefault(org["name"], len(numbers) + 1) for org in orgs]
    place = {"$indexOfArray": [{"$literal": [org["_id"] for org in orgs]}, "$org_id"]}
    return {"$set": {"@1": {"$arrayElemAt": [{"$literal": [*ranks, 0]}, place]}}}


def to_document(p: Person) -> dict[str, Any]:
    """Return the document of an entity."""
    return {
        "_id": p.id, "email": p.email, "name": p.name, "age": p.age, "score": p.score, "joined": p.joined,
        "role": p.role.value, "active": p.active, "bio": p.bio, "org_id": p.org_id,
    }  # fmt: skip


def from_document(d: dict[str, Any]) -> Person:
    """Return the entity of a document."""
    return Person(
        d["_id"], d["email"], d["name"], d["age"], d["score"], d["joined"], Role(d["role"]), d["active"], d["bio"], d["org_id"]
    )  # fmt: skip


def viewed(d: dict[str, Any]) -> dict[str, Any]:
    """Return a document with two relations in the form of a view."""
    org, site = d["+1"], d["+2"]
    shown = {"id": org["_id"], "name": org["name"], "site_id": org["site_id"]}
    shown["site"] = {"id": site["_id"], "name": site["name"], "country": site["country"]}
    return {
        "id": d["_id"], "email": d["email"], "name": d["name"], "age": d["age"], "score": d["score"], "joined": d["joined"],
        "role": Role(d["role"]), "active": d["active"], "bio": d["bio"], "org_id": d["org_id"], "org": shown,
    }  # fmt: skip
