"""Spelling the way of a value between an entity and its row: one recursion over the types, shared by every database.

A database gives a table with one `Codec` row per scalar; lists, enums, nested classes and `None` come for free. Whatever is kept in a
document gets a pair of functions, `_address_to_document` and `_address_from_document`, called wherever that type occurs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import assert_never

from pkit_gen.backends.documents import DocumentNames, DocumentType, Pair
from pkit_gen.backends.layout import signature, wrap
from pkit_gen.backends.python import ANY, Imports, annotation
from pkit_gen.backends.statements import (
    ARRAY_CLASSES,
    Argument,
    assemble,
    dictionary,
    give,
    label,
    let,
    optional,
    rebuilt,
    sorted_array,
)
from pkit_gen.ir.types import (
    SCALARS,
    ArrayKind,
    ArrayType,
    DictType,
    EnumType,
    FieldType,
    JsonType,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordField,
    RecordType,
    Scalar,
    ScalarType,
    TupleType,
    TypedDictType,
    is_optional,
    strip,
)
from pkit_gen.literals import literal
from pkit_gen.source import ClassRef

VALUES = ClassRef("pkit", "values")
LOCALS = frozenset({"document", "field", "item", "items", "key", "new", "record", "row", "value"})
"""Names that spelled functions use themselves: reserve them in `Imports`."""


@dataclass(frozen=True, slots=True)
class Codec:
    """Both directions of a value as expressions with the holes `{value}` and `{field}`, and the names that they need.

    `{field}` is an expression that gives the field's name. `ordered`: what `encode` gives can be sorted.

    Two more save functions over whole entities a call where none is needed. `plain`: a value of exactly this class is what `encode` gives for
    it. `ready`: a test over `{value}` that holds where `decode` would change nothing.

    >>> Codec("values.date_({value}, {field}).isoformat()", "date.fromisoformat({value})", (ClassRef("datetime", "date"),))
    """

    encode: str
    decode: str = "{value}"
    imports: tuple[ClassRef, ...] = ()
    ordered: bool = True
    plain: ClassRef | None = None
    ready: str = ""


def checked(scalar: Scalar) -> Codec:
    """Return the codec of a scalar whose checked value the database stores and gives back as it is."""
    return Codec(f"values.{scalar.value}({{value}}, {{field}})")


def _from_text(scalar: Scalar) -> Codec:
    """Return the codec of a scalar that `pkit.values` makes text of."""
    python = SCALARS[scalar].python
    return Codec(checked(scalar).encode, f"{python.name}({{value}})", (python,))


FROM_TEXT: dict[Scalar, Codec] = {
    scalar: _from_text(scalar)
    for scalar in (
        Scalar.PATH,
        Scalar.PURE_PATH,
        Scalar.IPV4_ADDRESS,
        Scalar.IPV6_ADDRESS,
        Scalar.IPV4_NETWORK,
        Scalar.IPV6_NETWORK,
        Scalar.ZONE_INFO,
    )
}
"""The rows of scalars that every database keeps as text."""


@dataclass(frozen=True, slots=True)
class Codecs:
    """What a database knows: a row per scalar for columns and for the inside of documents, and how it treats whole documents.

    `array` is the call around the items of an array column. `document` turns the value of a document, which `_x_to_document` gives, into
    what the column takes, and back. `key` is for the keys of dicts, `json` for JSON values inside documents: its `encode` calls one function.
    """

    columns: Mapping[Scalar, Codec]
    documents: Mapping[Scalar, Codec]
    array: str = "tuple"
    document: Codec = Codec("{value}")
    json: Codec = Codec("values.json({value}, {field})")
    key: Codec = Codec("values.text({value}, {field})")

    def names(self) -> tuple[ClassRef, ...]:
        """Return every name that the expressions refer to: pin them in `Imports`."""
        codecs = (*self.columns.values(), *self.documents.values(), self.document, self.json, self.key)
        return (VALUES, ClassRef("datetime", "timedelta"), *dict.fromkeys(n for codec in codecs for n in codec.imports))


SUBCLASSES: dict[Scalar, str] = {
    Scalar.TEXT: "{cls}({value})",
    Scalar.INTEGER: "{cls}({value})",
    Scalar.FLOAT: "{cls}({value})",
    Scalar.DECIMAL: "{cls}({value})",
    Scalar.BYTES: "{cls}({value})",
    Scalar.PATH: "{cls}({value})",
    Scalar.PURE_PATH: "{cls}({value})",
    Scalar.IPV4_ADDRESS: "{cls}({value})",
    Scalar.IPV6_ADDRESS: "{cls}({value})",
    Scalar.IPV4_NETWORK: "{cls}({value})",
    Scalar.IPV6_NETWORK: "{cls}({value})",
    Scalar.UUID: "{cls}(int={value}.int)",
    Scalar.DATETIME: "{cls}.fromisoformat({value}.isoformat())",
    Scalar.NAIVE_DATETIME: "{cls}.fromisoformat({value}.isoformat())",
    Scalar.DATE: "{cls}.fromisoformat({value}.isoformat())",
    Scalar.TIME: "{cls}.fromisoformat({value}.isoformat())",
    Scalar.TIMEDELTA: "{cls}(microseconds={value} // timedelta(microseconds=1))",
    Scalar.ZONE_INFO: "{cls}({value}.key)",
}
"""How a value of the scalar becomes one of its subclass. bool has no subclasses."""


@dataclass(frozen=True, slots=True)
class Function:
    """A function to print: its signature with the colon, and the lines of its body, laid out but not indented by 4."""

    name: str
    signature: str
    body: tuple[str, ...]


class Speller:
    """Spells expressions and functions for one generated module.

    >>> speller = Speller(CODECS, imports, [(field.name, field.type) for field in entity.fields])
    >>> speller.encode(field.type, "user.email", '"email"')
    'values.text(user.email, "email")'
    """

    def __init__(
        self, codecs: Codecs, imports: Imports, fields: Iterable[tuple[str, FieldType]], taken: Iterable[str] = ()
    ) -> None:
        self._codecs = codecs
        self._imports = imports
        self._names = DocumentNames(set(taken))
        for name, type_ in fields:
            self._names.collect(name, type_)

    # --- columns ----------------------------------------------------------------------------------------------------

    def encode(self, type_: FieldType, value: str, field: str) -> str:
        """Return the expression that brings `value`, an expression cheap enough to be repeated, into a column's form."""
        match type_:
            case OptionalType(item=item):
                return optional(value, self.encode(item, value, field))
            case NamedType(item=item):
                return self.encode(item, value, field)
            case ArrayType(kind=kind, item=item):
                return self._encode_array(self._codecs.array, kind, item, value, field, self._codecs.columns)
            case RecordType() | TypedDictType() | TupleType() | ListType() | DictType() | JsonType():
                inner = self._encode_item(type_, value, field, self._codecs.documents)
                return self._fill(self._codecs.document, self._codecs.document.encode, inner, field)
            case ScalarType() | EnumType() | LiteralType():
                return self._encode_item(type_, value, field, self._codecs.columns)
            case _:
                assert_never(type_)

    def encode_inline(self, type_: FieldType, value: str, field: str) -> str:
        """Return what `encode` does, with the test for what is plain spelled out: for the function that encodes whole entities."""
        inner = strip(type_)
        plain = self._scalar_codec(inner).plain
        if plain is None:
            return self.encode(type_, value, field)
        absent = f"{value} is None or " if is_optional(type_) else ""
        test = f"{self._imports.name(ClassRef('builtins', 'type'))}({value}) is {self._imports.name(plain)}"
        return f"{value} if {absent}{test} else {self.encode(inner, value, field)}"

    def decode(self, type_: FieldType, value: str, field: str) -> str:
        """Return the expression that rebuilds the entity's value from `value`, which is what the column holds."""
        match type_:
            case OptionalType(item=item):
                return optional(value, self.decode(item, value, field))
            case NamedType(item=item):
                return self._renamed(type_, value, self.decode(item, value, field))
            case ArrayType():
                return self._decode_item(type_, value, field, self._codecs.columns)
            case RecordType() | TypedDictType() | TupleType() | ListType() | DictType() | JsonType():
                inner = self._fill(self._codecs.document, self._codecs.document.decode, value, field)
                return self._decode_item(type_, inner, field, self._codecs.documents)
            case ScalarType() | EnumType() | LiteralType():
                return self._decode_item(type_, value, field, self._codecs.columns)
            case _:
                assert_never(type_)

    def decode_inline(self, type_: FieldType, value: str, field: str) -> str:
        """Return what `decode` does, with the test for what needs no call spelled out: for the function that rebuilds whole entities."""
        inner = type_.item if isinstance(type_, OptionalType) else type_
        ready = self._scalar_codec(inner).ready
        if not ready:
            return self.decode(type_, value, field)
        first = f"(value := {value})"
        test = ready.format(value=first) if inner is type_ else f"{first} is None or {ready.format(value='value')}"
        return f"value if {test} else {self.decode(inner, 'value', field)}"

    def _scalar_codec(self, type_: FieldType) -> Codec:
        """Return the codec of a scalar's column; one that saves no calls for every other type."""
        match type_:
            case ScalarType(scalar=scalar, subclass=None):
                return self._codecs.columns[scalar]
            case _:
                return Codec("")

    # --- one value, in a column or in a document --------------------------------------------------------------------

    def _encode_item(self, type_: FieldType, value: str, field: str, table: Mapping[Scalar, Codec]) -> str:
        match type_:
            case ScalarType(scalar=scalar):
                return self._fill(table[scalar], table[scalar].encode, value, field)
            case EnumType(ref=ref):
                return self._values(f"values.enum_value({self._imports.name(ref)}, {value}, {field})")
            case LiteralType():
                return self._values(f"values.literal({self._names.literals[type_]}, {value}, {field})")
            case ArrayType(kind=kind, item=item):
                return self._encode_array("list", kind, item, value, field, table)
            case RecordType() | TypedDictType() | TupleType() | ListType() | DictType():
                return f"{self._names.pairs[type_].encode}({value}, {field})"
            case JsonType():
                return self._fill(self._codecs.json, self._codecs.json.encode, value, field)
            case OptionalType(item=item):
                return optional(value, self._encode_item(item, value, field, table))
            case NamedType(item=item):
                return self._encode_item(item, value, field, table)
            case _:
                assert_never(type_)

    def _decode_item(self, type_: FieldType, value: str, field: str, table: Mapping[Scalar, Codec]) -> str:
        match type_:
            case ScalarType(scalar=scalar, subclass=subclass):
                decoded = self._fill(table[scalar], table[scalar].decode, value, field)
                return decoded if subclass is None else self._subclass(scalar, subclass, decoded)
            case EnumType(ref=ref):
                return self._values(f"values.member({self._imports.name(ref)}, {value}, {field})")
            case LiteralType():
                return self._values(f"values.literal({self._names.literals[type_]}, {value}, {field})")
            case ArrayType(kind=kind, item=item):
                return rebuilt(kind, self._decode_item(item, "item", field, table), value)
            case RecordType() | TypedDictType() | TupleType() | ListType() | DictType():
                return f"{self._names.pairs[type_].decode}({value}, {field})"
            case JsonType():
                return self._fill(self._codecs.json, self._codecs.json.decode, value, field)
            case OptionalType(item=item):
                return optional(value, self._decode_item(item, value, field, table))
            case NamedType(item=item):
                return self._renamed(type_, value, self._decode_item(item, value, field, table))
            case _:
                assert_never(type_)

    def _fill(self, codec: Codec, template: str, value: str, field: str) -> str:
        if template == "{value}":
            return value
        for ref in codec.imports:
            self._imports.names(ref.module, ref.name)
        return self._values(template.format(value=value, field=field))

    def _values(self, expression: str) -> str:
        if "values." in expression:
            self._imports.names(VALUES.module, VALUES.name)
        return expression

    def _subclass(self, scalar: Scalar, subclass: ClassRef, decoded: str) -> str:
        if scalar is Scalar.TIMEDELTA:
            self._imports.names("datetime", "timedelta")
        return SUBCLASSES[scalar].format(cls=self._imports.name(subclass), value=decoded)

    def _renamed(self, type_: NamedType, value: str, decoded: str) -> str:
        """Return the call of a NewType, where the decoded value has a type of its own that a checker would not take for it."""
        return decoded if decoded == value or not type_.new_type else f"{self._imports.name(type_.ref)}({decoded})"

    def _encode_array(
        self, call: str, kind: ArrayKind, item: FieldType, value: str, field: str, table: Mapping[Scalar, Codec]
    ) -> str:
        encoded = self._encode_item(item, "item", field, table)
        source = self._values(f"values.collection({ARRAY_CLASSES[kind]}, {value}, {field})")
        if kind in (ArrayKind.SET, ArrayKind.FROZENSET):
            return sorted_array(call, encoded, source, _ordered(item, table))
        return f"[{encoded} for item in {source}]" if call == "list" else f"{call}({encoded} for item in {source})"

    # --- functions --------------------------------------------------------------------------------------------------

    def encoder(self, type_: FieldType) -> str:
        """Return the name of the function that checks and encodes a document, for the table of criteria's fields."""
        match type_:
            case OptionalType(item=item) | NamedType(item=item):
                return self.encoder(item)
            case RecordType() | TypedDictType() | TupleType() | ListType() | DictType():
                return self._names.pairs[type_].encode
            case JsonType():
                return self._fill(self._codecs.json, self._codecs.json.encode.partition("(")[0], "", "")
            case ScalarType() | EnumType() | LiteralType() | ArrayType():
                raise TypeError(f"{type_} is no document")
            case _:
                assert_never(type_)

    def constants(self) -> tuple[str, ...]:
        """Return the assignments at module level that the expressions need: the values of each Literal."""
        return tuple(self._constant(type_, name) for type_, name in self._names.literals.items())

    def _constant(self, type_: LiteralType, name: str) -> str:
        items = ", ".join(literal(value) for value in type_.values)
        prefix = f"{name}: frozenset[{'str' if type_.base is Scalar.TEXT else 'int'}] = "
        return wrap(f"frozenset({{{items}}})", prefix=prefix)

    def literal_constant(self, type_: LiteralType) -> str:
        """Return the name of the constant that holds the values of a Literal."""
        return self._names.literals[type_]

    def functions(self) -> tuple[Function, ...]:
        """Return the functions of every document type among the fields, innermost first, both directions of each."""
        return tuple(f for type_, pair in self._names.pairs.items() for f in self._functions(type_, pair))

    def _functions(self, type_: DocumentType, pair: Pair) -> tuple[Function, Function]:
        anything = self._imports.name(ANY)
        container = f"list[{anything}]" if isinstance(type_, (TupleType, ListType)) else f"dict[str, {anything}]"
        encode = signature(f"def {pair.encode}", ["value: object", "field: str", "/"], container)
        result = annotation(type_, self._imports)
        decode = signature(f"def {pair.decode}", [f"document: {anything}", "field: str", "/"], result)
        return Function(pair.encode, encode, self._to(type_)), Function(pair.decode, decode, self._from(type_))

    def _to(self, type_: DocumentType) -> tuple[str, ...]:
        table = self._codecs.documents
        match type_:
            case RecordType(ref=ref, fields=fields):
                check = self._values(f"values.instance({self._imports.name(ref)}, value, field)")
                return (let("record", check), self._record_entries(ref, fields))
            case TypedDictType(ref=ref, items=items):
                return self._typed_dict_to(ref, items)
            case TupleType(items=items):
                check = self._values(f"values.fixed(value, {len(items)}, field)")
                entries = [self._encode_item(item, f"items[{n}]", "field", table) for n, item in enumerate(items)]
                return (let("items", check), give(f"[{', '.join(entries)}]"))
            case ListType(kind=kind, item=item):
                return (give(self._encode_array("list", kind, item, "value", "field", table)),)
            case DictType(value=value):
                key = self._fill(self._codecs.key, self._codecs.key.encode, "key", "field")
                encoded = self._encode_item(value, "item", "field", table)
                source = self._values("values.mapping(value, field)")
                return (give(f"{{{key}: {encoded} for key, item in {source}.items()}}"),)
            case _:
                assert_never(type_)

    def _record_entries(self, ref: ClassRef, fields: tuple[RecordField, ...]) -> str:
        table = self._codecs.documents
        entries = [
            f"{literal(f.name)}: {self._encode_item(f.type, f'record.{f.name}', label(ref, f), table)}" for f in fields
        ]
        return give(f"{{{', '.join(entries)}}}")

    def _typed_dict_to(self, ref: ClassRef, items: tuple[RecordField, ...]) -> tuple[str, ...]:
        def encode(item: RecordField) -> str:
            return self._encode_item(
                item.type, f"items[{literal(item.name)}]", label(ref, item), self._codecs.documents
            )

        required = literal(tuple(item.name for item in items if item.required))
        optional = literal(tuple(item.name for item in items if not item.required))
        check = let("items", self._values(f"values.typed_dict(value, {required}, {optional}, field)"))
        anything = self._imports.name(ANY)
        return (check, *dictionary("document", f"dict[str, {anything}]", items, encode, "items"))

    def _from(self, type_: DocumentType) -> tuple[str, ...]:
        table = self._codecs.documents
        match type_:
            case RecordType(ref=ref, fields=fields, constructor=constructor):
                arguments = [self._argument(ref, field) for field in fields]
                return assemble(self._imports.name(ref), arguments, constructor=constructor)
            case TypedDictType(ref=ref, items=items):
                return dictionary("new", self._imports.name(ref), items, self._decoder(ref), "document")
            case TupleType(items=items):
                entries = [self._decode_item(item, f"document[{n}]", "field", table) for n, item in enumerate(items)]
                return (give(f"({', '.join(entries)}{',' * (len(entries) == 1)})"),)
            case ListType(kind=kind, item=item):
                return (give(rebuilt(kind, self._decode_item(item, "item", "field", table), "document")),)
            case DictType(value=value):
                key = self._fill(self._codecs.key, self._codecs.key.decode, "key", "field")
                decoded = self._decode_item(value, "item", "field", table)
                if (key, decoded) == ("key", "item"):
                    return ("return dict(document)",)
                return (give(f"{{{key}: {decoded} for key, item in document.items()}}"),)
            case _:
                assert_never(type_)

    def _argument(self, ref: ClassRef, field: RecordField) -> Argument:
        return Argument(field.name, self._decoder(ref)(field), field.kw_only)

    def _decoder(self, ref: ClassRef) -> Callable[[RecordField], str]:
        def decode(item: RecordField) -> str:
            value = f"document[{literal(item.name)}]"
            return self._decode_item(item.type, value, label(ref, item), self._codecs.documents)

        return decode


def _ordered(type_: FieldType, table: Mapping[Scalar, Codec]) -> bool:
    match type_:
        case ScalarType(scalar=scalar):
            return table[scalar].ordered
        case EnumType() | LiteralType():
            return True
        case NamedType(item=item):
            return _ordered(item, table)
        case _:
            return False
