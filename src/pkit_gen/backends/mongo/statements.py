"""The collections of a schema as statements of mongosh."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from typing import Any, cast

from pkit_gen.backends.mongo.schemas import Document, indexes, validator
from pkit_gen.ir.model import Database, Entity, Schema


def schema_text(schema: Schema) -> str:
    """Return the statements that make the collections that can live in MongoDB: each with its validator and its indexes.

    >>> print(schema_text(schema))
    db.createCollection("users", {"validator": {"$jsonSchema": {...}}})
    db.getCollection("users").createIndex({"email": 1}, {"name": "uniq_email", "unique": true})
    """
    stored = (entity for entity in schema.entities if entity.database in (None, Database.MONGO))
    return "\n\n".join("\n".join(_statements(schema, entity)) for entity in stored)


def _statements(schema: Schema, entity: Entity) -> Iterator[str]:
    collection = json.dumps(entity.collection)
    options: Document = {"validator": {"$jsonSchema": validator(entity)}}
    yield f"db.createCollection({collection}, {_spelled(options)})"
    for index in indexes(schema, entity):
        options = {name: value for name, value in index.items() if name != "key"}
        yield f"db.getCollection({collection}).createIndex({_spelled(index['key'])}, {_spelled(options)})"


def _spelled(value: Any) -> str:
    """Return a value in JavaScript."""
    match value:
        case dict():
            items = cast(Document, value).items()
            return f"{{{', '.join(f'{json.dumps(key)}: {_spelled(item)}' for key, item in items)}}}"
        case list():
            return f"[{', '.join(_spelled(item) for item in cast(list[object], value))}]"
        case bytes():
            return f'BinData(0, "{b64encode(value).decode()}")'
        case datetime():
            return f'ISODate("{value.isoformat()}")'
        case _:
            return json.dumps(value)  # which spells infinities as JavaScript does
