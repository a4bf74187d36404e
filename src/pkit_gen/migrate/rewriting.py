"""The rewriting of one file."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst
from libcst.metadata import CodeRange, PositionProvider

from pkit_gen.migrate.bindings import FACTORIES, Bindings, Held, Scopes, dotted, imported_module, parsed, text_of
from pkit_gen.migrate.findings import Finding
from pkit_gen.migrate.names import (
    ADVICE,
    CACHES,
    CONTAINER,
    DRIVER_ERRORS,
    FACADE,
    METHODS,
    PREDECESSOR,
    REGISTRATION,
    RUNTIME,
    SECRETS,
    UNMISTAKABLE,
    successor,
)

CRITERIA_METHODS = ("list_by_fields",)
EMPTY_CRITERIA = "empty criteria gave nothing here, and give everything now"


class Rewriter(cst.CSTTransformer):
    """Rewrites a file. `needed` are the imports to add, as module and name, and `findings` what it leaves to its user."""

    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self, bindings: Bindings) -> None:
        super().__init__()
        self.bindings = bindings
        self.entities = bindings.entities
        self.scopes = Scopes(bindings)
        self.needed: dict[tuple[str, str], None] = {}
        self.findings: list[Finding] = []
        self.left: dict[str, Finding] = {}  # imports that have no successor, by the module and name that were imported
        self._bases: set[cst.CSTNode] = set()
        self._annotations = 0
        self._around: cst.CSTNode | None = None  # the text whose expression is visited

    def report(self, node: cst.CSTNode, message: str, advice: str) -> None:
        """Add a finding at a node."""
        self.findings.append(self._finding(node, message, advice))

    def _finding(self, node: cst.CSTNode, message: str, advice: str) -> Finding:
        place = self.get_metadata(PositionProvider, self._around or node, None)
        start = place.start if isinstance(place, CodeRange) else None
        return Finding(start.line if start else 1, start.column + 1 if start else 1, message, advice)

    def need(self, module: str, name: str) -> str:
        """Have a name imported, and return it."""
        self.needed.setdefault((module, name))
        return name

    # --- where we are -----------------------------------------------------------------------------------------------

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self.scopes.classes.append(node.name.value)
        for base in node.bases:
            if self.bindings.protocol(base.value):
                self._bases.add(base.value)
                self.report(base.value, "a repository of the host's own", "derive it from the generated protocol")

    def leave_ClassDef(self, original_node: cst.ClassDef, updated_node: cst.ClassDef) -> cst.ClassDef:
        self.scopes.classes.pop()
        return updated_node

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        self.scopes.enter(node)

    def leave_FunctionDef(self, original_node: cst.FunctionDef, updated_node: cst.FunctionDef) -> cst.FunctionDef:
        self.scopes.leave()
        return updated_node

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self.scopes.annotate(node)

    def visit_Assign(self, node: cst.Assign) -> None:
        self.scopes.assign(node)

    # --- annotations ------------------------------------------------------------------------------------------------

    def visit_Annotation(self, node: cst.Annotation) -> None:
        self._annotations += 1

    def leave_Annotation(self, original_node: cst.Annotation, updated_node: cst.Annotation) -> cst.Annotation:
        self._annotations -= 1
        return updated_node

    def leave_Subscript(self, original_node: cst.Subscript, updated_node: cst.Subscript) -> cst.BaseExpression:
        found = self.bindings.protocol(original_node)
        if found is None or original_node in self._bases:
            return updated_node
        view, entity = found
        keys = self.entities.keys_of_class(entity)
        name = self.entities.repository(keys[0], view) if len(keys) == 1 else None
        if name is None:
            self._report_protocol(original_node, entity.rpartition(".")[2], keys, view)
            return updated_node
        return cst.Name(self.need(self.entities.package, name), lpar=original_node.lpar, rpar=original_node.rpar)

    def _report_protocol(self, node: cst.CSTNode, entity: str, keys: list[str], view: bool) -> None:
        if len(keys) > 1:
            self.report(node, f"{entity} is registered as {' and '.join(keys)}", "choose the repository of one of them")
        elif keys:
            self.report(node, f"{keys[0]} has no relations, so it has no views", "use its repository")
        else:
            self.report(node, f"{entity} is not registered", "register it, or keep pkit's protocol here")

    def leave_SimpleString(self, original_node: cst.SimpleString, updated_node: cst.SimpleString) -> cst.BaseExpression:
        text = text_of(original_node) or ""
        if self._annotations:
            return self._rewrite_text(original_node, text) or updated_node
        if text == PREDECESSOR or text.startswith(f"{PREDECESSOR}."):
            self.report(original_node, "a text names persistence-kit", "name the module that the code uses now")
        elif text == "init_indexes":
            self.report(original_node, "repositories have no init_indexes", "create_schema() of the container does it")
        return updated_node

    def _rewrite_text(self, node: cst.SimpleString, text: str) -> cst.SimpleString | None:
        expression = parsed(text)
        if expression is None or self._around:
            return None
        self._around = node
        visited = expression.visit(self)
        rewritten = cst.Module([]).code_for_node(visited) if isinstance(visited, cst.CSTNode) else text
        self._around = None
        return (
            node.with_changes(value=f"{node.prefix}{node.quote}{rewritten}{node.quote}") if rewritten != text else None
        )

    # --- calls ------------------------------------------------------------------------------------------------------

    def leave_Call(self, original_node: cst.Call, updated_node: cst.Call) -> cst.BaseExpression:
        match original_node.func:
            case cst.Attribute(value=receiver, attr=cst.Name(value="cache_clear")):
                return self._cleared(receiver) or updated_node
            case cst.Attribute(value=receiver, attr=cst.Name(value="clear")):
                return self._emptied(receiver) or updated_node
            case cst.Attribute(value=receiver, attr=cst.Name(value=method)) if method in METHODS:
                return self._method(original_node, updated_node, method, self.scopes.holder(receiver))
            case _:
                self._check_key(original_node)
                return updated_node

    def _cleared(self, cache: cst.BaseExpression) -> cst.BaseExpression | None:
        if self.bindings.qualified(cache).rpartition(".")[2] not in CACHES or not self._is_predecessor(cache):
            return None
        return self._call(CONTAINER, "reset", self.need(self.entities.package, "Repositories"))

    def _emptied(self, registry: cst.BaseExpression) -> cst.BaseExpression | None:
        if self.bindings.qualified(registry).rpartition(".")[2] != "ENTITY_CONFIG" or not self._is_predecessor(
            registry
        ):
            return None
        return self._call(REGISTRATION, "clear_registrations")

    def _is_predecessor(self, node: cst.BaseExpression) -> bool:
        return self.bindings.qualified(node).startswith(f"{PREDECESSOR}.")

    def _call(self, module: str, function: str, *names: str) -> cst.Call:
        arguments = [cst.Arg(cst.Name(name)) for name in names]
        return cst.Call(cst.Name(self.need(module, function)), arguments)

    def _method(self, original: cst.Call, updated: cst.Call, method: str, held: Held | None) -> cst.Call:
        if held is None and method not in UNMISTAKABLE:
            return updated
        positional = _with_positional(updated, METHODS[method])
        if method in CRITERIA_METHODS:
            self._check_criteria(original, positional)
        if method == "get_by_index" and held and not held.view:
            return self._lookup(original, positional, held)
        return positional

    def _check_criteria(self, original: cst.Call, call: cst.Call) -> None:
        first = call.args[0].value if call.args else None
        if isinstance(first, cst.Name) or (isinstance(first, cst.Dict) and not first.elements):
            self.report(original, EMPTY_CRITERIA, "do not ask for them where nothing is wanted")

    def _lookup(self, original: cst.Call, call: cst.Call, held: Held) -> cst.Call:
        index = text_of(call.args[0].value) if len(call.args) == 2 and not any(arg.star for arg in call.args) else None
        if index is None:
            self.report(original, "the index is no literal text", "checkers need one to know the type of the value")
            return call
        method = self.entities.lookup(held.key, index)
        if method is None:
            self.report(original, f"{held.key} has no unique index {index!r}", "it gave None whatever the value")
            return call
        function = cst.ensure_type(call.func, cst.Attribute).with_changes(attr=cst.Name(method))
        return call.with_changes(func=function, args=call.args[1:])

    def _check_key(self, call: cst.Call) -> None:
        name = self.bindings.predecessor_name(call.func)
        if name not in FACTORIES or not call.args:
            return
        key = text_of(call.args[0].value)
        if key is None:
            self.report(
                call, "the key is no literal text", f"{RUNTIME}.repository_factory.{name} takes any key, without types"
            )
        elif key not in self.entities.by_key:
            self.report(call, f"no entity is registered as {key!r}", "register it, or write the key that was meant")
        elif self.entities.repository(key, FACTORIES[name]) is None:
            self.report(call, f"{key} has no relations, so it has no views", "use its repository")

    def leave_Await(self, original_node: cst.Await, updated_node: cst.Await) -> cst.BaseExpression:
        match original_node.expression:
            case cst.Call(func=cst.Attribute(attr=cst.Name(value="init_indexes"))):
                return updated_node.with_changes(expression=self._schema_creation())
            case _:
                return updated_node

    # --- names ------------------------------------------------------------------------------------------------------

    def visit_Attribute(self, node: cst.Attribute) -> None:
        owner = self.bindings.predecessor_name(node.value)
        if owner in ("ConfigRegistry", "SeederProvider") and node.attr.value.startswith("_"):
            instead = "SeederProvider().reset()" if owner == "SeederProvider" else "ConfigRegistry.reset()"
            self.report(node, f"{owner}.{node.attr.value} is private", f"call {instead}")
        if node.attr.value in SECRETS and dotted(node.value).rpartition(".")[2].lower().endswith("settings"):
            self.report(node, f"{node.attr.value} is a secret now", f"write {node.attr.value}.get_secret_value()")

    def leave_Attribute(self, original_node: cst.Attribute, updated_node: cst.Attribute) -> cst.BaseExpression:
        if dotted(original_node.value) != PREDECESSOR or original_node.attr.value not in FACADE:
            return updated_node
        return updated_node.with_changes(value=cst.Name(RUNTIME))

    def visit_ExceptHandler(self, node: cst.ExceptHandler) -> None:
        caught = [element.value for element in node.type.elements] if isinstance(node.type, cst.Tuple) else [node.type]
        for one in filter(None, caught):
            name = self.bindings.qualified(one)
            if name in DRIVER_ERRORS:
                self.report(one, f"repositories raise no {name}", f"catch {DRIVER_ERRORS[name]} of pkit.errors")

    # --- imports ----------------------------------------------------------------------------------------------------

    def visit_Import(self, node: cst.Import) -> None:
        for alias in node.names:
            self._leave(alias, dotted(alias.name), "import the names that are used, with from … import")

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        module = imported_module(node)
        if isinstance(node.names, cst.ImportStar):
            self._leave(node, f"{module}.*", "import the names that are used, one by one")
            return
        for alias in node.names:
            self._leave(alias, f"{module}.{dotted(alias.name)}", advice_on(dotted(alias.name)))

    def _leave(self, node: cst.CSTNode, name: str, advice: str) -> None:
        if name.partition(".")[0] == PREDECESSOR:
            self.left[name] = self._finding(node, f"{name} has no successor of that name", advice)

    def leave_Import(self, original_node: cst.Import, updated_node: cst.Import) -> cst.Import:
        names = [self._renamed(alias) for alias in updated_node.names]
        return updated_node.with_changes(names=names)

    def _renamed(self, alias: cst.ImportAlias) -> cst.ImportAlias:
        name = dotted(alias.name)
        return alias.with_changes(name=cst.Name(RUNTIME)) if name == PREDECESSOR else alias

    def leave_SimpleStatementLine(
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.SimpleStatementLine]:
        if self._starts_up(original_node):
            created = cst.SimpleStatementLine([cst.Expr(cst.Await(self._schema_creation()))])
            return _lines(updated_node, [*created.body, *updated_node.body])
        statements = [part for statement in updated_node.body for part in self._split(statement)]
        if len(updated_node.body) > 1:
            return updated_node.with_changes(body=statements)
        return _lines(updated_node, statements)

    def _starts_up(self, line: cst.SimpleStatementLine) -> bool:
        """Return whether the line awaits the bootstrap, which created tables and indexes on its way."""
        match line.body:
            case [cst.Expr(value=cst.Await(expression=cst.Call(func=function)))]:
                name = self.bindings.qualified(function)
                return name.startswith(f"{PREDECESSOR}.") and name.endswith(".run_startup_bootstrap")
            case _:
                return False

    def _schema_creation(self) -> cst.Call:
        repositories = self._call(CONTAINER, "current", self.need(self.entities.package, "Repositories"))
        return cst.Call(cst.Attribute(repositories, cst.Name("create_schema")))

    def _split(self, statement: cst.BaseSmallStatement) -> Sequence[cst.BaseSmallStatement]:
        if not isinstance(statement, cst.ImportFrom) or imported_module(statement).partition(".")[0] != PREDECESSOR:
            return [statement]
        if isinstance(statement.names, cst.ImportStar):
            return [statement]
        modules: dict[str | None, list[cst.ImportAlias]] = {}
        for alias in statement.names:
            modules.setdefault(successor(dotted(alias.name), self.entities.package), []).append(alias)
        return [_moved(statement, module, names) for module, names in modules.items()]


def _lines(
    line: cst.SimpleStatementLine, statements: Sequence[cst.BaseSmallStatement]
) -> cst.SimpleStatementLine | cst.FlattenSentinel[cst.SimpleStatementLine]:
    """Return a line with other statements, each on a line of its own; comments before and after stay there."""
    if len(statements) == 1:
        return line.with_changes(body=statements)
    first = line.with_changes(body=statements[:1], trailing_whitespace=cst.TrailingWhitespace())
    between = [cst.SimpleStatementLine([statement]) for statement in statements[1:-1]]
    last = line.with_changes(body=statements[-1:], leading_lines=[])
    return cst.FlattenSentinel([first, *between, last])


def _moved(statement: cst.ImportFrom, module: str | None, names: Sequence[cst.ImportAlias]) -> cst.ImportFrom:
    """Return the import of some of the names, from another module unless that is None."""
    if isinstance(statement.names, cst.ImportStar):
        raise TypeError("a star imports no names")
    from_module = statement.module if module is None else parsed(module)
    if len(names) == len(statement.names):
        return statement.with_changes(module=from_module)
    return statement.with_changes(module=from_module, names=[*names[:-1], _last(names[-1], statement)])


def _last(alias: cst.ImportAlias, statement: cst.ImportFrom) -> cst.ImportAlias:
    """Return the name as the last of its import: a comma only where a bracket follows on a line of its own."""
    space = alias.comma.whitespace_after if isinstance(alias.comma, cst.Comma) else None
    if statement.lpar is None or not isinstance(space, cst.ParenthesizedWhitespace):
        return alias.with_changes(comma=cst.MaybeSentinel.DEFAULT)
    closing = space.with_changes(last_line=cst.SimpleWhitespace(""))
    return alias.with_changes(comma=cst.Comma(whitespace_after=closing))


def _with_positional(call: cst.Call, parameters: Sequence[str]) -> cst.Call:
    """Return the call with the keywords of these parameters as positional arguments, in their order."""
    if any(argument.star for argument in call.args):
        return call
    given = {argument.keyword.value: argument for argument in call.args if argument.keyword}
    before = [argument for argument in call.args if argument.keyword is None]
    moved = [given[name] for name in parameters[len(before) :] if name in given]
    if not moved:
        return call
    plain = [argument.with_changes(keyword=None, equal=cst.MaybeSentinel.DEFAULT) for argument in moved]
    rest = [argument for argument in call.args if argument.keyword and argument not in moved]
    return call.with_changes(args=_with_commas([*before, *plain, *rest], call.args))


def _with_commas(arguments: Sequence[cst.Arg], laid_out: Sequence[cst.Arg]) -> list[cst.Arg]:
    """Return arguments with the commas and the space of those that stood in their places."""
    pairs = zip(arguments, laid_out, strict=True)
    return [
        argument.with_changes(comma=place.comma, whitespace_after_arg=place.whitespace_after_arg)
        for argument, place in pairs
    ]


def advice_on(name: str) -> str:
    """Return what to do about a name of persistence-kit that has no successor."""
    return ADVICE.get(name, "it is private to persistence-kit; the migration guide says what takes its place")
