"""What a field can be: a row per type, with values that tend to collide and to be treated differently by databases."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from ipaddress import IPv4Address, IPv6Network
from pathlib import Path
from typing import Any, Literal, TypeAlias, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from machine.vocabulary import Address, Code, Colour, Email, Level, Permission, Status
from pkit.values import MAX_INTEGER, MIN_INTEGER

Family: TypeAlias = Literal["equality", "order", "text", "array", "document"]


def _same(value: Any) -> Any:
    return value


def _by_value(member: Enum) -> Any:
    return member.value


@dataclass(frozen=True, repr=False)
class Kind:
    """A type of fields: its annotation, values, what criteria can ask, and how values are ordered (None: they cannot be sorted by).

    `identity`: it can be an id and be in unique indexes. `item`: what an array holds. `parts`: paths into a document.
    """

    name: str
    annotation: str
    values: st.SearchStrategy[Any]
    family: Family
    order: Callable[[Any], Any] | None = _same
    identity: bool = True
    item: Kind | None = None
    parts: tuple[tuple[str, Kind, bool], ...] = ()

    def __repr__(self) -> str:
        return self.name  # projects are printed when they fail


def _of(*values: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(values)


_TEXTS = ("", "a", "A", "ab", "Ab", "b", "%", "a_b", "é", "É", "\\", "10%", "\ufffd", "\N{GRINNING FACE}", "$a", ".*")
_EAST = timezone(timedelta(hours=5, minutes=30))
_DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)

TEXT = Kind("text", "str", _of(*_TEXTS), "text")
INTEGER = Kind("integer", "int", _of(0, 1, -1, 7, MAX_INTEGER, MIN_INTEGER), "order")
BOOLEAN = Kind("boolean", "bool", st.booleans(), "equality", identity=False)
UUIDS = Kind("uuid", "UUID", _of(*(UUID(int=i) for i in (0, 1, 2**64, 2**127, 2**128 - 1))), "equality")
COLOUR = Kind("colour", "Colour", _of(*Colour), "equality", _by_value)

SCALARS: tuple[Kind, ...] = (
    TEXT,
    INTEGER,
    BOOLEAN,
    UUIDS,
    COLOUR,
    Kind("float", "float", _of(0.0, -0.0, 1.5, -1.5, float("inf"), float("-inf"), 1e308), "order"),
    Kind("decimal", "Decimal", _of(*map(Decimal, ("0", "1.0", "1.00", "-2.5", "1E+3", "0.1"))), "order"),
    Kind(
        "datetime",
        "datetime",
        _of(_DAY, _DAY.astimezone(_EAST), _DAY + timedelta(milliseconds=1), _DAY.replace(year=1)),
        "order",
    ),
    Kind("date", "date", _of(date(2026, 3, 1), date(1, 1, 1), date(9999, 12, 31)), "order"),
    Kind("time", "time", _of(time(0), time(12, 30, 0, 1), time(23, 59, 59, 999999)), "order"),
    Kind(
        "timedelta", "timedelta", _of(timedelta(0), timedelta(microseconds=-1), timedelta(days=400, seconds=1)), "order"
    ),
    Kind("bytes", "bytes", _of(b"", b"a", b"\0", b"ab", b"\xff"), "equality", None),
    Kind("path", "Path", _of(Path("a"), Path("a/b"), Path("a.b"), Path()), "equality", str),
    Kind("address4", "IPv4Address", _of(IPv4Address("10.0.0.1"), IPv4Address("9.0.0.1")), "equality", str),
    Kind("network6", "IPv6Network", _of(IPv6Network("::/0"), IPv6Network("fe80::/16")), "equality", str),
    Kind("zone", "ZoneInfo", _of(ZoneInfo("UTC"), ZoneInfo("Europe/Madrid")), "equality", str),
    Kind("level", "Level", _of(*Level), "equality", _by_value),
    Kind("status", "Status", _of(*Status), "equality", _by_value),
    Kind(
        "permission",
        "Permission",
        _of(Permission(0), *Permission, Permission(3)),
        "equality",
        _by_value,
        identity=False,
    ),
    Kind("size", "Size", _of("s", "m", "l"), "equality"),
    Kind("email", "Email", _of(*map(Email, ("a@b", "A@b", "c@d"))), "text"),
    Kind("code", "Code", _of(*map(Code, ("x", "X", "y"))), "text"),
)


def _array(cls: Any, annotation: str, item: Kind) -> Kind:
    values = st.lists(item.values, max_size=3).map(cls)
    return Kind(f"{item.name}s", annotation, values, "array", None, identity=False, item=item)


OTHERS: tuple[Kind, ...] = (
    _array(list, "list[int]", INTEGER),
    _array(set, "set[str]", TEXT),
    _array(frozenset, "frozenset[UUID]", UUIDS),
    _array(tuple, "tuple[Colour, ...]", COLOUR),
    Kind(
        "address",
        "Address",
        st.builds(Address, TEXT.values, st.none() | INTEGER.values),
        "document",
        None,
        identity=False,
        parts=(("city", TEXT, False), ("number", INTEGER, True)),
    ),
    Kind(
        "counts",
        "dict[str, int]",
        st.dictionaries(_of("a", "b.c", "$d"), INTEGER.values, max_size=2),
        "document",
        None,
        False,
    ),
    Kind(
        "grid", "list[list[int]]", st.lists(st.lists(INTEGER.values, max_size=2), max_size=2), "document", None, False
    ),
)

IDENTITIES: tuple[Kind, ...] = tuple(kind for kind in SCALARS if kind.identity)


def stored(value: Any) -> Any:
    """Return what a value reads back as."""
    if isinstance(value, list):
        return [stored(item) for item in cast(list[object], value)]
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def comparable(value: Any) -> Any:
    """Return a value such that equality tells its type too: 1, True and Level(1) differ."""
    if isinstance(value, (list, tuple)):
        items = cast(list[object], value)
        return type(items), [comparable(item) for item in items]
    if isinstance(value, (set, frozenset)):
        members = cast(set[object], value)
        return type(members), frozenset(map(comparable, members))
    if isinstance(value, dict):
        return dict, {key: comparable(item) for key, item in cast(dict[object, object], value).items()}
    if isinstance(value, datetime):
        return datetime, value, value.utcoffset()
    if isinstance(value, UUID):
        return UUID, value  # asyncpg has a faster class of its own, which is one
    return type(value), value


def list_of(kind: Kind) -> Kind:
    """Return the kind of lists of ids."""
    return Kind(
        f"{kind.name}_list", f"list[{kind.annotation}]", st.lists(kind.values, max_size=3), "array", None, False, kind
    )
