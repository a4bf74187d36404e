"""Random projects: entities with fields, unique indexes and relations, and their source text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from hypothesis import strategies as st

from machine.kinds import IDENTITIES, OTHERS, SCALARS, TEXT, UUIDS, Kind, list_of

Shape: TypeAlias = Literal["one", "list", "reverse", "through"]

IMPORTS = """from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv6Network
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from machine.vocabulary import Address, Code, Colour, Email, Level, Permission, Size, Status
"""


@dataclass(frozen=True)
class FieldSpec:
    """A field of an entity."""

    name: str
    kind: Kind
    optional: bool = False

    @property
    def values(self) -> st.SearchStrategy[Any]:
        return st.none() | self.kind.values if self.optional else self.kind.values


@dataclass(frozen=True)
class UniqueSpec:
    """A unique index."""

    name: str
    fields: tuple[str, ...]
    lower: bool = False

    @property
    def suffix(self) -> str:
        return "_and_".join(self.fields)


@dataclass(frozen=True)
class RelationSpec:
    """A relation: over `field` of the entity itself, of the target (reverse), or over two fields of `through`."""

    name: str
    shape: Shape
    target: str
    field: str
    through: str = ""
    target_field: str = ""

    def config(self) -> dict[str, object]:
        """Return what is registered."""
        match self.shape:
            case "one":
                return {"local_field": self.field, "target": self.target}
            case "list":
                return {"local_field": self.field, "target": self.target, "many": True}
            case "reverse":
                return {"target": self.target, "target_field": self.field, "many": True}
            case "through":
                over = {"through": self.through, "source_field": self.field, "target_field": self.target_field}
                return {"target": self.target, **over, "many": True}


@dataclass(frozen=True)
class EntitySpec:
    """An entity: its first field is the id."""

    key: str
    fields: tuple[FieldSpec, ...]
    unique: tuple[UniqueSpec, ...]
    relations: tuple[RelationSpec, ...]
    options: str

    @property
    def cls(self) -> str:
        return self.key.capitalize()

    def field(self, name: str) -> FieldSpec:
        return next(field for field in self.fields if field.name == name)


@dataclass(frozen=True)
class Project:
    """A host app."""

    entities: tuple[EntitySpec, ...]

    def entity(self, key: str) -> EntitySpec:
        return next(entity for entity in self.entities if entity.key == key)

    def entities_text(self) -> str:
        """Return the module of the dataclasses."""
        return "\n\n".join([IMPORTS, *map(_class, self.entities)])

    def bootstrap_text(self, package: str) -> str:
        """Return the module of the registrations."""
        calls = "".join(f"    register_entity({entity.key!r}, {_config(entity)})\n" for entity in self.entities)
        return (
            "from __future__ import annotations\n\nfrom pkit import register_entity\n\n"
            f"from {package} import entities\n\n\ndef register() -> None:\n{calls}"
        )


def _class(entity: EntitySpec) -> str:
    lines = [f"    {f.name}: {f.kind.annotation}{' | None' * f.optional}" for f in entity.fields]
    return "\n".join([f"@dataclass({entity.options})", f"class {entity.cls}:", *lines, ""])


def _config(entity: EntitySpec) -> str:
    unique = ", ".join(f"{index.name!r}: {_unique(index)}" for index in entity.unique)
    relations = {relation.name: relation.config() for relation in entity.relations}
    head = f"'entity': entities.{entity.cls}, 'collection': '{entity.key}_table'"
    return f"{{{head}, 'unique': {{{unique}}}, 'relations': {relations!r}}}"


def _unique(index: UniqueSpec) -> str:
    if index.lower:
        return f"lambda entity: entity.{index.fields[0]}.lower()"
    return repr(index.fields[0] if len(index.fields) == 1 else index.fields)


@st.composite
def projects(draw: st.DrawFn) -> Project:
    """Draw a project of one to three entities."""
    count = draw(st.integers(1, 3))
    ids = [draw(st.sampled_from((UUIDS, TEXT, *IDENTITIES))) for _ in range(count)]
    entities = [draw(_entities(number, ids)) for number in range(count)]
    return Project(tuple(_with_reverse(entity, entities, draw(st.booleans())) for entity in entities))


@st.composite
def _entities(draw: st.DrawFn, number: int, ids: list[Kind]) -> EntitySpec:
    kinds = draw(st.lists(st.sampled_from((*SCALARS, *OTHERS)), min_size=1, max_size=5))
    fields = [FieldSpec("id", ids[number])]
    fields += [FieldSpec(f"f{place}_{kind.name}", kind, draw(st.booleans())) for place, kind in enumerate(kinds)]
    relations = [draw(_relations(number, place, ids)) for place in range(draw(st.integers(0, 2)))]
    fields += [field for _, field in relations]
    unique = draw(_unique_indexes(fields))
    options = draw(st.sampled_from(["", "frozen=True", "slots=True", "kw_only=True", "frozen=True, slots=True"]))
    return EntitySpec(f"e{number}", tuple(fields), unique, tuple(relation for relation, _ in relations), options)


@st.composite
def _relations(draw: st.DrawFn, number: int, place: int, ids: list[Kind]) -> tuple[RelationSpec, FieldSpec]:
    target = draw(st.integers(0, len(ids) - 1))
    if draw(st.integers(0, 3)) == 0:
        field = FieldSpec(f"refs{place}", list_of(ids[target]), draw(st.booleans()))
        return RelationSpec(f"many{place}", "list", f"e{target}", field.name), field
    optional = target >= number or draw(st.booleans())  # else nothing could ever be added
    field = FieldSpec(f"ref{place}", ids[target], optional)
    return RelationSpec(f"one{place}", "one", f"e{target}", field.name), field


@st.composite
def _unique_indexes(draw: st.DrawFn, fields: list[FieldSpec]) -> tuple[UniqueSpec, ...]:
    names = [field.name for field in fields[1:] if field.kind.identity]
    if not names:
        return ()
    drawn = draw(
        st.lists(st.lists(st.sampled_from(names), min_size=1, max_size=2, unique=True), max_size=2, unique_by=tuple)
    )
    kinds = {field.name: field for field in fields}
    lower = draw(st.booleans())
    return tuple(
        UniqueSpec(f"u{place}", tuple(index), lower and len(index) == 1 and _lowers(kinds[index[0]]))
        for place, index in enumerate(drawn)
    )


def _lowers(field: FieldSpec) -> bool:
    return field.kind.annotation == "str" and not field.optional


def _with_reverse(entity: EntitySpec, entities: list[EntitySpec], wanted: bool) -> EntitySpec:
    """Return the entity with relations back from those that refer to it, and on to what they refer to besides."""
    if not wanted:
        return entity
    found: list[RelationSpec] = []
    for other in entities:
        ones = [relation for relation in other.relations if relation.shape == "one"]
        found += [
            RelationSpec(f"back_{other.key}_{one.name}", "reverse", other.key, one.field)
            for one in ones
            if one.target == entity.key
        ]
        if len(ones) == 2 and ones[0].target == entity.key:
            name = f"via_{other.key}"
            found.append(RelationSpec(name, "through", ones[1].target, ones[0].field, other.key, ones[1].field))
    return replace(entity, relations=(*entity.relations, *found))
