"""The constant evaluator: what expressions are worth, told from the source alone."""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field

import libcst as cst

from pkit_gen.declarations import EnumDecl, MemberValue, TypeDefinition
from pkit_gen.frontend.builtins import METHODS, call_builtin
from pkit_gen.frontend.names import KITS, Names
from pkit_gen.frontend.operators import binary, bind, compare, iterated, joined, reason_of, table, truth_of, unary
from pkit_gen.frontend.symbols import (
    Assignment,
    ClassSymbol,
    External,
    FunctionSymbol,
    ModuleSymbol,
    Scope,
    Symbol,
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
    at,
)
from pkit_gen.source import Place

_TABLE_MAKERS = frozenset({"EntityConfig", "Relation"})


@dataclass(eq=False)
class Evaluator:
    """Evaluates expressions.

    `define` gives the definition of an enum, `call` runs a function of the project, `register` is told of calls of `register_entity`.
    """

    names: Names
    define: Callable[[Symbol], TypeDefinition | None]
    call: Callable[[Function, Arguments, Place], Value | None] = lambda function, arguments, place: None
    register: Callable[[Arguments | Opaque, Place], None] = lambda arguments, place: None
    _constants: dict[Assignment, Value] = field(default_factory=dict[Assignment, Value])

    def value(self, node: cst.BaseExpression, env: Environment) -> Value:
        """Return the value of an expression; an `Opaque` one when the source does not tell it."""
        place = env.scope.module.place(node)
        match node:
            case cst.SimpleString() | cst.ConcatenatedString() | cst.FormattedString():
                return self._text(node, env, place)
            case cst.Integer() | cst.Float() | cst.Imaginary():
                return Constant(node.evaluated_value, place)
            case cst.Name(value=name):
                return self._name(name, node, env, place)
            case cst.Attribute():
                return self._attribute(node, env, place)
            case cst.List() | cst.Tuple() | cst.Set():
                return self._items(node, env, place)
            case cst.Dict():
                return self._dict(node, env, place)
            case cst.Call():
                return self._call(node, env, place)
            case cst.Lambda():
                return self._lambda(node, env, place)
            case cst.ListComp() | cst.GeneratorExp() | cst.SetComp() | cst.DictComp():
                return self._comprehension(node, env, place)
            case _:
                return self._operation(node, env, place)

    def _opaque(self, node: cst.CSTNode, env: Environment, reason: str) -> Opaque:
        module = env.scope.module
        return Opaque(module.code(node), reason, module.place(node))

    def truth(self, node: cst.BaseExpression, env: Environment) -> bool | None:
        """Return whether an expression is true, or None when the source does not tell."""
        return truth_of(self.value(node, env))

    # --- names ---

    def _name(self, name: str, node: cst.Name, env: Environment, place: Place) -> Value:
        if name in ("True", "False", "None"):
            return Constant({"True": True, "False": False, "None": None}[name], place)
        local = env.find(name)
        if local is not None:
            return at(local, place) if isinstance(local, Reference) else local
        return self._symbol(self.names.lookup(env.scope, name), node, env)

    def _symbol(self, symbol: Symbol | None, node: cst.BaseExpression, env: Environment) -> Value:
        place = env.scope.module.place(node)
        match symbol:
            case Assignment():
                return self._assigned(symbol, node, env)
            case FunctionSymbol():
                return Function(symbol, Environment(symbol.scope, {}), Arguments(), place)
            case External(name=name):
                return self._external(name, place)
            case None:
                return self._opaque(node, env, "it is not a constant")
            case _:
                return Reference(symbol, place)

    def _assigned(self, symbol: Assignment, node: cst.BaseExpression, env: Environment) -> Value:
        """Return the value of a module's or class's constant; what is a class or a decorated class stays a reference."""
        if self.names.is_resolving(symbol):
            return self._opaque(node, env, f"{symbol.target.value} is defined by itself")
        if symbol.target.value in symbol.scope.doubtful:
            return self._opaque(
                node, env, f"{symbol.target.value} is set under a condition or changed after it was made"
            )
        if symbol not in self._constants:
            with self.names.resolving(symbol):
                self._constants[symbol] = self.value(symbol.value, Environment(symbol.scope, {}))
        found = self._constants[symbol]
        place = env.scope.module.place(node)
        if isinstance(found, Reference):
            return Reference(found.symbol, place)
        if isinstance(found, Opaque):
            return (
                Reference(symbol, place)
                if isinstance(symbol.value, cst.Call)
                else Opaque(found.text, found.reason, place)
            )
        return found

    def _external(self, name: str, place: Place) -> Value:
        parts = name.split(".")
        if parts[0] in KITS and len(parts) > 2 and parts[-2] == "Database":
            return Constant(parts[-1].lower(), place)
        return Reference(External(name), place)

    def _attribute(self, node: cst.Attribute, env: Environment, place: Place) -> Value:
        owner = self.value(node.value, env)
        attribute = node.attr.value
        match owner:
            case Reference(symbol=External(name=name)):
                return self._external(f"{name}.{attribute}", place)
            case Reference(symbol=ModuleSymbol() as module):
                return self._symbol(self.names.member(module, attribute), node, env)
            case Reference(symbol=ClassSymbol() as symbol):
                return self._member(symbol, attribute, node, env)
            case Constant(value=MemberValue(member=member, value=value)) if attribute in ("value", "name"):
                return Constant(value if attribute == "value" else member, place)
            case Constant(value=str()) if attribute == "value":  # Database.MONGO.value
                return owner
            case _:
                return self._opaque(node, env, "the attribute of a value is known only at run time")

    def _member(self, symbol: ClassSymbol, name: str, node: cst.BaseExpression, env: Environment) -> Value:
        definition = self.define(symbol)
        if isinstance(definition, EnumDecl):
            for member in definition.members:
                if member.value[0] == name:
                    return Constant(MemberValue(symbol.ref, *member.value), env.scope.module.place(node))
        return self._symbol(self.names.member(symbol, name), node, env)

    # --- literals ---

    def _text(
        self, node: cst.SimpleString | cst.ConcatenatedString | cst.FormattedString, env: Environment, place: Place
    ) -> Value:
        match node:
            case cst.SimpleString():
                return Constant(_text_of(node), place)
            case cst.ConcatenatedString(left=left, right=right):
                values = [self.value(left, env), self.value(right, env)]
            case cst.FormattedString():
                values = [self._part(part, node, env) for part in node.parts]
        return joined(values, place) or self._opaque(
            node, env, reason_of(values, "a part of the text is not a constant")
        )

    def _part(self, part: cst.BaseFormattedStringContent, node: cst.FormattedString, env: Environment) -> Value:
        place = env.scope.module.place(part)
        if isinstance(part, cst.FormattedStringText):
            prefix = node.start.lower().replace("f", "")
            text = part.value.replace("{{", "{").replace("}}", "}")
            try:
                return Constant(ast.literal_eval(prefix + text + node.end), place)
            except (SyntaxError, ValueError):
                return self._opaque(part, env, "the text cannot be read")
        if not isinstance(part, cst.FormattedStringExpression) or part.format_spec or part.conversion or part.equal:
            return self._opaque(part, env, "a formatted value is known only at run time")
        value = self.value(part.expression, env)
        match value:
            case Constant(value=str() | int() | float() as constant):
                return Constant(str(constant), place)
            case _:
                return value if isinstance(value, Opaque) else self._opaque(part, env, "the value is not a text")

    def _items(self, node: cst.List | cst.Tuple | cst.Set, env: Environment, place: Place) -> Value:
        items: list[Value] = []
        for element in node.elements:
            value = self.value(element.value, env)
            if not isinstance(element, cst.StarredElement):
                items.append(value)
                continue
            spread = iterated(value)
            if spread is None:
                return self._opaque(element.value, env, reason_of([value], "it is not a constant sequence"))
            items.extend(spread)
        return Items({cst.List: "list", cst.Tuple: "tuple", cst.Set: "set"}[type(node)], tuple(items), place)

    def _dict(self, node: cst.Dict, env: Environment, place: Place) -> Value:
        entries: list[tuple[Value, Value]] = []
        for element in node.elements:
            value = self.value(element.value, env)
            if isinstance(element, cst.DictElement):
                entries.append((self.value(element.key, env), value))
            elif isinstance(value, Table):
                entries.extend(value.entries)
            else:
                return self._opaque(element.value, env, reason_of([value], "it is not a constant dict"))
        return table(entries, place)

    # --- calls ---

    def _call(self, node: cst.Call, env: Environment, place: Place) -> Value:
        if isinstance(node.func, cst.Attribute) and node.func.attr.value in METHODS:
            receiver = self.value(node.func.value, env)
            if isinstance(receiver, (Constant, Table)):
                arguments = self.arguments(node, env)
                if isinstance(arguments, Opaque):
                    return arguments
                result = METHODS[node.func.attr.value](receiver, arguments, place)
                return result or self._opaque(node, env, "the call is evaluated only at run time")
        function = self.value(node.func, env)
        arguments = self.arguments(node, env)
        if _is_register(function):
            self.register(arguments, place)
            return Constant(None, place)
        if isinstance(arguments, Opaque):
            return arguments
        match function:
            case Function():
                result = self.call(function, arguments, place)
            case Reference(symbol=External(name=name)):
                result = self._call_external(name, arguments, place)
            case Reference(symbol=ClassSymbol() as symbol):
                result = self._call_class(symbol, arguments, place)
            case _:
                result = None
        return result or self._opaque(node, env, "the call is evaluated only at run time")

    def arguments(self, node: cst.Call, env: Environment) -> Arguments | Opaque:
        """Return the evaluated arguments of a call, spreads included."""
        positional: list[Value] = []
        keywords: dict[str, Value] = {}
        for argument in node.args:
            value = self.value(argument.value, env)
            spread = iterated(value) if argument.star == "*" else None
            if argument.keyword is not None:
                keywords[argument.keyword.value] = value
            elif argument.star == "**" and isinstance(value, Table):
                keywords.update({str(key.value): entry for key, entry in value.entries})
            elif spread is not None:
                positional.extend(spread)
            elif argument.star:
                return self._opaque(argument.value, env, "the arguments are known only at run time")
            else:
                positional.append(value)
        return Arguments(tuple(positional), keywords)

    def _call_external(self, name: str, arguments: Arguments, place: Place) -> Value | None:
        top, _, last = name.partition(".")[0], "", name.rpartition(".")[2]
        if top in KITS and last in _TABLE_MAKERS:
            return call_builtin("dict", arguments, place)
        if top in KITS and last == "Database" and len(arguments.positional) == 1:
            return arguments.positional[0]
        if name == "operator.attrgetter" and len(arguments.positional) == 1:
            (target,) = arguments.positional
            return Selector(target, False, place) if isinstance(target, Constant) else None
        if name == "functools.partial" and arguments.positional and isinstance(arguments.positional[0], Function):
            function, *rest = arguments.positional
            if isinstance(function, Function):
                bound = Arguments(
                    (*function.arguments.positional, *rest), {**function.arguments.keywords, **arguments.keywords}
                )
                return Function(function.definition, function.environment, bound, place)
        if name in ("copy.copy", "copy.deepcopy", "types.MappingProxyType", "typing.cast"):
            return arguments.positional[-1] if arguments.positional else None
        return call_builtin(name.removeprefix("builtins."), arguments, place) if top == "builtins" else None

    def _call_class(self, symbol: ClassSymbol, arguments: Arguments, place: Place) -> Value | None:
        """Return the member of `Color("red")`; a TypedDict's call is a dict."""
        definition = self.define(symbol)
        if isinstance(definition, EnumDecl) and len(arguments.positional) == 1:
            (wanted,) = arguments.positional
            for member in definition.members:
                if isinstance(wanted, Constant) and member.value[1] == wanted.value:
                    return Constant(MemberValue(symbol.ref, *member.value), place)
            return None
        bases = [argument.value for argument in symbol.node.bases]
        typed = any(
            isinstance(found := self.names.resolve_through(symbol.scope, base), External)
            and found.name.rpartition(".")[2] in ("TypedDict", *_TABLE_MAKERS)
            for base in bases
        )
        return call_builtin("dict", arguments, place) if typed else None

    def _lambda(self, node: cst.Lambda, env: Environment, place: Place) -> Value:
        """Return the selector of `lambda e: e.field` and `lambda e: e.field.lower()`; any other lambda is a function."""
        body, lower = node.body, False
        if isinstance(body, cst.Call) and not body.args and isinstance(body.func, cst.Attribute):
            lower = body.func.attr.value in ("lower", "casefold")
            body = body.func.value if lower else body
        parameters = [parameter.name.value for parameter in node.params.params]
        match body:
            case cst.Attribute(value=cst.Name(value=name), attr=attr) if parameters == [name]:
                return Selector(Constant(attr.value, env.scope.module.place(attr)), lower, place)
            case _:
                return Function(node, env, Arguments(), place)

    # --- operators ---

    def _operation(self, node: cst.BaseExpression, env: Environment, place: Place) -> Value:
        result: Value | None = None
        match node:
            case cst.UnaryOperation(operator=op, expression=expression):
                result = unary(op, self.value(expression, env), place)
            case cst.BinaryOperation(left=left, operator=op, right=right):
                result = binary(op, self.value(left, env), self.value(right, env), place)
            case cst.BooleanOperation():
                return self._boolean(node, env)
            case cst.Comparison():
                result = self._comparison(node, env, place)
            case cst.IfExp(test=test, body=body, orelse=orelse):
                truth = self.truth(test, env)
                if truth is not None:
                    return self.value(body if truth else orelse, env)
            case cst.Subscript():
                result = self._subscript(node, env)
            case cst.NamedExpr(target=cst.Name(value=name), value=inner):
                env.names[name] = self.value(inner, env)
                return env.names[name]
            case _:
                pass
        return result or self._opaque(node, env, "the expression is evaluated only at run time")

    def _boolean(self, node: cst.BooleanOperation, env: Environment) -> Value:
        left = self.value(node.left, env)
        truth = truth_of(left)
        if truth is None:
            return self._opaque(node, env, reason_of([left], "it is evaluated only at run time"))
        return left if truth is isinstance(node.operator, cst.Or) else self.value(node.right, env)

    def _comparison(self, node: cst.Comparison, env: Environment, place: Place) -> Value | None:
        left = self.value(node.left, env)
        for comparison in node.comparisons:
            right = self.value(comparison.comparator, env)
            result = compare(comparison.operator, left, right)
            if result is None or not result:
                return None if result is None else Constant(False, place)
            left = right
        return Constant(True, place)

    def _subscript(self, node: cst.Subscript, env: Environment) -> Value | None:
        if len(node.slice) != 1 or not isinstance(node.slice[0].slice, cst.Index):
            return None
        owner = self.value(node.value, env)
        key = self.value(node.slice[0].slice.value, env)
        if not isinstance(key, Constant):
            return None
        match owner:
            case Table():
                return next((value for name, value in owner.entries if name.value == key.value), None)
            case Items(kind="list" | "tuple", items=items) if isinstance(key.value, int):
                return items[key.value] if -len(items) <= key.value < len(items) else None
            case Reference(symbol=External(name=name)) if isinstance(key.value, str):
                found = self._external(f"{name}.{key.value}", key.place)
                return found if isinstance(found, Constant) else None
            case Reference(symbol=ClassSymbol() as symbol) if isinstance(key.value, str):
                return self._member(symbol, key.value, node, env)
            case _:
                return None

    # --- comprehensions ---

    def _comprehension(
        self, node: cst.ListComp | cst.GeneratorExp | cst.SetComp | cst.DictComp, env: Environment, place: Place
    ) -> Value:
        rounds = self.rounds(node.for_in, Environment(env.scope, {}, env))
        if isinstance(rounds, Opaque):
            return rounds
        if isinstance(node, cst.DictComp):
            return table([(self.value(node.key, inner), self.value(node.value, inner)) for inner in rounds], place)
        kind = {cst.ListComp: "list", cst.SetComp: "set", cst.GeneratorExp: "generator"}[type(node)]
        return Items(kind, tuple(self.value(node.elt, inner) for inner in rounds), place)

    def rounds(self, clause: cst.CompFor, env: Environment) -> list[Environment] | Opaque:
        """Return an environment for each round of a comprehension's clauses."""
        iterable = self.value(clause.iter, env)
        items = iterated(iterable)
        if items is None:
            return self._opaque(clause.iter, env, reason_of([iterable], "it is not a constant sequence"))
        found: list[Environment] = []
        for item in items:
            inner = Environment(env.scope, {}, env)
            if not bind(clause.target, item, inner):
                return self._opaque(clause.target, env, "the items do not fit the names")
            truths = [self.truth(test.test, inner) for test in clause.ifs]
            if None in truths:
                return self._opaque(clause.ifs[truths.index(None)].test, env, "the condition is not constant")
            if all(truths):
                nested = [inner] if clause.inner_for_in is None else self.rounds(clause.inner_for_in, inner)
                if isinstance(nested, Opaque):
                    return nested
                found.extend(nested)
        return found


def _is_register(function: Value) -> bool:
    match function:
        case Reference(symbol=External(name=name)):
            return name.partition(".")[0] in KITS and name.endswith(".register_entity")
        case _:
            return False


def constant_in(evaluator: Evaluator, scope: Scope, node: cst.BaseExpression) -> Constant | None:
    """Return the constant that an expression at module or class level is, or None."""
    value = evaluator.value(node, Environment(scope, {}))
    return value if isinstance(value, Constant) else None


def _text_of(node: cst.SimpleString) -> str | bytes:
    """Return the value of a literal; of one that stands for itself at a fraction of the price of asking Python."""
    written = node.value
    if written[0] in "\"'" and written[1] != written[0] and "\\" not in written:
        return written[1:-1]
    return node.evaluated_value
