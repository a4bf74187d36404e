"""Foreign keys: those of an entity, and those that refer to it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pkit_gen.backends.postgres.columns import column
from pkit_gen.backends.postgres.identifiers import Names, quoted
from pkit_gen.ir.model import Database, Entity, ForwardRelation, Schema


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: `field` of `source` refers to a `target`, entities by key. `definition` is empty in the target's own list."""

    name: str
    source: str
    field: str
    target: str
    definition: str = ""


def stored(schema: Schema) -> tuple[Entity, ...]:
    """Return the entities that may live in PostgreSQL."""
    return tuple(entity for entity in schema.entities if is_stored(entity))


def is_stored(entity: Entity) -> bool:
    """Return whether an entity may live in PostgreSQL."""
    return entity.database in (None, Database.POSTGRES)


def foreign_keys(entity: Entity) -> tuple[ForwardRelation, ...]:
    """Return the relations of an entity that are foreign keys: one per field and target."""
    direct = [r for r in entity.relations if isinstance(r, ForwardRelation) and r.same_database]
    return tuple({(r.local_field, r.target, r.target_field): r for r in direct}.values())


def references(schema: Schema, entity: Entity, names: Names) -> tuple[Reference, ...]:
    """Return the foreign keys of an entity, then those of others that refer to it."""
    own = [_own(schema, entity, relation, names) for relation in foreign_keys(entity)]
    return (*own, *_incoming(schema, entity, names))


def _own(schema: Schema, entity: Entity, relation: ForwardRelation, names: Names) -> Reference:
    name, target = names.reference(entity, relation), schema.entity(relation.target)
    definition = (
        f"FOREIGN KEY ({column(relation.local_field)}) "
        f"REFERENCES {quoted(target.collection)}({column(relation.target_field)})"
    )
    return Reference(name, entity.key, relation.local_field, target.key, definition)


def _incoming(schema: Schema, entity: Entity, names: Names) -> Iterator[Reference]:
    for other in stored(schema):
        for relation in foreign_keys(other):
            if relation.target == entity.key and other.key != entity.key:
                yield Reference(names.reference(other, relation), other.key, relation.local_field, entity.key)


def is_circular(schema: Schema, relation: ForwardRelation, source: Entity) -> bool:
    """Return whether a foreign key of `source` to another table is one of several that lead back to it."""
    seen: set[str] = set()
    ahead = [relation.target]
    while ahead:
        key = ahead.pop()
        if key not in seen:
            seen.add(key)
            ahead += [onward.target for onward in foreign_keys(schema.entity(key)) if onward.target != key]
    return relation.target != source.key and source.key in seen
