"""Checking values on their way into a database.

Each checker takes a value and the name of its field and returns the value in its plain form: an exact built-in type, an aware datetime in
UTC, text for what every database keeps as text. The checkers of the commonest types first ask for what needs no change, which is quick. A value that some database could not hold raises `InvalidValue` on all of them, before
anything is written.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, fields
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import PurePath
from typing import Any, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from pkit.errors import InvalidValue

T = TypeVar("T")
E = TypeVar("E", bound=Enum)

MIN_INTEGER, MAX_INTEGER = -(2**63), 2**63 - 1
MAX_DECIMAL_DIGITS = 34
MIN_DECIMAL_EXPONENT, MAX_DECIMAL_EXPONENT = -6176, 6111
_MICROSECOND = timedelta(microseconds=1)
_MEMBERS: dict[type[Enum], dict[Any, Any]] = {}
"""The members of enums by value, as far as they were asked for: calling an enum takes five times as long."""


class Members(dict[Any, E]):
    """The members of an enum by their stored values; looking up a value that has no member any more raises InvalidValue.

    >>> Members(Role, "role")["admin"]
    <Role.ADMIN: 'admin'>
    """

    def __init__(self, cls: type[E], field: str) -> None:
        super().__init__((member.value, member) for member in cls)
        self._cls = cls
        self._field = field

    def __missing__(self, value: object) -> E:
        return _rare_member(self._cls, value, self._field)


def _expected(expected: str, value: object, field: str) -> InvalidValue:
    return InvalidValue(field, f"expected {expected}, not {type(value).__name__}")


def text(value: object, field: str) -> str:
    """Return `value` as an exact str; refuse NUL and lone surrogates, which PostgreSQL or MongoDB cannot hold."""
    if type(value) is str and value.isascii() and "\0" not in value:
        return value
    if not isinstance(value, str):
        raise _expected("str", value, field)
    if "\0" in value:
        raise InvalidValue(field, "text with a NUL character cannot be stored")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise InvalidValue(field, "text with a lone surrogate cannot be stored") from None
    return value if type(value) is str else str.__str__(value)


def boolean(value: object, field: str) -> bool:
    """Return `value`, which must be a bool."""
    if value is True or value is False:
        return value
    raise _expected("bool", value, field)


def integer(value: object, field: str) -> int:
    """Return `value` as an exact int of 64 bits."""
    if type(value) is int and value.bit_length() < 64:  # the least one, which has 64 bits, takes the longer way
        return value
    if not isinstance(value, int):
        raise _expected("int", value, field)
    if not MIN_INTEGER <= value <= MAX_INTEGER:
        raise InvalidValue(field, "an integer beyond 64 bits cannot be stored")
    return value if type(value) is int else int(value)


def float_(value: object, field: str) -> float:
    """Return `value` as an exact float; refuse NaN, which is unequal to itself and ordered differently by each database."""
    if type(value) is float and value == value:  # NaN is not
        return value
    if not isinstance(value, (float, int)):
        raise _expected("float", value, field)
    try:
        number = float(value)
    except OverflowError:
        raise InvalidValue(field, "the number is too large for a float") from None
    if math.isnan(number):
        raise InvalidValue(field, "NaN cannot be stored")
    return number


def decimal(value: object, field: str) -> Decimal:
    """Return `value` as an exact, finite Decimal of at most 34 digits."""
    if not isinstance(value, Decimal):
        raise _expected("Decimal", value, field)
    _, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise InvalidValue(field, "NaN and infinity cannot be stored in a Decimal")
    if len(digits) > MAX_DECIMAL_DIGITS:
        raise InvalidValue(field, f"a Decimal of more than {MAX_DECIMAL_DIGITS} digits cannot be stored")
    if not MIN_DECIMAL_EXPONENT <= exponent <= MAX_DECIMAL_EXPONENT:
        raise InvalidValue(field, "the exponent of the Decimal is out of range")
    return value if type(value) is Decimal else Decimal(value)


def uuid(value: object, field: str) -> UUID:
    """Return `value` as an exact UUID."""
    if type(value) is UUID:
        return value
    if isinstance(value, UUID):
        return UUID(int=value.int)
    raise _expected("UUID", value, field)


def datetime_(value: object, field: str) -> datetime:
    """Return `value`, which must be aware, in UTC."""
    if type(value) is datetime and value.tzinfo is UTC and not value.fold:
        return value
    if not isinstance(value, datetime):
        raise _expected("datetime", value, field)
    if value.utcoffset() is None:
        raise InvalidValue(field, "a datetime must have a time zone")
    try:
        return _exact_datetime(value.astimezone(UTC))
    except OverflowError:
        raise InvalidValue(field, "the datetime is out of range in UTC") from None


def naive_datetime(value: object, field: str) -> datetime:
    """Return `value`, which must have no time zone."""
    if not isinstance(value, datetime):
        raise _expected("datetime", value, field)
    if value.tzinfo is not None:
        raise InvalidValue(field, "a datetime must not have a time zone: this project's are naive")
    return _exact_datetime(value)


def _exact_datetime(value: datetime) -> datetime:
    if type(value) is datetime and not value.fold:
        return value
    return datetime.combine(value.date(), value.time(), value.tzinfo).replace(fold=0)


def date_(value: object, field: str) -> date:
    """Return `value`, which must be a date and no datetime."""
    if not isinstance(value, date) or isinstance(value, datetime):
        raise _expected("date", value, field)
    return value if type(value) is date else date(value.year, value.month, value.day)


def time_(value: object, field: str) -> time:
    """Return `value`, which must have no time zone."""
    if not isinstance(value, time):
        raise _expected("time", value, field)
    if value.tzinfo is not None:
        raise InvalidValue(field, "a time must not have a time zone")
    if type(value) is time and not value.fold:
        return value
    return time(value.hour, value.minute, value.second, value.microsecond)


def timedelta_(value: object, field: str) -> timedelta:
    """Return `value`; refuse what does not fit into 64 bits of microseconds."""
    if not isinstance(value, timedelta):
        raise _expected("timedelta", value, field)
    if not MIN_INTEGER <= value // _MICROSECOND <= MAX_INTEGER:
        raise InvalidValue(field, "the timedelta is out of range")
    return value if type(value) is timedelta else timedelta(value.days, value.seconds, value.microseconds)


def bytes_(value: object, field: str) -> bytes:
    """Return `value` as exact bytes."""
    if not isinstance(value, bytes):
        raise _expected("bytes", value, field)
    return value if type(value) is bytes else bytes(value)


def pure_path(value: object, field: str) -> str:
    """Return the text of a path."""
    if isinstance(value, PurePath):
        return text(str(value), field)
    raise _expected("a path", value, field)


path = pure_path


def _as_text(cls: type[object]) -> Callable[[object, str], str]:
    def check(value: object, field: str) -> str:
        if isinstance(value, cls):
            return str(value)
        raise _expected(cls.__name__, value, field)

    return check


ipv4_address = _as_text(IPv4Address)
ipv6_address = _as_text(IPv6Address)
ipv4_network = _as_text(IPv4Network)
ipv6_network = _as_text(IPv6Network)


def zone_info(value: object, field: str) -> str:
    """Return the key of a time zone."""
    if not isinstance(value, ZoneInfo):
        raise _expected("ZoneInfo", value, field)
    if not value.key:
        raise InvalidValue(field, "a ZoneInfo without a key cannot be stored")
    return value.key


def enum_value(cls: type[Enum], value: object, field: str) -> Any:
    """Return the value of a member of `cls`."""
    if isinstance(value, cls):
        return value._value_  # `value` is a property, which takes three times as long
    raise _expected(cls.__name__, value, field)


def member(cls: type[E], value: object, field: str) -> E:
    """Return the member of `cls` that has the stored value; InvalidValue when there is none any more."""
    try:
        found: E = _MEMBERS[cls][value]
    except (KeyError, TypeError):
        return _rare_member(cls, value, field)
    return found


def _rare_member(cls: type[E], value: object, field: str) -> E:
    """Return a member of an enum that is not known yet, or one that iterating over it does not give: a combination of flags."""
    if cls not in _MEMBERS:
        _MEMBERS[cls] = {known.value: known for known in cls}
    try:
        return cls(value)
    except ValueError:
        raise InvalidValue(field, f"a stored value is not a value of {cls.__name__}") from None


def literal(values: frozenset[Any], value: T, field: str) -> T:
    """Return `value`, which must be one of `values` and of the same type."""
    if type(value) in (str, int) and value in values:
        return value
    raise InvalidValue(field, "the value is not one of the Literal's")


def json(value: object, field: str) -> Any:
    """Return a copy of a JSON value: None, bool, int of 64 bits, finite float, str, list, or dict with keys of text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return text(value, field)
    if isinstance(value, int):
        return integer(value, field)
    if isinstance(value, float):
        return finite(value, field)
    if isinstance(value, list):
        return [json(item, field) for item in cast(list[object], value)]
    if isinstance(value, Mapping):
        return {text(key, field): json(item, field) for key, item in cast(Mapping[object, object], value).items()}
    raise _expected("a JSON value", value, field)


def finite(value: object, field: str) -> float:
    """Return `value` as a finite float: documents hold no infinities."""
    number = float_(value, field)
    if math.isinf(number):
        raise InvalidValue(field, "infinity cannot be stored inside a document")
    return number


def collection(kind: type[object] | tuple[type[object], ...], value: object, field: str) -> Collection[Any]:
    """Return `value`, which must be a collection of that class, or of one of those."""
    if isinstance(value, kind):
        return cast(Collection[Any], value)
    names = [cls.__name__ for cls in (kind if isinstance(kind, tuple) else (kind,))]
    raise _expected(" or ".join(names), value, field)


def mapping(value: object, field: str) -> Mapping[Any, Any]:
    """Return `value`, which must be a mapping."""
    if not isinstance(value, Mapping):
        raise _expected("a mapping", value, field)
    return cast(Mapping[object, Any], value)


def typed_dict(value: object, required: tuple[str, ...], optional: tuple[str, ...], field: str) -> Mapping[Any, Any]:
    """Return `value`, which must be a mapping with all the required keys, and none but those and the optional ones."""
    items = mapping(value, field)
    for key in required:
        if key not in items:
            raise InvalidValue(field, f"the key {key!r} is missing")
    if len(items) > len(required) and not items.keys() <= {*required, *optional}:
        raise InvalidValue(field, "there is a key that its TypedDict does not have")
    return items


def fixed(value: object, length: int, field: str) -> tuple[Any, ...]:
    """Return `value`, which must be a tuple of that length."""
    if not isinstance(value, tuple):
        raise _expected(f"a tuple of {length}", value, field)
    items = cast(tuple[object, ...], value)
    if len(items) != length:
        raise InvalidValue(field, f"expected a tuple of {length}, not of {len(items)}")
    return items


def instance(cls: type[T], value: object, field: str) -> T:
    """Return `value`, which must be an instance of `cls`."""
    if isinstance(value, cls):
        return value
    raise _expected(cls.__name__, value, field)


def default_factory(cls: type[Any], field: str) -> Callable[[], Any]:
    """Return a function that makes the default of a dataclass field, for fields that are not stored."""
    for candidate in fields(cls):
        if candidate.name == field:
            if candidate.default_factory is not MISSING:
                return candidate.default_factory
            return lambda: candidate.default
    raise LookupError(f"{cls.__name__} has no field {field!r}")
