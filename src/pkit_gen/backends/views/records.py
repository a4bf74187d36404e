"""How views show values: nested dataclasses as dicts of their fields, everything else as it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import assert_never

from pkit_gen.backends.python import Imports, annotation, camel, snake
from pkit_gen.ir.types import (
    ArrayKind,
    ArrayType,
    DictType,
    EnumType,
    FieldType,
    JsonType,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordType,
    ScalarType,
    TupleType,
    TypedDictType,
)
from pkit_gen.source import ClassRef


@dataclass(frozen=True, slots=True)
class Shown:
    """How a class is shown: the TypedDict of its fields, and the function that makes one."""

    cls: str
    function: str


@dataclass
class Records:
    """The nested dataclasses among the fields of all entities, under names that do not clash."""

    taken: set[str]
    shown: dict[RecordType, Shown] = field(default_factory=dict[RecordType, Shown])

    def collect(self, type_: FieldType) -> None:
        """Name what a type needs, innermost first."""
        match type_:
            case OptionalType(item=item) | NamedType(item=item) | ListType(item=item) | DictType(value=item):
                self.collect(item)
            case TupleType(items=items):
                for item in items:
                    self.collect(item)
            case RecordType(fields=fields):
                for inner in fields:
                    self.collect(inner.type)
                if type_ not in self.shown:
                    self.shown[type_] = self._name(type_)
            case ScalarType() | EnumType() | LiteralType() | ArrayType() | TypedDictType() | JsonType():
                pass
            case _:
                assert_never(type_)

    def _name(self, record: RecordType) -> Shown:
        short = camel(record.ref.name.replace(".", "_"))
        long = camel(record.ref.module.rpartition(".")[2]) + short
        names = [short, long, *(f"{long}{number}" for number in range(2, len(self.taken) + 3))]
        return next(shown for shown in map(_shown, names) if self._take(shown))

    def _take(self, shown: Shown) -> bool:
        if self.taken & {shown.cls, shown.function}:
            return False
        self.taken |= {shown.cls, shown.function}
        return True

    def holds(self, type_: FieldType) -> bool:
        """Return whether a value of the type is shown as something else than itself."""
        return self.show(type_, "value") != "value"

    def show(self, type_: FieldType, value: str) -> str:
        """Return the expression of what is shown of `value`, an expression."""
        match type_:
            case NamedType(item=item):
                return self.show(item, value)
            case OptionalType(item=item):
                shown = self.show(item, value)
                return value if shown == value else f"None if {value} is None else {shown}"
            case RecordType():
                return f"{self.shown[type_].function}({value})"
            case ListType(kind=kind, item=item):
                return _collected(kind, self.show(item, "item"), value)
            case DictType(value=item):
                shown = self.show(item, "item")
                return value if shown == "item" else f"{{key: {shown} for key, item in {value}.items()}}"
            case TupleType(items=items):
                return self._tuple(items, value)
            case ScalarType() | EnumType() | LiteralType() | ArrayType() | TypedDictType() | JsonType():
                return value
            case _:
                assert_never(type_)

    def _tuple(self, items: tuple[FieldType, ...], value: str) -> str:
        if not any(self.holds(item) for item in items):
            return value
        shown = [self.show(item, f"{value}[{number}]") for number, item in enumerate(items)]
        return f"({', '.join(shown)}{',' * (len(shown) == 1)})"

    def annotation(self, type_: FieldType, imports: Imports) -> str:
        """Return the annotation of what is shown of a type."""
        if not self.holds(type_):
            return annotation(type_, imports)
        match type_:
            case NamedType(item=item):
                return self.annotation(item, imports)
            case OptionalType(item=item):
                return f"{self.annotation(item, imports)} | None"
            case RecordType():
                return self.shown[type_].cls
            case ListType(kind=ArrayKind.TUPLE, item=item):
                return f"{builtin('tuple', imports)}[{self.annotation(item, imports)}, ...]"
            case ListType(item=item):
                return f"{builtin('list', imports)}[{self.annotation(item, imports)}]"
            case DictType(value=item):
                keys = builtin("str", imports)
                return f"{builtin('dict', imports)}[{keys}, {self.annotation(item, imports)}]"
            case TupleType(items=items):
                inside = ", ".join(self.annotation(item, imports) for item in items)
                return f"{builtin('tuple', imports)}[{inside}]"
            case _:
                raise AssertionError(f"{type_} is shown as it is")


def builtin(name: str, imports: Imports) -> str:
    """Return how the module spells a built-in class, which a key of that name hides."""
    return imports.name(ClassRef("builtins", name))


def _shown(name: str) -> Shown:
    return Shown(f"{name}Fields", f"_{snake(name)}_fields")


def _collected(kind: ArrayKind, shown: str, value: str) -> str:
    """Return the collection of what is shown of its items; dicts have no hash, so that sets are shown as lists."""
    if shown == "item":
        return value
    return f"tuple({shown} for item in {value})" if kind is ArrayKind.TUPLE else f"[{shown} for item in {value}]"
