"""The statements that create the whole schema, as `create_schema()` sends them to an empty database."""

from __future__ import annotations

from collections.abc import Iterator

from pkit_gen.backends.neighbourhoods import neighbourhoods
from pkit_gen.backends.postgres.columns import column, constraints, is_array, sql_type
from pkit_gen.backends.postgres.identifiers import Names, quoted
from pkit_gen.backends.postgres.references import is_stored, references
from pkit_gen.backends.postgres.statements import keys
from pkit_gen.backends.relations import relation_fields
from pkit_gen.ir.model import Entity, Schema


def schema_text(schema: Schema) -> str:
    """Return the DDL of the entities that may live in PostgreSQL: tables, then indexes, then foreign keys, which may go in circles."""
    names = Names.of(schema)
    entities = [(entity, part) for entity, part in neighbourhoods(schema) if is_stored(entity)]
    statements = [
        *(_table(entity, names) for entity, _ in entities),
        *(statement for entity, part in entities for statement in _indexes(part, entity, names)),
        *(statement for entity, part in entities for statement in _references(part, entity, names)),
    ]
    return "\n\n".join(f"{statement};" for statement in statements)


def _table(entity: Entity, names: Names) -> str:
    lines = [f"{column(field.name)} {sql_type(field.type)} {constraints(field)}".rstrip() for field in entity.fields]
    key = f"CONSTRAINT {quoted(names.primary_key(entity))} PRIMARY KEY ({column('id')})"
    inside = ",\n    ".join([*lines, key])
    return f"CREATE TABLE {quoted(entity.collection)} (\n    {inside}\n)"


def _indexes(schema: Schema, entity: Entity, names: Names) -> Iterator[str]:
    table = quoted(entity.collection)
    for index in entity.unique:
        yield f"CREATE UNIQUE INDEX {quoted(names.unique(entity, index))} ON {table} ({', '.join(keys(index))})"
    for name in relation_fields(schema, entity):
        method = "gin" if is_array(entity.field(name).type) else "btree"
        yield f"CREATE INDEX {quoted(names.index(entity, name))} ON {table} USING {method} ({column(name)})"


def _references(schema: Schema, entity: Entity, names: Names) -> Iterator[str]:
    for reference in references(schema, entity, names):
        if reference.definition:
            yield f"ALTER TABLE {quoted(entity.collection)} ADD CONSTRAINT {quoted(reference.name)} {reference.definition}"
