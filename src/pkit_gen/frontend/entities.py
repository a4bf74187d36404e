"""What annotations and registrations lead to: dataclasses with all their fields, enums, NewTypes, aliases and other classes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import libcst as cst

from pkit_gen.declarations import (
    AliasDecl,
    AnnotationDecl,
    Construction,
    DataclassDecl,
    ExternalType,
    FieldDecl,
    NewTypeDecl,
    OtherClassDecl,
    RecursiveRef,
    ScalarSubclassDecl,
    TypedDictDecl,
    TypeDefinition,
    Written,
)
from pkit_gen.frontend.annotations import Annotations, substitute, variables
from pkit_gen.frontend.classes import Base, Classes, canonical, subscript_items
from pkit_gen.frontend.enums import Enums
from pkit_gen.frontend.evaluate import Evaluator, constant_in
from pkit_gen.frontend.fields import Field, Fields, Kind
from pkit_gen.frontend.names import Names
from pkit_gen.frontend.scopes import parameter_scope, static_truth
from pkit_gen.frontend.symbols import Assignment, ClassSymbol, External, Scope, Symbol, TypeStatement
from pkit_gen.source import ClassRef

_IGNORABLE = frozenset(
    [
        "builtins.object",
        "abc.ABC",
        "typing.Generic",
        "typing.Protocol",
        "collections.abc.Hashable",
        "collections.abc.Sized",
    ]
)
_KINDS = {
    "pydantic.BaseModel": "a pydantic model",
    "pydantic.main.BaseModel": "a pydantic model",
    "pydantic_settings.BaseSettings": "a pydantic model",
    "sqlmodel.SQLModel": "an SQLModel",
    "sqlmodel.main.SQLModel": "an SQLModel",
    "msgspec.Struct": "a msgspec Struct",
    "typing.NamedTuple": "a NamedTuple",
    "sqlalchemy.orm.DeclarativeBase": "an SQLAlchemy model",
    "sqlalchemy.orm.MappedAsDataclass": "an SQLAlchemy model",
    "django.db.models.Model": "a Django model",
    "beanie.Document": "a Beanie document",
}
_ATTRS = frozenset(
    [
        "attr.s",
        "attr.attrs",
        "attr.define",
        "attr.frozen",
        "attr.mutable",
        "attr.dataclass",
        "attrs.define",
        "attrs.frozen",
        "attrs.mutable",
    ]
)
_CONSTRUCTORS = frozenset({"__init__", "__new__", "__post_init__", "__setattr__"})


@dataclass(eq=False)
class Definitions:
    """Declares what symbols stand for, each once. Read through `define`."""

    names: Names
    classes: Classes = field(init=False)
    fields: Fields = field(init=False)
    annotations: Annotations = field(init=False)
    evaluator: Evaluator = field(init=False)
    enums: Enums = field(init=False)
    _known: dict[Symbol, TypeDefinition | None] = field(default_factory=dict[Symbol, "TypeDefinition | None"])
    _open: set[Symbol] = field(default_factory=set[Symbol])

    def __post_init__(self) -> None:
        """Tie together the parts that need each other."""
        self.classes = Classes(self.names)
        self.fields = Fields(self.names, self.classes)
        self.evaluator = Evaluator(self.names, self.define)
        self.annotations = Annotations(self.names, self.define, self._constant)
        self.enums = Enums(self.classes, self.evaluator)

    def _constant(self, scope: Scope, node: cst.BaseExpression) -> Written[object] | None:
        found = constant_in(self.evaluator, scope, node)
        return None if found is None else Written(found.value, found.place)

    def define(self, symbol: Symbol) -> TypeDefinition | None:
        """Return the definition of a class, NewType or alias; None for any other value. One inside itself is a `RecursiveRef`."""
        if isinstance(symbol, Assignment) and not isinstance(symbol.value, cst.Subscript):
            applied = self.classes.class_of(symbol) if isinstance(symbol.value, cst.Call) else None
            symbol = applied if isinstance(applied, ClassSymbol) else symbol
        if symbol in self._open and isinstance(symbol, (ClassSymbol, Assignment, TypeStatement)):
            node = symbol.target if isinstance(symbol, Assignment) else symbol.node.name
            return RecursiveRef(symbol.ref, symbol.scope.module.place(node))
        if symbol not in self._known:
            self._open.add(symbol)
            try:
                self._known[symbol] = self._define(symbol)
            finally:
                self._open.discard(symbol)
        return self._known[symbol]

    def _define(self, symbol: Symbol) -> TypeDefinition | None:
        match symbol:
            case ClassSymbol():
                return self._class(symbol)
            case Assignment():
                return self._assignment(symbol)
            case TypeStatement(scope=scope, node=node):
                inner = parameter_scope(scope, node.type_parameters)
                parameters = node.type_parameters.params if node.type_parameters else ()
                names = tuple(parameter.param.name.value for parameter in parameters)
                target = self.annotations.read(inner, node.value)
                return AliasDecl(symbol.ref, target, names, scope.module.place(node.name))
            case _:
                return None

    def _assignment(self, symbol: Assignment) -> TypeDefinition | None:
        """Return the NewType, TypedDict or alias that an assignment makes."""
        place = symbol.scope.module.place(symbol.target)
        match symbol.value:
            case cst.Call(func=func, args=args):
                function = self.names.resolve_through(symbol.scope, func)
                name = canonical(function.name) if isinstance(function, External) else ""
                if name == "typing.NewType" and len(args) == 2:
                    return NewTypeDecl(symbol.ref, self.annotations.read(symbol.scope, args[1].value), place)
                if name == "typing.TypeAliasType" and len(args) >= 2:
                    target = self.annotations.read(symbol.scope, args[1].value)
                    return AliasDecl(symbol.ref, target, tuple(variables(target)), place)
                if name == "typing.TypedDict" and len(args) >= 2 and isinstance(args[1].value, cst.Dict):
                    return self._functional_typed_dict(symbol, args)
                return None
            case cst.Name() | cst.Attribute() | cst.Subscript() | cst.BinaryOperation(operator=cst.BitOr()):
                return self._alias(symbol)
            case cst.SimpleString() | cst.ConcatenatedString() if symbol.annotation is not None:
                return self._alias(symbol) if self._marks_alias(symbol) else None
            case _:
                return None

    def _marks_alias(self, symbol: Assignment) -> bool:
        if symbol.annotation is None:
            return False
        found = self.names.resolve_through(symbol.scope, symbol.annotation)
        return isinstance(found, External) and canonical(found.name) == "typing.TypeAlias"

    def _alias(self, symbol: Assignment) -> TypeDefinition | None:
        if symbol.annotation is not None and not self._marks_alias(symbol):
            return None
        with self.names.resolving(symbol):
            target = self.annotations.read(symbol.scope, symbol.value)
        return AliasDecl(symbol.ref, target, tuple(variables(target)), symbol.scope.module.place(symbol.target))

    # --- classes ---

    def _class(self, symbol: ClassSymbol) -> TypeDefinition:
        if self.enums.is_enum(symbol):
            return self.enums.declare(symbol)
        if self.classes.is_dataclass(symbol):
            return self._dataclass(symbol)
        external = [entry.name for entry in self.classes.order(symbol) if isinstance(entry, External)]
        if "typing.TypedDict" in external:
            return self._typed_dict(symbol)
        place = symbol.scope.module.place(symbol.node.name)
        kind = self._kind(symbol, external)
        meaningful = [name for name in external if name not in _IGNORABLE]
        if kind is None and len(meaningful) == 1:
            module, _, last = meaningful[0].rpartition(".")
            return ScalarSubclassDecl(symbol.ref, ExternalType(ClassRef(module, last), (), place), place)
        return OtherClassDecl(symbol.ref, kind or "a plain class", place)

    def _kind(self, symbol: ClassSymbol, external: list[str]) -> str | None:
        for name in external:
            if name in _KINDS:
                return _KINDS[name]
        for decorator in symbol.node.decorators:
            node = decorator.decorator.func if isinstance(decorator.decorator, cst.Call) else decorator.decorator
            found = self.names.resolve_through(symbol.scope, node)
            if isinstance(found, External) and found.name in _ATTRS:
                return "an attrs class"
        return "a Protocol" if "typing.Protocol" in external else None

    def _dataclass(self, symbol: ClassSymbol) -> DataclassDecl:
        found = self.fields.of(symbol)
        options = next(o for o in map(self.classes.options, self._ancestry(symbol)) if o is not None)
        bindings = self.bindings(symbol)
        fields = tuple(self._field(entry, bindings) for entry in found.values() if entry.kind is Kind.FIELD)
        return DataclassDecl(
            symbol.ref,
            fields,
            self._construction(symbol, found),
            options.frozen,
            options.slots,
            self.fields.is_hashable(symbol),
            _docstring(symbol.node),
            self.parameters(symbol),
            tuple(self._non_fields(symbol, found)),
            symbol.scope.module.place(symbol.node.name),
        )

    def _ancestry(self, symbol: ClassSymbol) -> list[ClassSymbol]:
        return [entry for entry in self.classes.order(symbol) if isinstance(entry, ClassSymbol)]

    def _field(self, entry: Field, bindings: dict[ClassSymbol, dict[str, AnnotationDecl]]) -> FieldDecl:
        annotation = self.annotations.read(self.classes.annotation_scope(entry.owner), entry.annotation)
        bound = substitute(annotation, bindings.get(entry.owner, {}))
        return FieldDecl(entry.name, bound, entry.has_default, entry.init, entry.kw_only, entry.owner.ref, entry.place)

    def _construction(self, symbol: ClassSymbol, fields: dict[str, Field]) -> Construction:
        """Return whether calling the class does nothing but assign its fields."""
        ancestry = self._ancestry(symbol)
        options = [found for entry in ancestry if (found := self.classes.options(entry)) is not None]
        external = [entry.name for entry in self.classes.order(symbol) if isinstance(entry, External)]
        plain = (
            all(
                entry.kind is not Kind.INIT_VARIABLE and entry.init
                for entry in fields.values()
                if entry.kind is not Kind.CLASS_VARIABLE
            )
            and options[0].init
            and not any(option.pydantic for option in options)
            and all(name in _IGNORABLE for name in external)
            and not any(self._interferes(entry, fields) for entry in ancestry)
        )
        return Construction.CONSTRUCTOR if plain else Construction.ATTRIBUTES

    def _interferes(self, symbol: ClassSymbol, fields: dict[str, Field]) -> bool:
        """Return whether a class body takes part in construction: own constructors, properties that hide fields, a metaclass."""
        keywords = [word.value for word in symbol.node.keywords if word.keyword and word.keyword.value == "metaclass"]
        metaclasses = [self.names.resolve_through(symbol.scope, word) for word in keywords]
        if any(found != External("abc.ABCMeta") for found in metaclasses):
            return True
        return any(
            member.name in _CONSTRUCTORS or (member.definition is not None and member.name in fields)
            for member in self.classes.members(symbol)
            if member.binds
        )

    def _non_fields(self, symbol: ClassSymbol, fields: dict[str, Field]) -> Iterator[Written[str]]:
        """Yield what looks like a field but is none: un-annotated values, and annotations of classes that are not decorated."""
        for entry in self._ancestry(symbol):
            decorated = self.classes.options(entry) is not None
            for member in self.classes.members(entry):
                public = member.definition is None and not member.name.startswith("__") and member.name not in fields
                if public and (member.annotation is None or not decorated):
                    yield Written(member.name, entry.scope.module.place(member.node))

    # --- generics ---

    def parameters(self, symbol: ClassSymbol) -> tuple[str, ...]:
        """Return the names of a class's own type parameters, in the order in which a subscript binds them."""
        if symbol.node.type_parameters is not None:
            return tuple(parameter.param.name.value for parameter in symbol.node.type_parameters.params)
        named: list[str] = []
        for argument in symbol.node.bases:
            if isinstance(argument.value, cst.Subscript):
                found = [
                    name
                    for item in subscript_items(argument.value)
                    for name in variables(self._base_type(symbol, item))
                ]
                owner = self.names.resolve_through(self.classes.around(symbol), argument.value.value)
                if isinstance(owner, External) and canonical(owner.name) in ("typing.Generic", "typing.Protocol"):
                    return tuple(dict.fromkeys(found))
                named.extend(found)
        return tuple(dict.fromkeys(named))

    def _base_type(self, symbol: ClassSymbol, node: cst.BaseExpression) -> AnnotationDecl:
        return self.annotations.read(self.classes.around(symbol), node)

    def bindings(self, symbol: ClassSymbol) -> dict[ClassSymbol, dict[str, AnnotationDecl]]:
        """Return, for each ancestor, what its type parameters are in terms of the class's own."""
        found: dict[ClassSymbol, dict[str, AnnotationDecl]] = {}
        for base in self.classes.bases(symbol):
            if isinstance(base.target, ClassSymbol) and base.target is not symbol:
                own = self._bound_by(symbol, base, base.target)
                found[base.target] = {**own, **found.get(base.target, {})}
                for ancestor, inner in self.bindings(base.target).items():
                    outer = {name: substitute(type_, own) for name, type_ in inner.items()}
                    found[ancestor] = {**outer, **found.get(ancestor, {})}
        return found

    def _bound_by(self, symbol: ClassSymbol, base: Base, target: ClassSymbol) -> dict[str, AnnotationDecl]:
        types = (self._base_type(symbol, argument) for argument in base.arguments)
        return dict(zip(self.parameters(target), types, strict=False))

    # --- TypedDicts ---

    def _typed_dict(self, symbol: ClassSymbol) -> TypedDictDecl:
        items: dict[str, tuple[str, AnnotationDecl, bool]] = {}
        bindings = self.bindings(symbol)
        for entry in reversed(self._ancestry(symbol)):
            total = all(
                static_truth(word.value) is not False
                for word in entry.node.keywords
                if word.keyword is not None and word.keyword.value == "total"
            )
            scope = self.classes.annotation_scope(entry)
            for member in self.classes.members(entry):
                if member.annotation is not None:
                    item = self._item(scope, member.name, member.annotation, total)
                    items[member.name] = (item[0], substitute(item[1], bindings.get(entry, {})), item[2])
        return TypedDictDecl(symbol.ref, tuple(items.values()), symbol.scope.module.place(symbol.node.name))

    def _functional_typed_dict(self, symbol: Assignment, args: Sequence[cst.Arg]) -> TypedDictDecl:
        total = all(
            static_truth(arg.value) is not False
            for arg in args
            if arg.keyword is not None and arg.keyword.value == "total"
        )
        items: list[tuple[str, AnnotationDecl, bool]] = []
        for element in args[1].value.elements if isinstance(args[1].value, cst.Dict) else ():
            if isinstance(element, cst.DictElement) and isinstance(element.key, cst.SimpleString):
                items.append(self._item(symbol.scope, str(element.key.evaluated_value), element.value, total))
        return TypedDictDecl(symbol.ref, tuple(items), symbol.scope.module.place(symbol.target))

    def _item(self, scope: Scope, name: str, node: cst.BaseExpression, total: bool) -> tuple[str, AnnotationDecl, bool]:
        required = total
        if isinstance(node, cst.Subscript):
            found = self.names.resolve_through(scope, node.value)
            marker = canonical(found.name) if isinstance(found, External) else ""
            required = {"typing.Required": True, "typing.NotRequired": False}.get(marker, total)
        return name, self.annotations.read(scope, node), required


def _docstring(node: cst.ClassDef) -> str | None:
    """Return the class's docstring, cleaned up."""
    return node.get_docstring()
