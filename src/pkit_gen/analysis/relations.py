"""Relations: which of the four kinds each one is, and that its ends fit.

The keys decide: with `through` it is many-to-many over the rows of another entity; with `target_field` it is reverse, many or at most one;
else it goes forward from `local_field`, to one row or, over a collection of keys with `many`, to several.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pkit_gen.analysis.indexes import describe, is_single_value
from pkit_gen.analysis.linking import Linked
from pkit_gen.analysis.naming import is_name
from pkit_gen.declarations import RelationDecl, Written
from pkit_gen.diagnostics.catalog import registrations as catalog
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import (
    Field,
    ForwardRelation,
    ListRelation,
    Relation,
    ReverseRelation,
    ThroughRelation,
    UniqueIndex,
)
from pkit_gen.ir.types import (
    SCALARS,
    ArrayType,
    EnumType,
    FieldType,
    ListType,
    LiteralType,
    Scalar,
    ScalarType,
    is_optional,
    strip,
)
from pkit_gen.source import ClassRef, Place


@dataclass(frozen=True)
class Side:
    """An entity as one end of a relation: its fields and its unique indexes."""

    linked: Linked
    unique: tuple[UniqueIndex, ...]

    def is_unique(self, field: str) -> bool:
        """Return whether at most one row has any given value of the field."""
        return field == "id" or any(index.fields == (field,) for index in self.unique)


@dataclass(frozen=True)
class Linking:
    """One relation while it is being resolved: where it is declared, and all entities that it may lead to."""

    declared: RelationDecl
    own: Side
    sides: Mapping[str, Side]
    diagnostics: Diagnostics

    @property
    def name(self) -> str:
        """Return the name, as Python would read the identifier."""
        return unicodedata.normalize("NFKC", self.declared.name.value)

    @property
    def place(self) -> Place:
        """Return where the relation is named."""
        return self.declared.name.place


def relations(own: Side, sides: Mapping[str, Side], diagnostics: Diagnostics) -> tuple[Relation, ...]:
    """Return the relations of an entity by name; wrong ones are reported and left out."""
    linkings = [Linking(declared, own, sides, diagnostics) for declared in own.linked.registration.relations]
    _check_doubles(own.linked.registration.key.value, linkings)
    resolved = (_relation(linking) for linking in linkings)
    return tuple(sorted((relation for relation in resolved if relation is not None), key=lambda found: found.name))


def _check_doubles(key: str, linkings: Sequence[Linking]) -> None:
    """Report names that differ as they are written, and not as Python reads them."""
    first: dict[str, Linking] = {}
    for linking in linkings:
        other = first.setdefault(linking.name, linking)
        if other is not linking:
            what, others = (f'relation "{each.declared.name.value}" of "{key}"' for each in (linking, other))
            report = catalog.generated_collision(linking.name, what, others, other.place, linking.place)
            linking.diagnostics.report(report)


def _relation(linking: Linking) -> Relation | None:
    named = _check_name(linking)
    if linking.declared.through is not None:
        relation: Relation | None = _through(linking, linking.declared.through)
    elif linking.declared.target_field is not None:
        relation = _reverse(linking, linking.declared.target_field)
    else:
        relation = _forward(linking)
    return relation if named else None


def _check_name(linking: Linking) -> bool:
    if not is_name(linking.name):
        linking.diagnostics.report(catalog.not_an_identifier("relation", linking.declared.name.value, linking.place))
        return False
    own = linking.own.linked
    field = next((field for field in own.registration.entity.fields if field.name == linking.name), None)
    if field is not None:
        report = catalog.relation_named_like_field(linking.name, own.class_name, field.place, linking.place)
        linking.diagnostics.report(report)
    return field is None


# --- the four kinds ---------------------------------------------------------------------------------------------------


def _forward(linking: Linking) -> ForwardRelation | ListRelation | None:
    declared = linking.declared
    for key, written in (
        ("source_field", declared.source_field),
        ("source_by", declared.source_by),
        ("target_by", declared.target_by),
    ):
        if written is not None:
            _clash(linking, key, written.place, 'without "through"', f'add "through", or remove "{key}"', None)
    target = _side(linking, "target", declared.target, "every relation")
    if declared.local_field is None:
        kind = 'a relation without "target_field" or "through"'
        linking.diagnostics.report(catalog.missing_relation_key(linking.name, "local_field", kind, linking.place))
        return None
    local = _field(linking, linking.own, "local_field", declared.local_field)
    remote = _unique_field(linking, target, "by", declared.by) if target else None
    if local is None or target is None or remote is None:
        return None
    return _forward_kind(linking, declared.local_field, local, target, remote)


def _forward_kind(
    linking: Linking, written: Written[str], local: Field, target: Side, remote: Field
) -> ForwardRelation | ListRelation | None:
    many = linking.declared.many is not None and linking.declared.many.value
    stored = strip(local.type)
    several = isinstance(stored, ArrayType | ListType)
    key = stored.item if isinstance(stored, ArrayType | ListType) else stored
    if several and not many:
        report = catalog.list_needs_many(linking.name, local.name, local.place, written.place)
        linking.diagnostics.report(report)
        return None
    if many and not several and is_single_value(local.type):
        place = linking.declared.many.place if linking.declared.many else linking.place
        linking.diagnostics.report(catalog.many_needs_list(linking.name, local.name, local.place, place))
        return None
    if not _is_key(linking, "local_field", written, key) or not _fits(linking, local, key, remote, written.place):
        return None
    kind = ListRelation if several else ForwardRelation
    optional, same = is_optional(local.type), _same_database(linking.own, target)
    return kind(linking.name, target.linked.key, local.name, remote.name, optional, same, linking.place)


def _reverse(linking: Linking, target_field: Written[str]) -> ReverseRelation | None:
    declared = linking.declared
    for key, written, reason in (
        ("by", declared.by, 'beside "target_field"'),
        ("source_field", declared.source_field, 'without "through"'),
        ("source_by", declared.source_by, 'without "through"'),
        ("target_by", declared.target_by, 'without "through"'),
    ):
        if written is not None:
            _clash(linking, key, written.place, reason, f'remove "{key}"', target_field.place)
    target = _side(linking, "target", declared.target, "every relation")
    local = _key_field(linking, linking.own, "local_field", declared.local_field)
    remote = _key_field(linking, target, "target_field", target_field) if target else None
    if local is None or target is None or remote is None:
        return None
    many = declared.many is not None and declared.many.value
    if not many and not target.is_unique(remote.name):
        report = catalog.not_unique(
            linking.name, "target_field", remote.name, target.linked.key, remote.place, target_field.place
        )
        linking.diagnostics.report(report)
        return None
    if not _fits(linking, local, local.type, remote, target_field.place):
        return None
    same = _same_database(linking.own, target)
    return ReverseRelation(linking.name, target.linked.key, local.name, remote.name, many, same, linking.place)


def _through(linking: Linking, through: Written[str]) -> ThroughRelation | None:
    declared = linking.declared
    _check_through_keys(linking, through)
    target = _side(linking, "target", declared.target, "every relation")
    middle = _side(linking, "through", through, "a through relation")
    for key, written in (("source_field", declared.source_field), ("target_field", declared.target_field)):
        if written is None:
            report = catalog.missing_relation_key(linking.name, key, 'a relation with "through"', through.place)
            linking.diagnostics.report(report)
    own_key = _key_field(linking, linking.own, "source_by", declared.source_by or declared.local_field)
    target_key = _unique_field(linking, target, "target_by", declared.target_by) if target else None
    if middle is None or declared.source_field is None or declared.target_field is None:
        return None
    source = _key_field(linking, middle, "source_field", declared.source_field)
    to_target = _key_field(linking, middle, "target_field", declared.target_field)
    if target is None or own_key is None or target_key is None or source is None or to_target is None:
        return None
    fits = _fits(linking, source, source.type, own_key, declared.source_field.place)
    if not _fits(linking, to_target, to_target.type, target_key, declared.target_field.place) or not fits:
        return None
    return ThroughRelation(
        name=linking.name,
        target=target.linked.key,
        through=middle.linked.key,
        source_field=source.name,
        source_by=own_key.name,
        target_field=to_target.name,
        target_by=target_key.name,
        same_database=_same_database(linking.own, target) and _same_database(linking.own, middle),
        place=linking.place,
    )


def _check_through_keys(linking: Linking, through: Written[str]) -> None:
    declared = linking.declared
    if declared.by is not None:
        help_ = 'write "target_by" for the key of the target'
        _clash(linking, "by", declared.by.place, 'beside "through"', help_, through.place)
    if declared.many is not None and not declared.many.value:
        help_ = 'remove "many": a through relation always leads to several rows'
        _clash(linking, "many", declared.many.place, 'False beside "through"', help_, through.place)
    local, source = declared.local_field, declared.source_by
    if local is not None and source is not None and local.value != source.value:
        help_ = 'remove "local_field": "source_by" says the same'
        _clash(linking, "local_field", local.place, 'and another field as "source_by"', help_, source.place)


# --- the ends ---------------------------------------------------------------------------------------------------------


def _clash(linking: Linking, key: str, place: Place, reason: str, help_: str, other: Place | None) -> None:
    linking.diagnostics.report(catalog.clashing_relation_keys(linking.name, key, reason, help_, other, place))


def _side(linking: Linking, key: str, written: Written[str] | None, kind: str) -> Side | None:
    if written is None:
        linking.diagnostics.report(catalog.missing_relation_key(linking.name, key, kind, linking.place))
        return None
    side = linking.sides.get(written.value)
    if side is None:
        report = catalog.unknown_target(linking.name, key, written.value, sorted(linking.sides), written.place)
        linking.diagnostics.report(report)
    return side


def _field(linking: Linking, side: Side, key: str, written: Written[str]) -> Field | None:
    """Return the stored field that a key of the relation names, or None when there is none or its type was refused."""
    linked, name = side.linked, written.value
    excluded = linked.excluded_at(name)
    if excluded is not None:
        user = f'relation "{linking.name}"'
        linking.diagnostics.report(catalog.excluded_field(user, name, excluded, written.place))
        return None
    places = linked.field_places
    if name not in places:
        report = catalog.unknown_relation_field(linking.name, key, name, linked.class_name, places, written.place)
        linking.diagnostics.report(report)
    return linked.field(name)


def _key_field(linking: Linking, side: Side, key: str, written: Written[str] | None) -> Field | None:
    """Return the field of single values that a key of the relation names; the id where the key was not written."""
    if written is None:
        return side.linked.field("id")
    field = _field(linking, side, key, written)
    if field is None or not _is_key(linking, key, written, field.type):
        return None
    return field


def _is_key(linking: Linking, key: str, written: Written[str], type_: FieldType) -> bool:
    if is_single_value(type_):
        return True
    report = catalog.not_a_key(linking.name, key, written.value, describe(type_), written.place)
    linking.diagnostics.report(report)
    return False


def _unique_field(linking: Linking, target: Side, key: str, written: Written[str] | None) -> Field | None:
    """Return the field that `by` names: the id, that of a unique index, or one that an index of its own makes unique."""
    if written is None or written.value == "id":
        return target.linked.field("id")
    name = written.value
    index = next((index for index in target.unique if index.name == name and len(index.fields) == 1), None)
    index = index or next((index for index in target.unique if index.fields == (name,)), None)
    if index is not None and index.lower:
        linking.diagnostics.report(catalog.case_insensitive_by(linking.name, key, name, written.place))
        return None
    if index is not None:
        return target.linked.field(index.fields[0])
    field = target.linked.field_places.get(name)
    composite = any(index.name == name for index in target.unique)
    if field is None and not composite:
        _unknown_by(linking, target, key, written)
        return None
    report = catalog.not_unique(linking.name, key, name, target.linked.key, field, written.place)
    linking.diagnostics.report(report)
    return None


def _unknown_by(linking: Linking, target: Side, key: str, written: Written[str]) -> None:
    places = {"id": target.linked.registration.entity.place}
    single = [index for index in target.unique if len(index.fields) == 1 and not index.lower]
    places |= {index.fields[0]: target.linked.field_places[index.fields[0]] for index in single}
    places |= {index.name: index.place for index in single}
    report = catalog.unknown_relation_field(
        linking.name, key, written.value, target.linked.class_name, places, written.place
    )
    linking.diagnostics.report(report)


def _fits(linking: Linking, local: Field, local_type: FieldType, remote: Field, place: Place) -> bool:
    here, there = _identity(local_type), _identity(remote.type)
    if here == there:
        return True
    report = catalog.key_mismatch(
        linking.name,
        f"{local.name} ({_spell(here)})",
        f"{remote.name} ({_spell(there)})",
        local.place,
        remote.place,
        place,
    )
    linking.diagnostics.report(report)
    return False


def _identity(type_: FieldType) -> Scalar | ClassRef | None:
    """Return what two keys must have in common to be equal: the scalar, or the enum."""
    match strip(type_):
        case ScalarType(scalar=scalar) | LiteralType(base=scalar):
            return scalar
        case EnumType(ref=ref):
            return ref
        case _:
            return None


def _spell(identity: Scalar | ClassRef | None) -> str:
    match identity:
        case Scalar():
            return SCALAR_NAMES[identity]
        case ClassRef(name=name):
            return name
        case None:
            return "no key"


SCALAR_NAMES = {scalar: row.python.name for scalar, row in SCALARS.items()}


def _same_database(here: Side, there: Side) -> bool:
    """Return whether the rows of both are certainly together: pinned to one database, or neither pinned."""
    return here.linked.database == there.linked.database
