"""The bindings that statements make, for modules, classes and functions."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator

import libcst as cst

from pkit_gen.frontend.modules import Module
from pkit_gen.frontend.symbols import (
    Assignment,
    Binding,
    ClassSymbol,
    FunctionSymbol,
    ImportedModule,
    ImportedName,
    Scope,
    TypeParameter,
    TypeStatement,
    dotted_name,
    parts,
)

_CHANGING = frozenset(
    ["update", "append", "extend", "insert", "setdefault", "pop", "popitem", "clear", "remove", "add", "discard"]
)


def module_scope(module: Module) -> Scope:
    """Return the scope of a module."""
    scope = Scope(module, None)
    bind_all(scope, module.tree.body)
    return scope


def class_scope(symbol: ClassSymbol) -> Scope:
    """Return the scope of a class body, within one that holds the class's type parameters."""
    around = parameter_scope(symbol.scope, symbol.node.type_parameters)
    scope = Scope(symbol.scope.module, around, (*symbol.scope.path, symbol.node.name.value), is_class=True)
    bind_all(scope, symbol.node.body.body)
    return scope


def function_scope(symbol: FunctionSymbol) -> Scope:
    """Return the scope of a function body."""
    around = parameter_scope(symbol.scope, symbol.node.type_parameters)
    scope = Scope(symbol.scope.module, around, (*symbol.scope.path, symbol.node.name.value, "<locals>"))
    bind_all(scope, symbol.node.body.body)
    return scope


def parameter_scope(scope: Scope, parameters: cst.TypeParameters | None) -> Scope:
    """Return a scope with the type parameters (PEP 695) bound, or the scope itself when there are none."""
    if parameters is None:
        return scope
    inner = Scope(scope.module, scope, scope.path)
    for parameter in parameters.params:
        _bind(inner, parameter.param.name.value, TypeParameter(inner, parameter.param))
    return inner


def bind_all(scope: Scope, statements: Iterable[cst.CSTNode]) -> None:
    """Add the bindings of the statements to the scope; later ones are preferred to earlier ones."""
    for statement in statements:
        match statement:
            case cst.SimpleStatementLine(body=body):
                bind_all(scope, body)
            case cst.ClassDef(name=name):
                _bind(scope, name.value, ClassSymbol(scope, statement, scope.ref(name.value)))
            case cst.FunctionDef(name=name):
                _bind(scope, name.value, FunctionSymbol(scope, statement, scope.ref(name.value)))
            case cst.If():
                _bind_if(scope, statement)
            case cst.Try() | cst.TryStar():
                for block in _least_preferred_first(statement):
                    bind_all(scope, block.body)
            case cst.With() | cst.For() | cst.While():
                bind_all(scope, statement.body.body)
            case _:
                _bind_simple(scope, statement)


def _bind_simple(scope: Scope, statement: cst.CSTNode) -> None:
    scope.doubtful |= _changed_names(statement)
    match statement:
        case cst.Import(names=names):
            for alias in names:
                _bind_import(scope, alias)
        case cst.ImportFrom():
            _bind_import_from(scope, statement)
        case cst.Assign(targets=targets, value=value):
            for target in targets:
                _bind_target(scope, target.target, value, None)
        case cst.AnnAssign(target=target, value=value, annotation=annotation) if value is not None:
            _bind_target(scope, target, value, annotation.annotation)
        case cst.TypeAlias(name=name):
            _bind(scope, name.value, TypeStatement(scope, statement, scope.ref(name.value)))
        case _:
            pass


def _changed_names(statement: cst.CSTNode) -> set[str]:
    """Return the names whose values the statement changes in place, as `x += y`, `x[k] = v`, `x.update(y)` and `del x[k]` do."""
    changed: list[cst.CSTNode | None] = []
    match statement:
        case cst.AugAssign(target=target):
            changed = [target]
        case cst.Assign(targets=targets):
            changed = [target.target.value for target in targets if isinstance(target.target, cst.Subscript)]
        case cst.Del(target=cst.Subscript(value=target)):
            changed = [target]
        case cst.Expr(value=cst.Call(func=cst.Attribute(value=target, attr=attr))) if attr.value in _CHANGING:
            changed = [target]
        case _:
            pass
    return {node.value for node in changed if isinstance(node, cst.Name)}


def _assigned_names(statement: cst.CSTNode) -> Iterator[str]:
    """Yield the names that the blocks of a compound statement assign."""
    match statement:
        case cst.AssignTarget(target=cst.Name(value=name)) | cst.AnnAssign(target=cst.Name(value=name)):
            yield name
        case cst.FunctionDef() | cst.ClassDef() | cst.BaseExpression():
            pass
        case _:
            for child in parts(statement):
                yield from _assigned_names(child)


def _bind(scope: Scope, name: str, binding: Binding) -> None:
    scope.bindings.setdefault(name, []).insert(0, binding)


def _bind_target(
    scope: Scope, target: cst.BaseExpression, value: cst.BaseExpression, annotation: cst.BaseExpression | None
) -> None:
    if isinstance(target, cst.Name):
        _bind(scope, target.value, Assignment(scope, target, value, annotation, scope.ref(target.value)))
    elif isinstance(target, (cst.Tuple, cst.List)) and isinstance(value, (cst.Tuple, cst.List)):
        for left, right in zip(target.elements, value.elements, strict=False):
            _bind_target(scope, left.value, right.value, None)


def _bind_import(scope: Scope, alias: cst.ImportAlias) -> None:
    name = dotted_name(alias.name)
    if name is None:
        return
    if alias.asname is not None and isinstance(alias.asname.name, cst.Name):
        _bind(scope, alias.asname.name.value, ImportedModule(name))
    else:
        top = name.partition(".")[0]
        _bind(scope, top, ImportedModule(top))


def _bind_import_from(scope: Scope, statement: cst.ImportFrom) -> None:
    module = imported_module(scope.module, statement)
    if isinstance(statement.names, cst.ImportStar):
        scope.stars.insert(0, module)
        return
    for alias in statement.names:
        if isinstance(alias.name, cst.Name):
            bound = alias.asname.name if alias.asname is not None else alias.name
            if isinstance(bound, cst.Name):
                _bind(scope, bound.value, ImportedName(module, alias.name.value))


def imported_module(module: Module, statement: cst.ImportFrom) -> str:
    """Return the absolute name of the module that a `from` import reads; one beyond the top-level package keeps its dots."""
    written = dotted_name(statement.module) or ""
    level = len(statement.relative)
    if level == 0:
        return written
    parts = module.package.split(".") if module.package else []
    if level - 1 >= len(parts):
        return "." * level + written
    base = parts[: len(parts) - (level - 1)]
    return ".".join([*base, *([written] if written else [])])


def _least_preferred_first(statement: cst.Try | cst.TryStar) -> list[cst.BaseSuite]:
    """Return the blocks of a `try` so that its body comes after its handlers: `except ImportError` holds fallbacks."""
    blocks: list[cst.BaseSuite] = [handler.body for handler in statement.handlers]
    blocks.append(statement.body)
    if statement.orelse is not None:
        blocks.append(statement.orelse.body)
    if statement.finalbody is not None:
        blocks.append(statement.finalbody.body)
    return blocks


def _bind_if(scope: Scope, statement: cst.If) -> None:
    """Bind the branch that a well-known test takes; both where it is unknown or where only type checkers take one."""
    truth = static_truth(statement.test)
    if truth is None:
        scope.doubtful |= set(_assigned_names(statement))
    if truth is not True or is_type_checking(statement.test):
        match statement.orelse:
            case cst.If():
                _bind_if(scope, statement.orelse)
            case cst.Else():
                bind_all(scope, statement.orelse.body.body)
            case None:
                pass
    if truth is not False:
        bind_all(scope, statement.body.body)


def is_type_checking(test: cst.BaseExpression) -> bool:
    """Return whether a test is `TYPE_CHECKING`, under any import."""
    name = dotted_name(test)
    return name is not None and name.rpartition(".")[2] == "TYPE_CHECKING"


def static_truth(test: cst.BaseExpression) -> bool | None:
    """Return how a well-known test ends (`TYPE_CHECKING` as type checkers see it, `sys.version_info`), or None."""
    if is_type_checking(test):
        return True
    match test:
        case cst.Name(value="True"):
            return True
        case cst.Name(value="False"):
            return False
        case cst.UnaryOperation(operator=cst.Not(), expression=expression):
            truth = static_truth(expression)
            return None if truth is None else not truth
        case cst.Comparison(left=left, comparisons=[comparison]) if dotted_name(left) == "sys.version_info":
            return _version_truth(comparison)
        case _:
            return None


def _version_truth(comparison: cst.ComparisonTarget) -> bool | None:
    if not isinstance(comparison.comparator, cst.Tuple):
        return None
    numbers = [element.value for element in comparison.comparator.elements]
    if not all(isinstance(number, cst.Integer) for number in numbers):
        return None
    wanted = tuple(number.evaluated_value for number in numbers if isinstance(number, cst.Integer))
    running = tuple(sys.version_info[:3])
    match comparison.operator:
        case cst.GreaterThanEqual():
            return running >= wanted
        case cst.GreaterThan():
            return running > wanted
        case cst.LessThan():
            return running < wanted
        case cst.LessThanEqual():
            return running <= wanted
        case _:
            return None
