"""The fields of dataclasses: collected over the method resolution order, redeclared in place, with defaults as CPython finds them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum, auto

import libcst as cst

from pkit_gen.diagnostics.catalog import sources as catalog
from pkit_gen.frontend.classes import Classes, Member, Options
from pkit_gen.frontend.names import Names
from pkit_gen.frontend.scopes import static_truth
from pkit_gen.frontend.symbols import ClassSymbol, External, Scope
from pkit_gen.source import Place

_FIELD_CALLS = frozenset({"dataclasses.field", "pydantic.Field", "pydantic.fields.Field"})
_PREFIX = re.compile(r"^(?:\s*(\w+)\s*\.)?\s*(\w+)")  # as in dataclasses: how a string annotation is looked at
_MUTABLE_CALLS = {"builtins.list": "list", "builtins.dict": "dict", "builtins.set": "set"}


class Kind(Enum):
    """What an annotated name is to `@dataclass`."""

    FIELD = auto()
    CLASS_VARIABLE = auto()
    INIT_VARIABLE = auto()


@dataclass(frozen=True)
class Field:
    """A field or pseudo-field. `default` is the expression that gives it, or the node that binds the name otherwise."""

    name: str
    owner: ClassSymbol
    member: Member
    annotation: cst.BaseExpression
    kind: Kind
    has_default: bool
    default: cst.BaseExpression | None
    init: bool
    kw_only: bool

    @property
    def place(self) -> Place:
        """Return the place of the name in the class body."""
        return self.owner.scope.module.place(self.member.node)


@dataclass(frozen=True)
class Attribute:
    """What `getattr(cls, name)` would give: an expression's value or something else that is bound; a slot counts as nothing."""

    value: cst.BaseExpression | None
    scope: Scope
    slot: bool = False


@dataclass(eq=False)
class Fields:
    """Collects fields, once for each class."""

    names: Names
    classes: Classes
    _known: dict[ClassSymbol, dict[str, Field]] = field(default_factory=dict[ClassSymbol, dict[str, Field]])

    def of(self, symbol: ClassSymbol) -> dict[str, Field]:
        """Return `cls.__dataclass_fields__`, pseudo-fields included; empty for a class that is no dataclass."""
        if symbol not in self._known:
            self._known[symbol] = {}
            self._known[symbol] = self._collect(symbol)
        return self._known[symbol]

    def _collect(self, symbol: ClassSymbol) -> dict[str, Field]:
        order = self.classes.order(symbol)
        options = self.classes.options(symbol)
        ancestors = [entry for entry in order[1:] if isinstance(entry, ClassSymbol)]
        if options is None:
            decorated = (entry for entry in ancestors if self.classes.options(entry) is not None)
            nearest = next(decorated, None)
            return self.of(nearest) if nearest is not None else {}
        collected: dict[str, Field] = {}
        for ancestor in reversed(ancestors):
            collected.update(self.of(ancestor))
        collected.update({own.name: own for own in self._own(symbol, options)})
        self._check_order(symbol, collected, options)
        return collected

    def _own(self, symbol: ClassSymbol, options: Options) -> Iterator[Field]:
        keyword_only = options.kw_only
        annotated: dict[str, Member] = {}
        for member in self.classes.members(symbol):
            if member.annotation is not None:
                annotated[member.name] = member
        for member in annotated.values():
            annotation = member.annotation
            if annotation is None:
                continue
            if self._means(symbol, annotation, "dataclasses.KW_ONLY", subscript=False):
                keyword_only = True
            else:
                yield self._field(symbol, member, annotation, keyword_only)

    def _field(self, symbol: ClassSymbol, member: Member, annotation: cst.BaseExpression, keyword_only: bool) -> Field:
        attribute = self._attribute(symbol, member.name)
        call = self._field_call(attribute)
        default = attribute.value if attribute else None
        has_default = attribute is not None
        init = True
        if call is not None and attribute is not None:
            default = _argument(call, "default")
            has_default = default is not None or _argument(call, "default_factory") is not None or _first(call)
            init = self._flag(attribute.scope, call, "init", True)
            keyword_only = self._flag(attribute.scope, call, "kw_only", keyword_only)
        kind = self._kind(symbol, annotation)
        found = Field(member.name, symbol, member, annotation, kind, has_default, default, init, keyword_only)
        self._check_default(found, attribute)
        return found

    def _kind(self, symbol: ClassSymbol, annotation: cst.BaseExpression) -> Kind:
        if self._means(symbol, annotation, "typing.ClassVar", subscript=True):
            return Kind.CLASS_VARIABLE
        if self._means(symbol, annotation, "dataclasses.InitVar", subscript=True):
            return Kind.INIT_VARIABLE
        return Kind.FIELD

    def _means(self, symbol: ClassSymbol, annotation: cst.BaseExpression, name: str, *, subscript: bool) -> bool:
        """Return whether dataclasses would take the annotation for the marker `name`."""
        module = symbol.scope.module
        if module.string_annotations:
            return self._text_means(symbol, module.code(annotation), name)
        if isinstance(annotation, (cst.SimpleString, cst.ConcatenatedString)):
            text = annotation.evaluated_value
            return isinstance(text, str) and self._text_means(symbol, text, name)
        node = annotation.value if subscript and isinstance(annotation, cst.Subscript) else annotation
        found = self.names.resolve_through(symbol.scope, node)
        return isinstance(found, External) and _typing(found.name) == name

    def _text_means(self, symbol: ClassSymbol, text: str, name: str) -> bool:
        """Look at a string annotation as dataclasses does: only its first name or `module.name`, in the module's globals."""
        match = _PREFIX.match(text)
        scope = self.names.scope(symbol.scope.module.name)
        if match is None or scope is None:
            return False
        prefix, last = match.groups()
        if prefix is None:
            found = self.names.follow(self.names.lookup(scope, last))
            return isinstance(found, External) and _typing(found.name) == name
        owner = self.names.follow(self.names.lookup(scope, prefix))
        return isinstance(owner, External) and f"{owner.name}.{last}" == name

    def _attribute(self, symbol: ClassSymbol, name: str) -> Attribute | None:
        """Return the class attribute that CPython takes as the default, inherited ones included."""
        own = _bound(self.classes.members(symbol), name)
        if own is not None:
            return Attribute(own.value, symbol.scope)
        for ancestor in self.classes.order(symbol)[1:]:
            if isinstance(ancestor, ClassSymbol):
                found = self._left_behind(ancestor, name)
                if found is not None:
                    return None if found.slot else found
        return None

    def _left_behind(self, symbol: ClassSymbol, name: str) -> Attribute | None:
        """Return the attribute in the class's own dict after `@dataclass` has run."""
        options = self.classes.options(symbol)
        bound = _bound(self.classes.members(symbol), name)
        own = next((entry for entry in self.classes.members(symbol) if entry.name == name and entry.annotation), None)
        if options is None or own is None:
            return None if bound is None else Attribute(bound.value, symbol.scope)
        known = self.of(symbol).get(name)
        if options.slots and known is not None and known.kind is Kind.FIELD:
            return Attribute(None, symbol.scope, slot=True)
        if known is None or not known.has_default or bound is None:
            return None
        if self._field_call(Attribute(bound.value, symbol.scope)) is None:
            return Attribute(bound.value, symbol.scope)
        return None if known.default is None else Attribute(known.default, symbol.scope)

    def _field_call(self, attribute: Attribute | None) -> cst.Call | None:
        if attribute is None or not isinstance(attribute.value, cst.Call):
            return None
        function = self.names.resolve_through(attribute.scope, attribute.value.func)
        return attribute.value if isinstance(function, External) and function.name in _FIELD_CALLS else None

    def _flag(self, scope: Scope, call: cst.Call, name: str, default: bool) -> bool:
        node = _argument(call, name)
        truth = None if node is None else static_truth(node)
        return default if truth is None else truth

    def _check_order(self, symbol: ClassSymbol, fields: dict[str, Field], options: Options) -> None:
        """Report a positional field without a default after one with a default."""
        if not options.init:
            return
        positional = [
            entry
            for entry in fields.values()
            if entry.init and not entry.kw_only and entry.kind is not Kind.CLASS_VARIABLE
        ]
        earlier: Field | None = None
        for entry in positional:
            if entry.has_default:
                earlier = earlier or entry
            elif earlier is not None:
                place = entry.place if entry.owner is symbol else symbol.scope.module.place(symbol.node.name)
                self.names.project.diagnostics.report(
                    catalog.default_order(entry.name, earlier.name, symbol.ref.name, place, earlier.place)
                )
                return

    def _check_default(self, found: Field, attribute: Attribute | None) -> None:
        if found.kind is not Kind.FIELD or found.default is None or attribute is None:
            return
        factory = self._mutable(attribute.scope, found.default)
        if factory is not None:
            place = attribute.scope.module.place(found.default)
            self.names.project.diagnostics.report(
                catalog.mutable_default(found.name, found.owner.ref.name, factory, place)
            )

    def _mutable(self, scope: Scope, node: cst.BaseExpression) -> str | None:
        """Return a factory for a default that cannot be hashed, which is how dataclasses tells mutable ones, or None."""
        match node:
            case cst.List(elements=elements) | cst.Set(elements=elements) | cst.Dict(elements=elements):
                empty = {cst.List: "list", cst.Set: "set", cst.Dict: "dict"}[type(node)]
                return empty if not elements else f"lambda: {scope.module.code(node)}"
            case cst.ListComp() | cst.SetComp() | cst.DictComp():
                return f"lambda: {scope.module.code(node)}"
            case cst.Call(func=func):
                symbol = self.classes.class_of(self.names.resolve_through(scope, func))
                if isinstance(symbol, External) and symbol.name in _MUTABLE_CALLS:
                    return _MUTABLE_CALLS[symbol.name] if not node.args else f"lambda: {scope.module.code(node)}"
                if isinstance(symbol, ClassSymbol) and not self.is_hashable(symbol):
                    return scope.module.code(func) if not node.args else f"lambda: {scope.module.code(node)}"
                return None
            case _:
                return None

    def is_hashable(self, symbol: ClassSymbol) -> bool:
        """Return whether `hash` may take an instance, as the nearest class decides that says something about it."""
        ancestry = (entry for entry in self.classes.order(symbol) if isinstance(entry, ClassSymbol))
        return next((answer for entry in ancestry if (answer := self._hashes(entry)) is not None), True)

    def _hashes(self, symbol: ClassSymbol) -> bool | None:
        """Return whether the class itself, without its bases, gives a hash or takes it away; None when it does neither."""
        options = self.classes.options(symbol)
        bound = _bound(self.classes.members(symbol), "__hash__")
        if bound is not None:
            return not (isinstance(bound.value, cst.Name) and bound.value.value == "None")
        if options is not None and (options.unsafe_hash or options.eq):
            return options.unsafe_hash or options.frozen
        return False if _bound(self.classes.members(symbol), "__eq__") else None


def _bound(members: tuple[Member, ...], name: str) -> Member | None:
    return next((member for member in reversed(members) if member.name == name and member.binds), None)


def _argument(call: cst.Call, name: str) -> cst.BaseExpression | None:
    return next((a.value for a in call.args if a.keyword is not None and a.keyword.value == name), None)


def _first(call: cst.Call) -> bool:
    """Return whether pydantic's `Field(x)` is given a default by position; `Field(...)` means that there is none."""
    return bool(call.args) and call.args[0].keyword is None and not isinstance(call.args[0].value, cst.Ellipsis)


def _typing(name: str) -> str:
    return "typing." + name.removeprefix("typing_extensions.") if name.startswith("typing_extensions.") else name
