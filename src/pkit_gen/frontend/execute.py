"""Following the statements of functions to the `register_entity` calls that they reach."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import libcst as cst

from pkit_gen.diagnostics.catalog import sources as catalog
from pkit_gen.frontend.builtins import call_builtin
from pkit_gen.frontend.evaluate import Evaluator
from pkit_gen.frontend.names import Names
from pkit_gen.frontend.operators import bind, iterated, table, truth_of
from pkit_gen.frontend.scopes import function_scope, static_truth
from pkit_gen.frontend.symbols import FunctionSymbol, Scope
from pkit_gen.frontend.values import Arguments, Constant, Environment, Function, Items, Opaque, Table, Value
from pkit_gen.source import Place

_DEEPEST = 12  # calls inside each other
_MOST = 50_000  # statements in all


@dataclass(frozen=True)
class RegisterCall:
    """One `register_entity` call that was reached, with its evaluated arguments."""

    key: Value | None
    config: Value | None
    place: Place
    unknown: Place | None  # the condition or loop around it that the source does not decide


@dataclass(eq=False)
class Executor:
    """Runs function bodies over what is known of their values. Conditions that are unknown take both branches."""

    names: Names
    evaluator: Evaluator
    calls: list[RegisterCall] = field(default_factory=list[RegisterCall])
    entered: set[cst.CSTNode] = field(default_factory=set[cst.CSTNode])
    _stack: list[cst.CSTNode] = field(default_factory=list[cst.CSTNode])
    _unknown: list[Place] = field(default_factory=list[Place])
    _scopes: dict[cst.CSTNode, Scope] = field(default_factory=dict[cst.CSTNode, Scope])
    _steps: int = 0

    def __post_init__(self) -> None:
        """Let the evaluator call functions, and record registrations, through this executor."""
        self.evaluator.call = self.run
        self.evaluator.register = self._record

    def run(self, function: Function, arguments: Arguments, place: Place) -> Value | None:
        """Run a function with arguments; return its value, or None when the source does not tell it."""
        definition = function.definition
        given = Arguments(
            (*function.arguments.positional, *arguments.positional),
            {**function.arguments.keywords, **arguments.keywords},
        )
        node = definition.node if isinstance(definition, FunctionSymbol) else definition
        if len(self._stack) >= _DEEPEST or self._steps >= _MOST or node in self._stack:
            self._refuse(function, place)
            return None
        self._stack.append(node)
        self.entered.add(node)
        try:
            return self._run(function, given)
        finally:
            self._stack.pop()

    def _refuse(self, function: Function, place: Place) -> None:
        """Report what is not followed any further, provided that it could register something."""
        if "register_entity" in function.environment.scope.module.file.text:
            self.names.project.diagnostics.report(catalog.too_deep(place))

    def _run(self, function: Function, given: Arguments) -> Value | None:
        definition = function.definition
        if isinstance(definition, cst.Lambda):
            env = Environment(function.environment.scope, {}, function.environment)
            self._bind_parameters(definition.params, given, env)
            return self.evaluator.value(definition.body, env)
        node = definition.node
        scope = self._scopes.setdefault(node, function_scope(definition))
        env = Environment(scope, {}, function.environment)
        self._bind_parameters(node.params, given, env)
        return self.block(node.body.body, env)

    def _bind_parameters(self, parameters: cst.Parameters, given: Arguments, env: Environment) -> None:
        positional = [*parameters.posonly_params, *parameters.params]
        keywords = dict(given.keywords)
        for position, parameter in enumerate([*positional, *parameters.kwonly_params]):
            name = parameter.name.value
            if position < len(positional) and position < len(given.positional):
                env.names[name] = given.positional[position]
            elif name in keywords:
                env.names[name] = keywords.pop(name)
            elif parameter.default is not None:
                env.names[name] = self.evaluator.value(parameter.default, Environment(env.scope, {}, env.outer))
            else:
                reason = f"the parameter {name} is known only at run time"
                env.names[name] = Opaque(name, reason, env.scope.module.place(parameter.name))
        self._bind_rest(parameters, given.positional[len(positional) :], keywords, env)

    def _bind_rest(
        self, parameters: cst.Parameters, positional: Sequence[Value], keywords: dict[str, Value], env: Environment
    ) -> None:
        if isinstance(parameters.star_arg, cst.Param):
            place = env.scope.module.place(parameters.star_arg.name)
            env.names[parameters.star_arg.name.value] = Items("tuple", tuple(positional), place)
        if parameters.star_kwarg is not None:
            place = env.scope.module.place(parameters.star_kwarg.name)
            entries = tuple((Constant(name, value.place), value) for name, value in keywords.items())
            env.names[parameters.star_kwarg.name.value] = Table(entries, place)

    # --- statements ---

    def block(self, statements: Iterable[cst.CSTNode], env: Environment) -> Value | None:
        """Run statements; return the value of a `return` that was reached, or None."""
        for statement in statements:
            self._steps += 1
            result = self._statement(statement, env)
            if result is not None:
                return result
        return None

    def _statement(self, statement: cst.CSTNode, env: Environment) -> Value | None:
        match statement:
            case (
                cst.SimpleStatementLine(body=body) | cst.SimpleStatementSuite(body=body) | cst.IndentedBlock(body=body)
            ):
                return self.block(body, env)
            case cst.If():
                return self._if(statement, env)
            case cst.For():
                return self._for(statement, env)
            case cst.While(test=test, body=body):
                return self._maybe([body], test, env)
            case cst.With(body=body):
                return self._statement(body, env)
            case cst.Try() | cst.TryStar():
                ends = [end.body for end in (statement.orelse, statement.finalbody) if end is not None]
                return self.block([statement.body, *ends], env)
            case cst.FunctionDef(name=name):
                symbol = FunctionSymbol(env.scope, statement, env.scope.ref(name.value))
                env.names[name.value] = Function(symbol, env, Arguments(), env.scope.module.place(name))
            case cst.Return(value=value):
                none = Constant(None, env.scope.module.place(statement))
                return none if value is None else self._expression(value, env)
            case cst.Match(subject=subject, cases=cases):
                return self._maybe([case.body for case in cases], subject, env)
            case _:
                self._simple(statement, env)
        return None

    def _simple(self, statement: cst.CSTNode, env: Environment) -> None:
        match statement:
            case cst.Expr(value=value):
                self._expression(value, env)
            case cst.Assign(targets=targets, value=value):
                found = self._expression(value, env)
                for target in targets:
                    self._assign(target.target, found, env)
            case cst.AnnAssign(target=target, value=value) if value is not None:
                self._assign(target, self._expression(value, env), env)
            case cst.AugAssign():
                self._augment(statement, env)
            case cst.ImportFrom() | cst.Import():
                _forget_imported(statement, env)
            case _:
                pass

    def _assign(self, target: cst.BaseExpression, value: Value, env: Environment) -> None:
        """Assign to names; `config["key"] = value` on a local dict makes a new dict."""
        match target:
            case cst.Name(value=name) if isinstance(value, Opaque) and env.scope.parent is None:
                env.names.pop(name, None)  # the module's scope knows more: it may be a class or a type
            case cst.Subscript(value=cst.Name(value=name), slice=[cst.SubscriptElement(slice=cst.Index(value=key))]):
                owner = env.names.get(name)
                if isinstance(owner, Table):
                    env.names[name] = table([*owner.entries, (self.evaluator.value(key, env), value)], owner.place)
            case _:
                if not bind(target, value, env):
                    opaque = Opaque(env.scope.module.code(target), "it is known only at run time", value.place)
                    for name in _names_in(target):
                        env.names[name] = opaque

    def _augment(self, statement: cst.AugAssign, env: Environment) -> None:
        operators: dict[type[cst.BaseAugOp], cst.BaseBinaryOp] = {
            cst.AddAssign: cst.Add(),
            cst.BitOrAssign: cst.BitOr(),
        }
        operator = operators.get(type(statement.operator))
        if isinstance(statement.target, cst.Name):
            place = env.scope.module.place(statement)
            opaque = Opaque(env.scope.module.code(statement), "it is known only at run time", place)
            combined = operator and cst.BinaryOperation(statement.target, operator, statement.value)
            env.names[statement.target.value] = self.evaluator.value(combined, env) if combined else opaque

    def _if(self, statement: cst.If, env: Environment) -> Value | None:
        truth = static_truth(statement.test)
        if truth is None:
            truth = truth_of(self._expression(statement.test, env))
        orelse = statement.orelse
        other: cst.CSTNode | None = orelse.body if isinstance(orelse, cst.Else) else orelse
        if truth is None:
            return self._maybe([statement.body, *([other] if other else [])], statement.test, env)
        taken = statement.body if truth else other
        return self._statement(taken, env) if taken is not None else None

    def _for(self, statement: cst.For, env: Environment) -> Value | None:
        items = iterated(self._expression(statement.iter, env))
        if items is None:
            self._assign(
                statement.target,
                Opaque("", "it is known only at run time", env.scope.module.place(statement.iter)),
                env,
            )
            return self._maybe([statement.body], statement.iter, env)
        for item in items:
            self._assign(statement.target, item, env)
            result = self._statement(statement.body, env)
            if result is not None or self._steps >= _MOST:
                return result
        return None

    def _maybe(self, blocks: Sequence[cst.CSTNode], test: cst.CSTNode, env: Environment) -> Value | None:
        """Run blocks of which the source does not tell whether they run; what they assign is unknown afterwards."""
        self._unknown.append(env.scope.module.place(test))
        before = dict(env.names)
        try:
            for block in blocks:
                self._statement(block, env)
        finally:
            self._unknown.pop()
        for name, value in env.names.items():
            if before.get(name) is not value:
                env.names[name] = Opaque(
                    name, f"{name} depends on a condition that is known only at run time", value.place
                )
        return None

    # --- calls ---

    def _expression(self, node: cst.BaseExpression, env: Environment) -> Value:
        """Evaluate an expression for what it is worth and for the calls in it."""
        match node:
            case cst.Await(expression=expression):
                return self._expression(expression, env)
            case cst.Call(func=cst.Attribute(value=cst.Name(value=name), attr=cst.Name(value="update"))):
                self._update(name, node, env)
            case _:
                pass
        return self.evaluator.value(node, env)

    def _update(self, name: str, node: cst.Call, env: Environment) -> None:
        """Follow `config.update(...)` on a local dict."""
        owner = env.names.get(name)
        if not isinstance(owner, Table):
            return
        place = env.scope.module.place(node)
        arguments = self.evaluator.arguments(node, env)
        given = None if isinstance(arguments, Opaque) else call_builtin("dict", arguments, place)
        if isinstance(given, Table):
            env.names[name] = table([*owner.entries, *given.entries], owner.place)
        else:
            env.names[name] = Opaque(env.scope.module.code(node), "it is known only at run time", place)

    def _record(self, arguments: Arguments | Opaque, place: Place) -> None:
        """Note a call of `register_entity`."""
        unknown = self._unknown[-1] if self._unknown else None
        if isinstance(arguments, Opaque):
            self.calls.append(RegisterCall(arguments, None, place, unknown))
            return
        positional = [*arguments.positional, None, None]
        key = positional[0] or arguments.keywords.get("key")
        config = positional[1] or arguments.keywords.get("config")
        self.calls.append(RegisterCall(key, config, place, unknown))


def _names_in(target: cst.BaseExpression) -> list[str]:
    match target:
        case cst.Name(value=name):
            return [name]
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            return [name for element in elements for name in _names_in(element.value)]
        case _:
            return []


def _forget_imported(statement: cst.ImportFrom | cst.Import, env: Environment) -> None:
    """Let a function-local import hide a local value of the same name; the function's scope holds what it binds."""
    if isinstance(statement.names, cst.ImportStar):
        return
    for alias in statement.names:
        bound = alias.asname.name if alias.asname is not None else alias.name
        if isinstance(bound, cst.Name):
            env.names.pop(bound.value, None)
