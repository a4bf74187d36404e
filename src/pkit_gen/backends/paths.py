"""What criteria and sort keys can name: the fields of an entity, those of its nested dataclasses and, over relations, those of other
entities, by dotted path.

Every backend's table of fields is made from `paths`, the contract's types from `criteria_paths`. Over relations, `pkit.relations` makes the
same list at run time out of the tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pkit_gen.backends.relations import is_many, local_relations
from pkit_gen.ir.model import Entity, Schema
from pkit_gen.ir.types import (
    SCALARS,
    EnumType,
    FieldType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordType,
    Scalar,
    ScalarType,
    is_optional,
    strip,
)


@dataclass(frozen=True, slots=True)
class Path:
    """A field, or a field of a nested dataclass or of a related entity: `keys` are the steps to it.

    `type` is spelled as it was declared; `optional` tells whether the value can be absent, be it by itself or with what holds it.
    """

    keys: tuple[str, ...]
    type: FieldType
    optional: bool
    sortable: bool

    @property
    def name(self) -> str:
        """Return the path as criteria name it."""
        return ".".join(self.keys)


@dataclass(frozen=True, slots=True)
class ManyPath:
    """A relation to many, which criteria name with "some", "none" or "every"; `target` is the key of the entity that these speak of."""

    keys: tuple[str, ...]
    target: str

    @property
    def name(self) -> str:
        """Return the path as criteria name it."""
        return ".".join(self.keys)


def paths(entity: Entity) -> tuple[Path, ...]:
    """Return the paths within an entity in the order of its fields, each followed by those inside it."""
    return tuple(path for field in entity.fields for path in _field(field.name, field.type))


def criteria_paths(schema: Schema, entity: Entity) -> tuple[Path | ManyPath, ...]:
    """Return everything that criteria on an entity can name: what is in it, then what is over its relations, by their names."""
    return (*paths(entity), *_over_relations(schema, entity, (), schema.path_depth))


def sort_paths(schema: Schema, entity: Entity) -> tuple[Path, ...]:
    """Return what an entity can be sorted by."""
    return tuple(path for path in criteria_paths(schema, entity) if isinstance(path, Path) and path.sortable)


def _over_relations(schema: Schema, entity: Entity, keys: tuple[str, ...], depth: int) -> Iterator[Path | ManyPath]:
    for relation in local_relations(entity) if depth else ():
        here, target = (*keys, relation.name), schema.entity(relation.target)
        if is_many(relation):
            yield ManyPath(here, target.key)
        else:
            yield from (Path((*here, *p.keys), p.type, optional=True, sortable=p.sortable) for p in paths(target))
            yield from _over_relations(schema, target, here, depth - 1)


def _field(name: str, type_: FieldType) -> Iterator[Path]:
    yield Path((name,), type_, is_optional(type_), is_sortable(type_))
    yield from _inside((name,), type_, is_optional(type_))


def _inside(keys: tuple[str, ...], type_: FieldType, optional: bool) -> Iterator[Path]:
    record = strip(type_)
    if not isinstance(record, RecordType):
        return
    for field in record.fields:
        inner, absent = (*keys, field.name), optional or is_optional(field.type)
        if is_single(field.type):
            yield Path(inner, field.type, absent, sortable=False)
        yield from _inside(inner, field.type, absent)


def is_single(type_: FieldType) -> bool:
    """Return whether the type holds one value, which has no parts: a scalar, an enum or a Literal."""
    return isinstance(strip(type_), (ScalarType, EnumType, LiteralType))


def is_sortable(type_: FieldType) -> bool:
    """Return whether rows can be sorted by the type, and its distinct values be listed."""
    match strip(type_):
        case ScalarType(scalar=scalar):
            return SCALARS[scalar].sortable
        case EnumType() | LiteralType():
            return True
        case _:
            return False


def present(type_: FieldType) -> FieldType:
    """Return the type of the value when there is one: without None, keeping the names that do not stand for None too."""
    match type_:
        case OptionalType(item=item):
            return present(item)
        case NamedType(item=item) if is_optional(item):
            return present(item)
        case _:
            return type_


def is_text(type_: FieldType) -> bool:
    """Return whether a checker sees the type as str itself, be it by an alias."""
    match type_:
        case ScalarType(scalar=Scalar.TEXT, subclass=None):
            return True
        case NamedType(item=item, new_type=False):
            return is_text(item)
        case _:
            return False
