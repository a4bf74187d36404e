"""Unique indexes: their fields, and the methods that they give."""

from __future__ import annotations

from collections.abc import Sequence

from pkit_gen.analysis.linking import Linked
from pkit_gen.declarations import UniqueDecl, Written
from pkit_gen.diagnostics.catalog import registrations as catalog
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Field, UniqueIndex
from pkit_gen.ir.types import EnumType, FieldType, LiteralType, Scalar, ScalarType, strip

TAKEN_SUFFIXES = {"index": "the method get_by_index", "fields": "the method exists_by_fields"}
"""Suffixes whose methods every repository has for something else."""

PARAMETERS = {"self": "the parameter self", "excluding": "the parameter excluding of exists_by"}
"""Fields that cannot be a parameter of `exists_by_<suffix>` beside its own."""


def unique_indexes(linked: Linked, diagnostics: Diagnostics) -> tuple[UniqueIndex, ...]:
    """Return the indexes of an entity by name; wrong ones are reported and left out, one over the id alone is noted."""
    indexes: dict[str, UniqueIndex] = {}
    for declared in linked.registration.unique:
        index = _index(declared, linked, diagnostics)
        if index is None:
            continue
        other = indexes.setdefault(index.suffix, index)
        if other is not index:
            report = catalog.repeated_index(index.name, other.name, index.suffix, other.place, index.place)
            diagnostics.report(report)
    return tuple(sorted(indexes.values(), key=lambda index: index.name))


def _index(declared: UniqueDecl, linked: Linked, diagnostics: Diagnostics) -> UniqueIndex | None:
    name, names = declared.name.value, tuple(written.value for written in declared.fields)
    if names == ("id",) and not declared.lower:
        diagnostics.report(catalog.redundant_id_index(name, declared.name.place))
        return None
    if not names:
        diagnostics.report(catalog.empty_index(name, declared.name.place))
        return None
    repeated = [at for at, field in enumerate(names) if field in names[:at]]
    if repeated:
        first, again = declared.fields[names.index(names[repeated[0]])], declared.fields[repeated[0]]
        diagnostics.report(catalog.repeated_field(name, again.value, first.place, again.place))
        return None
    fields = [_field(name, written, linked, diagnostics) for written in declared.fields]
    known = [field for field in fields if field is not None]
    if len(known) < len(fields) or not _lower_fits(declared, known, diagnostics):
        return None
    suffix = "_and_".join(names)
    if not _free(declared, suffix, diagnostics):
        return None
    return UniqueIndex(name, names, declared.lower, suffix, declared.name.place)


def _field(index: str, written: Written[str], linked: Linked, diagnostics: Diagnostics) -> Field | None:
    name, places = written.value, linked.field_places
    excluded = linked.excluded_at(name)
    if excluded is not None:
        diagnostics.report(catalog.excluded_field(f'unique index "{index}"', name, excluded, written.place))
    elif name not in places:
        report = catalog.unknown_unique_field(index, name, linked.class_name, places, written.place)
        diagnostics.report(report)
    field = linked.field(name)
    if field is None or is_single_value(field.type):
        return field
    report = catalog.unindexable_field(index, name, describe(field.type), field.place, written.place)
    diagnostics.report(report)
    return None


def is_single_value(type_: FieldType) -> bool:
    """Return whether a value of the type, when there is one, is a scalar, an enum member or a literal."""
    return isinstance(strip(type_), ScalarType | EnumType | LiteralType)


def describe(type_: FieldType) -> str:
    """Return what a field holds that is no single value, as a noun with its article."""
    kind = type(strip(type_)).__name__.removesuffix("Type")
    return NOUNS[kind]


NOUNS = {
    "Array": "a collection",
    "List": "a collection",
    "Tuple": "a tuple",
    "Dict": "a dictionary",
    "Record": "a nested dataclass",
    "TypedDict": "a TypedDict",
    "Json": "JSON",
}


def _lower_fits(declared: UniqueDecl, fields: Sequence[Field], diagnostics: Diagnostics) -> bool:
    if not declared.lower:
        return True
    if len(fields) > 1:
        problem = "covers several fields"
    elif not _is_text(fields[0].type):
        problem = f'"{fields[0].name}" is not text'
    else:
        return True
    diagnostics.report(catalog.lower_needs_text(declared.name.value, problem, declared.fields[0].place))
    return False


def _is_text(type_: FieldType) -> bool:
    match strip(type_):
        case ScalarType(scalar=Scalar.TEXT):
            return True
        case _:
            return False


def _free(declared: UniqueDecl, suffix: str, diagnostics: Diagnostics) -> bool:
    clashes = [(suffix, TAKEN_SUFFIXES.get(suffix))]
    clashes += [(written.value, PARAMETERS.get(written.value)) for written in declared.fields]
    for field, taken in clashes:
        if taken is not None:
            report = catalog.taken_method(declared.name.value, field, taken, declared.fields[0].place)
            diagnostics.report(report)
            return False
    return True
