"""Closed sets of values: enums, and `Literal` of str, int or enum members."""

from __future__ import annotations

from collections.abc import Sequence

from pkit_gen.analysis.trees import spell_value
from pkit_gen.declarations import EnumDecl, LiteralAnnotation, MemberValue, Written
from pkit_gen.diagnostics.catalog import entities as catalog
from pkit_gen.diagnostics.catalog.entities import Subject
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.types import EnumType, FieldType, LiteralType, OptionalType, Scalar
from pkit_gen.source import Place

BASES: dict[type, Scalar] = {str: Scalar.TEXT, int: Scalar.INTEGER}


def enum_type(enum: EnumDecl, subject: Subject, place: Place, diagnostics: Diagnostics) -> EnumType | None:
    """Return an enum stored by value, or None when its values are not all str or all int, which is then reported."""
    if not enum.members:
        diagnostics.report(catalog.empty_enum(subject, enum.ref.name, enum.place, place))
        return None
    first = _base(enum.members[0].value[1])
    members: list[tuple[str, str | int]] = []
    for member in enum.members:
        name, value = member.value
        problem = _problem(name, value, first, enum.flag)
        if problem is not None:
            help_ = _enum_help(enum)
            diagnostics.report(catalog.enum_values(subject, enum.ref.name, problem, member.place, help_, place))
            return None
        if isinstance(value, str | int):
            members.append((name, value))
    return EnumType(enum.ref, first or Scalar.TEXT, tuple(members), enum.flag)


def _enum_help(enum: EnumDecl) -> str:
    return "write int values" if enum.flag else "write values that are all str or all int"


def _base(value: object) -> Scalar | None:
    return BASES.get(type(value))


def _problem(name: str, value: object, first: Scalar | None, flag: bool) -> str | None:
    base = _base(value)
    if value is None:
        return f"member {name} has a value that is None or cannot be told from the source"
    if base is None:
        return f"member {name} has the value {value!r}, neither str nor int"
    if flag and base is not Scalar.INTEGER:
        return f"member {name} has the value {value!r}, which is not an int"
    if base is not first:
        return f"member {name} has the value {value!r}, of another type than the first member"
    limit = _limit(value)
    return None if limit is None else f"member {name} has {limit}"


def _limit(value: object) -> str | None:
    """Return why no database holds a value of a type that they hold, or None."""
    match value:
        case int() if not -(2**63) <= value < 2**63:
            return "a value of more than 64 bits"
        case str() if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
            return "a text with a NUL character or half of a character (a lone surrogate)"
        case _:
            return None


def literal_type(annotation: LiteralAnnotation, subject: Subject, diagnostics: Diagnostics) -> FieldType | None:
    """Return a `Literal`: of one enum's members as that enum with those members; with None as optional."""
    values = [written for written in annotation.values if written.value is not None]
    if not values:
        diagnostics.report(catalog.literal_values(subject, "of None alone", annotation.place))
        return None
    if isinstance(values[0].value, MemberValue):
        type_ = _literal_members(values[0].value, values, subject, diagnostics)
    else:
        type_ = _literal_scalars(values, subject, diagnostics)
    if type_ is None:
        return None
    return OptionalType(type_) if len(values) < len(annotation.values) else type_


def _literal_members(
    first: MemberValue, values: Sequence[Written[object]], subject: Subject, diagnostics: Diagnostics
) -> FieldType | None:
    members: dict[str, str | int] = {}
    base = _base(first.value)
    for written in values:
        match written.value:
            case MemberValue(enum=enum, member=member, value=str() | int() as value) if (
                enum == first.enum and _base(value) is base
            ):
                members[member] = value
            case other:
                problem = _member_problem(first, other)
                diagnostics.report(catalog.literal_values(subject, problem, written.place))
                return None
    return EnumType(first.enum, base or Scalar.TEXT, tuple(members.items()))


def _member_problem(first: MemberValue, other: object) -> str:
    """Return what is wrong with a value among members of the enum of `first`."""
    if isinstance(other, MemberValue) and other.enum == first.enum and _base(other.value) is None:
        return f"of {spell_value(other)}, whose value is neither str nor int"
    if isinstance(other, MemberValue) and other.enum == first.enum:
        return f"of {spell_value(first)} and {spell_value(other)}, whose values have different types"
    return f"of members of {first.enum.name} with {_spelled(other)}"


def _literal_scalars(values: Sequence[Written[object]], subject: Subject, diagnostics: Diagnostics) -> FieldType | None:
    base = _base(values[0].value)
    scalars: list[str | int] = []
    for written in values:
        value = written.value
        if base is None or _base(value) is not base or not isinstance(value, str | int):
            diagnostics.report(catalog.literal_values(subject, f"with {_spelled(value)}", written.place))
            return None
        limit = _limit(value)
        if limit is not None:
            diagnostics.report(catalog.literal_values(subject, f"with {limit}", written.place))
            return None
        scalars.append(value)
    return LiteralType(base or Scalar.TEXT, tuple(dict.fromkeys(scalars)))


def _spelled(value: object) -> str:
    """Return a value of a Literal for a message; the frontend's stand-in for one that it cannot tell says so itself."""
    plain = value is None or isinstance(value, str | int | bytes | MemberValue)
    return f"the value {spell_value(value)}" if plain else repr(value)


def merge(types: Sequence[FieldType]) -> Sequence[FieldType]:
    """Return the alternatives of a union with its literals of one base joined: `Literal[1] | Literal[2]` is `Literal[1, 2]`."""
    literals = [type_ for type_ in types if isinstance(type_, LiteralType)]
    if len(literals) < 2 or len(literals) < len(types) or len({literal.base for literal in literals}) > 1:
        return types
    values = dict.fromkeys(value for literal in literals for value in literal.values)
    return [LiteralType(literals[0].base, tuple(values))]
