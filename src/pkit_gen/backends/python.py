"""Spelling Python: the imports of a generated module and the annotations of its types."""

from __future__ import annotations

import builtins
import keyword
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import count
from typing import TypeAlias, assert_never

from pkit_gen.backends.layout import bracketed, docstring
from pkit_gen.ir.types import (
    SCALARS,
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
    is_optional,
)
from pkit_gen.literals import literal
from pkit_gen.source import ClassRef

BUILTINS = frozenset(dir(builtins)) | frozenset(keyword.kwlist)
THIRD_PARTY = frozenset({"bson", "fastapi", "motor", "pkit", "pymongo", "sqlalchemy", "typing_extensions"})

ANY = ClassRef("typing", "Any")
LITERAL = ClassRef("typing", "Literal")
SEQUENCE = ClassRef("collections.abc", "Sequence")
MAPPING = ClassRef("collections.abc", "Mapping")

Natural: TypeAlias = tuple[tuple[int, int, str], ...]


class Imports:
    """Collects what a generated module imports and decides under which name.

    `reserved` are names that the module defines itself, which no import may take. `pinned` are imports that text spelled elsewhere refers
    to by their own name: they keep it, and whatever else has that name gets another.

    >>> imports = Imports()
    >>> imports.name(ClassRef("shop.users", "User")), imports.name(ClassRef("shop.staff", "User"))
    ('User', 'StaffUser')
    """

    def __init__(self, reserved: Iterable[str] = (), pinned: Iterable[ClassRef] = ()) -> None:
        self._reserved = frozenset(reserved)
        self._pinned = {ref.name: ref for ref in pinned}
        self._names: dict[ClassRef, str] = {}
        self._taken: set[str] = set()
        self._modules: set[str] = set()

    def name(self, ref: ClassRef) -> str:
        """Return how the module spells a class, importing it. Built-in names need no import unless the module hides them.

        >>> Imports().name(ClassRef("shop.orders", "Order.State"))
        'Order.State'
        """
        if ref.module == "builtins":
            return self._builtin(ref.name)
        outer, dot, rest = ref.name.partition(".")
        imported = ClassRef(ref.module, outer)
        if imported not in self._names:
            self._names[imported] = self._free(imported)
            self._taken.add(self._names[imported])
        return self._names[imported] + dot + rest

    def names(self, module: str, *names: str) -> None:
        """Import names that the module's text refers to as they are; they must be pinned or free."""
        for name in names:
            spelled = self.name(ClassRef(module, name))
            assert spelled == name, f"{name} of {module} is not pinned"

    def _builtin(self, name: str) -> str:
        if name not in self._reserved:
            return name
        self._modules.add("builtins")
        return f"builtins.{name}"

    def _free(self, ref: ClassRef) -> str:
        return next(name for name in _spellings(ref) if self._is_free(name, ref))

    def _is_free(self, name: str, ref: ClassRef) -> bool:
        if name in self._pinned:
            return self._pinned[name] == ref
        return name not in BUILTINS and name not in self._reserved and name not in self._taken

    def text(self, indent: int = 0) -> str:
        """Return the import statements as ruff sorts and formats them, indented, without a line end after the last."""
        statements = sorted(self._statements(), key=_FromImport.order)
        sections = [self._section(number, statements, indent) for number in range(len(_SECTIONS))]
        return "\n\n".join("\n".join(section) for section in sections if section)

    def _section(self, number: int, statements: Sequence[_FromImport], indent: int) -> list[str]:
        plain = [f"{' ' * indent}import {module}" for module in sorted(self._modules) if _section(module) == number]
        return plain + [statement.text(indent) for statement in statements if _section(statement.module) == number]

    def _statements(self) -> list[_FromImport]:
        together: dict[str, list[str]] = {}
        statements: list[_FromImport] = []
        for ref, name in self._names.items():
            if name == ref.name:
                together.setdefault(ref.module, []).append(name)
            else:
                statements.append(_FromImport(ref.module, (ref.name,), name))
        return statements + [
            _FromImport(module, tuple(sorted(names, key=_member_order))) for module, names in together.items()
        ]


def _spellings(ref: ClassRef) -> Iterator[str]:
    """Yield the names under which a class may be imported, the best first; they do not end."""
    yield ref.name
    longer = camel(ref.module.rpartition(".")[2]) + camel(ref.name)
    yield longer
    yield from (f"{longer}{number}" for number in count(2))


@dataclass(frozen=True, slots=True)
class _FromImport:
    module: str
    names: tuple[str, ...]
    alias: str | None = None

    def text(self, indent: int) -> str:
        """Return the statement, indented, in parentheses where it takes more than a line."""
        items = [f"{self.names[0]} as {self.alias}"] if self.alias else list(self.names)
        line = f"from {self.module} import {', '.join(items)}"
        if indent + len(line) > 88:
            line = bracketed(f"from {self.module} import (", items, ")", indent=indent)
        return " " * indent + line

    def order(self) -> tuple[int, Natural, Natural, object]:
        """Return what ruff sorts statements by: more dots first, then the module, then the first name."""
        dots = len(self.module) - len(self.module.lstrip("."))
        return (-dots, natural(self.module.lower()), natural(self.module), _member_order(self.names[0]))


_SECTIONS = ("standard library", "third party", "first party", "relative")


def _section(module: str) -> int:
    if module.startswith("."):
        return 3
    top = module.partition(".")[0]
    if top in sys.stdlib_module_names:
        return 0
    return 1 if top in THIRD_PARTY else 2


@cache
def _member_order(name: str) -> tuple[int, Natural, Natural]:
    """Constants, then classes, then the rest, each without regard to case first."""
    kind = 0 if len(name) > 1 and name.isupper() else 1 if name[0].isupper() else 2
    return (kind, natural(name.lower()), natural(name))


@cache
def natural(text: str) -> Natural:
    """Return a key by which "a10" comes after "a9"."""
    parts: list[str] = re.findall(r"\d+|\D+", text)
    return tuple((0, int(part), "") if part[0].isdecimal() else (1, 0, part) for part in parts)


@cache
def camel(name: str) -> str:
    """Return a name in CamelCase.

    >>> camel("order_lines")
    'OrderLines'
    """
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def snake(name: str) -> str:
    """Return a class's name in snake_case.

    >>> snake("Order.LineItem"), snake("HTTPServer")
    ('order_line_item', 'http_server')
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name.replace(".", "_"))
    return re.sub("_+", "_", spaced).strip("_").lower()


def header(summary: str, sources: Iterable[str]) -> str:
    """Return the docstring that a generated module begins with: what it holds, and what it was made from."""
    return docstring(f"{summary}\n\nGenerated by pkit-gen from {', '.join(sources)}. Do not edit.")


def relative(*parts: str, up: int = 1) -> str:
    """Return the name of a module of the generated package, seen from one of its files.

    >>> relative("user", "contract"), relative("views", up=2)
    ('.user.contract', '..views')
    """
    return "." * up + ".".join(parts)


def annotation(type_: FieldType, imports: Imports) -> str:
    """Return the annotation of a type; names of NewTypes and aliases are kept.

    >>> annotation(OptionalType(ArrayType(ArrayKind.LIST, ScalarType(Scalar.TEXT))), Imports())
    'list[str] | None'
    """
    match type_:
        case ScalarType(scalar=scalar, subclass=subclass):
            return imports.name(subclass or SCALARS[scalar].python)
        case EnumType(ref=ref) | RecordType(ref=ref) | TypedDictType(ref=ref) | NamedType(ref=ref):
            return imports.name(ref)
        case LiteralType(values=values):
            return f"{imports.name(LITERAL)}[{', '.join(literal(value) for value in values)}]"
        case ArrayType(kind=kind, item=item) | ListType(kind=kind, item=item):
            return _collection(kind, annotation(item, imports), imports)
        case TupleType(items=items):
            inside = ", ".join(annotation(item, imports) for item in items)
            return f"{_builtin('tuple', imports)}[{inside or '()'}]"
        case DictType(value=value, mapping=mapping):
            ref = MAPPING if mapping else ClassRef("builtins", "dict")
            return f"{imports.name(ref)}[{_builtin('str', imports)}, {annotation(value, imports)}]"
        case JsonType(spelling=spelling):
            return _json(spelling, imports)
        case OptionalType(item=item):
            inner = annotation(item, imports)
            return inner if is_optional(item) else f"{inner} | None"
        case _:
            assert_never(type_)


def _builtin(name: str, imports: Imports) -> str:
    return imports.name(ClassRef("builtins", name))


def _collection(kind: ArrayKind, item: str, imports: Imports) -> str:
    match kind:
        case ArrayKind.TUPLE:
            return f"{_builtin('tuple', imports)}[{item}, ...]"
        case ArrayKind.SEQUENCE:
            return f"{imports.name(SEQUENCE)}[{item}]"
        case ArrayKind.LIST | ArrayKind.SET | ArrayKind.FROZENSET:
            return f"{_builtin(kind.value, imports)}[{item}]"
        case _:
            assert_never(kind)


_JSON: Mapping[str, ClassRef] = {
    "list": ClassRef("builtins", "list"),
    "dict": ClassRef("builtins", "dict"),
    "Sequence": SEQUENCE,
    "Mapping": MAPPING,
}


def _json(spelling: str, imports: Imports) -> str:
    anything = imports.name(ANY)
    if spelling == "Any":
        return anything
    keys = f"{_builtin('str', imports)}, " if spelling in ("dict", "Mapping") else ""
    return f"{imports.name(_JSON[spelling])}[{keys}{anything}]"
