"""Page cursors: the sort values of the last entity of a page, as text that callers only hand back.

A cursor is base64 of a digest and of tagged JSON. The digest covers the entity and the order as well, so that a cursor of another query,
or one that was changed on its way, is refused. It is no secret: a cursor gives access to nothing that its caller could not list.
"""

from __future__ import annotations

import binascii
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from typing import Any, TypeAlias, cast
from uuid import UUID

from pkit.errors import InvalidCursor

_DIGEST_SIZE = 12
_MICROSECOND = timedelta(microseconds=1)
_Tagged: TypeAlias = tuple[str, Callable[[Any], Any], Callable[[Any], Any]]


def _same(value: Any) -> Any:
    return value


_TYPES: dict[type[object], _Tagged] = {
    type(None): ("none", _same, _same),
    bool: ("bool", _same, _same),
    int: ("int", _same, _same),
    str: ("text", _same, _same),
    float: ("float", float.hex, float.fromhex),
    Decimal: ("decimal", str, Decimal),
    UUID: ("uuid", str, UUID),
    datetime: ("datetime", datetime.isoformat, datetime.fromisoformat),
    date: ("date", date.isoformat, date.fromisoformat),
    time: ("time", time.isoformat, time.fromisoformat),
    timedelta: ("timedelta", lambda value: value // _MICROSECOND, lambda value: timedelta(microseconds=value)),
    bytes: ("bytes", bytes.hex, bytes.fromhex),
}
"""Per type: its tag, the way into JSON and the way back."""

_DECODERS: dict[str, Callable[[Any], Any]] = {tag: decode for tag, _, decode in _TYPES.values()}


def encode_cursor(entity: str, sort: tuple[str, ...], values: Sequence[Any]) -> str:
    """Return the cursor that follows the entity with these values, one per sort key, in the given order of the entities called `entity`."""
    payload = json.dumps([_encode(value) for value in values], separators=(",", ":")).encode()
    return _spell(_digest(entity, sort, payload) + payload)


def decode_cursor(cursor: str, entity: str, sort: tuple[str, ...]) -> tuple[Any, ...]:
    """Return the values that `encode_cursor` was given. Raises InvalidCursor for anything that it has not made for this entity and order."""
    try:
        raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        digest, payload = raw[:_DIGEST_SIZE], raw[_DIGEST_SIZE:]
        if digest != _digest(entity, sort, payload) or _spell(raw) != cursor:  # decoding passes over foreign characters
            raise InvalidCursor
        values = tuple(_DECODERS[tag](value) for tag, value in cast(list[tuple[str, Any]], json.loads(payload)))
    except (binascii.Error, ValueError, TypeError, KeyError, OverflowError, InvalidOperation, RecursionError):
        raise InvalidCursor from None
    if len(values) != len(sort):
        raise InvalidCursor
    return values


def _spell(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


def _encode(value: Any) -> tuple[str, Any]:
    tag, encode, _ = _TYPES[type(value)]
    return tag, encode(value)


def _digest(entity: str, sort: tuple[str, ...], payload: bytes) -> bytes:
    head = json.dumps([entity, *sort]).encode()
    return blake2b(head + b"\n" + payload, digest_size=_DIGEST_SIZE).digest()
