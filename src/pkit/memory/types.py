"""The types of fields as criteria see them in memory: stored values are the plain Python values."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from pkit import values
from pkit.criteria import ARRAY, EQUALITY, ORDER, ValueType
from pkit.criteria import TEXT as TEXT_OPERATORS

TEXT = ValueType(values.text, TEXT_OPERATORS)
BOOLEAN = ValueType(values.boolean, EQUALITY)
INTEGER = ValueType(values.integer, ORDER)
FLOAT = ValueType(values.float_, ORDER)
DECIMAL = ValueType(values.decimal, ORDER)
UUID = ValueType(values.uuid, EQUALITY)
DATETIME = ValueType(values.datetime_, ORDER)
NAIVE_DATETIME = ValueType(values.naive_datetime, ORDER)
DATE = ValueType(values.date_, ORDER)
TIME = ValueType(values.time_, ORDER)
TIMEDELTA = ValueType(values.timedelta_, ORDER)
BYTES = ValueType(values.bytes_, EQUALITY)
PATH = ValueType(values.path, EQUALITY)
PURE_PATH = ValueType(values.pure_path, EQUALITY)
IPV4_ADDRESS = ValueType(values.ipv4_address, EQUALITY)
IPV6_ADDRESS = ValueType(values.ipv6_address, EQUALITY)
IPV4_NETWORK = ValueType(values.ipv4_network, EQUALITY)
IPV6_NETWORK = ValueType(values.ipv6_network, EQUALITY)
ZONE_INFO = ValueType(values.zone_info, EQUALITY)


def enum(cls: type[Enum]) -> ValueType:
    """Return the type of an enum, stored by value."""
    return ValueType(lambda value, field: values.enum_value(cls, value, field), EQUALITY)


def literal(allowed: frozenset[Any]) -> ValueType:
    """Return the type of a `Literal[...]` of those values."""
    return ValueType(lambda value, field: values.literal(allowed, value, field), EQUALITY)


def array(item: ValueType) -> ValueType:
    """Return the type of an array of items of a type."""
    return ValueType(item.encode, ARRAY, item)


def document(encode: Callable[[Any, str], Any]) -> ValueType:
    """Return the type of what `encode` makes a document of."""
    return ValueType(encode, EQUALITY)
