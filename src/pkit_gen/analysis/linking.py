"""Registrations as one set: keys, collections, databases, and the fields of each entity."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pkit_gen.analysis import trees
from pkit_gen.analysis.naming import first_come
from pkit_gen.analysis.types import field_type
from pkit_gen.config import Config
from pkit_gen.declarations import FieldDecl, RegistrationDecl, Written
from pkit_gen.diagnostics.catalog import entities as entity_catalog
from pkit_gen.diagnostics.catalog import registrations as catalog
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.diagnostics.suggest import closest
from pkit_gen.ir.model import Database, ExcludedField, Field
from pkit_gen.ir.types import SCALARS, EnumType, FieldType, LiteralType, NamedType, ScalarType, is_optional
from pkit_gen.source import Place

NAME_LIMIT = 63
"""Bytes of the longest name that PostgreSQL keeps whole."""

TAKEN_FIELDS = {"_id": "has mongo's own name for the id"} | dict.fromkeys(
    ("cmax", "cmin", "ctid", "tableoid", "xmax", "xmin"), "has the name of a column that every table of postgres has"
)
"""Names of fields that a database keeps for itself, with what to say of the field."""


@dataclass(frozen=True)
class Linked:
    """A registration whose fields have been resolved. A declared field that is neither stored nor excluded has been reported."""

    registration: RegistrationDecl
    database: Database | None
    fields: tuple[Field, ...]
    excluded: tuple[ExcludedField, ...]

    @property
    def key(self) -> str:
        """Return the key."""
        return self.registration.key.value

    @property
    def class_name(self) -> str:
        """Return the name of the dataclass, as messages show it."""
        return self.registration.entity.ref.name

    @property
    def field_places(self) -> dict[str, Place]:
        """Return every declared field that is stored, with its place, also those whose type has been refused."""
        excluded = {field.name for field in self.excluded}
        return {field.name: field.place for field in self.registration.entity.fields if field.name not in excluded}

    def field(self, name: str) -> Field | None:
        """Return the stored field of that name, or None when there is none or its type has been refused."""
        return next((field for field in self.fields if field.name == name), None)

    def excluded_at(self, name: str) -> Place | None:
        """Return where a field is excluded from storage, or None when it is not."""
        return next((written.place for written in self.registration.exclude if written.value == name), None)


def link(registrations: Iterable[RegistrationDecl], config: Config, diagnostics: Diagnostics) -> dict[str, Linked]:
    """Return the registrations by key, sorted, with their fields; a key that is registered again is left out."""
    by_key = _by_key(registrations, diagnostics)
    _check_collections(by_key.values(), diagnostics)
    return {key: _linked(registration, config, diagnostics) for key, registration in by_key.items()}


def _by_key(registrations: Iterable[RegistrationDecl], diagnostics: Diagnostics) -> dict[str, RegistrationDecl]:
    groups: dict[str, list[RegistrationDecl]] = {}
    for registration in registrations:
        groups.setdefault(registration.key.value, []).append(registration)
    for key, group in groups.items():
        if len(group) > 1:
            group.sort(key=lambda registration: registration.key.place.order)
        for again in group[1:]:
            diagnostics.report(catalog.duplicate_key(key, group[0].key.place, again.key.place))
    return {key: groups[key][0] for key in sorted(groups)}


def _check_collections(registrations: Iterable[RegistrationDecl], diagnostics: Diagnostics) -> None:
    first: dict[str, RegistrationDecl] = {}
    for registration in first_come(registrations, lambda registration: [registration.collection.value]):
        key, collection = registration.key.value, registration.collection
        problem = _collection_problem(collection.value)
        if problem is not None:
            diagnostics.report(catalog.unusable_collection(key, problem, collection.place))
        other = first.setdefault(collection.value, registration)
        if other is not registration:
            report = catalog.shared_collection(
                collection.value, key, other.key.value, other.collection.place, collection.place
            )
            diagnostics.report(report)


def _collection_problem(name: str) -> str | None:
    if not name.strip():
        return "is empty"
    if "\0" in name:
        return "contains a NUL character"
    if "$" in name or name.startswith("system."):
        return f'is called "{name}", and mongo keeps "$" and "system." for itself'
    if "" in name.split("."):
        return f'is called "{name}", and mongo takes a dot only between other characters'
    return byte_problem(name)


def byte_problem(name: str) -> str | None:
    """Return what is wrong with the encoded length of a name, or None."""
    if any("\ud800" <= char <= "\udfff" for char in name):
        return "contains half of a character (a lone surrogate)"
    length = len(name.encode())
    return f"has a name of {length} bytes, and {NAME_LIMIT} is the most" if length > NAME_LIMIT else None


def _linked(registration: RegistrationDecl, config: Config, diagnostics: Diagnostics) -> Linked:
    _check_importable(registration, diagnostics)
    excluded = _excluded(registration, diagnostics)
    names = {field.name for field in excluded}
    stored = [field for field in registration.entity.fields if field.name not in names]
    fields = tuple(_fields(stored, config, diagnostics))
    _check_id(registration, fields, diagnostics)
    _check_field_names(registration, stored, diagnostics)
    _note_other_names(registration, diagnostics)
    return Linked(registration, _database(registration, config, diagnostics), fields, excluded)


def _fields(declared: Sequence[FieldDecl], config: Config, diagnostics: Diagnostics) -> Iterator[Field]:
    for field in declared:
        type_ = field_type(field, config.datetimes, diagnostics)
        if type_ is not None:
            yield Field(field.name, type_, field.has_default, field.init, field.kw_only, field.place)


def _check_importable(registration: RegistrationDecl, diagnostics: Diagnostics) -> None:
    entity = registration.entity
    if entity.ref.is_local:
        what, name = f'the entity of "{registration.key.value}"', entity.ref.name.rpartition(".")[2]
        report = entity_catalog.local_class(what, name, entity.place, registration.entity_place)
        diagnostics.report(report)


# --- exclude ----------------------------------------------------------------------------------------------------------


def _excluded(registration: RegistrationDecl, diagnostics: Diagnostics) -> tuple[ExcludedField, ...]:
    declared = {field.name: field for field in registration.entity.fields}
    excluded: dict[str, ExcludedField] = {}
    for written in registration.exclude:
        field = _excludable(written, declared, registration.entity.ref.name, diagnostics)
        if field is not None:
            excluded[field.name] = ExcludedField(field.name, field.init)
    return tuple(excluded[name] for name in declared if name in excluded)


def _excludable(
    written: Written[str], declared: dict[str, FieldDecl], entity: str, diagnostics: Diagnostics
) -> FieldDecl | None:
    field = declared.get(written.value)
    if field is None:
        known = [name for name in declared if name != "id"]
        diagnostics.report(catalog.unknown_excluded_field(written.value, entity, known, written.place))
        return None
    reason = "it is the id" if field.name == "id" else None if field.has_default else "it has no default"
    if reason is not None:
        diagnostics.report(catalog.cannot_exclude(field.name, entity, reason, field.place, written.place))
        return None
    return field


# --- the id -----------------------------------------------------------------------------------------------------------


def _check_id(registration: RegistrationDecl, fields: Sequence[Field], diagnostics: Diagnostics) -> None:
    declared = next((field for field in registration.entity.fields if field.name == "id"), None)
    if declared is None:
        _missing_id(registration, diagnostics)
        return
    field = next((field for field in fields if field.name == "id"), None)
    if field is None:
        return
    entity, place = registration.entity.ref.name, declared.annotation.place
    if is_optional(field.type):
        diagnostics.report(entity_catalog.optional_id(entity, place))
    elif not _identifies(field.type):
        diagnostics.report(entity_catalog.unusable_id(entity, trees.spell(declared.annotation), place))


def _identifies(type_: FieldType) -> bool:
    match type_:
        case ScalarType(scalar=scalar):
            return SCALARS[scalar].identity
        case EnumType() | LiteralType():
            return True
        case NamedType(item=item):
            return _identifies(item)
        case _:
            return False


def _missing_id(registration: RegistrationDecl, diagnostics: Diagnostics) -> None:
    entity = registration.entity
    names = [field.name for field in entity.fields]
    usual = ("id_", "oid", "uuid", "pk", f"{registration.key.value}_id")
    suggestion = next((name for name in usual if name in names), None) or closest("id", names)
    not_a_field = next((written.place for written in entity.annotated_non_fields if written.value == "id"), None)
    report = entity_catalog.missing_id(
        entity.ref.name, suggestion, not_a_field, entity.place, registration.entity_place
    )
    diagnostics.report(report)


def _check_field_names(registration: RegistrationDecl, stored: Sequence[FieldDecl], diagnostics: Diagnostics) -> None:
    entity = registration.entity.ref.name
    for field in stored:
        taken = TAKEN_FIELDS.get(field.name) or byte_problem(field.name) or _mangling(field)
        if taken is not None:
            diagnostics.report(entity_catalog.unusable_field_name(entity, field.name, taken, field.place))


def _mangling(field: FieldDecl) -> str | None:
    """Return what Python does to a name that is private to its class, or None."""
    if not field.name.startswith("__") or field.name.endswith("__"):
        return None
    return f"is private to its class: Python calls it _{field.owner.name.rpartition('.')[2].lstrip('_')}{field.name}"


def _note_other_names(registration: RegistrationDecl, diagnostics: Diagnostics) -> None:
    for written in registration.entity.annotated_non_fields:
        if written.value != "id" and not written.value.startswith("_") and not written.value.isupper():
            entity = registration.entity.ref.name
            diagnostics.report(entity_catalog.not_a_field(entity, written.value, written.place))


# --- the database -----------------------------------------------------------------------------------------------------


def _database(registration: RegistrationDecl, config: Config, diagnostics: Diagnostics) -> Database | None:
    written = registration.database
    if written is None:
        return None
    known = {database.value: database for database in Database}
    database = known.get(written.value)
    key = registration.key.value
    if database is None:
        diagnostics.report(catalog.unknown_database(key, written.value, list(known), written.place))
    elif database not in config.backends and config.backends != (Database.MEMORY,):
        backends = [backend.value for backend in config.backends]
        diagnostics.report(catalog.database_not_generated(key, database.value, backends, written.place))
    return database
