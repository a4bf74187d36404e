"""The types that a field can have, as the database backends see them: a closed sum, so that `match … assert_never` finds every gap."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias, assert_never

from pkit_gen.source import ClassRef


class Family(Enum):
    """What criteria can ask of a value."""

    EQUALITY = "equality"
    ORDER = "order"
    TEXT = "text"


class Scalar(Enum):
    """A value that every database stores in one column or key. The value is the name of its checker in `pkit.values`."""

    TEXT = "text"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    FLOAT = "float_"
    DECIMAL = "decimal"
    UUID = "uuid"
    DATETIME = "datetime_"
    NAIVE_DATETIME = "naive_datetime"
    DATE = "date_"
    TIME = "time_"
    TIMEDELTA = "timedelta_"
    BYTES = "bytes_"
    PATH = "path"
    PURE_PATH = "pure_path"
    IPV4_ADDRESS = "ipv4_address"
    IPV6_ADDRESS = "ipv6_address"
    IPV4_NETWORK = "ipv4_network"
    IPV6_NETWORK = "ipv6_network"
    ZONE_INFO = "zone_info"


@dataclass(frozen=True, slots=True)
class ScalarRow:
    """What is known of a scalar: the Python class, its criteria family, whether rows can be sorted by it and whether it can be an id."""

    python: ClassRef
    family: Family
    sortable: bool
    identity: bool = True


SCALARS: dict[Scalar, ScalarRow] = {
    Scalar.TEXT: ScalarRow(ClassRef("builtins", "str"), Family.TEXT, sortable=True),
    Scalar.BOOLEAN: ScalarRow(ClassRef("builtins", "bool"), Family.EQUALITY, sortable=True),
    Scalar.INTEGER: ScalarRow(ClassRef("builtins", "int"), Family.ORDER, sortable=True),
    Scalar.FLOAT: ScalarRow(ClassRef("builtins", "float"), Family.ORDER, sortable=True),
    Scalar.DECIMAL: ScalarRow(ClassRef("decimal", "Decimal"), Family.ORDER, sortable=True),
    Scalar.UUID: ScalarRow(ClassRef("uuid", "UUID"), Family.EQUALITY, sortable=True),
    Scalar.DATETIME: ScalarRow(ClassRef("datetime", "datetime"), Family.ORDER, sortable=True),
    Scalar.NAIVE_DATETIME: ScalarRow(ClassRef("datetime", "datetime"), Family.ORDER, sortable=True),
    Scalar.DATE: ScalarRow(ClassRef("datetime", "date"), Family.ORDER, sortable=True),
    Scalar.TIME: ScalarRow(ClassRef("datetime", "time"), Family.ORDER, sortable=True),
    Scalar.TIMEDELTA: ScalarRow(ClassRef("datetime", "timedelta"), Family.ORDER, sortable=True),
    Scalar.BYTES: ScalarRow(ClassRef("builtins", "bytes"), Family.EQUALITY, sortable=False),
    Scalar.PATH: ScalarRow(ClassRef("pathlib", "Path"), Family.EQUALITY, sortable=True),
    Scalar.PURE_PATH: ScalarRow(ClassRef("pathlib", "PurePath"), Family.EQUALITY, sortable=True),
    Scalar.IPV4_ADDRESS: ScalarRow(ClassRef("ipaddress", "IPv4Address"), Family.EQUALITY, sortable=True),
    Scalar.IPV6_ADDRESS: ScalarRow(ClassRef("ipaddress", "IPv6Address"), Family.EQUALITY, sortable=True),
    Scalar.IPV4_NETWORK: ScalarRow(ClassRef("ipaddress", "IPv4Network"), Family.EQUALITY, sortable=True),
    Scalar.IPV6_NETWORK: ScalarRow(ClassRef("ipaddress", "IPv6Network"), Family.EQUALITY, sortable=True),
    Scalar.ZONE_INFO: ScalarRow(ClassRef("zoneinfo", "ZoneInfo"), Family.EQUALITY, sortable=True),
}


class ArrayKind(Enum):
    """The Python collection that an array is read back as; SEQUENCE reads back as a list."""

    LIST = "list"
    TUPLE = "tuple"
    SET = "set"
    FROZENSET = "frozenset"
    SEQUENCE = "Sequence"


@dataclass(frozen=True, slots=True)
class ScalarType:
    """A scalar, or a subclass of one: then `subclass` is the class that values are rebuilt as."""

    scalar: Scalar
    subclass: ClassRef | None = None


@dataclass(frozen=True, slots=True)
class EnumType:
    """An enum stored by value: `base` is TEXT or INTEGER. `members` are (name, value) in the order of the source."""

    ref: ClassRef
    base: Scalar
    members: tuple[tuple[str, str | int], ...]
    flag: bool = False


@dataclass(frozen=True, slots=True)
class LiteralType:
    """`Literal[...]` of str or of int: `base` is TEXT or INTEGER."""

    base: Scalar
    values: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class ArrayType:
    """A collection of scalars, enums or literals: an array in every database. Criteria: `has`, `has_any`, `has_all`, `empty`."""

    kind: ArrayKind
    item: FieldType


@dataclass(frozen=True, slots=True)
class ListType:
    """A collection of anything else, kept in a document (jsonb)."""

    kind: ArrayKind
    item: FieldType


@dataclass(frozen=True, slots=True)
class TupleType:
    """A tuple of fixed length."""

    items: tuple[FieldType, ...]


@dataclass(frozen=True, slots=True)
class DictType:
    """`dict[str, X]` or `Mapping[str, X]`, read back as a dict."""

    value: FieldType
    mapping: bool = False  # spelled Mapping


@dataclass(frozen=True, slots=True)
class RecordField:
    """A field of a nested dataclass or an item of a TypedDict."""

    name: str
    type: FieldType
    required: bool = True  # False: a NotRequired item of a TypedDict
    kw_only: bool = False
    init: bool = True


@dataclass(frozen=True, slots=True)
class RecordType:
    """A nested dataclass. `constructor`: rebuilt by calling it, else by setting attributes. `hashable`: sets can hold it."""

    ref: ClassRef
    fields: tuple[RecordField, ...]
    constructor: bool = True
    hashable: bool = True


@dataclass(frozen=True, slots=True)
class TypedDictType:
    """A TypedDict."""

    ref: ClassRef
    items: tuple[RecordField, ...]


@dataclass(frozen=True, slots=True)
class JsonType:
    """Any JSON value: bare `list` and `dict`, or `Any` inside one of them. `spelling` is "list", "dict", "Sequence", "Mapping" or "Any"."""

    spelling: str


@dataclass(frozen=True, slots=True)
class OptionalType:
    """`X | None`; `item` is never itself an OptionalType."""

    item: FieldType


@dataclass(frozen=True, slots=True)
class NamedType:
    """A NewType or alias: stored as `item`, spelled by its name in signatures."""

    ref: ClassRef
    item: FieldType
    new_type: bool  # True: a NewType, whose name must be called to make a value; False: an alias


FieldType: TypeAlias = (
    ScalarType
    | EnumType
    | LiteralType
    | ArrayType
    | ListType
    | TupleType
    | DictType
    | RecordType
    | TypedDictType
    | JsonType
    | OptionalType
    | NamedType
)


def is_optional(type_: FieldType) -> bool:
    """Return whether `None` is a value of the type, through NewTypes and aliases."""
    match type_:
        case OptionalType():
            return True
        case NamedType(item=item):
            return is_optional(item)
        case _:
            return False


def has_records(type_: FieldType) -> bool:
    """Return whether values of the type are, or hold, nested dataclasses, which views show as dicts."""
    match type_:
        case RecordType():
            return True
        case OptionalType(item=item) | NamedType(item=item) | ListType(item=item) | DictType(value=item):
            return has_records(item)
        case TupleType(items=items):
            return any(map(has_records, items))
        case ScalarType() | EnumType() | LiteralType() | ArrayType() | TypedDictType() | JsonType():
            return False
        case _:
            assert_never(type_)


def depth(type_: FieldType) -> int:
    """Return how deep values of the type nest: 0 for a scalar, 2 for a list of dataclasses of scalars."""
    match type_:
        case OptionalType(item=item) | NamedType(item=item):
            return depth(item)
        case ArrayType(item=item) | ListType(item=item) | DictType(value=item):
            return 1 + depth(item)
        case TupleType(items=items):
            return 1 + max(map(depth, items), default=0)
        case RecordType(fields=fields) | TypedDictType(items=fields):
            return 1 + max((depth(field.type) for field in fields), default=0)
        case ScalarType() | EnumType() | LiteralType() | JsonType():
            return 0
        case _:
            assert_never(type_)


def strip(type_: FieldType) -> FieldType:
    """Return the type without names and without `None`: what a database stores when there is a value."""
    match type_:
        case OptionalType(item=item) | NamedType(item=item):
            return strip(item)
        case _:
            return type_
