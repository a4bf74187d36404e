"""What names stand for, and the scopes that bind them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from typing import TypeAlias, cast

import libcst as cst

from pkit_gen.frontend.modules import Module
from pkit_gen.source import ClassRef


@dataclass(eq=False)
class Scope:
    """The names of a module, class or function body. Several bindings of one name stand in the order of preference."""

    module: Module
    parent: Scope | None
    path: tuple[str, ...] = ()  # of the classes and functions around it
    is_class: bool = False
    bindings: dict[str, list[Binding]] = field(default_factory=dict[str, "list[Binding]"])
    doubtful: set[str] = field(default_factory=set[str])  # bound, or changed, where only running the program tells how
    stars: list[str] = field(default_factory=list[str])  # modules that everything was imported from, the last one first

    def ref(self, name: str) -> ClassRef:
        """Return the reference of a name that this scope defines."""
        return ClassRef(self.module.name, ".".join((*self.path, name)))

    def outwards(self) -> Iterator[Scope]:
        """Yield the scopes in which a name is searched; class bodies around it do not count, as in Python."""
        yield self
        scope = self.parent
        while scope is not None:
            if not scope.is_class:
                yield scope
            scope = scope.parent


@dataclass(frozen=True, eq=False)
class ImportedModule:
    """`import a.b as c`, or the `a` of `import a.b`."""

    name: str


@dataclass(frozen=True, eq=False)
class ImportedName:
    """`from module import name`."""

    module: str
    name: str


@dataclass(frozen=True, eq=False)
class ClassSymbol:
    """A class of the project."""

    scope: Scope
    node: cst.ClassDef
    ref: ClassRef


@dataclass(frozen=True, eq=False)
class FunctionSymbol:
    """A function of the project."""

    scope: Scope
    node: cst.FunctionDef
    ref: ClassRef


@dataclass(frozen=True, eq=False)
class Assignment:
    """`name = value`, `name: annotation = value`; `target` is the name's node."""

    scope: Scope
    target: cst.Name
    value: cst.BaseExpression
    annotation: cst.BaseExpression | None
    ref: ClassRef


@dataclass(frozen=True, eq=False)
class TypeStatement:
    """`type X[T] = ...`."""

    scope: Scope
    node: cst.TypeAlias
    ref: ClassRef


@dataclass(frozen=True, eq=False)
class TypeParameter:
    """A type parameter of a class, function or `type` statement (PEP 695)."""

    scope: Scope
    node: cst.TypeVar | cst.TypeVarTuple | cst.ParamSpec

    @property
    def name(self) -> str:
        """Return the parameter's name."""
        return self.node.name.value


@dataclass(frozen=True)
class ModuleSymbol:
    """A module or namespace package of the project."""

    name: str


@dataclass(frozen=True)
class External:
    """Something that the project does not define, by the qualified name under which it was imported."""

    name: str


@dataclass(frozen=True)
class Missing:
    """A name that leads nowhere: a reason without full stop, and a name that is close to it."""

    reason: str
    suggestion: str | None = None


Definition: TypeAlias = ClassSymbol | FunctionSymbol | Assignment | TypeStatement | TypeParameter
Binding: TypeAlias = Definition | ImportedModule | ImportedName
Symbol: TypeAlias = Definition | ModuleSymbol | External | Missing


def dotted_name(node: cst.CSTNode | None) -> str | None:
    """Return `a.b.c` for such an expression, else None."""
    match node:
        case cst.Name(value=value):
            return value
        case cst.Attribute(value=value, attr=attr):
            left = dotted_name(value)
            return left and f"{left}.{attr.value}"
        case _:
            return None


def parts(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """Yield the nodes right below one but for layout, which `node.children` gives too, at ten times the price."""
    for name in _part_names(type(node)):
        part: object = getattr(node, name)
        if isinstance(part, (list, tuple)):
            yield from cast(Sequence[cst.CSTNode], part)
        elif part is not None and not isinstance(part, (str, cst.MaybeSentinel)):
            yield cast(cst.CSTNode, part)  # asking for that base class would take as long as all else here


@cache
def _part_names(kind: type[cst.CSTNode]) -> tuple[str, ...]:
    """Return the names of the fields that hold nodes."""
    return tuple(found.name for found in fields(kind) if found.type not in _NO_NODE and not _LAYOUT.search(found.name))


_NO_NODE = (str, bool)
_LAYOUT = re.compile("whitespace|lines|header|footer|[lr]par|comma|semicolon|indent")
