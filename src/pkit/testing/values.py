"""Values for entities, made from their types."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints
from uuid import UUID

from hypothesis import strategies as st

T = TypeVar("T")

LAST_64_BITS = 2**63 - 1
EPOCH = datetime(1900, 1, 1)
SECONDS = 60 * 60 * 24 * 365 * 200

_text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=12)

SCALARS: dict[type[Any], st.SearchStrategy[Any]] = {
    bool: st.booleans(),
    bytes: st.binary(max_size=12),
    date: st.dates(),
    datetime: st.integers(0, SECONDS).map(lambda seconds: (EPOCH + timedelta(seconds=seconds)).replace(tzinfo=UTC)),
    Decimal: st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**9), max_value=10**9),
    float: st.floats(allow_nan=False),
    int: st.integers(-LAST_64_BITS - 1, LAST_64_BITS),
    ipaddress.IPv4Address: st.ip_addresses(v=4),
    ipaddress.IPv6Address: st.ip_addresses(v=6),
    NoneType: st.none(),
    Path: st.just(Path("folder") / "file"),
    str: _text,
    time: st.times(),
    timedelta: st.timedeltas(timedelta(-1000), timedelta(1000)),
    UUID: st.uuids(),
}
"""What can be stored of each type. Moments are whole seconds, which every database keeps."""

_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | _text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=5,
)

UNTYPED: dict[Any, st.SearchStrategy[Any]] = {
    Any: _json,
    dict: st.dictionaries(_text, _json, max_size=3),
    list: st.lists(_json, max_size=3),
}
"""What documents hold without saying it."""

COLLECTIONS: dict[Any, Callable[..., st.SearchStrategy[Any]]] = {
    list: st.lists,
    set: st.sets,
    frozenset: st.frozensets,
}


def entities(cls: type[T]) -> st.SearchStrategy[T]:
    """Return a strategy for entities of a dataclass, from the types of its fields; those outside of `__init__` are left to the class.

    >>> entities(User)
    """
    hints = get_type_hints(cls, include_extras=True)
    taken = {field.name: of_type(hints[field.name]) for field in fields(cast(Any, cls)) if field.init}
    return st.builds(cls, **taken)


def of_type(hint: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for values of a type. What it does not know is left to Hypothesis."""
    if hasattr(hint, "__supertype__"):
        return of_type(hint.__supertype__)
    if hint in SCALARS or hint in UNTYPED:
        return SCALARS[hint] if hint in SCALARS else UNTYPED[hint]
    if isinstance(hint, type) and get_origin(hint) is None:
        return _of_class(hint)
    return _of_form(get_origin(hint), get_args(hint), hint)


def _of_class(hint: type[Any]) -> st.SearchStrategy[Any]:
    if issubclass(hint, Enum):
        return st.sampled_from(list(hint))
    if is_dataclass(hint):
        return entities(hint)
    base = next((base for base in hint.__mro__ if base in SCALARS), None)
    return st.from_type(hint) if base is None else SCALARS[base].map(_converter(hint, base))


def _converter(hint: type[Any], base: type[Any]) -> Callable[[Any], Any]:
    """Return what makes a value of a subclass from one of its base."""
    if base is UUID:
        return lambda value: hint(str(value))
    if base in (date, datetime, time):
        return lambda value: cast(Any, hint).fromisoformat(value.isoformat())
    return hint


def _of_form(origin: Any, arguments: tuple[Any, ...], hint: Any) -> st.SearchStrategy[Any]:
    if origin is Annotated:
        return of_type(arguments[0])
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, UnionType):
        return st.one_of([of_type(argument) for argument in arguments])
    if origin in COLLECTIONS:
        return COLLECTIONS[origin](of_type(arguments[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(of_type(arguments[0]), of_type(arguments[1]), max_size=3)
    if origin is tuple:
        return _of_tuple(arguments)
    return st.from_type(hint)


def _of_tuple(arguments: tuple[Any, ...]) -> st.SearchStrategy[Any]:
    if arguments[-1] is ...:
        return st.lists(of_type(arguments[0]), max_size=3).map(tuple)
    return st.tuples(*[of_type(argument) for argument in arguments])
