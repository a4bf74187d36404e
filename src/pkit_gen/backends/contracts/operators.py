"""The operator dictionaries of criteria: those that pkit.operators has, and private ones for every other type."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pkit_gen.backends.layout import exploded
from pkit_gen.backends.paths import Path, is_text, present
from pkit_gen.backends.python import Imports, annotation, camel
from pkit_gen.ir.types import (
    SCALARS,
    ArrayType,
    EnumType,
    Family,
    FieldType,
    LiteralType,
    NamedType,
    RecordType,
    Scalar,
    ScalarType,
    TypedDictType,
    strip,
)
from pkit_gen.literals import literal
from pkit_gen.source import ClassRef

OPERATORS = "pkit.operators"
COLLECTION = ClassRef("collections.abc", "Collection")
TYPED_DICT = ClassRef("typing", "TypedDict")

READY: dict[Scalar, str] = {
    Scalar.TEXT: "Text",
    Scalar.BOOLEAN: "Boolean",
    Scalar.INTEGER: "Integer",
    Scalar.FLOAT: "Float",
    Scalar.DECIMAL: "Decimal",
    Scalar.UUID: "Uuid",
    Scalar.DATETIME: "Datetime",
    Scalar.NAIVE_DATETIME: "Datetime",
    Scalar.DATE: "Date",
    Scalar.TIME: "Time",
    Scalar.TIMEDELTA: "Timedelta",
    Scalar.BYTES: "Bytes",
}
"""The scalars whose operator dictionaries and filters pkit.operators has; the others are too rare to be imported by everyone."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """A type as criteria compare with it: its annotation, whether absent values exist, and how a collection of it is spelled."""

    type: str
    optional: bool
    membership: str

    @property
    def comparable(self) -> str:
        """Return the annotation of what may stand in `eq`."""
        return f"{self.type} | None" if self.optional else self.type


def entries(spelled: Spelled, family: Family) -> Iterator[tuple[str, str]]:
    """Yield the operators of a family and the annotation of each one's operand."""
    for operator in ("eq", "ne"):
        yield operator, spelled.comparable
    for operator in ("in", "not_in"):
        yield operator, spelled.membership
    if family is Family.EQUALITY:
        return
    for operator in ("gt", "gte", "lt", "lte"):
        yield operator, spelled.type
    yield "between", f"tuple[{spelled.type}, {spelled.type}] | list[{spelled.type}]"
    if family is Family.TEXT:
        for operator in ("contains", "icontains", "startswith", "istartswith", "endswith", "iendswith"):
            yield operator, "str"


class OperatorTypes:
    """Spells what criteria take for each path, and collects the private dictionaries that this needs.

    >>> OperatorTypes(Imports()).operand(Path(("age",), ScalarType(Scalar.INTEGER), optional=True, sortable=True))
    'OptionalIntegerFilter'
    """

    def __init__(self, imports: Imports) -> None:
        self._imports = imports
        self._private: dict[str, tuple[FieldType, bool]] = {}
        self.definitions: list[str] = []

    def operand(self, path: Path) -> str:
        """Return the annotation of what criteria may give for a path."""
        type_ = present(path.type)
        ready = self._ready(type_, path, "Filter")
        return ready or self._alternatives(type_, path)

    def quantified(self, criteria: str) -> str:
        """Return the annotation of what criteria may give for a relation to many, of whose rows they ask `criteria`."""
        return f"{self._imports.name(ClassRef(OPERATORS, 'ToManyOperators'))}[{criteria}]"

    def _ready(self, type_: FieldType, path: Path, what: str) -> str | None:
        """Return the name of what pkit.operators has for a type."""
        match type_:
            case ScalarType(scalar=scalar, subclass=None) if scalar in READY:
                name = f"{'Optional' if path.optional else ''}{READY[scalar]}{what}"
                return self._imports.name(ClassRef(OPERATORS, name))
            case _:
                return None

    def _alternatives(self, type_: FieldType, path: Path) -> str:
        match strip(type_):
            case ArrayType(item=item):
                alternatives = [self._array(item)]
            case ScalarType() | EnumType() | LiteralType() | RecordType():
                alternatives = self._single(type_, path)
            case _:
                alternatives = [self._operators(type_, path, self._spelled(type_, path.optional))]
        return " | ".join([*alternatives, "None"] if path.optional else alternatives)

    def _single(self, type_: FieldType, path: Path) -> list[str]:
        spelled = self._spelled(type_, path.optional)
        return [spelled.type, spelled.membership, self._operators(type_, path, spelled)]

    def _spelled(self, type_: FieldType, optional: bool) -> Spelled:
        spelled = annotation(type_, self._imports)
        return Spelled(spelled, optional, self._membership(type_, spelled, optional))

    def _membership(self, type_: FieldType, spelled: str, optional: bool) -> str:
        if is_text(type_):  # a str is itself a Collection[str]
            return self._imports.name(ClassRef(OPERATORS, "OptionalTexts" if optional else "Texts"))
        return f"{self._imports.name(COLLECTION)}[{spelled}{' | None' if optional else ''}]"

    def _array(self, item: FieldType) -> str:
        if is_text(item):
            return self._imports.name(ClassRef(OPERATORS, "TextArrayOperators"))
        name = self._imports.name(ClassRef(OPERATORS, "ArrayOperators"))
        return f"{name}[{annotation(item, self._imports)}]"

    def _operators(self, type_: FieldType, path: Path, spelled: Spelled) -> str:
        prefix = "Optional" if path.optional else ""
        ready = self._ready(_unaliased(type_), path, "Operators")
        return ready or self._defined(f"_{prefix}{_stem(type_, path)}Operators", type_, spelled)

    def _defined(self, name: str, type_: FieldType, spelled: Spelled) -> str:
        """Return the name of a private dictionary, defining it unless it is there; another type of that name gets a number."""
        free, number = name, 2
        while self._private.get(free, (type_, spelled.optional)) != (type_, spelled.optional):
            free, number = f"{name}{number}", number + 1
        if free not in self._private:
            self._private[free] = (type_, spelled.optional)
            self.definitions.append(self._definition(free, type_, spelled))
        return free

    def _definition(self, name: str, type_: FieldType, spelled: Spelled) -> str:
        items = [f"{literal(key)}: {literal(value)}" for key, value in entries(spelled, _family(type_))]
        return typed_dict(name, items, self._imports)


def typed_dict(name: str, items: list[str], imports: Imports) -> str:
    """Return the definition of a TypedDict in its functional form, which takes any text for a key, none of them required."""
    dictionary = exploded("{", items, "}", indent=4)
    opening = f"{name} = {imports.name(TYPED_DICT)}("
    return exploded(opening, [literal(name), dictionary, "total=False"], ")")


def _family(type_: FieldType) -> Family:
    stripped = strip(type_)
    return SCALARS[stripped.scalar].family if isinstance(stripped, ScalarType) else Family.EQUALITY


def is_built_in(type_: FieldType) -> bool:
    """Return whether a type is spelled without any name of the host's."""
    match present(type_):
        case ScalarType(scalar=scalar, subclass=subclass):
            return subclass is None and scalar in READY
        case ArrayType(item=item):
            return is_built_in(item)
        case _:
            return False


def _unaliased(type_: FieldType) -> FieldType:
    match type_:
        case NamedType(item=item, new_type=False):
            return _unaliased(item)
        case _:
            return type_


def _stem(type_: FieldType, path: Path) -> str:
    """Return what a private dictionary is called after: the class where there is one, else the path."""
    match type_:
        case NamedType(ref=ref) | EnumType(ref=ref) | RecordType(ref=ref) | TypedDictType(ref=ref):
            return camel(ref.name.replace(".", "_"))
        case ScalarType(scalar=scalar, subclass=subclass):
            return camel((subclass or SCALARS[scalar].python).name.replace(".", "_"))
        case _:
            return camel("_".join(path.keys))
