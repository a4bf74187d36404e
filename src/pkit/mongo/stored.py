"""The form that values have in documents: what `pkit.values` leaves, brought into a type of BSON.

Each function takes a value and the name of its field, checks it as its namesake in `pkit.values` does, and raises InvalidValue.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, cast

from bson import Decimal128, Int64

from pkit import values

_MICROSECOND = timedelta(microseconds=1)
_DOLLAR, _ESCAPE = "$", "\\"


def integer(value: object, field: str) -> Int64:
    """Return an integer of 64 bits, whatever its size."""
    return Int64(values.integer(value, field))


def decimal(value: object, field: str) -> Decimal128:
    """Return a decimal, which keeps its digits."""
    return Decimal128(values.decimal(value, field))


def datetime_(value: object, field: str) -> datetime:
    """Return an aware datetime in UTC, cut off to the millisecond."""
    return _to_millisecond(values.datetime_(value, field))


def naive_datetime(value: object, field: str) -> datetime:
    """Return a datetime without time zone, cut off to the millisecond."""
    return _to_millisecond(values.naive_datetime(value, field))


def _to_millisecond(value: datetime) -> datetime:
    beyond = value.microsecond % 1000
    return value.replace(microsecond=value.microsecond - beyond) if beyond else value


def date_(value: object, field: str) -> str:
    """Return a date as text whose order is that of dates."""
    return values.date_(value, field).isoformat()


def time_(value: object, field: str) -> str:
    """Return a time as text whose order is that of times."""
    return values.time_(value, field).isoformat("microseconds")


def timedelta_(value: object, field: str) -> Int64:
    """Return a timedelta in microseconds."""
    return Int64(values.timedelta_(value, field) // _MICROSECOND)


def document(value: Any) -> Any:
    """Return a document with its keys in order at every level, so that equal documents are equal in the database.

    >>> document({"b": [{"d": 1, "c": 2}], "a": 3})
    {'a': 3, 'b': [{'c': 2, 'd': 1}]}
    """
    if isinstance(value, dict):
        items = cast(dict[str, Any], value)
        return {key: document(items[key]) for key in sorted(items)}
    if isinstance(value, list):
        return [document(item) for item in cast(list[object], value)]
    return value


def key(value: object, field: str) -> str:
    r"""Return the key of a dict, with a backslash before a leading "$", which has a meaning of its own to servers and drivers.

    >>> key("$ref", "labels")
    '\\$ref'
    """
    text = values.text(value, field)
    return _ESCAPE + text if text.startswith((_DOLLAR, _ESCAPE)) else text


def name(stored: str) -> str:
    """Return what `key` was given."""
    return stored[1:] if stored.startswith(_ESCAPE) else stored


def json(value: object, field: str) -> Any:
    """Return a copy of a JSON value whose keys can be stored."""
    return _with_keys(values.json(value, field), field)


def _with_keys(value: Any, field: str) -> Any:
    if isinstance(value, dict):
        return {key(k, field): _with_keys(item, field) for k, item in cast(dict[str, Any], value).items()}
    if isinstance(value, list):
        return [_with_keys(item, field) for item in cast(list[object], value)]
    return value


def plain_json(stored: Any) -> Any:
    """Return the JSON value that `json` was given."""
    if isinstance(stored, Mapping):
        return {name(k): plain_json(item) for k, item in cast(Mapping[str, Any], stored).items()}
    if isinstance(stored, list):
        return [plain_json(item) for item in cast(list[object], stored)]
    return plain(stored)


def plain(stored: Any) -> Any:
    """Return a stored scalar as a built-in type of Python, so that it can be hashed and put into a cursor."""
    if type(stored) is Int64:
        return int(stored)
    return stored.to_decimal() if type(stored) is Decimal128 else stored


def from_plain(value: Any) -> Any:
    """Return what `plain` was given, but for the size of integers."""
    return Decimal128(value) if type(value) is Decimal else value
