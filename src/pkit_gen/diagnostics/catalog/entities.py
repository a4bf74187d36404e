"""PK2xx: entities and the types of their fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pkit_gen.diagnostics.catalog.registry import mistake
from pkit_gen.diagnostics.model import Diagnostic, Label, Severity
from pkit_gen.source import Place

USABLE = (
    "str, bool, int, float, Decimal, UUID, datetime, date, time, timedelta, bytes, an Enum of str or int, Literal, Path, ZoneInfo, "
    "IP addresses and networks, dataclasses, TypedDicts, list, set, frozenset, tuple and dict[str, ...] of these, "
    "and any of these with | None"
)


@dataclass(frozen=True)
class Subject:
    """The field whose type is being told: its class, its name, and the entity's field that led to that class when it is nested."""

    owner: str
    field: str
    via: tuple[Label, ...] = ()

    def __str__(self) -> str:
        """Return the field as messages name it."""
        return f'field "{self.field}" of {self.owner}'


@mistake("PK201", "the type of a field is not known")
def unknown_type(
    code: str, subject: Subject, text: str, reason: str, suggestion: str | None, place: Place
) -> Diagnostic:
    """Report an annotation that names nothing that can be found."""
    return Diagnostic(
        code,
        f"the type of {subject} is not known: {reason}",
        Label(place, f"{text} is not known"),
        subject.via,
        f"write {suggestion}" if suggestion else "import the type, or write one that can be stored",
    )


@mistake("PK202", "a type that cannot be stored")
def unsupported_type(code: str, subject: Subject, spelling: str, instead: str | None, place: Place) -> Diagnostic:
    """Report a type outside the table; `instead` says what to write for the ones that are met often."""
    return Diagnostic(
        code,
        f"{subject} has the type {spelling}, which cannot be stored",
        Label(place, "cannot be stored"),
        subject.via,
        f"{instead}; what can be stored: {USABLE}" if instead else f"use one of {USABLE}",
    )


@mistake("PK203", "a field that may hold anything")
def anything(code: str, subject: Subject, spelling: str, place: Place) -> Diagnostic:
    """Report a bare `Any` or `object`."""
    return Diagnostic(
        code,
        f"{subject} is {spelling}: a stored field needs a type of its own",
        Label(place, "says nothing about the value"),
        subject.via,
        f"write dict[str, Any] or list[Any] for JSON, or one of {USABLE}",
    )


@mistake("PK204", "a union of more than one type and None")
def wide_union(code: str, subject: Subject, spellings: Sequence[str], place: Place) -> Diagnostic:
    """Report `X | Y`."""
    return Diagnostic(
        code,
        f"{subject} may be {' or '.join(spellings)}: a stored field has one type",
        Label(place, "more than one type"),
        subject.via,
        f'write one of them, alone or with "| None"; what can be stored: {USABLE}',
    )


@mistake("PK205", "a type that contains itself")
def recursive_type(code: str, subject: Subject, name: str, place: Place) -> Diagnostic:
    """Report a nested dataclass, TypedDict or alias that reaches itself."""
    return Diagnostic(
        code,
        f"{subject} leads back to {name}, which would contain itself",
        Label(place, f"{name} again"),
        subject.via,
        f"keep the id of the other {name} here, and register {name} as an entity with a relation to itself, "
        "or write dict[str, Any] or list[Any] for JSON of any depth",
    )


@mistake("PK206", "a class that is not a dataclass")
def not_a_dataclass(code: str, subject: Subject, name: str, kind: str, class_place: Place, place: Place) -> Diagnostic:
    """Report a field whose class pkit cannot take apart."""
    return Diagnostic(
        code,
        f"{subject} has the type {name}, which is {kind}: only dataclasses, TypedDicts and enums can be stored",
        Label(place, f"{kind}"),
        (Label(class_place, f"{name} is defined here"), *subject.via),
        f"make {name} a dataclass, or use one of {USABLE}",
    )


@mistake("PK207", "an enum whose values are not all str or all int")
def enum_values(
    code: str, subject: Subject, enum: str, problem: str, member_place: Place, help_: str, place: Place
) -> Diagnostic:
    """Report an enum that cannot be stored by value; `problem` says what is wrong with the member at `member_place`."""
    return Diagnostic(
        code,
        f"{subject} is the enum {enum}, whose {problem}",
        Label(member_place, "cannot be stored by value"),
        (Label(place, "used here"), *subject.via),
        help_,
    )


@mistake("PK208", "an enum without members")
def empty_enum(code: str, subject: Subject, enum: str, enum_place: Place, place: Place) -> Diagnostic:
    """Report an enum that has no value at all."""
    return Diagnostic(
        code,
        f"{subject} is the enum {enum}, which has no members",
        Label(place, "no value is possible"),
        (Label(enum_place, "no members here"), *subject.via),
        f"give {enum} its members, all str or all int",
    )


@mistake("PK209", "dictionary keys that are not str")
def dictionary_keys(code: str, subject: Subject, spelling: str, place: Place) -> Diagnostic:
    """Report `dict[X, …]` where X is not `str`."""
    return Diagnostic(
        code,
        f"{subject} has dictionary keys of the type {spelling}: stored keys are str",
        Label(place, "keys are str"),
        subject.via,
        "write dict[str, ...], or a list of dataclasses with the key as a field",
    )


@mistake("PK210", "a type variable that nothing binds")
def unbound_variable(code: str, subject: Subject, name: str, place: Place) -> Diagnostic:
    """Report a type variable without bound that no subclass and no subscript replaces."""
    return Diagnostic(
        code,
        f"{subject} has the type variable {name}, which nothing binds to a type",
        Label(place, "could be any type"),
        subject.via,
        f"subscript the generic class with a type where it is used or inherited, or give {name} a bound",
    )


@mistake("PK211", "literal values that cannot be stored together")
def literal_values(code: str, subject: Subject, problem: str, place: Place) -> Diagnostic:
    """Report a `Literal` with values other than str, int, members of one enum, and None."""
    return Diagnostic(
        code,
        f"{subject} is a Literal {problem}",
        Label(place, "not stored"),
        subject.via,
        "write values that are all str, all int or all members of one enum, with or without None",
    )


@mistake("PK212", "type arguments of the wrong number")
def wrong_arguments(code: str, subject: Subject, spelling: str, expected: str, place: Place) -> Diagnostic:
    """Report a subscript with too few, too many or misplaced arguments."""
    return Diagnostic(
        code,
        f"{subject} gives {spelling} the wrong type arguments",
        Label(place, f"expected {expected}"),
        subject.via,
        f"write {expected}",
    )


@mistake("PK213", "set items that cannot be hashed")
def unhashable_items(code: str, subject: Subject, spelling: str, place: Place) -> Diagnostic:
    """Report `set[list[…]]` and its like, which Python itself refuses at run time."""
    return Diagnostic(
        code,
        f"{subject} is a set of {spelling}, and values of {spelling} cannot be hashed",
        Label(place, "cannot be hashed"),
        subject.via,
        "write list[...] in place of the set, a tuple inside it, or @dataclass(frozen=True)",
    )


@mistake("PK220", "an entity without an id")
def missing_id(
    code: str, entity: str, suggestion: str | None, not_a_field: Place | None, class_place: Place, place: Place
) -> Diagnostic:
    """Report a registered class that has no field called `id`; `not_a_field` is an `id` in it that is no dataclass field."""
    related = [Label(class_place, "no field called id")]
    if not_a_field:
        related.append(Label(not_a_field, "not a field of the dataclass"))
    rename = f'rename the field "{suggestion}" to "id"' if suggestion else f"add a field to {entity}, such as id: UUID"
    return Diagnostic(
        code,
        f"{entity} is registered as an entity but has no field called id",
        Label(place, "no id"),
        tuple(related),
        "declare id with an annotation in a class decorated as a dataclass" if not_a_field else rename,
    )


@mistake("PK221", "an id that may be None")
def optional_id(code: str, entity: str, place: Place) -> Diagnostic:
    """Report `id: X | None`."""
    return Diagnostic(
        code,
        f"the id of {entity} may be None",
        Label(place, "an id is never None"),
        help="remove None from the type, and make the id before the entity is added: id: UUID = field(default_factory=uuid4)",
    )


@mistake("PK222", "a type that cannot be an id")
def unusable_id(code: str, entity: str, spelling: str, place: Place) -> Diagnostic:
    """Report an id that is not a hashable scalar."""
    return Diagnostic(
        code,
        f"the id of {entity} has the type {spelling}, which cannot be an id",
        Label(place, "not a single hashable value"),
        help="write UUID, int, str or another scalar type, or a NewType of one",
    )


@mistake("PK223", "a field name that a database cannot hold")
def unusable_field_name(code: str, entity: str, field: str, reason: str, place: Place) -> Diagnostic:
    """Report a field whose name is too long for a column or taken by a database itself."""
    return Diagnostic(
        code,
        f'field "{field}" of {entity} {reason}',
        Label(place, "cannot be stored under this name"),
        help="rename the field",
    )


@mistake("PK224", "something that looks like a field and is none")
def not_a_field(code: str, entity: str, name: str, place: Place) -> Diagnostic:
    """Note a name in a class body that a reader may take for a field; it is not stored."""
    return Diagnostic(
        code,
        f'"{name}" of {entity} is not a dataclass field, so it is not stored',
        Label(place, "not a field"),
        help="give it an annotation in a class that is decorated as a dataclass, or mark it ClassVar if it is meant as a constant",
        severity=Severity.NOTE,
    )


@mistake("PK225", "a class that cannot be imported")
def local_class(code: str, what: str, name: str, definition: Place, place: Place) -> Diagnostic:
    """Report a class, NewType or alias that is defined in a function; `what` is the entity or the field that needs it."""
    return Diagnostic(
        code,
        f"{what} is {name}, which is defined in a function: the generated package cannot import it",
        Label(place, "cannot be imported"),
        (Label(definition, "defined here"),),
        "define it at the top of a module",
    )
