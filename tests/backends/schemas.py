"""Schemas built by hand, beside the modules of the host app that they describe."""

from __future__ import annotations

from pathlib import Path

from pkit_gen.ir.model import Entity, Field, Schema, UniqueIndex
from pkit_gen.ir.types import (
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
)
from pkit_gen.source import WHOLE_FILE, ClassRef, Place, SourceFile

PLACE = Place.at(SourceFile(Path("entities.py"), "shop.entities", ""), WHOLE_FILE)
MODULE = "shop.entities"

ENTITIES = '''
from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum, Flag
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any, Literal, NewType, NotRequired, TypeAlias, TypedDict
from uuid import UUID
from zoneinfo import ZoneInfo

OrderId = NewType("OrderId", UUID)
Span = NewType("Span", timedelta)
Nickname: TypeAlias = str


class Email(str): ...


class Token(UUID): ...


class Moment(datetime): ...


class Pause(timedelta): ...


class Zone(ZoneInfo): ...


class Weekday(Enum):
    MONDAY = "monday"
    SUNDAY = "sunday"


class Right(Flag):
    READ = 1
    WRITE = 2


@dataclass(frozen=True)
class Geo:
    lat: float
    lon: float | None


@dataclass(frozen=True)
class Address:
    street: str
    geo: Geo | None
    days: frozenset[Weekday]
    city: str = field(default="", kw_only=True)


class Sealed:
    """Has no constructor of its fields."""

    __slots__ = ("code",)
    code: str


class Point(TypedDict):
    x: int
    label: NotRequired[Weekday]


@dataclass
class Order:
    id: OrderId
    email: Email
    number: int
    nickname: Nickname | None
    weekday: Weekday | None
    date: date
    address: Address | None
    tags: set[str]
    days: tuple[Weekday, ...]
    kind: Literal["web", "shop"]
    labels: dict[str, list[int]]
    price: Decimal
    span: Span
    point: Point
    pair: tuple[int, Weekday]
    extra: dict[str, Any]
    rights: Right
    host: IPv4Address
    value: str
    excluding: str
    self: str
    criteria: bool
    entity_id: bytes


@dataclass
class Flat:
    id: bytes
'''


def scalar(kind: Scalar) -> ScalarType:
    """Return the type of a plain scalar."""
    return ScalarType(kind)


def ref(name: str) -> ClassRef:
    """Return a class of the host's module."""
    return ClassRef(MODULE, name)


TEXT, INTEGER, FLOAT = scalar(Scalar.TEXT), scalar(Scalar.INTEGER), scalar(Scalar.FLOAT)
WEEKDAY = EnumType(ref("Weekday"), Scalar.TEXT, (("MONDAY", "monday"), ("SUNDAY", "sunday")))
RIGHT = EnumType(ref("Right"), Scalar.INTEGER, (("READ", 1), ("WRITE", 2)), flag=True)
ORDER_ID = NamedType(ref("OrderId"), scalar(Scalar.UUID), new_type=True)
NICKNAME = NamedType(ref("Nickname"), TEXT, new_type=False)
SPAN = NamedType(ref("Span"), scalar(Scalar.TIMEDELTA), new_type=True)
KIND = LiteralType(Scalar.TEXT, ("web", "shop"))
GEO = RecordType(ref("Geo"), (RecordField("lat", FLOAT), RecordField("lon", OptionalType(FLOAT))))
ADDRESS = RecordType(
    ref("Address"),
    (
        RecordField("street", TEXT),
        RecordField("geo", OptionalType(GEO)),
        RecordField("days", ArrayType(ArrayKind.FROZENSET, WEEKDAY)),
        RecordField("city", TEXT, kw_only=True),
    ),
)
POINT = TypedDictType(ref("Point"), (RecordField("x", INTEGER), RecordField("label", WEEKDAY, required=False)))

ORDER_FIELDS: dict[str, FieldType] = {
    "id": ORDER_ID,
    "email": ScalarType(Scalar.TEXT, ref("Email")),
    "number": INTEGER,
    "nickname": OptionalType(NICKNAME),
    "weekday": OptionalType(WEEKDAY),
    "date": scalar(Scalar.DATE),
    "address": OptionalType(ADDRESS),
    "tags": ArrayType(ArrayKind.SET, TEXT),
    "days": ArrayType(ArrayKind.TUPLE, WEEKDAY),
    "kind": KIND,
    "labels": DictType(ListType(ArrayKind.LIST, INTEGER)),
    "price": scalar(Scalar.DECIMAL),
    "span": SPAN,
    "point": POINT,
    "pair": TupleType((INTEGER, WEEKDAY)),
    "extra": JsonType("dict"),
    "rights": RIGHT,
    "host": scalar(Scalar.IPV4_ADDRESS),
    "value": TEXT,
    "excluding": TEXT,
    "self": TEXT,
    "criteria": scalar(Scalar.BOOLEAN),
    "entity_id": scalar(Scalar.BYTES),
}


def stored(fields: dict[str, FieldType]) -> tuple[Field, ...]:
    """Return fields of those names and types."""
    return tuple(Field(name, type_, False, True, False, PLACE) for name, type_ in fields.items())


def entity(
    key: str, name: str, fields: dict[str, FieldType], *unique: UniqueIndex, docstring: str | None = None
) -> Entity:
    """Return an entity called as its class."""
    return Entity(
        key, name, key, ref(name), f"{key}s", None, stored(fields), (), unique, (), (), True, docstring, PLACE
    )


def index(*fields: str, lower: bool = False) -> UniqueIndex:
    """Return a unique index over those fields."""
    name = "_and_".join(fields)
    return UniqueIndex(name, fields, lower, name, PLACE)


ORDER = entity(
    "order",
    "Order",
    ORDER_FIELDS,
    index("email", lower=True),
    index("nickname"),
    index("self", "excluding"),
    docstring='An order with "quotes".\n\nIt lasts.',
)
FLAT = entity("flat", "Flat", {"id": scalar(Scalar.BYTES)})
SCHEMA = Schema((FLAT, ORDER), ("shop.bootstrap", "shop.entities"), 2)
