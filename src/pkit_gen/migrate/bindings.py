"""What the names of one file stand for: imported names, and variables that hold repositories."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import libcst as cst

from pkit_gen.migrate.entities import Entities
from pkit_gen.migrate.names import PREDECESSOR, RUNTIME


@dataclass(frozen=True)
class Held:
    """A repository of the entity `key`, or its view repository."""

    key: str
    view: bool


FACTORIES = {"get_repo": False, "get_repo_view": True, "provide_repo": False, "provide_view_repo": True}
"""Functions that give a repository by key, or a dependency of one; whether it is that of views."""

PROTOCOLS = {"Repository": False, "ViewRepository": True}


def dotted(node: cst.CSTNode | None) -> str:
    """Return the text of a chain of names, "" for anything else.

    >>> dotted(cst.parse_expression("a.b"))
    'a.b'
    """
    match node:
        case cst.Name(value=value):
            return value
        case cst.Attribute(value=value, attr=attribute):
            before = dotted(value)
            return f"{before}.{attribute.value}" if before else ""
        case _:
            return ""


def imported_module(node: cst.ImportFrom) -> str:
    """Return the module of `from … import`, with its leading dots."""
    return "." * len(node.relative) + dotted(node.module)


def text_of(node: cst.BaseExpression | None) -> str | None:
    """Return the value of a literal text, None for anything else."""
    if not isinstance(node, (cst.SimpleString, cst.ConcatenatedString)):
        return None
    value = node.evaluated_value
    return value if isinstance(value, str) else None


def parsed(text: str) -> cst.BaseExpression | None:
    """Return the expression in a text, as in an annotation in quotes, or None when it is none."""
    try:
        return cst.parse_expression(text)
    except (cst.ParserSyntaxError, UnicodeEncodeError):
        return None


@dataclass
class Bindings:
    """Names of one file. `imports` tells what each imported name stands for, as a dotted name."""

    entities: Entities
    imports: dict[str, str] = field(default_factory=dict[str, str])
    aliases: dict[str, Held] = field(default_factory=dict[str, Held])
    functions: dict[str, Held] = field(default_factory=dict[str, Held])
    attributes: dict[tuple[str, str], Held] = field(default_factory=dict[tuple[str, str], Held])

    def qualified(self, node: cst.CSTNode | None) -> str:
        """Return what a name or a chain of names stands for."""
        first, dot, rest = dotted(node).partition(".")
        return f"{self.imports.get(first, first)}{dot}{rest}"

    def predecessor_name(self, node: cst.CSTNode | None) -> str | None:
        """Return the last part of what stands for a name of persistence-kit's, or of what replaced it."""
        name = self.qualified(node)
        top = name.partition(".")[0]
        ours = top in (PREDECESSOR, RUNTIME) or name.startswith(f"{self.entities.package}.")
        return name.rpartition(".")[2] if ours else None

    def protocol(self, node: cst.BaseExpression) -> tuple[bool, str] | None:
        """Return what `Repository[User, UUID]` says: whether it is of views, and the class's qualified name."""
        match node:
            case cst.Subscript(value=value, slice=[cst.SubscriptElement(slice=cst.Index(value=entity)), *_]):
                name = self.predecessor_name(value)
                text = text_of(entity)
                known = self.qualified(parsed(text) if text else entity)
                return (PROTOCOLS[name], known) if name in PROTOCOLS and known else None
            case _:
                return None

    def of_annotation(self, node: cst.BaseExpression | None) -> Held | None:
        """Return the repository that an annotation stands for."""
        match node:
            case cst.SimpleString() | cst.ConcatenatedString():
                return self.of_annotation(parsed(text_of(node) or ""))
            case cst.BinaryOperation(operator=cst.BitOr(), left=left, right=right):
                return self.of_annotation(left) or self.of_annotation(right)
            case cst.Name(value=name):
                return self.aliases.get(name) or self._of_class(name)
            case cst.Subscript(slice=elements):
                return self._of_protocol(node) or self._of_elements(elements)
            case _:
                return None

    def _of_class(self, name: str) -> Held | None:
        """Return what a generated class stands for, in a file that was migrated before."""
        if self.imports.get(name) != f"{self.entities.package}.{name}":
            return None
        held = (Held(key, view) for key in self.entities.by_key for view in (False, True))
        return next((one for one in held if self.entities.repository(one.key, one.view) == name), None)

    def _of_protocol(self, node: cst.Subscript) -> Held | None:
        found = self.protocol(node)
        keys = self.entities.keys_of_class(found[1]) if found else []
        return Held(keys[0], found[0]) if found and len(keys) == 1 else None

    def _of_elements(self, elements: Sequence[cst.SubscriptElement]) -> Held | None:
        """Return what `Annotated[...]` or `Optional[...]` holds; a dependency tells the key even when the class has several."""
        values = [element.slice.value for element in elements if isinstance(element.slice, cst.Index)]
        dependencies = (self.of_expression(value) for value in values[1:])
        return next(filter(None, dependencies), None) or (self.of_annotation(values[0]) if values else None)

    def of_expression(self, node: cst.BaseExpression | None, scope: Mapping[str, Held | None] = {}) -> Held | None:
        """Return the repository that an expression gives."""
        match node:
            case cst.Await(expression=inner):
                return self.of_expression(inner, scope)
            case cst.Name(value=name):
                return scope.get(name)
            case cst.Call(func=function, args=arguments):
                return self._of_call(function, arguments)
            case _:
                return None

    def _of_call(self, function: cst.BaseExpression, arguments: Sequence[cst.Arg]) -> Held | None:
        first = arguments[0].value if arguments else None
        last = dotted(function).rpartition(".")[2]
        if last == "Depends":
            return self.functions.get(dotted(first)) or self.of_expression(first)
        if self.predecessor_name(function) in FACTORIES:
            key = text_of(first) or ""
            return Held(key, FACTORIES[last]) if key in self.entities.by_key and last in FACTORIES else None
        return self.functions.get(dotted(function))


@dataclass
class Scopes:
    """The classes and functions around the node that is being visited, and what the variables in them hold."""

    bindings: Bindings
    classes: list[str] = field(default_factory=list[str])
    variables: list[dict[str, Held | None]] = field(default_factory=lambda: [{}])

    def enter(self, node: cst.FunctionDef) -> None:
        """Enter a function, whose parameters are variables."""
        self.variables.append({**self.variables[-1], **parameters(node, self.bindings)})

    def leave(self) -> None:
        """Leave a function."""
        self.variables.pop()

    def holder(self, node: cst.BaseExpression) -> Held | None:
        """Return the repository that an expression gives here."""
        match node:
            case cst.Attribute(value=cst.Name(value="self"), attr=attribute) if self.classes:
                return self.bindings.attributes.get((self.classes[-1], attribute.value))
            case _:
                return self.bindings.of_expression(node, self.variables[-1])

    def annotate(self, node: cst.AnnAssign) -> None:
        """Remember what an annotated assignment or field holds."""
        held = self.bindings.of_annotation(node.annotation.annotation)
        self._bind(node.target, held or (self.holder(node.value) if node.value else None))

    def assign(self, node: cst.Assign) -> None:
        """Remember what an assignment holds, or which annotation it gives a name."""
        held = self.holder(node.value)
        alias = self.bindings.of_annotation(node.value) if len(self.variables) == 1 else None
        for target in node.targets:
            self._bind(target.target, held)
            if alias and isinstance(target.target, cst.Name):
                self.bindings.aliases[target.target.value] = alias

    def _bind(self, target: cst.BaseExpression, held: Held | None) -> None:
        match target:
            case cst.Attribute(value=cst.Name(value="self"), attr=attribute) if held and self.classes:
                self.bindings.attributes[self.classes[-1], attribute.value] = held
            case cst.Name(value=name):
                self.variables[-1][name] = held
                if held and self.classes:
                    self.bindings.attributes.setdefault((self.classes[-1], name), held)
            case _:
                pass


class Collector(cst.CSTVisitor):
    """Collects the bindings of a file before anything is rewritten."""

    def __init__(self, bindings: Bindings) -> None:
        super().__init__()
        self.bindings = bindings
        self.scopes = Scopes(bindings)

    def visit_Import(self, node: cst.Import) -> None:
        for alias in node.names:
            name = dotted(alias.name)
            local = dotted(alias.asname.name) if alias.asname else name.partition(".")[0]
            self.bindings.imports[local] = name if alias.asname else local

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        if isinstance(node.names, cst.ImportStar):
            return
        for alias in node.names:
            local = dotted(alias.asname.name) if alias.asname else dotted(alias.name)
            self.bindings.imports[local] = f"{imported_module(node)}.{dotted(alias.name)}"

    def visit_ClassDef(self, node: cst.ClassDef) -> None:
        self.scopes.classes.append(node.name.value)

    def leave_ClassDef(self, original_node: cst.ClassDef) -> None:
        self.scopes.classes.pop()

    def visit_FunctionDef(self, node: cst.FunctionDef) -> None:
        held = self.bindings.of_annotation(node.returns.annotation) if node.returns else None
        if held and not self.scopes.classes:
            self.bindings.functions[node.name.value] = held
        self.scopes.enter(node)

    def leave_FunctionDef(self, original_node: cst.FunctionDef) -> None:
        self.scopes.leave()

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self.scopes.annotate(node)

    def visit_Assign(self, node: cst.Assign) -> None:
        self.scopes.assign(node)


def parameters(node: cst.FunctionDef, bindings: Bindings) -> dict[str, Held | None]:
    """Return what each parameter of a function holds: by its annotation, else by the dependency that is its default."""
    listed = node.params
    every = (*listed.posonly_params, *listed.params, *listed.kwonly_params)
    return {parameter.name.value: _of_parameter(parameter, bindings) for parameter in every}


def _of_parameter(parameter: cst.Param, bindings: Bindings) -> Held | None:
    by_default = bindings.of_expression(parameter.default)
    return by_default or (bindings.of_annotation(parameter.annotation.annotation) if parameter.annotation else None)
