"""Finding the `register_entity` calls that count, through the entry point if there is one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

import libcst as cst

from pkit_gen.diagnostics.catalog import sources as catalog
from pkit_gen.diagnostics.model import Diagnostic
from pkit_gen.frontend.discover import Sources, mentioning
from pkit_gen.frontend.entities import Definitions
from pkit_gen.frontend.execute import Executor, RegisterCall
from pkit_gen.frontend.modules import Module
from pkit_gen.frontend.names import KITS
from pkit_gen.frontend.scopes import function_scope
from pkit_gen.frontend.symbols import (
    ClassSymbol,
    External,
    FunctionSymbol,
    Missing,
    Scope,
    dotted_name,
    parts,
)
from pkit_gen.frontend.values import (
    Arguments,
    Constant,
    Environment,
    Function,
    Items,
    Opaque,
    Reference,
    Selector,
    Table,
    Value,
)
from pkit_gen.source import Place

_REGISTER = "register_entity"
_INITIALIZER = "set_registry_initializer"

Body: TypeAlias = FunctionSymbol | Scope  # a function, or the statements of a module


@dataclass(frozen=True)
class CallSite:
    """A call of one of the kit's functions, and the function or module whose body holds it."""

    node: cst.Call
    body: Body
    scope: Scope


@dataclass(eq=False)
class Registrations:
    """Collects the calls that count. `failed` says that the entry point was reported to be wrong."""

    definitions: Definitions
    executor: Executor
    sources: Sources
    failed: bool = False
    modules: set[str] = field(default_factory=set[str])  # where calls stand
    _order: dict[Place, int] = field(default_factory=dict[Place, int])

    def collect(self) -> list[RegisterCall]:
        """Return the calls that count, in source order."""
        entry = self._chosen() if self.definitions.names.project.config.registrations else self._set_by_host()
        if entry is not None:
            self._run_entry(entry)
        elif not self.failed:
            self._run_all()
        return self._in_source_order(_distinct(self.executor.calls))

    def _in_source_order(self, calls: list[RegisterCall]) -> list[RegisterCall]:
        """Return the calls by module and place. The search for them tells the order in a module without computing positions."""
        if all(call.place in self._order for call in calls):
            return sorted(calls, key=lambda call: (call.place.file.module, self._order[call.place]))
        return sorted(calls, key=lambda call: (call.place.file.module, call.place.span))

    def _report(self, diagnostic: Diagnostic) -> None:
        self.failed = True
        self.definitions.names.project.diagnostics.report(diagnostic)

    # --- the entry point ---

    def _chosen(self) -> Function | None:
        """Return the function that --registrations names."""
        text = self.definitions.names.project.config.registrations or ""
        module, _, path = text.partition(":")
        names = self.definitions.names
        scope = names.scope(module) if module else None
        if scope is None or not path:
            reason = f"no module {module!r} under the roots" if path else "it is not of the form MODULE:FUNCTION"
            self._report(catalog.entry_point_not_found(text, reason, None))
            return None
        symbol = names.follow(names.lookup(scope, path.partition(".")[0]))
        for name in path.split(".")[1:]:
            symbol = names.member(symbol, name)
        if isinstance(symbol, FunctionSymbol):
            return _function(symbol)
        near = symbol.suggestion if isinstance(symbol, Missing) else None
        reason = symbol.reason if isinstance(symbol, Missing) else f"{path!r} is not a function"
        self._report(catalog.entry_point_not_found(text, reason, near and f"{module}:{near}"))
        return None

    def _set_by_host(self) -> Function | None:
        """Return the one function that the host passes to `set_registry_initializer`."""
        found: dict[object, tuple[Function, Place]] = {}
        for site in self._sites(_INITIALIZER):
            argument = site.node.args[0].value if site.node.args else None
            if argument is None or (isinstance(argument, cst.Name) and argument.value == "None"):
                continue
            value = self.definitions.evaluator.value(argument, Environment(site.scope, {}))
            place = site.scope.module.place(argument)
            if isinstance(value, Function):
                found.setdefault(_identity(value), (value, place))
            else:
                self._unknown_initializer(value, site.scope.module.code(argument), place)
        if len(found) > 1:
            named = sorted(
                ((_spelled(function), place) for function, place in found.values()), key=lambda pair: pair[0]
            )
            self._report(catalog.several_entry_points(named))
            return None
        return next((function for function, _ in found.values()), None)

    def _unknown_initializer(self, value: Value, text: str, place: Place) -> None:
        reason = value.reason if isinstance(value, Opaque) else "it is not a function of the project"
        if isinstance(value, Reference) and isinstance(value.symbol, Missing):
            reason = value.symbol.reason
        wanted = "the name of a function, or choose one with --registrations MODULE:FUNCTION"
        self._report(catalog.not_constant(f"the registry initializer {text}", reason, place, wanted))

    def _run_entry(self, function: Function) -> None:
        place = function.place
        self.executor.run(function, Arguments(), place)
        definition = function.definition
        if isinstance(definition, FunctionSymbol):
            place = definition.scope.module.place(definition.node.name)
        if not self.executor.calls:
            self._report(catalog.nothing_registered(_spelled(function), place))

    # --- without an entry point ---

    def _run_all(self) -> None:
        """Run every module and function that holds a call; those with parameters last, unless they were reached with arguments."""
        bodies = list(dict.fromkeys(site.body for site in self._sites(_REGISTER)))
        for body in bodies:
            if isinstance(body, Scope):
                self.executor.block(body.module.tree.body, Environment(body, {}))
        functions = [body for body in bodies if isinstance(body, FunctionSymbol)]
        for function in functions:
            if not _takes_arguments(function):
                self._run_unless_reached(function)
        for function in functions:
            if _takes_arguments(function) and function.node not in self.executor.entered:
                for caller in self._callers(function):
                    self._run_unless_reached(caller)
        for function in functions:
            self._run_unless_reached(function)

    def _run_unless_reached(self, function: FunctionSymbol) -> None:
        if function.node not in self.executor.entered:
            place = function.scope.module.place(function.node.name)
            self.executor.run(_function(function), Arguments(), place)

    def _callers(self, function: FunctionSymbol) -> list[FunctionSymbol]:
        """Return the functions of the searched modules that call this one; module-level calls are run at once."""
        found: dict[FunctionSymbol, None] = {}
        name = function.node.name.value
        for module in mentioning(self.definitions.names.project, self.sources.searched, name):
            scope = self.definitions.names.scope(module.name)
            for site in _call_sites(scope, name) if scope else ():
                target = self.definitions.names.resolve_through(site.scope, site.node.func)
                if not isinstance(target, FunctionSymbol) or target.node is not function.node:
                    continue
                if isinstance(site.body, FunctionSymbol):
                    found[site.body] = None
                else:
                    self.executor.block([cst.Expr(site.node)], Environment(site.body, {}))
        return [caller for caller in found if not _needs_arguments(caller)]

    def _sites(self, name: str) -> list[CallSite]:
        """Return the calls of the kit's function in all searched modules, in a stable order."""
        names = self.definitions.names
        found: list[CallSite] = []
        for module in mentioning(names.project, self.sources.searched, name):
            scope = names.scope(module.name)
            for site in _call_sites(scope, None) if scope else ():
                self._order.setdefault(module.place(site.node), len(self._order))
                symbol = names.resolve_through(site.scope, site.node.func)
                if isinstance(symbol, External) and _is_kits(symbol.name, name):
                    found.append(site)
        return found


def _is_kits(name: str, wanted: str) -> bool:
    return name.partition(".")[0] in KITS and name.rpartition(".")[2] == wanted


def _call_sites(scope: Scope, name: str | None) -> Iterator[CallSite]:
    """Yield the calls in a module, with the scope that each stands in; only of functions called `name` when that is given."""
    for statement in scope.module.tree.body:
        yield from _calls_in(statement, scope, scope, name)


def _calls_in(node: cst.CSTNode, body: Body, scope: Scope, name: str | None) -> Iterator[CallSite]:
    if type(node) in _TELLING:  # most nodes are of other types, which this tells at a tenth of the price of `match`
        match node:
            case cst.FunctionDef():
                symbol = FunctionSymbol(scope, node, scope.ref(node.name.value))
                owner = symbol if isinstance(body, Scope) else body  # what a nested function does, its owner may do
                yield from _calls_below(node.body, owner, function_scope(symbol), name)
                return
            case cst.ClassDef():
                inner = Scope(scope.module, scope, (*scope.path, node.name.value), is_class=True)
                yield from _calls_below(node.body, body, inner, name)
                return
            case cst.Call(func=func):
                written = dotted_name(func)
                if name is None or (written is not None and written.rpartition(".")[2] == name):
                    yield CallSite(node, body, scope)
            case _:
                pass
    yield from _calls_below(node, body, scope, name)


_TELLING = {cst.FunctionDef, cst.ClassDef, cst.Call}


def _calls_below(node: cst.CSTNode, body: Body, scope: Scope, name: str | None) -> Iterator[CallSite]:
    for child in parts(node):
        yield from _calls_in(child, body, scope, name)


def _function(symbol: FunctionSymbol) -> Function:
    place = symbol.scope.module.place(symbol.node.name)
    return Function(symbol, Environment(symbol.scope, {}), Arguments(), place)


def _identity(function: Function) -> object:
    return function.definition.node if isinstance(function.definition, FunctionSymbol) else function.definition


def _spelled(function: Function) -> str:
    """Return a function as --registrations takes it."""
    module: Module = function.environment.scope.module
    if isinstance(function.definition, FunctionSymbol):
        return f"{function.definition.ref.module}:{function.definition.ref.name}"
    return f"{module.name}:<lambda>"


def _parameters(function: FunctionSymbol) -> list[cst.Param]:
    """Return the named parameters of a function, without the `self` or `cls` of a method."""
    parameters = function.node.params
    positional = [*parameters.posonly_params, *parameters.params]
    if function.scope.is_class and positional and positional[0].name.value in ("self", "cls"):
        positional = positional[1:]
    return [*positional, *parameters.kwonly_params]


def _takes_arguments(function: FunctionSymbol) -> bool:
    """Return whether a call could pass arguments."""
    rest = function.node.params
    return bool(_parameters(function)) or isinstance(rest.star_arg, cst.Param) or rest.star_kwarg is not None


def _needs_arguments(function: FunctionSymbol) -> bool:
    """Return whether a call must pass arguments."""
    return any(parameter.default is None for parameter in _parameters(function))


def _distinct(calls: list[RegisterCall]) -> list[RegisterCall]:
    """Return the calls without those that one statement makes again with the same arguments."""
    seen: set[object] = set()
    found: list[RegisterCall] = []
    for call in calls:
        identity = (call.place, _identity_of(call.key), _identity_of(call.config))
        if identity not in seen:
            seen.add(identity)
            found.append(call)
    return found


def _identity_of(value: Value | None) -> object:
    """Return what two equal values have in common, wherever they were written."""
    match value:
        case Constant(value=constant):
            return (type(constant), repr(constant))
        case Items(kind=kind, items=items):
            return (kind, tuple(_identity_of(item) for item in items))
        case Table(entries=entries):
            return tuple((_identity_of(key), _identity_of(entry)) for key, entry in entries)
        case Reference(symbol=symbol):
            return symbol
        case Selector(field=name, lower=lower):
            return (_identity_of(name), lower)
        case Function():
            return _identity(value)
        case Opaque(text=text, reason=reason):
            return (text, reason)
        case None:
            return None
        case _:
            assert_never(value)


def class_symbols(scope: Scope) -> list[ClassSymbol]:
    """Return the classes that a module defines at its top, in source order."""
    found = [
        binding for bindings in scope.bindings.values() for binding in bindings if isinstance(binding, ClassSymbol)
    ]
    nodes = {symbol.node: symbol for symbol in found}
    return [nodes[node] for node in _classes_in(scope.module.tree) if node in nodes]


def _classes_in(node: cst.CSTNode) -> Iterator[cst.ClassDef]:
    for child in parts(node):
        if isinstance(child, cst.ClassDef):
            yield child
        elif not isinstance(child, (cst.FunctionDef, cst.BaseExpression)):
            yield from _classes_in(child)
