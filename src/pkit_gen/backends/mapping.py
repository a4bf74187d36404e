"""The way between an entity and what a database stores, spelled for the module of its repository: the same for every database.

A database gives its codecs and the form in which it keeps an entity. What only it needs, its view spells with the parts of `Mapping`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import assert_never

from pkit_gen.backends.codecs import LOCALS, Codecs, Function, Speller
from pkit_gen.backends.implementations import contract_types
from pkit_gen.backends.layout import COLUMNS, entry, exploded, signature, wrap
from pkit_gen.backends.paths import Path, paths
from pkit_gen.backends.python import ANY, Imports, camel
from pkit_gen.backends.relations import FUNCTION, RELATIONS, relations_function
from pkit_gen.backends.statements import Argument, assemble, assign, give, optional
from pkit_gen.ir.model import Entity, Field, Schema
from pkit_gen.ir.types import (
    ArrayType,
    DictType,
    EnumType,
    FieldType,
    JsonType,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordType,
    ScalarType,
    TupleType,
    TypedDictType,
)
from pkit_gen.literals import literal
from pkit_gen.source import ClassRef


@dataclass(frozen=True, slots=True)
class Form:
    """What an entity is stored as. `name` is what functions and variables call it; the runtime's type has that name in CamelCase.

    `key` spells the key of a field from its position and itself, and `display` the whole from the keys and the values.
    """

    name: str
    key: Callable[[int, Field], str]
    display: Callable[[Sequence[str], Sequence[str]], str]


def _tuple(_keys: Sequence[str], values: Sequence[str]) -> str:
    return f"({', '.join(values)}{',' * (len(values) == 1)})"


_TO_FIELDS = "_to_fields"
ROW = Form("row", lambda position, _field: str(position), _tuple)
"""A tuple with an item per field, in the order of the fields."""


class Mapping:
    """Spells the parts of one module that map an entity; they share its imports and the names of its functions.

    `backend` is the module of the runtime, and `constants` are names of the module besides those that every database's has.

    >>> mapping = Mapping(schema, entity, "memory", CODECS)
    """

    def __init__(
        self,
        schema: Schema,
        entity: Entity,
        backend: str,
        codecs: Codecs,
        form: Form = ROW,
        constants: Iterable[str] = (),
    ) -> None:
        self.schema, self.entity, self.backend = schema, entity, backend
        self._form = form
        own = {*self._own_names(), *constants}
        self.imports = Imports(own, (*_pinned(backend), *codecs.names(), *contract_types(entity)))
        self.imports.names("pkit", backend)
        self._speller = Speller(codecs, self.imports, [(f.name, f.type) for f in entity.fields], own)
        self.definitions = (*self._speller.constants(), *self._members(), *self._defaults())
        self._shown: list[Function] = []
        self._coders: list[Function] = []

    def class_name(self, entity: Entity) -> str:
        """Return the name of the class of an entity's repository."""
        return f"{camel(self.backend)}{entity.name}Repository"

    def _own_names(self) -> Iterable[str]:
        functions = (f"_to_{self._form.name}", f"_from_{self._form.name}", _TO_FIELDS, FUNCTION)
        classes = (self.class_name(entity) for entity in self.schema.entities)
        constants = (f"_{kind}_{field.name}" for kind in ("DEFAULT", "MEMBERS") for field in self.entity.fields)
        return (*functions, "_FIELDS", "_ENTITY", "entity", *LOCALS, *classes, *constants)

    def _members(self) -> Iterable[str]:
        """Yield the constants that hold the members of enums by value, one per column."""
        for field in self.entity.fields:
            enum = self._enum(field)
            if enum is not None:
                self.imports.names("pkit", "values")
                yield wrap(
                    f"values.Members({self.imports.name(enum)}, {literal(field.name)})",
                    prefix=f"_MEMBERS_{field.name} = ",
                )

    def _enum(self, field: Field) -> ClassRef | None:
        """Return the enum of a column; items of documents may be of any type, which cannot be looked up."""
        match field.type:
            case EnumType(ref=ref) | OptionalType(item=EnumType(ref=ref)) if self._form is ROW:
                return ref
            case _:
                return None

    def _defaults(self) -> tuple[str, ...]:
        """Return the constants that make the defaults of fields that are not stored, where no constructor does."""
        if self.entity.constructor or not self.entity.excluded:
            return ()
        self.imports.names("pkit", "values")
        cls = self.imports.name(self.entity.ref)
        return tuple(
            wrap(f"values.default_factory({cls}, {literal(field.name)})", prefix=f"_DEFAULT_{field.name} = ")
            for field in self.entity.excluded
        )

    # --- functions --------------------------------------------------------------------------------------------------

    def functions(self) -> tuple[Function, ...]:
        """Return the functions of nested documents, of the entity, and those that tables spelled so far refer to."""
        related = relations_function(self.schema, self.entity, self.backend, self.imports)
        mapping = (*self._speller.functions(), self._to_stored(), self._from_stored(), *self._shown, *self._coders)
        return mapping if related is None else (*mapping, related)

    def _to_stored(self) -> Function:
        fields = self.entity.fields
        keys = [self._form.key(position, field) for position, field in enumerate(fields)]
        values = [self._speller.encode_inline(f.type, f"entity.{f.name}", literal(f.name)) for f in fields]
        name, cls = f"_to_{self._form.name}", self.imports.name(self.entity.ref)
        head = signature(f"def {name}", [f"entity: {cls}", "/"], self._stored_type)
        return Function(name, head, (give(self._form.display(keys, values)),))

    def _from_stored(self) -> Function:
        entity, form = self.entity, self._form
        name, cls = f"_from_{form.name}", self.imports.name(entity.ref)
        arguments = [
            Argument(field.name, self._rebuild(field, f"{form.name}[{form.key(position, field)}]"), field.kw_only)
            for position, field in enumerate(entity.fields)
        ]
        body = assemble(cls, arguments, constructor=entity.constructor, keywords=bool(entity.excluded))
        if not entity.constructor:
            body = (*body[:-1], *self._assigned_defaults(), body[-1])
        return Function(name, signature(f"def {name}", [f"{form.name}: {self._stored_type}", "/"], cls), body)

    def show(self) -> str:
        """Return the name of a function from what is stored to the dict that views show of the entity, for one that has no nested classes."""
        name, form, anything = _TO_FIELDS, self._form, self.imports.name(ANY)
        items = [
            f"{literal(field.name)}: {self._rebuild(field, f'{form.name}[{form.key(position, field)}]')}"
            for position, field in enumerate(self.entity.fields)
        ]
        head = signature(f"def {name}", [f"{form.name}: {self._stored_type}", "/"], f"dict[str, {anything}]")
        self._shown.append(Function(name, head, (give(f"{{{', '.join(items)}}}"),)))
        return name

    @property
    def _stored_type(self) -> str:
        return f"{self.backend}.{camel(self._form.name)}"

    def _assigned_defaults(self) -> list[str]:
        return [assign(Argument(field.name, f"_DEFAULT_{field.name}()")) for field in self.entity.excluded]

    def encode(self, field: Field, value: str) -> str:
        """Return the expression of a field's stored value, from that of the entity's."""
        return self._speller.encode(field.type, value, literal(field.name))

    def decode(self, field: Field, value: str) -> str:
        """Return the expression of a field's value in the entity, from that of the stored one."""
        if self._enum(field) is None:
            return self._speller.decode(field.type, value, literal(field.name))
        return self._member(field, value)

    def _rebuild(self, field: Field, value: str) -> str:
        """Return the same for the function that rebuilds whole entities."""
        if self._enum(field) is None:
            return self._speller.decode_inline(field.type, value, literal(field.name))
        return self._member(field, value)

    def _member(self, field: Field, value: str) -> str:
        member = f"_MEMBERS_{field.name}[{value}]"
        return optional(value, member) if isinstance(field.type, OptionalType) else member

    # --- tables of fields -------------------------------------------------------------------------------------------

    def fields(self, arguments: Callable[[Path], Sequence[str]]) -> str:
        """Return the table of what criteria and sort keys can name; `arguments` spells a path's type and where it is stored."""
        self.imports.names("pkit.criteria", "CriteriaField", "Fields")
        self.imports.names(f"pkit.{self.backend}", "types")
        rows = [_criteria_field(path, arguments(path)) for path in paths(self.entity)]
        return exploded(f"_FIELDS: Fields[{self.backend}.At] = {{", rows, "}")

    def value_type(self, type_: FieldType) -> str:
        """Return the expression of what criteria know of a type, a member of the runtime's `types`."""
        match type_:
            case OptionalType(item=item) | NamedType(item=item):
                return self.value_type(item)
            case ScalarType(scalar=scalar):
                return f"types.{scalar.name}"
            case EnumType(ref=ref):
                return f"types.enum({self.imports.name(ref)})"
            case LiteralType():
                return f"types.literal({self._speller.literal_constant(type_)})"
            case ArrayType(item=item):
                return f"types.array({self.value_type(item)})"
            case RecordType() | TypedDictType() | TupleType() | ListType() | DictType() | JsonType():
                return f"types.document({self._speller.encoder(type_)})"
            case _:
                assert_never(type_)

    def encoders(self) -> list[str]:
        """Return the entries of functions that encode a new value, of every field but the id."""
        return [
            self._coder("encode", field, self.encode(field, "value"))
            for field in self.entity.fields
            if field.name != "id"
        ]

    def decoders(self, listed: Callable[[FieldType], bool]) -> list[str]:
        """Return the entries of functions that decode a stored value, of fields with a type that is `listed`, where that changes it."""
        spelled = [(field, self.decode(field, "value")) for field in self.entity.fields if listed(field.type)]
        return [self._coder("decode", field, expression) for field, expression in spelled if expression != "value"]

    def _coder(self, verb: str, field: Field, expression: str) -> str:
        """Return the entry of a field: a lambda, or a function where that does not fit on a line."""
        row = f"{literal(field.name)}: lambda value: {expression}"
        if len(row) + 8 + len(",") <= COLUMNS:
            return row
        name, anything = f"_{verb}_{field.name}", self.imports.name(ANY)
        head = signature(f"def {name}", [f"value: {anything}", "/"], anything)
        self._coders.append(Function(name, head, (give(expression),)))
        return f"{literal(field.name)}: {name}"


def _pinned(backend: str) -> tuple[ClassRef, ...]:
    return (
        ClassRef("pkit", backend),
        ClassRef("pkit.criteria", "CriteriaField"),
        ClassRef("pkit.criteria", "Fields"),
        ClassRef(f"pkit.{backend}", "types"),
        ClassRef("typing", "Unpack"),
        RELATIONS,
    )


def _criteria_field(path: Path, arguments: Sequence[str]) -> str:
    flags = [f"{name}=True" for name in ("optional", "sortable") if getattr(path, name)]
    return entry(f"CriteriaField({', '.join((*arguments, *flags))})", prefix=f"{literal(path.name)}: ", indent=4)


def table(name: str, rows: Sequence[str]) -> str:
    """Return the argument of a database's `Entity` that is a dict with a row per line."""
    return exploded(f"{name}={{", rows, "}", indent=4) if rows else f"{name}={{}}"
