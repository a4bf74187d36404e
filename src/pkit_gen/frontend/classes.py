"""Classes: bases, method resolution order, bodies, and the decorators that make dataclasses of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import libcst as cst

from pkit_gen.diagnostics.catalog import sources as catalog
from pkit_gen.frontend.names import Names
from pkit_gen.frontend.scopes import is_type_checking, static_truth
from pkit_gen.frontend.symbols import (
    Assignment,
    Binding,
    ClassSymbol,
    External,
    FunctionSymbol,
    Scope,
    Symbol,
    TypeStatement,
)

DATACLASS = "dataclasses.dataclass"
PYDANTIC_DATACLASS = "pydantic.dataclasses.dataclass"
_TRANSFORMS = frozenset({"typing.dataclass_transform", "typing_extensions.dataclass_transform"})

Ancestor: TypeAlias = ClassSymbol | External


@dataclass(frozen=True)
class Base:
    """A base as written: what it is, and the expressions that it is subscripted with."""

    target: Ancestor
    arguments: tuple[cst.BaseExpression, ...]


@dataclass(frozen=True)
class Options:
    """The options of `@dataclass` that matter here."""

    init: bool = True
    eq: bool = True
    frozen: bool = False
    kw_only: bool = False
    slots: bool = False
    unsafe_hash: bool = False
    pydantic: bool = False


@dataclass(frozen=True)
class Member:
    """A name that a class body binds or annotates; `value` is None where it is only annotated, or bound by `def` or `class`."""

    name: str
    node: cst.Name
    annotation: cst.BaseExpression | None
    value: cst.BaseExpression | None
    definition: cst.FunctionDef | cst.ClassDef | None = None

    @property
    def binds(self) -> bool:
        """Return whether the class has an attribute after this."""
        return self.value is not None or self.definition is not None


@dataclass(eq=False)
class Classes:
    """What is known of the project's classes, computed once for each."""

    names: Names
    _orders: dict[ClassSymbol, tuple[Ancestor, ...]] = field(default_factory=dict[ClassSymbol, "tuple[Ancestor, ...]"])
    _options: dict[ClassSymbol, Options | None] = field(default_factory=dict[ClassSymbol, "Options | None"])
    _members: dict[ClassSymbol, tuple[Member, ...]] = field(default_factory=dict[ClassSymbol, tuple[Member, ...]])

    def around(self, symbol: ClassSymbol) -> Scope:
        """Return the scope in which a class's bases are named: the one around it, with its type parameters."""
        scope = self.names.class_scope(symbol).parent
        return symbol.scope if scope is None else scope

    def annotation_scope(self, symbol: ClassSymbol) -> Scope:
        """Return the scope of annotations in the class body: a field called like its type does not hide it."""
        body = self.names.class_scope(symbol)
        scope = Scope(body.module, body.parent, body.path, is_class=True)
        for name, bindings in body.bindings.items():
            types: list[Binding] = [entry for entry in bindings if isinstance(entry, (ClassSymbol, TypeStatement))]
            if types:
                scope.bindings[name] = types
        return scope

    def bases(self, symbol: ClassSymbol) -> tuple[Base, ...]:
        """Return the bases that resolve to a class; what does not is an external class of that name."""
        with self.names.resolving(symbol):
            return tuple(self._base(symbol, argument.value) for argument in symbol.node.bases)

    def _base(self, symbol: ClassSymbol, node: cst.BaseExpression) -> Base:
        arguments: tuple[cst.BaseExpression, ...] = ()
        if isinstance(node, cst.Subscript):
            arguments = tuple(subscript_items(node))
            node = node.value
        target = self.class_of(self.names.resolve_through(self.around(symbol), node))
        return Base(target or External(symbol.scope.module.code(node)), arguments)

    def class_of(self, symbol: Symbol | None) -> Ancestor | None:
        """Return the class that a symbol stands for, through `X = dataclass(X)`; None when it is no class."""
        match symbol:
            case ClassSymbol():
                return symbol
            case External(name=name):
                return External(canonical(name))
            case Assignment(value=cst.Call(args=[cst.Arg(value=argument), *_])) if not self.names.is_resolving(symbol):
                with self.names.resolving(symbol):
                    if self.decorator(symbol.scope, _function_of(symbol.value)) is None:
                        return None
                    return self.class_of(self.names.resolve_through(symbol.scope, argument))
            case _:
                return None

    def order(self, symbol: ClassSymbol) -> tuple[Ancestor, ...]:
        """Return the method resolution order, the class itself first; bases that contradict each other are reported."""
        if symbol not in self._orders:
            self._orders[symbol] = (symbol,)  # a class that derives from itself ends here
            self._orders[symbol] = (symbol, *self._linearise(symbol))
        return self._orders[symbol]

    def _linearise(self, symbol: ClassSymbol) -> tuple[Ancestor, ...]:
        bases = [base.target for base in self.bases(symbol)]
        orders = [self.order(base) if isinstance(base, ClassSymbol) else (base,) for base in bases]
        merged = merge([*orders, bases])
        if merged is None:
            place = symbol.scope.module.place(symbol.node.name)
            self.names.project.diagnostics.report(catalog.inconsistent_bases(symbol.ref.name, place))
            return tuple(dict.fromkeys(ancestor for order in orders for ancestor in order))
        return merged

    def members(self, symbol: ClassSymbol) -> tuple[Member, ...]:
        """Return what the class body binds and annotates, in order."""
        if symbol not in self._members:
            self._members[symbol] = tuple(_members(symbol.node.body.body))
        return self._members[symbol]

    def options(self, symbol: ClassSymbol) -> Options | None:
        """Return the options when the class itself is made a dataclass, else None."""
        if symbol not in self._options:
            self._options[symbol] = None
            self._options[symbol] = self._decorated(symbol) or self._applied(symbol)
        return self._options[symbol]

    def is_dataclass(self, symbol: ClassSymbol) -> bool:
        """Return what `dataclasses.is_dataclass` would: whether the class or an ancestor is decorated."""
        return any(isinstance(entry, ClassSymbol) and self.options(entry) for entry in self.order(symbol))

    def _decorated(self, symbol: ClassSymbol) -> Options | None:
        for decorator in symbol.node.decorators:
            found = self.decorator(symbol.scope, decorator.decorator)
            if found is not None:
                return found
        return None

    def _applied(self, symbol: ClassSymbol) -> Options | None:
        """Return the options of `X = dataclass(X)` beside the class."""
        for binding in symbol.scope.bindings.get(symbol.node.name.value, ()):
            if isinstance(binding, Assignment) and isinstance(binding.value, cst.Call):
                with self.names.resolving(binding):
                    found = self.decorator(symbol.scope, binding.value)
                if found is not None:
                    return found
        return None

    def decorator(self, scope: Scope, node: cst.BaseExpression) -> Options | None:
        """Return the options that a decorator gives, or None when it does not make dataclasses."""
        if isinstance(node, cst.Call):
            return self._called(scope, node)
        return self._named(self.names.resolve_through(scope, node))

    def _called(self, scope: Scope, call: cst.Call) -> Options | None:
        found: Options | None
        if self._is_partial(scope, call.func) and call.args:
            found = self.decorator(scope, call.args[0].value)
        else:
            found = self.decorator(scope, call.func)
        return found and self._with_keywords(scope, found, call.args)

    def _is_partial(self, scope: Scope, node: cst.BaseExpression) -> bool:
        return self.names.resolve_through(scope, node) == External("functools.partial")

    def _with_keywords(self, scope: Scope, options: Options, arguments: Iterable[cst.Arg]) -> Options:
        given: dict[str, bool] = {}
        for argument in arguments:
            if argument.keyword is not None and hasattr(options, argument.keyword.value):
                truth = self._truth(scope, argument.value)
                given[argument.keyword.value] = getattr(options, argument.keyword.value) if truth is None else truth
        return replace(options, **given)

    def _truth(self, scope: Scope, node: cst.BaseExpression) -> bool | None:
        truth = static_truth(node)
        if truth is None and isinstance(symbol := self.names.resolve(scope, node), Assignment):
            return static_truth(symbol.value)
        return truth

    def _named(self, symbol: Symbol | None) -> Options | None:
        match symbol:
            case External(name=name) if name == DATACLASS:
                return Options()
            case External(name=name) if name == PYDANTIC_DATACLASS:
                return Options(pydantic=True)
            case Assignment(value=cst.Call()) if not self.names.is_resolving(symbol):
                with self.names.resolving(symbol):
                    return self.decorator(symbol.scope, symbol.value)
            case FunctionSymbol() if not self.names.is_resolving(symbol):
                with self.names.resolving(symbol):
                    return self._wrapper(symbol)
            case _:
                return None

    def _wrapper(self, symbol: FunctionSymbol) -> Options | None:
        """Return the options of a function of the project that returns `dataclass(cls)`, or that says that it is a transform."""
        for returned in _returned(symbol.node.body.body):
            if isinstance(returned, cst.Call):
                found = self.decorator(symbol.scope, returned)
                if found is not None:
                    return found
        marks = (_function_of(decorator.decorator) for decorator in symbol.node.decorators)
        resolved = (self.names.resolve_through(symbol.scope, mark) for mark in marks)
        transforms = any(isinstance(mark, External) and mark.name in _TRANSFORMS for mark in resolved)
        return Options() if transforms else None


def merge(orders: Sequence[Sequence[Ancestor]]) -> tuple[Ancestor, ...] | None:
    """Merge linearisations by C3; None when they contradict each other."""
    rest: list[list[Ancestor]] = [list(order) for order in orders if order]
    merged: list[Ancestor] = []
    while rest:
        head = next((order[0] for order in rest if not any(order[0] in other[1:] for other in rest)), None)
        if head is None:
            return None
        merged.append(head)
        rest = [[entry for entry in order if entry != head] for order in rest]
        rest = [order for order in rest if order]
    return tuple(merged)


def subscript_items(node: cst.Subscript) -> Iterator[cst.BaseExpression]:
    """Yield the expressions between the brackets."""
    for element in node.slice:
        if isinstance(element.slice, cst.Index):
            value = element.slice.value
            if len(node.slice) == 1 and isinstance(value, cst.Tuple):
                yield from (item.value for item in value.elements)
            else:
                yield value


def _function_of(node: cst.BaseExpression) -> cst.BaseExpression:
    return node.func if isinstance(node, cst.Call) else node


def _returned(statements: Iterable[cst.CSTNode]) -> Iterator[cst.BaseExpression]:
    for statement in statements:
        match statement:
            case cst.SimpleStatementLine(body=body) | cst.IndentedBlock(body=body):
                yield from _returned(body)
            case cst.Return(value=value) if value is not None:
                yield value
            case cst.FunctionDef(body=body) | cst.If(body=body):
                yield from _returned([body])
            case _:
                pass


def _members(statements: Iterable[cst.CSTNode]) -> Iterator[Member]:
    for statement in statements:
        match statement:
            case (
                cst.SimpleStatementLine(body=body) | cst.IndentedBlock(body=body) | cst.SimpleStatementSuite(body=body)
            ):
                yield from _members(body)
            case cst.AnnAssign(target=cst.Name() as target, annotation=annotation, value=value):
                yield Member(target.value, target, annotation.annotation, value)
            case cst.Assign(targets=targets, value=value):
                for assigned in targets:
                    yield from _assigned(assigned.target, value)
            case cst.FunctionDef(name=name) | cst.ClassDef(name=name):
                yield Member(name.value, name, None, None, statement)
            case cst.If():
                yield from _members(_taken(statement))
            case cst.Try(body=body) | cst.TryStar(body=body) | cst.With(body=body) | cst.For(body=body):
                yield from _members([body])
            case _:
                pass


def _assigned(target: cst.BaseExpression, value: cst.BaseExpression) -> Iterator[Member]:
    if isinstance(target, cst.Name):
        yield Member(target.value, target, None, value)
    elif isinstance(target, (cst.Tuple, cst.List)):
        values = value.elements if isinstance(value, (cst.Tuple, cst.List)) else ()
        for position, element in enumerate(target.elements):
            yield from _assigned(element.value, values[position].value if position < len(values) else value)


def _taken(statement: cst.If) -> list[cst.CSTNode]:
    """Return the blocks that run: under `TYPE_CHECKING` none, and both where the test is unknown."""
    truth = False if is_type_checking(statement.test) else static_truth(statement.test)
    blocks: list[cst.CSTNode] = []
    if truth is not False:
        blocks.append(statement.body)
    if truth is not True:
        match statement.orelse:
            case cst.Else(body=body):
                blocks.append(body)
            case cst.If():
                blocks.extend(_taken(statement.orelse))
            case None:
                pass
    return blocks


_BUILTIN = ["List", "Dict", "Tuple", "Set", "FrozenSet", "Type"]
_ABSTRACT = [
    "Sequence",
    "MutableSequence",
    "Mapping",
    "MutableMapping",
    "Iterable",
    "Iterator",
    "Collection",
    "Container",
    "Hashable",
    "Sized",
    "Callable",
    "Awaitable",
    "Coroutine",
    "AsyncIterable",
    "AsyncIterator",
    "Generator",
    "AsyncGenerator",
    "Reversible",
    "KeysView",
    "ValuesView",
    "ItemsView",
    "ByteString",
]
CANONICAL: dict[str, str] = {
    **{f"typing.{name}": f"builtins.{name.lower()}" for name in _BUILTIN},
    **{f"typing.{name}": f"collections.abc.{name}" for name in _ABSTRACT},
    "typing.AbstractSet": "collections.abc.Set",
    "typing.MutableSet": "collections.abc.MutableSet",
    "typing.DefaultDict": "collections.defaultdict",
    "typing.OrderedDict": "collections.OrderedDict",
    "typing.Counter": "collections.Counter",
    "typing.Deque": "collections.deque",
    "typing.ChainMap": "collections.ChainMap",
    "typing.Text": "builtins.str",
    "typing.Pattern": "re.Pattern",
}


def canonical(name: str) -> str:
    """Return the one name under which a type of the standard library is known, as `builtins.list` for `typing.List`."""
    if name.startswith("typing_extensions."):
        name = "typing." + name.removeprefix("typing_extensions.")
    return CANONICAL.get(name, name)
