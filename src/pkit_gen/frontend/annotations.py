"""Annotations: from expressions to declared types, with every name resolved."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import libcst as cst

from pkit_gen.declarations import (
    AnnotationDecl,
    EllipsisType,
    ExternalType,
    LiteralAnnotation,
    NoneType,
    ProjectType,
    TypeDefinition,
    TypeVariable,
    UnionType,
    UnresolvedType,
    Written,
)
from pkit_gen.frontend.classes import canonical, subscript_items
from pkit_gen.frontend.modules import refusal_of_python
from pkit_gen.frontend.names import Names
from pkit_gen.frontend.symbols import (
    Assignment,
    ClassSymbol,
    External,
    FunctionSymbol,
    Missing,
    ModuleSymbol,
    Scope,
    Symbol,
    TypeParameter,
    TypeStatement,
)
from pkit_gen.source import ClassRef, Place

_VARIABLES = frozenset({"typing.TypeVar", "typing.TypeVarTuple", "typing.ParamSpec"})
_TRANSPARENT = frozenset(
    {"typing.Annotated", "typing.Final", "typing.Required", "typing.NotRequired", "typing.ReadOnly"}
)


@dataclass(frozen=True)
class Spot:
    """Where an expression stands: its scope, and the string that it was quoted in, if any."""

    scope: Scope
    anchor: cst.CSTNode | None = None

    def place(self, node: cst.CSTNode) -> Place:
        """Return the place of a node, or of the string around it."""
        return self.scope.module.place(self.anchor or node)


@dataclass(eq=False)
class Annotations:
    """Reads annotations. `define` gives the definition of a project's class, NewType or alias, or None for any other value."""

    names: Names
    define: Callable[[Symbol], TypeDefinition | None]
    constant: Callable[[Scope, cst.BaseExpression], Written[object] | None]

    def read(self, scope: Scope, node: cst.BaseExpression) -> AnnotationDecl:
        """Return the type that an annotation means; what does not resolve is an `UnresolvedType`."""
        return self._read(node, Spot(scope))

    def _read(self, node: cst.BaseExpression, spot: Spot) -> AnnotationDecl:
        match node:
            case cst.Name(value="None"):
                return NoneType(spot.place(node))
            case cst.Name() | cst.Attribute():
                return self._named(node, (), spot)
            case cst.Subscript():
                return self._subscripted(node, spot)
            case cst.BinaryOperation(operator=cst.BitOr()):
                return _union((self._read(node.left, spot), self._read(node.right, spot)), spot.place(node))
            case cst.SimpleString() | cst.ConcatenatedString():
                return self._quoted(node, spot)
            case cst.Ellipsis():
                return EllipsisType(spot.place(node))
            case cst.List(elements=elements):  # the parameters of a Callable
                items = tuple(self._read(element.value, spot) for element in elements)
                return ExternalType(ClassRef("builtins", "list"), items, spot.place(node))
            case _:
                return self._unresolved(node, "it is not a type", None, spot)

    def _unresolved(self, node: cst.BaseExpression, reason: str, suggestion: str | None, spot: Spot) -> UnresolvedType:
        return UnresolvedType(spot.scope.module.code(node), reason, suggestion, spot.place(node))

    def _quoted(self, node: cst.SimpleString | cst.ConcatenatedString, spot: Spot) -> AnnotationDecl:
        text = node.evaluated_value
        inner = _parsed(text.strip()) if isinstance(text, str) else None
        if inner is None:
            return self._unresolved(node, "the text is not a type", None, spot)
        return self._read(inner, Spot(spot.scope, spot.anchor or node))

    def _subscripted(self, node: cst.Subscript, spot: Spot) -> AnnotationDecl:
        symbol = self.names.resolve_through(spot.scope, node.value)
        name = canonical(symbol.name) if isinstance(symbol, External) else None
        items = list(subscript_items(node))
        if name == "typing.Literal":
            return LiteralAnnotation(tuple(self._literals(items, spot)), spot.place(node))
        if name in _TRANSPARENT and items:
            return self._read(items[0], spot)
        arguments = tuple(self._read(item, spot) for item in items)
        if name == "typing.Optional":
            return _union((*arguments, NoneType(spot.place(node))), spot.place(node))
        if name == "typing.Union":
            return _union(arguments, spot.place(node))
        return self._named(node.value, arguments, spot, node)

    def _named(
        self,
        node: cst.BaseExpression,
        arguments: tuple[AnnotationDecl, ...],
        spot: Spot,
        whole: cst.BaseExpression | None = None,
    ) -> AnnotationDecl:
        """Read a name, with the arguments that it is subscripted with. Plain values around it are no types: a field may hide one."""
        symbol = self.names.resolve(spot.scope, node)
        match symbol:
            case External(name=name):
                return ExternalType(_external_ref(name), arguments, spot.place(whole or node))
            case Missing(reason=reason, suggestion=suggestion):
                own = self.names.itself(spot.scope, node.value) if spot.anchor and isinstance(node, cst.Name) else None
                if own is not None:
                    return self._defined(own, node, arguments, spot, whole or node)
                return self._unresolved(node, reason, suggestion, spot)
            case TypeParameter():
                return TypeVariable(symbol.name, self._bound(symbol), spot.place(node))
            case ModuleSymbol(name=name):
                return self._unresolved(node, f"{name} is a module", None, spot)
            case FunctionSymbol():
                return self._unresolved(node, "it is a function", None, spot)
            case ClassSymbol() | Assignment() | TypeStatement():
                return self._defined(symbol, node, arguments, spot, whole or node)
            case None:
                return self._unresolved(node, "it is not a type", None, spot)

    def _bound(self, parameter: TypeParameter) -> AnnotationDecl | None:
        node = parameter.node
        return self.read(parameter.scope, node.bound) if isinstance(node, cst.TypeVar) and node.bound else None

    def _defined(
        self,
        symbol: ClassSymbol | Assignment | TypeStatement,
        node: cst.BaseExpression,
        arguments: tuple[AnnotationDecl, ...],
        spot: Spot,
        whole: cst.BaseExpression,
    ) -> AnnotationDecl:
        if isinstance(symbol, Assignment):
            variable = self.variable(symbol, spot.place(node))
            if variable is not None:
                return variable
            target = self.names.follow(symbol)
            if isinstance(target, External) and canonical(target.name).startswith(("typing.", "builtins.None")):
                return ExternalType(_external_ref(target.name), arguments, spot.place(whole))
        definition = self.define(symbol)
        if definition is None:
            return self._unresolved(node, "it is a value, not a type", None, spot)
        return ProjectType(definition, arguments, spot.place(whole))

    def variable(self, symbol: Assignment, place: Place) -> TypeVariable | None:
        """Return the type variable that `T = TypeVar("T", bound=X)` makes, or None for another assignment."""
        call = symbol.value
        if not isinstance(call, cst.Call):
            return None
        function = self.names.resolve_through(symbol.scope, call.func)
        if not isinstance(function, External) or canonical(function.name) not in _VARIABLES:
            return None
        bounds = [a.value for a in call.args if a.keyword is not None and a.keyword.value == "bound"]
        return TypeVariable(symbol.target.value, self.read(symbol.scope, bounds[0]) if bounds else None, place)

    def _literals(self, items: Iterable[cst.BaseExpression], spot: Spot) -> Iterator[Written[object]]:
        for item in items:
            nested = self._nested_literal(item, spot)
            if nested is not None:
                yield from nested
                continue
            value = self.constant(spot.scope, item)
            yield Written(value.value if value else UnresolvedLiteral(), spot.place(item))

    def _nested_literal(self, item: cst.BaseExpression, spot: Spot) -> tuple[Written[object], ...] | None:
        if isinstance(item, cst.Subscript):
            inner = self._read(item, spot)
            return inner.values if isinstance(inner, LiteralAnnotation) else None
        symbol = self.names.resolve(spot.scope, item)
        if isinstance(symbol, Assignment) and isinstance(symbol.value, cst.Subscript):
            return self._nested_literal(symbol.value, Spot(symbol.scope))
        return None


class UnresolvedLiteral:
    """A value in `Literal[...]` that cannot be told; it is of no type that a Literal may have."""

    def __repr__(self) -> str:
        return "a value that cannot be told from the source"


def _external_ref(name: str) -> ClassRef:
    module, _, last = canonical(name).rpartition(".")
    return ClassRef(module, last)


def _union(members: tuple[AnnotationDecl, ...], place: Place) -> AnnotationDecl:
    """Return the union with nested unions flattened."""
    flat = [inner for member in members for inner in (member.members if isinstance(member, UnionType) else (member,))]
    return UnionType(tuple(flat), place) if len(flat) > 1 else flat[0]


def substitute(type_: AnnotationDecl, bindings: dict[str, AnnotationDecl]) -> AnnotationDecl:
    """Return the type with type variables replaced by what a base binds them to."""
    if not bindings:
        return type_
    match type_:
        case TypeVariable(name=name):
            return bindings.get(name, type_)
        case ExternalType(ref=ref, arguments=arguments, place=place):
            return ExternalType(ref, tuple(substitute(a, bindings) for a in arguments), place)
        case ProjectType(definition=definition, arguments=arguments, place=place):
            return ProjectType(definition, tuple(substitute(a, bindings) for a in arguments), place)
        case UnionType(members=members, place=place):
            return _union(tuple(substitute(member, bindings) for member in members), place)
        case NoneType() | LiteralAnnotation() | EllipsisType() | UnresolvedType():
            return type_


def variables(type_: AnnotationDecl) -> list[str]:
    """Return the names of the type variables of a type, in the order of appearance."""
    match type_:
        case TypeVariable(name=name):
            return [name]
        case ExternalType(arguments=inner) | ProjectType(arguments=inner) | UnionType(members=inner):
            return list(dict.fromkeys(name for item in inner for name in variables(item)))
        case _:
            return []


def _parsed(text: str) -> cst.BaseExpression | None:
    """Return the expression in a text; None where there is none, or Python would not follow it so deep."""
    if refusal_of_python(text) is not None:
        return None
    try:
        return cst.parse_expression(text)
    except (cst.ParserSyntaxError, UnicodeEncodeError):
        return None
