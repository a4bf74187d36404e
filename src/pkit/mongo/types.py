"""The types of fields as criteria see them in MongoDB."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID as Uuid

from pkit import values
from pkit.criteria import ARRAY, EQUALITY, ORDER, ValueType
from pkit.criteria import TEXT as TEXT_OPERATORS
from pkit.mongo import stored


@dataclass(frozen=True, slots=True)
class StoredType(ValueType):
    """A type and the plain class of its stored values; `dict` is that of everything that is kept in a document."""

    plain: type = str


TEXT = StoredType(values.text, TEXT_OPERATORS)
BOOLEAN = StoredType(values.boolean, EQUALITY, plain=bool)
INTEGER = StoredType(stored.integer, ORDER, plain=int)
FLOAT = StoredType(values.float_, ORDER, plain=float)
DECIMAL = StoredType(stored.decimal, ORDER, plain=Decimal)
UUID = StoredType(values.uuid, EQUALITY, plain=Uuid)
DATETIME = StoredType(stored.datetime_, ORDER, plain=datetime)
NAIVE_DATETIME = StoredType(stored.naive_datetime, ORDER, plain=datetime)
DATE = StoredType(stored.date_, ORDER)
TIME = StoredType(stored.time_, ORDER)
TIMEDELTA = StoredType(stored.timedelta_, ORDER, plain=int)
BYTES = StoredType(values.bytes_, EQUALITY, plain=bytes)
PATH = StoredType(values.path, EQUALITY)
PURE_PATH = StoredType(values.pure_path, EQUALITY)
IPV4_ADDRESS = StoredType(values.ipv4_address, EQUALITY)
IPV6_ADDRESS = StoredType(values.ipv6_address, EQUALITY)
IPV4_NETWORK = StoredType(values.ipv4_network, EQUALITY)
IPV6_NETWORK = StoredType(values.ipv6_network, EQUALITY)
ZONE_INFO = StoredType(values.zone_info, EQUALITY)


def enum(cls: type[Enum]) -> StoredType:
    """Return the type of an enum, stored by value."""
    of_text = any(isinstance(member.value, str) for member in cls)
    return StoredType(
        lambda value, field: values.enum_value(cls, value, field), EQUALITY, plain=str if of_text else int
    )


def literal(allowed: frozenset[Any]) -> StoredType:
    """Return the type of a `Literal[...]` of those values."""
    of_text = any(isinstance(value, str) for value in allowed)
    return StoredType(
        lambda value, field: values.literal(allowed, value, field), EQUALITY, plain=str if of_text else int
    )


def array(item: StoredType) -> StoredType:
    """Return the type of an array of items of a type."""
    return StoredType(item.encode, ARRAY, item)


def document(encode: Callable[[Any, str], Any]) -> StoredType:
    """Return the type of what `encode` makes a document of."""
    return StoredType(lambda value, field: stored.document(encode(value, field)), EQUALITY, plain=dict)
