"""The shapes of views: which entities have them, what may be included, and the classes of each declared view."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pkit_gen.backends.relations import is_many
from pkit_gen.ir.model import Entity, Relation, Schema, View
from pkit_gen.ir.types import has_records


def has_views(entity: Entity) -> bool:
    """Return whether an entity has a view repository: it has relations, or declares views."""
    return bool(entity.relations or entity.views)


def viewed(schema: Schema) -> list[Entity]:
    """Return the entities that have a view repository."""
    return [entity for entity in schema.entities if has_views(entity)]


def is_shown_straight(schema: Schema, entity: Entity) -> bool:
    """Return whether views show an entity that need not be built for that: what they show is what it is built from."""
    shown = has_views(entity) or any(r.target == entity.key for other in schema.entities for r in other.relations)
    return shown and entity.constructor and not any(has_records(field.type) for field in entity.fields)


def include_paths(schema: Schema, entity: Entity) -> list[str]:
    """Return the paths of relations that callers may include."""
    return list(_paths(schema, entity, "", schema.path_depth))


def _paths(schema: Schema, entity: Entity, prefix: str, depth: int) -> Iterator[str]:
    for relation in entity.relations if depth else ():
        yield f"{prefix}{relation.name}"
        yield from _paths(schema, schema.entity(relation.target), f"{prefix}{relation.name}.", depth - 1)


def declared_name(entity: Entity, view: View) -> str:
    """Return the name of a declared view's class."""
    return entity.name + camel_case(view.name)


@dataclass(frozen=True, slots=True)
class Member:
    """A relation that a view includes: its name, the class of its rows, and whether they are many."""

    name: str
    type: str
    many: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """A class of a declared view: what it shows of `entity`, and the relations below it. `exclude`: fields that it leaves out."""

    name: str
    entity: Entity
    members: tuple[Member, ...]
    exclude: tuple[str, ...] = ()


def shapes(schema: Schema, entity: Entity, view: View) -> list[Shape]:
    """Return the classes of a declared view, each after those that it refers to."""
    own = declared_name(entity, view)
    inner = {path for path in view.include if any(other.startswith(f"{path}.") for other in view.include)}
    ordered = sorted(inner, key=lambda path: (-path.count("."), path))
    found = [_shape(schema, entity, view, path, own) for path in ordered]
    return [*found, Shape(own, entity, _members(schema, entity, view, "", own), view.exclude)]


def _shape(schema: Schema, entity: Entity, view: View, path: str, own: str) -> Shape:
    here = _at(schema, entity, path)
    return Shape(_name(own, path), here, _members(schema, here, view, f"{path}.", own))


def _members(schema: Schema, entity: Entity, view: View, prefix: str, own: str) -> tuple[Member, ...]:
    return tuple(
        Member(relation.name, _type(schema, relation, view, f"{prefix}{relation.name}", own), is_many(relation))
        for relation in entity.relations
        if f"{prefix}{relation.name}" in view.include
    )


def _type(schema: Schema, relation: Relation, view: View, path: str, own: str) -> str:
    if any(other.startswith(f"{path}.") for other in view.include):
        return _name(own, path)
    return f"{schema.entity(relation.target).name}Fields"


def _name(own: str, path: str) -> str:
    return own + "".join(camel_case(step) for step in path.split("."))


def camel_case(name: str) -> str:
    """Return a name in CamelCase, as the names of classes are checked for collisions."""
    return "".join(word[0].upper() + word[1:] for word in name.split("_") if word)


def _at(schema: Schema, entity: Entity, path: str) -> Entity:
    for step in path.split("."):
        relation = next(relation for relation in entity.relations if relation.name == step)
        entity = schema.entity(relation.target)
    return entity
