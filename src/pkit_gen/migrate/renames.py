"""The names that persistence-kit gave in PostgreSQL, and what takes their place."""

from __future__ import annotations

from collections.abc import Iterator

from pkit_gen.backends.postgres.identifiers import Names, quoted
from pkit_gen.backends.postgres.references import foreign_keys, stored
from pkit_gen.ir.model import Entity, Schema


def renames(schema: Schema) -> str:
    """Return the statements that give constraints and indexes of persistence-kit's tables the names that pkit looks for.

    Foreign keys are dropped; `create_schema()` adds its own. Each statement does nothing where there is nothing of that name.
    """
    names = Names.of(schema)
    lines = [line for entity in stored(schema) for line in _of_entity(schema, entity, names)]
    return "\n".join(["BEGIN;", *lines, "COMMIT;", ""])


def _of_entity(schema: Schema, entity: Entity, names: Names) -> Iterator[str]:
    table = quoted(entity.collection)
    old = quoted(f"{entity.collection}_pkey")
    yield f"ALTER INDEX IF EXISTS {old} RENAME TO {quoted(names.primary_key(entity))};"
    for index in entity.unique:
        old = quoted(f"uniq_{index.name}_{entity.collection}")
        yield f"ALTER INDEX IF EXISTS {old} RENAME TO {quoted(names.unique(entity, index))};"
    for relation in foreign_keys(entity):
        target = schema.entity(relation.target).collection
        old = quoted(f"fk_{entity.collection}_{relation.local_field}__{target}_{relation.target_field}")
        yield f"ALTER TABLE IF EXISTS {table} DROP CONSTRAINT IF EXISTS {old};"
