"""Creating indexes and validators, and telling what stands in their way."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from pymongo import UpdateOne
from pymongo.errors import OperationFailure

from pkit.errors import SchemaMismatch
from pkit.mongo.driver import CODEC_OPTIONS, Collection, Database, settled
from pkit.mongo.entity import DOCUMENT_ID, Document, Entity, document_key, lower_key
from pkit.mongo.failures import DUPLICATE_KEY
from pkit.text import lower

_NAMESPACE_NOT_FOUND, _NAMESPACE_EXISTS = 26, 48
_CONFLICTS = frozenset({67, 85, 86})  # CannotCreateIndex, IndexOptionsConflict, IndexKeySpecsConflict
_SHOWN = 5
_BATCH = 1000
_OPTIONS = ("unique", "partialFilterExpression", "sparse", "collation", "expireAfterSeconds", "hidden")


@dataclass(frozen=True, slots=True)
class _Index:
    """An index as it shall be. `fields` are those of the entity."""

    name: str
    keys: tuple[str, ...]
    fields: tuple[str, ...]
    unique: bool = False
    partial: Mapping[str, Any] | None = None

    @property
    def specification(self) -> Document:
        """Return what the server is told."""
        options: Document = {"unique": True} if self.unique else {}
        partial = {"partialFilterExpression": self.partial} if self.partial else {}
        return {"key": dict.fromkeys(self.keys, 1), "name": self.name, **options, **partial}


async def create(database: Database, entities: Sequence[Entity[Any]], *, validators: bool) -> None:
    """Create what is missing for the entities. Raises SchemaMismatch, which lists every difference."""
    differences: list[str] = []
    for entity in entities:
        await _fill_lower_keys(database[entity.collection], entity)
        differences += await _create_indexes(database, entity)
        if validators:
            differences += await _install_validator(database, entity)
    if differences:
        raise SchemaMismatch(differences)


def indexes(entity: Entity[Any]) -> tuple[_Index, ...]:
    """Return the indexes of an entity: the unique ones, then those that relations go over."""
    unique = [
        _Index(index.name, index.keys, index.fields, True, index.partial)
        for index in entity.unique.values()
        if index.keys != (DOCUMENT_ID,)
    ]
    plain = [_Index(f"idx_{name}", (document_key(name),), (name,)) for name in entity.indexed]
    return (*unique, *plain)


async def _fill_lower_keys(collection: Collection, entity: Entity[Any]) -> None:
    """Add the keys in lower case to documents that were written without."""
    for name in {name for index in entity.unique.values() if index.lower for name in index.fields}:
        wanted = {name: {"$type": "string"}, lower_key(name): {"$exists": False}}
        while documents := await collection.find(wanted, {name: 1}, limit=_BATCH).to_list(None):
            await collection.bulk_write(
                [
                    UpdateOne(
                        {DOCUMENT_ID: document[DOCUMENT_ID], name: document[name]},
                        {"$set": {lower_key(name): lower(document[name])}},
                    )
                    for document in documents
                ],
                session=None,
            )


async def _create_indexes(database: Database, entity: Entity[Any]) -> list[str]:
    wanted = indexes(entity)
    existing = await _existing(database, entity.collection)
    found = [await _create_index(database, entity, index, existing) for index in wanted]
    return [difference for difference in found if difference is not None]


async def _existing(database: Database, collection: str) -> Sequence[Mapping[str, Any]]:
    try:
        reply = await database.command("listIndexes", collection, codec_options=CODEC_OPTIONS)
    except OperationFailure as error:
        if error.code == _NAMESPACE_NOT_FOUND:
            return []
        raise
    return cast(Sequence[Mapping[str, Any]], reply["cursor"]["firstBatch"])


async def _create_index(
    database: Database, entity: Entity[Any], index: _Index, existing: Sequence[Mapping[str, Any]]
) -> str | None:
    """Create an index unless it exists; return what stands in the way, if anything does."""
    wanted = index.specification
    if any(_same(wanted, found) for found in existing):
        return None
    if any(found["name"] == index.name for found in existing):
        return _other_options(entity, index)
    try:
        await database.command("createIndexes", entity.collection, indexes=[wanted])
    except OperationFailure as error:
        if error.code == DUPLICATE_KEY:
            return await _duplicates(database[entity.collection], entity, index)
        if error.code in _CONFLICTS:
            return _other_options(entity, index)
        raise
    return None


def _same(wanted: Mapping[str, Any], found: Mapping[str, Any]) -> bool:
    if list(wanted["key"].items()) != list(dict(found["key"]).items()):
        return False
    return all(wanted.get(option) == (found.get(option) or None) for option in _OPTIONS)


def _other_options(entity: Entity[Any], index: _Index) -> str:
    return (
        f"{entity.collection}: the index {index.name!r} is to be {_spelled(index)}, and there is another one of its name or keys; "
        f"drop that: db.getCollection({json.dumps(entity.collection)}).dropIndex({json.dumps(index.name)})"
    )


def _spelled(index: _Index) -> str:
    options = ("unique, " if index.unique else "", ", where those are present" if index.partial else "")
    return f"{options[0]}over {', '.join(index.keys)}{options[1]}"


async def _duplicates(collection: Collection, entity: Entity[Any], index: _Index) -> str:
    group = {f"k{number}": f"${key}" for number, key in enumerate(index.keys)}
    pipeline: list[Mapping[str, Any]] = [
        {"$match": index.partial or {}},
        {"$group": {"_id": group, "ids": {"$push": "$_id"}}},
        {"$match": {"ids.1": {"$exists": True}}},
        {"$limit": _SHOWN},
        {"$project": {"ids": {"$slice": ["$ids", _SHOWN]}}},
    ]
    groups = await (await settled(collection.aggregate(pipeline, allowDiskUse=True))).to_list(None)
    shown = "; ".join(" and ".join(str(entity_id) for entity_id in group["ids"]) for group in groups)
    return (
        f"{entity.collection}: the index {index.name!r} cannot be unique, because documents have the same "
        f"{' and '.join(index.fields)}: those with the ids {shown}; change or delete all but one of each"
    )


async def _install_validator(database: Database, entity: Entity[Any]) -> list[str]:
    wanted = {"$jsonSchema": entity.validator}
    reply = await database.command("listCollections", filter={"name": entity.collection})
    found = cast(Sequence[Mapping[str, Any]], reply["cursor"]["firstBatch"])
    if not found:
        await database.command("create", entity.collection, validator=wanted)
        return []
    existing = found[0].get("options", {}).get("validator")
    if existing and existing != wanted:
        name = json.dumps(entity.collection)
        return [
            f"{entity.collection}: there is another validator; remove it, and run this again: "
            f"db.runCommand({{collMod: {name}, validator: {{}}}})"
        ]
    await database.command("collMod", entity.collection, validator=wanted)
    return []
