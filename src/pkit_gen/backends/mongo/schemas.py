"""The collections of a schema as data: the indexes of each, and the JSON schema of its documents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, TypeAlias, assert_never

from pkit_gen.backends.mongo.scalars import BSON_TYPES
from pkit_gen.backends.relations import relation_fields
from pkit_gen.ir.model import Entity, Schema, UniqueIndex
from pkit_gen.ir.types import (
    ArrayKind,
    ArrayType,
    DictType,
    EnumType,
    FieldType,
    JsonType,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordField,
    RecordType,
    ScalarType,
    TupleType,
    TypedDictType,
    is_optional,
    strip,
)

Document: TypeAlias = dict[str, Any]


LEAST: dict[str, Any] = {
    "string": "",
    "number": float("-inf"),
    "bool": False,
    "date": datetime.min.replace(tzinfo=UTC),
    "binData": b"",
}
"""Per BSON type, what no value comes before, as in `pkit.mongo.entity`."""


def document_key(name: str) -> str:
    """Return the key that holds a field in documents."""
    return "_id" if name == "id" else name


def index_name(index: UniqueIndex) -> str:
    """Return what a unique index is called in the database."""
    return f"uniq_{index.name}"


def optional_types(entity: Entity, index: UniqueIndex) -> Document:
    """Return, by field, the BSON types of what is there, for the fields of an index that may be absent."""
    types = {name: entity.field(name).type for name in index.fields}
    return {name: bson_type(type_) for name, type_ in types.items() if is_optional(type_)}


def bson_type(type_: FieldType) -> str:
    """Return what `$type` calls the stored values of a type."""
    match type_:
        case OptionalType(item=item) | NamedType(item=item):
            return bson_type(item)
        case ScalarType(scalar=scalar) | EnumType(base=scalar) | LiteralType(base=scalar):
            return BSON_TYPES[scalar]
        case ArrayType() | ListType() | TupleType():
            return "array"
        case RecordType() | TypedDictType() | DictType():
            return "object"
        case JsonType(spelling=spelling):
            return "array" if spelling in ("list", "Sequence") else "object"
        case _:
            assert_never(type_)


def validator(entity: Entity) -> Document:
    """Return the JSON schema of an entity's documents. Other keys than the fields' are allowed."""
    properties = {document_key(field.name): property_of(field.type) for field in entity.fields}
    required = [document_key(field.name) for field in entity.fields if not is_optional(field.type)]
    return {"bsonType": "object", "required": required, "properties": properties}


def property_of(type_: FieldType) -> Document:
    """Return the JSON schema of a value of a type."""
    if is_optional(type_):
        return _or_null(property_of(strip(type_)))
    stripped = strip(type_)
    match stripped:
        case EnumType(flag=False, members=members):
            return {"enum": [value for _, value in members]}
        case LiteralType(values=values):
            return {"enum": [*values]}
        case ScalarType() | EnumType():
            return {"bsonType": bson_type(stripped)}
        case ArrayType(kind=kind, item=item) | ListType(kind=kind, item=item):
            unique: Document = {"uniqueItems": True} if kind in (ArrayKind.SET, ArrayKind.FROZENSET) else {}
            return {"bsonType": "array", "items": property_of(item), **unique}
        case TupleType(items=items):
            return {"bsonType": "array", "minItems": len(items), "maxItems": len(items)}
        case DictType(value=value):
            return {"bsonType": "object", "additionalProperties": property_of(value)}
        case RecordType(fields=fields) | TypedDictType(items=fields):
            return _record(fields)
        case JsonType(spelling="Any"):
            return {}
        case JsonType():
            return {"bsonType": bson_type(stripped)}
        case OptionalType() | NamedType():
            raise AssertionError("a stripped type is neither")
        case _:
            assert_never(stripped)


def _or_null(schema: Document) -> Document:
    if "enum" in schema:
        return {"enum": [*schema["enum"], None]}
    return {**schema, "bsonType": [schema["bsonType"], "null"]} if "bsonType" in schema else schema


def _record(fields: tuple[RecordField, ...]) -> Document:
    required = [field.name for field in fields if field.required]
    properties = {field.name: property_of(field.type) for field in fields}
    return {"bsonType": "object", **({"required": required} if required else {}), "properties": properties}


def indexes(schema: Schema, entity: Entity) -> list[Document]:
    """Return the specifications of an entity's indexes, as `createIndexes` takes them."""
    unique = [_unique(entity, index) for index in entity.unique if index.fields != ("id",)]
    plain = [{"key": {name: 1}, "name": f"idx_{name}"} for name in relation_fields(schema, entity)]
    return [*unique, *plain]


def _unique(entity: Entity, index: UniqueIndex) -> Document:
    keys = {name: f"lower({name})" if index.lower else document_key(name) for name in index.fields}
    partial = {keys[name]: {"$gte": LEAST[type_]} for name, type_ in optional_types(entity, index).items()}
    specification: Document = {"key": dict.fromkeys(keys.values(), 1), "name": index_name(index), "unique": True}
    return {**specification, "partialFilterExpression": partial} if partial else specification
