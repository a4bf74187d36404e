"""Sort keys and windows: what callers may ask for, and reading it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import PurePath
from typing import Any, Generic
from zoneinfo import ZoneInfo

from pkit.criteria import At, CriteriaField, Fields, unknown
from pkit.errors import InvalidCriteria

ID = "id"


@dataclass(frozen=True, slots=True)
class SortKey(Generic[At]):
    """One key of an order. `name` is the field's, without "-"."""

    name: str
    field: CriteriaField[At]
    descending: bool

    def __str__(self) -> str:
        return f"-{self.name}" if self.descending else self.name


def parse(sort_by: str | Sequence[str] | None, sort_desc: bool, fields: Fields[At]) -> tuple[SortKey[At], ...]:
    """Return a total order, which ends with the id. Raises InvalidCriteria for a name that is not there or cannot be sorted by.

    >>> [str(key) for key in parse(["-age", "email"], False, fields)]
    ['-age', 'email', 'id']
    """
    names = [sort_by] if isinstance(sort_by, str) else list(sort_by or ())
    keys: dict[str, SortKey[At]] = {}
    for spelled in (*names, ID):
        name = str(spelled).removeprefix("-")
        field = _id(fields) if spelled == ID else _sortable(name, fields)
        keys.setdefault(name, SortKey(name, field, str(spelled).startswith("-") != sort_desc))
        if name == ID:  # what follows the id cannot change the order
            break
    return tuple(keys.values())


def _id(fields: Fields[At]) -> CriteriaField[At]:
    field = fields[ID]
    if not isinstance(field, CriteriaField):
        raise TypeError("the id is no relation")
    return field


def _sortable(name: str, fields: Fields[At]) -> CriteriaField[At]:
    field = fields.get(name)
    if isinstance(field, CriteriaField) and (field.sortable or name == ID):
        return field
    raise unknown("sort key", name, _sortable_names(fields))


def _sortable_names(fields: Fields[At]) -> list[str]:
    return [name for name, field in fields.items() if isinstance(field, CriteriaField) and field.sortable]


def check_listed(name: str, own: Fields[At]) -> None:
    """Raise InvalidCriteria unless `name` is among an entity's own fields one whose distinct values can be listed."""
    listed = _sortable_names(own)
    if name not in listed:
        raise unknown("field of values in order", name, listed)


def check_window(offset: int, limit: int | None) -> None:
    """Raise InvalidCriteria when a window is negative or no number."""
    check_count("offset", offset, 0)
    if limit is not None:
        check_count("limit", limit, 0)


def check_count(name: str, value: object, least: int) -> None:
    """Raise InvalidCriteria when `value`, the argument called `name`, is no integer or less than `least`."""
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidCriteria(f"expected int, not {type(value).__name__}", name)
    if value < least:
        raise InvalidCriteria(f"must not be less than {least}", name)


def rank(value: object) -> Any:
    """Return what stands for a value in the order of ids: enums by value, bytes by length first, what is stored as text by its text."""
    match value:
        case Enum():
            return rank(value.value)
        case bytes():
            return (len(value), value)
        case PurePath() | IPv4Address() | IPv6Address() | IPv4Network() | IPv6Network() | ZoneInfo():
            return str(value)
        case _:
            return value
