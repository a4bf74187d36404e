"""A table of rows for queries: few values per field, chosen to be mistaken for one another, and many absent ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path, PurePath
from random import Random
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from every_type.scalars import OptionalScalars
from hypothesis import strategies as st

_TEXTS = ["", " ", "a", "A", "ab", "aB", "b", "100%", "100x", "a_c", "abc", "a\\c", "\\%", "^a.*$", "é", "É", "Я", "я"]
POOLS: dict[str, list[Any]] = {
    "text": [*_TEXTS, "e\u0301", "\uffff", "\U0001f600", "'", '"', "[a]", "(a|b)"],
    "boolean": [False, True],
    "integer": [-(2**63), -1, 0, 1, 9, 10, 2**53, 2**53 + 1, 2**63 - 1],
    "real": [float("-inf"), -1.5, -0.0, 0.1, 0.30000000000000004, 0.3, 1e300, float("inf")],
    "decimal": [
        Decimal(text) for text in ("-1E+30", "-0.1", "0", "0.1", "0.10", "0.100000000000001", "9", "10", "1E-9")
    ],
    "uuid": [UUID(int=number) for number in (0, 1, 255, 256, 2**64, 2**127, 2**128 - 1)],
    "moment": [
        datetime(2026, 1, 1, hour, tzinfo=UTC) + timedelta(milliseconds=ms) for hour in (0, 9, 10) for ms in (0, 1)
    ],
    "day": [date.min, date(999, 12, 31), date(2024, 2, 29), date(2024, 10, 1), date.max],
    "hour": [time(0), time(9), time(9, 0, 0, 1), time(10), time(23, 59, 59, 999_999)],
    "duration": [timedelta(days=-1), timedelta(0), timedelta(microseconds=1), timedelta(days=1), timedelta(hours=25)],
    "data": [b"", b"\x00", b"a", b"\xff", b"ab"],
    "path": [Path(), Path("a"), Path("a/b"), Path("a-b"), Path("/")],
    "pure_path": [PurePath(), PurePath("x/y")],
    "address4": [IPv4Address("9.0.0.1"), IPv4Address("10.0.0.1"), IPv4Address("100.0.0.1")],
    "address6": [IPv6Address("::"), IPv6Address("::1"), IPv6Address("a::")],
    "network4": [IPv4Network("10.0.0.0/8"), IPv4Network("9.0.0.0/8"), IPv4Network("10.0.0.0/16")],
    "network6": [IPv6Network("::/0"), IPv6Network("::/64")],
    "zone": [ZoneInfo("UTC"), ZoneInfo("Europe/Madrid")],
}
"""By the name of a field of `OptionalScalars`, some values."""

EQUALITY = ("eq", "ne", "in", "not_in")
COMPARISON = ("gt", "gte", "lt", "lte", "between")
TEXT = ("contains", "icontains", "startswith", "istartswith", "endswith", "iendswith")
ORDERED = ("id", "text", "integer", "real", "decimal", "moment", "day", "hour", "duration")


def rows() -> list[OptionalScalars]:
    """Return the same rows each time: a row without values, one per value of the longest pool, and some at random."""
    random = Random(20260101)
    longest = max(map(len, POOLS.values()))
    even = [OptionalScalars(n, **{name: pool[n % len(pool)] for name, pool in POOLS.items()}) for n in range(longest)]
    mixed = [
        OptionalScalars(n, **{name: random.choice([None, *pool]) for name, pool in POOLS.items()})
        for n in range(longest, longest + 15)
    ]
    return [*even, *mixed, OptionalScalars(1000)]


def operators_of(field: str) -> tuple[str, ...]:
    """Return the operators that criteria may ask of a field."""
    return EQUALITY + (COMPARISON if field in ORDERED else ()) + (TEXT if field == "text" else ())


def values_of(field: str) -> list[Any]:
    """Return the values of a field that criteria may ask for."""
    return POOLS.get(field, [0, 1, 5, 999, 1000])


def _operand(field: str, operator: str) -> st.SearchStrategy[Any]:
    value = st.sampled_from(values_of(field))
    maybe = value if field == "id" else st.none() | value
    if operator in ("in", "not_in"):
        return st.lists(maybe, max_size=3)
    if operator == "between":
        return st.tuples(value, value) | st.lists(value, min_size=2, max_size=2)
    return maybe if operator in ("eq", "ne") else value


@st.composite
def _entry(draw: st.DrawFn) -> dict[str, Any]:
    field = draw(st.sampled_from(["id", *POOLS]))
    shape = draw(st.sampled_from(["value", "collection", "operators"]))
    if shape == "value":
        return {field: draw(_operand(field, "eq"))}
    if shape == "collection":
        kind = draw(st.sampled_from([list, tuple, set, frozenset]))
        return {field: kind(draw(_operand(field, "in")))}
    chosen = draw(st.lists(st.sampled_from(operators_of(field)), min_size=1, max_size=2, unique=True))
    return {field: {operator: draw(_operand(field, operator)) for operator in chosen}}


def _join(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: wanted for part in parts for name, wanted in part.items()}


def _all(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {"and": parts}


def _any(parts: list[dict[str, Any]]) -> dict[str, Any]:
    return {"or": parts}


def _not(part: dict[str, Any]) -> dict[str, Any]:
    return {"not": part}


def _nest(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    branches = st.lists(inner, min_size=1, max_size=3)
    return branches.map(_all) | branches.map(_any) | inner.map(_not) | st.lists(inner, max_size=3).map(_join)


criteria: st.SearchStrategy[dict[str, Any]] = st.recursive(_entry(), _nest, max_leaves=6)
"""Any criteria on `OptionalScalars`, nested."""

SORTABLE = [name for name in ("id", *POOLS) if name != "data"]
sort_keys: st.SearchStrategy[list[str]] = st.lists(
    st.builds(str.__add__, st.sampled_from(["", "-"]), st.sampled_from(SORTABLE)), max_size=3
)
"""Any order of `OptionalScalars`."""
