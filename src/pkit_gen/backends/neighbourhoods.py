"""The part of a schema that the files of one entity are made from, so that a change elsewhere does not touch them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from pkit_gen.ir.model import Entity, Relation, Schema, ThroughRelation


def neighbourhoods(schema: Schema) -> Iterator[tuple[Entity, Schema]]:
    """Yield each entity with the part of the schema around it: the entities that its relations lead to, to the depth of paths, and those
    whose relations lead to it. The sources, which are of the whole, are left out.
    """
    referring = _referring(schema)
    for entity in schema.entities:
        keys = _reached(schema, entity) | referring[entity.key]
        around = tuple(schema.entity(key) for key in sorted(keys))
        yield entity, Schema(around, (), schema.path_depth)


def _referring(schema: Schema) -> defaultdict[str, set[str]]:
    """Return by key the entities whose relations lead to it."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for entity in schema.entities:
        for key in _targets(entity):
            found[key].add(entity.key)
    return found


def _reached(schema: Schema, entity: Entity) -> set[str]:
    reached = ahead = {entity.key}
    for _ in range(max(1, schema.path_depth)):
        ahead = {target for key in ahead for target in _targets(schema.entity(key))} - reached
        reached = reached | ahead
    return reached


def _targets(entity: Entity) -> Iterator[str]:
    return (key for relation in entity.relations for key in _ends(relation))


def _ends(relation: Relation) -> tuple[str, ...]:
    return (relation.target, relation.through) if isinstance(relation, ThroughRelation) else (relation.target,)
