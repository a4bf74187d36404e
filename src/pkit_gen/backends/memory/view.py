"""From an entity to the text of its repository in memory."""

from __future__ import annotations

from pkit_gen.backends.layout import entry, exploded
from pkit_gen.backends.mapping import Mapping, table
from pkit_gen.backends.memory.scalars import CODECS
from pkit_gen.backends.paths import Path
from pkit_gen.backends.relations import indexed_argument, relation_arguments
from pkit_gen.backends.repositories import RepositoryView, repository_view
from pkit_gen.ir.model import Entity, ForwardRelation, Schema
from pkit_gen.literals import literal


def memory_view(schema: Schema, entity: Entity) -> RepositoryView:
    """Return the view of an entity's `memory.py`."""
    mapping = Mapping(schema, entity, "memory", CODECS)
    fields = mapping.fields(lambda path: (mapping.value_type(path.type), _at(entity, path)))
    return repository_view(mapping, "in memory", (fields, _entity(mapping)), awaits=False)


def _at(entity: Entity, path: Path) -> str:
    column = [field.name for field in entity.fields].index(path.keys[0])
    return literal((column, *path.keys[1:])) if len(path.keys) > 1 else str(column)


def _entity(mapping: Mapping) -> str:
    """Return the assignment of what the repository's base class needs to know."""
    schema, entity = mapping.schema, mapping.entity
    cls = mapping.imports.name(entity.ref)
    columns = literal(tuple(field.name for field in entity.fields))
    arguments = [
        f"key={literal(entity.key)}",
        entry(columns, prefix="columns=", indent=4),
        "fields=_FIELDS",
        "to_row=_to_row",
        "from_row=_from_row",
        table("encode", mapping.encoders()),
        *_unique(entity),
        *_references(entity),
        *relation_arguments(schema, entity),
        *indexed_argument(schema, entity),
    ]
    return exploded(f"_ENTITY: memory.Entity[{cls}] = memory.Entity(", arguments, ")")


def _unique(entity: Entity) -> list[str]:
    rows = [
        f"{literal(index.name)}: memory.Unique({literal(index.fields)}{', lower=True' * index.lower})"
        for index in entity.unique
    ]
    return [entry(f"{{{', '.join(rows)}}}", prefix="unique=", indent=4)] if rows else []


def _references(entity: Entity) -> list[str]:
    rows = [
        _reference(relation)
        for relation in entity.relations
        if isinstance(relation, ForwardRelation) and relation.same_database
    ]
    spelled = f"({', '.join(rows)}{',' * (len(rows) == 1)})"
    return [entry(spelled, prefix="references=", indent=4)] if rows else []


def _reference(relation: ForwardRelation) -> str:
    by = "" if relation.target_field == "id" else f", {literal(relation.target_field)}"
    return f"memory.Reference({literal(relation.local_field)}, {literal(relation.target)}{by})"
