"""A diagram: a box per entity, a line per pair of fields that relations go over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pkit_gen.backends.python import Imports, annotation
from pkit_gen.backends.relations import Hop, hops
from pkit_gen.ir.model import Entity, Field, ForwardRelation, ListRelation, Relation, Schema, ThroughRelation
from pkit_gen.ir.types import is_optional


@dataclass(frozen=True, slots=True)
class Row:
    """A field of a box. `keys` are of PK, FK and UK; a unique index over several fields gives UK to each of them."""

    name: str
    type: str
    optional: bool
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """An entity: its key, its fields, and the database that it is pinned to."""

    key: str
    rows: tuple[Row, ...]
    database: str | None


@dataclass(frozen=True, slots=True)
class Line:
    """A reference: `field` of `holder` holds the `target_field` of `target`, or several of them.

    `single`: one holder at most has a given value; `optional`: a holder may have none. `names` are those of the relations that go over it,
    `across` tells whether the ends live in different databases.
    """

    holder: str
    field: str
    target: str
    target_field: str
    single: bool
    array: bool
    optional: bool
    across: bool
    names: tuple[str, ...]

    @property
    def label(self) -> str:
        """Return the names of the relations, those that lead forward first."""
        return " / ".join(self.names)


@dataclass(frozen=True, slots=True)
class Diagram:
    """What is drawn: boxes by key, lines by their holder and field."""

    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]


def diagram(schema: Schema) -> Diagram:
    """Return the diagram of a schema."""
    names: dict[tuple[str, str, str, str], list[str]] = {}
    for entity in schema.entities:
        for relation in entity.relations:
            first, *others = _ends(entity, relation)
            named = names.setdefault(first, [])
            named.insert(0 if first[0] == entity.key else len(named), _name(relation))
            for end in others:
                names.setdefault(end, [])
    lines = tuple(_line(schema, *end, tuple(dict.fromkeys(names[end]))) for end in sorted(names))
    held = {(line.holder, line.field) for line in lines}
    return Diagram(tuple(_box(entity, held) for entity in schema.entities), lines)


def _name(relation: Relation) -> str:
    return f"{relation.name} (to {relation.target})" if isinstance(relation, ThroughRelation) else relation.name


def _ends(entity: Entity, relation: Relation) -> Iterator[tuple[str, str, str, str]]:
    """Yield per hop its holder and field, and its target and field: what refers, and what is referred to."""
    way = hops(entity, relation)
    first, *others = way
    if isinstance(relation, (ForwardRelation, ListRelation)):
        yield _forward(first)
    else:
        yield (first.target, first.remote, first.source, first.local)
    yield from map(_forward, others)


def _forward(hop: Hop) -> tuple[str, str, str, str]:
    return (hop.source, hop.local, hop.target, hop.remote)


def _line(schema: Schema, holder: str, field: str, target: str, target_field: str, names: tuple[str, ...]) -> Line:
    here, there = schema.entity(holder), schema.entity(target)
    held = here.field(field)
    array = any(isinstance(r, ListRelation) and r.local_field == field for r in here.relations)
    across = here.database != there.database
    optional = is_optional(held.type)
    return Line(holder, field, target, target_field, _is_unique(here, field), array, optional, across, names)


def _is_unique(entity: Entity, field: str) -> bool:
    return field == "id" or any(index.fields == (field,) for index in entity.unique)


def _box(entity: Entity, held: set[tuple[str, str]]) -> Box:
    unique = {name for index in entity.unique for name in index.fields}
    database = entity.database.value if entity.database else None
    return Box(entity.key, tuple(_row(entity, field, held, unique) for field in entity.fields), database)


def _row(entity: Entity, field: Field, held: set[tuple[str, str]], unique: set[str]) -> Row:
    is_key = {"PK": field.name == "id", "FK": (entity.key, field.name) in held, "UK": field.name in unique}
    spelled = annotation(field.type, Imports()).removesuffix(" | None")
    keys = tuple(key for key, is_it in is_key.items() if is_it)
    return Row(field.name, spelled, is_optional(field.type), keys)
