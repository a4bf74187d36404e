"""The intermediate representation: what the user's declarations mean, checked, sorted and resolved.

Values are frozen and refer to each other by key, so they compare, hash and print. Places ride along for diagnostics and do not count in
comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TypeAlias

from pkit_gen.ir.types import FieldType
from pkit_gen.source import ClassRef, Place


class Database(Enum):
    """A database that an entity can live in."""

    MEMORY = "memory"
    MONGO = "mongo"
    POSTGRES = "postgres"


@dataclass(frozen=True, slots=True)
class Field:
    """A stored field. `has_default` tells whether a missing column could be filled by the class itself."""

    name: str
    type: FieldType
    has_default: bool
    init: bool
    kw_only: bool
    place: Place = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ExcludedField:
    """A field of the dataclass that is not stored; it reads back as its default."""

    name: str
    init: bool


@dataclass(frozen=True, slots=True)
class UniqueIndex:
    """A unique index. `name` is the registration's, `suffix` the end of the generated method (`get_by_<suffix>`)."""

    name: str
    fields: tuple[str, ...]
    lower: bool  # case-insensitive; then there is one field, of text
    suffix: str
    place: Place = field(compare=False, repr=False)

    @property
    def parameters(self) -> list[str]:
        """Return what the methods of the index call its values: `value`, or the fields, none called as what the signature has already."""
        if len(self.fields) == 1:
            return ["value"]
        return [f"{name}_" if name in ("self", "excluding") else name for name in self.fields]


@dataclass(frozen=True, slots=True)
class ForwardRelation:
    """To-one: the row of `target` whose `target_field` (the id, or a unique field) equals `local_field`."""

    name: str
    target: str
    local_field: str
    target_field: str
    optional: bool  # local_field may be None
    same_database: bool
    place: Place = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ListRelation:
    """To-many by a collection of keys: `local_field` holds values of `target_field` of `target`."""

    name: str
    target: str
    local_field: str
    target_field: str
    optional: bool
    same_database: bool
    place: Place = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ReverseRelation:
    """The rows of `target` whose `target_field` equals `local_field`: many, or at most one."""

    name: str
    target: str
    local_field: str
    target_field: str
    many: bool
    same_database: bool
    place: Place = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ThroughRelation:
    """Many-to-many over the rows of `through`: its `source_field` equals our `source_by`, its `target_field` the target's `target_by`."""

    name: str
    target: str
    through: str
    source_field: str
    source_by: str
    target_field: str
    target_by: str
    same_database: bool
    place: Place = field(compare=False, repr=False)


Relation: TypeAlias = ForwardRelation | ListRelation | ReverseRelation | ThroughRelation


@dataclass(frozen=True, slots=True)
class View:
    """A declared view: relation paths that are populated (prefixes included, sorted) and top-level fields that are left out."""

    name: str
    include: tuple[str, ...]
    exclude: tuple[str, ...]
    place: Place = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Entity:
    """A registered dataclass.

    `name` is the key in CamelCase and begins every generated class name; `module` is the key as a Python name: the folder and the member
    of the container. `fields` are the stored ones in the dataclass's order; the id is among them.
    `constructor`: rebuilt by calling the class, else by setting attributes.
    """

    key: str
    name: str
    module: str
    ref: ClassRef
    collection: str
    database: Database | None
    fields: tuple[Field, ...]
    excluded: tuple[ExcludedField, ...]
    unique: tuple[UniqueIndex, ...]
    relations: tuple[Relation, ...]
    views: tuple[View, ...]
    constructor: bool
    docstring: str | None
    place: Place = field(compare=False, repr=False)

    def field(self, name: str) -> Field:
        """Return the stored field of that name; KeyError when there is none."""
        for candidate in self.fields:
            if candidate.name == name:
                return candidate
        raise KeyError(name)

    @property
    def id(self) -> Field:
        """Return the field called `id`."""
        return self.field("id")


@dataclass(frozen=True)
class Schema:
    """Every entity, sorted by key, and what the whole output shares."""

    entities: tuple[Entity, ...]
    sources: tuple[str, ...]  # module names, sorted
    path_depth: int

    @property
    def packages(self) -> list[str]:
        """The top-level packages that the sources are in, sorted."""
        return sorted({source.partition(".")[0] for source in self.sources})

    def entity(self, key: str) -> Entity:
        """Return the entity of that key; KeyError when there is none."""
        return self._by_key[key]

    @cached_property
    def _by_key(self) -> dict[str, Entity]:
        return {entity.key: entity for entity in self.entities}
