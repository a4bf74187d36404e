"""From an entity to the text of its repository in MongoDB."""

from __future__ import annotations

from collections.abc import Sequence

from pkit_gen.backends.layout import entry, exploded, wrap
from pkit_gen.backends.mapping import Form, Mapping, table
from pkit_gen.backends.mongo.scalars import CODECS
from pkit_gen.backends.mongo.schemas import document_key, index_name, optional_types, validator
from pkit_gen.backends.paths import Path, is_sortable
from pkit_gen.backends.relations import indexed_argument, relation_arguments
from pkit_gen.backends.repositories import RepositoryView, repository_view
from pkit_gen.ir.model import Entity, Schema, UniqueIndex
from pkit_gen.literals import literal


def _dict(keys: Sequence[str], values: Sequence[str]) -> str:
    return f"{{{', '.join(f'{key}: {value}' for key, value in zip(keys, values, strict=True))}}}"


DOCUMENT = Form("document", lambda _position, field: literal(document_key(field.name)), _dict)


def mongo_view(schema: Schema, entity: Entity) -> RepositoryView:
    """Return the view of an entity's `mongo.py`."""
    mapping = Mapping(schema, entity, "mongo", CODECS, DOCUMENT, ("_VALIDATOR",))
    fields = mapping.fields(lambda path: (mapping.value_type(path.type), _at(path)))
    schema_of_documents = wrap(literal(validator(entity)), prefix="_VALIDATOR: mongo.Document = ")
    return repository_view(mapping, "in MongoDB", (fields, schema_of_documents, _entity(mapping)))


def _at(path: Path) -> str:
    return literal(".".join((document_key(path.keys[0]), *path.keys[1:])))


def _entity(mapping: Mapping) -> str:
    """Return the assignment of what the repository's base class needs to know."""
    schema, entity = mapping.schema, mapping.entity
    cls = mapping.imports.name(entity.ref)
    arguments = [
        f"key={literal(entity.key)}",
        f"collection={literal(entity.collection)}",
        "fields=_FIELDS",
        "to_document=_to_document",
        "from_document=_from_document",
        table("encode", mapping.encoders()),
        table("decode", mapping.decoders(is_sortable)),
        "validator=_VALIDATOR",
        *_unique(entity),
        *relation_arguments(schema, entity),
        *indexed_argument(schema, entity),
    ]
    return exploded(f"_ENTITY: mongo.Entity[{cls}] = mongo.Entity(", arguments, ")")


def _unique(entity: Entity) -> list[str]:
    rows = [f"{literal(index.name)}: {_unique_call(entity, index)}" for index in entity.unique]
    return [entry(f"{{{', '.join(rows)}}}", prefix="unique=", indent=4)] if rows else []


def _unique_call(entity: Entity, index: UniqueIndex) -> str:
    optional = optional_types(entity, index)
    arguments = [literal(index_name(index)), literal(index.fields)]
    arguments += ["lower=True"] * index.lower
    arguments += [f"optional={literal(optional)}"] if optional else []
    return f"mongo.Unique({', '.join(arguments)})"
