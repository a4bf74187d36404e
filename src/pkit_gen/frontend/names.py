"""What a name means: through scopes, imports, re-exports and star imports, over all modules of the project."""

from __future__ import annotations

import builtins
import importlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import libcst as cst

from pkit_gen.diagnostics.suggest import closest
from pkit_gen.frontend.discover import Project
from pkit_gen.frontend.scopes import class_scope, module_scope
from pkit_gen.frontend.symbols import (
    Assignment,
    Binding,
    ClassSymbol,
    External,
    ImportedModule,
    ImportedName,
    Missing,
    ModuleSymbol,
    Scope,
    Symbol,
    dotted_name,
)

KITS = ("pkit", "persistence_kit")
"""The packages whose `register_entity` counts. They are never the project's own, even where a root holds them."""

_STAR_SAFE = frozenset(
    [
        "abc",
        "collections",
        "collections.abc",
        "dataclasses",
        "datetime",
        "decimal",
        "enum",
        "fractions",
        "ipaddress",
        "pathlib",
        "typing",
        "typing_extensions",
        "uuid",
        "zoneinfo",
    ]
)
"""Modules that are no host code and that pkit may import to learn what `from … import *` binds."""


@dataclass(eq=False)
class Names:
    """Resolves names. Scopes are built once; a binding that is being resolved is passed over, so that cycles of imports end."""

    project: Project
    _scopes: dict[str, Scope | None] = field(default_factory=dict[str, "Scope | None"])
    _class_scopes: dict[ClassSymbol, Scope] = field(default_factory=dict[ClassSymbol, Scope])
    _active: set[object] = field(default_factory=set[object])

    def scope(self, module: str) -> Scope | None:
        """Return the scope of a module of the project, or None when it has none."""
        if module not in self._scopes:
            parsed = self.project.module(module)
            self._scopes[module] = module_scope(parsed) if parsed else None
        return self._scopes[module]

    def class_scope(self, symbol: ClassSymbol) -> Scope:
        """Return the scope of a class body."""
        if symbol not in self._class_scopes:
            self._class_scopes[symbol] = class_scope(symbol)
        return self._class_scopes[symbol]

    def resolve(self, scope: Scope, node: cst.BaseExpression) -> Symbol | None:
        """Return what a name or attribute chain stands for; None for any other expression. Assignments are not followed."""
        match node:
            case cst.Name(value=name):
                return self.lookup(scope, name)
            case cst.Attribute(value=value, attr=attr):
                owner = self.resolve(scope, value)
                return owner and self.member(self.follow(owner), attr.value)
            case _:
                return None

    def resolve_through(self, scope: Scope, node: cst.BaseExpression) -> Symbol | None:
        """Return what a name or attribute chain stands for, following assignments of one name to another."""
        symbol = self.resolve(scope, node)
        return symbol and self.follow(symbol)

    def follow(self, symbol: Symbol) -> Symbol:
        """Return what an assignment `X = Y` leads to in the end; anything else as it is."""
        if not isinstance(symbol, Assignment) or dotted_name(symbol.value) is None or symbol in self._active:
            return symbol
        with self.resolving(symbol):
            target = self.resolve_through(symbol.scope, symbol.value)
        return symbol if target is None or isinstance(target, Missing) else target

    @contextmanager
    def resolving(self, binding: object) -> Generator[None]:
        """Within this context `binding` is passed over: `X = wrap(X)` means the earlier X."""
        self._active.add(binding)
        try:
            yield
        finally:
            self._active.discard(binding)

    def is_resolving(self, binding: object) -> bool:
        """Return whether the binding is being resolved just now."""
        return binding in self._active

    def itself(self, scope: Scope, name: str) -> Assignment | None:
        """Return the assignment of that name that is being resolved just now, which a text in it may mean: it is read later."""
        found = (binding for candidate in scope.outwards() for binding in candidate.bindings.get(name, ()))
        return next((binding for binding in found if isinstance(binding, Assignment) and binding in self._active), None)

    def lookup(self, scope: Scope, name: str) -> Symbol:
        """Return what a name means in a scope."""
        missing: Missing | None = None
        for candidate in scope.outwards():
            symbol = self._bound(candidate, name)
            if symbol is not None and not isinstance(symbol, Missing):
                return symbol
            missing = missing or symbol
        if missing is not None:
            return missing
        if hasattr(builtins, name):
            return External(f"builtins.{name}")
        return Missing(f"the name {name!r} is not defined", closest(name, self._visible(scope)))

    def _visible(self, scope: Scope) -> set[str]:
        return {name for candidate in scope.outwards() for name in candidate.bindings}

    def _bound(self, scope: Scope, name: str) -> Symbol | None:
        missing: Missing | None = None
        for binding in scope.bindings.get(name, ()):
            if binding in self._active:
                continue
            symbol = self._enter(binding)
            if not isinstance(symbol, Missing):
                return symbol
            missing = missing or symbol
        return self._starred(scope, name) or missing

    def _enter(self, binding: Binding) -> Symbol:
        match binding:
            case ImportedModule(name=name):
                return self._module(name)
            case ImportedName(module=module, name=name):
                with self.resolving(binding):
                    return self.import_from(module, name)
            case _:
                return binding

    def _starred(self, scope: Scope, name: str) -> Symbol | None:
        for module in scope.stars:
            key = (module, name)
            if key in self._active or not self._exports(module, name):
                continue
            with self.resolving(key):
                symbol = self.import_from(module, name)
            if not isinstance(symbol, Missing):
                return symbol
        return None

    def _exports(self, module: str, name: str) -> bool:
        """Return whether `from module import *` binds the name."""
        if not self._is_project(module):
            return _exports_externally(module, name)
        scope = self.scope(module)
        listed = self.listed(scope) if scope is not None else None
        if listed is not None:
            return name in listed
        return not name.startswith("_")

    def listed(self, scope: Scope) -> set[str] | None:
        """Return the names in `__all__`, or None without one that can be read."""
        found = _AllReader(self, scope).read()
        return found if found or "__all__" in scope.bindings else None

    def _is_project(self, module: str) -> bool:
        return module.partition(".")[0] not in KITS and self.project.owns(module)

    def _module(self, name: str) -> Symbol:
        if not self._is_project(name):
            return External(name)
        if self.project.locate(name) is not None:
            return ModuleSymbol(name)
        parent, _, last = name.rpartition(".")
        near = closest(last, self.project.submodules(parent))
        return Missing(f"no module named {name!r}", near and f"{parent}.{near}")

    def import_from(self, module: str, name: str) -> Symbol:
        """Return what `from module import name` binds."""
        if module.startswith("."):
            return Missing("the relative import leads beyond the top-level package")
        owner = self._module(module)
        return self.member(owner, name)

    def member(self, owner: Symbol, name: str) -> Symbol:
        """Return what the attribute of a module or class stands for."""
        match owner:
            case ModuleSymbol(name=module):
                return self._module_member(module, name)
            case ClassSymbol():
                found = self._bound(self.class_scope(owner), name)
                return found or Missing(f"{owner.ref.name} has no {name!r}")
            case External(name=external):
                return External(f"{external}.{name}")
            case Missing():
                return owner
            case _:
                return Missing(f"{name!r} of that value cannot be told from the source")

    def _module_member(self, module: str, name: str) -> Symbol:
        scope = self.scope(module)
        symbol = self._bound(scope, name) if scope else None
        if symbol is not None and not isinstance(symbol, Missing):
            return symbol
        if self.project.locate(f"{module}.{name}") is not None:
            return ModuleSymbol(f"{module}.{name}")
        if symbol is not None:
            return symbol
        names = [*(scope.bindings if scope else ()), *self.project.submodules(module)]
        return Missing(f"{module} has no {name!r}", closest(name, names))


def _exports_externally(module: str, name: str) -> bool:
    if module not in _STAR_SAFE:
        return False
    loaded = importlib.import_module(module)
    listed: object = getattr(loaded, "__all__", None)
    return name in listed if isinstance(listed, (list, tuple)) else not name.startswith("_") and hasattr(loaded, name)


@dataclass(eq=False)
class _AllReader:
    """Reads `__all__` of a module: lists and tuples of text, sums, `+=`, `.extend`, `.append` and other modules' `__all__`."""

    names: Names
    scope: Scope

    def read(self) -> set[str]:
        found: set[str] = set()
        for statement in self.scope.module.tree.body:
            if isinstance(statement, cst.SimpleStatementLine):
                for small in statement.body:
                    found |= self._statement(small)
        return found

    def _statement(self, statement: cst.BaseSmallStatement) -> set[str]:
        match statement:
            case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value="__all__"))], value=value):
                return self._listed(value)
            case cst.AnnAssign(target=cst.Name(value="__all__"), value=value) if value is not None:
                return self._listed(value)
            case cst.AugAssign(target=cst.Name(value="__all__"), value=value):
                return self._listed(value)
            case cst.Expr(value=cst.Call(func=func, args=[argument])):
                method = dotted_name(func)
                return self._listed(argument.value) if method in ("__all__.extend", "__all__.append") else set()
            case _:
                return set()

    def _listed(self, node: cst.BaseExpression) -> set[str]:
        match node:
            case cst.SimpleString() | cst.ConcatenatedString():
                value = node.evaluated_value
                return {value} if isinstance(value, str) else set()
            case cst.List(elements=elements) | cst.Tuple(elements=elements):
                return {name for element in elements for name in self._listed(element.value)}
            case cst.BinaryOperation(left=left, right=right):
                return self._listed(left) | self._listed(right)
            case cst.Attribute(value=value, attr=cst.Name(value="__all__")):
                owner = self.names.resolve(self.scope, value)
                scope = self.names.scope(owner.name) if isinstance(owner, ModuleSymbol) else None
                return self.names.listed(scope) or set() if scope is not None and scope is not self.scope else set()
            case _:
                return set()
