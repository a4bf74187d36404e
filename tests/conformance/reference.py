"""What criteria and orders mean, in plain Python over entities: the measure that backends are held to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum
from functools import reduce
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import PurePath
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

_BY_TEXT = (PurePath, IPv4Address, IPv6Address, IPv4Network, IPv6Network, ZoneInfo)


def folded(text: str) -> str:
    """Return the text in lower case, character by character."""
    return "".join(character.lower() for character in text)


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda found, wanted: found == wanted,
    "ne": lambda found, wanted: found != wanted,
    "in": lambda found, wanted: found in wanted,
    "not_in": lambda found, wanted: found not in wanted,
    "gt": lambda found, wanted: found is not None and found > wanted,
    "gte": lambda found, wanted: found is not None and found >= wanted,
    "lt": lambda found, wanted: found is not None and found < wanted,
    "lte": lambda found, wanted: found is not None and found <= wanted,
    "between": lambda found, wanted: found is not None and wanted[0] <= found <= wanted[1],
    "contains": lambda found, wanted: found is not None and wanted in found,
    "icontains": lambda found, wanted: found is not None and folded(wanted) in folded(found),
    "startswith": lambda found, wanted: found is not None and found.startswith(wanted),
    "istartswith": lambda found, wanted: found is not None and folded(found).startswith(folded(wanted)),
    "endswith": lambda found, wanted: found is not None and found.endswith(wanted),
    "iendswith": lambda found, wanted: found is not None and folded(found).endswith(folded(wanted)),
    "has": lambda found, wanted: found is not None and wanted in found,
    "has_any": lambda found, wanted: found is not None and any(item in found for item in wanted),
    "has_all": lambda found, wanted: found is not None and all(item in found for item in wanted),
    "empty": lambda found, wanted: found is not None and (len(found) == 0) is wanted,
}


def value_of(entity: Any, path: str) -> Any:
    """Return the value at a dotted path, None when anything on the way is absent."""
    return reduce(lambda found, name: None if found is None else getattr(found, name), path.split("."), entity)


def matches(entity: Any, criteria: Mapping[str, Any]) -> bool:
    """Return whether an entity meets criteria."""
    return all(_holds(entity, name, wanted) for name, wanted in criteria.items())


def _holds(entity: Any, name: str, wanted: Any) -> bool:
    if name == "and":
        return all(matches(entity, branch) for branch in wanted)
    if name == "or":
        return any(matches(entity, branch) for branch in wanted)
    if name == "not":
        return not matches(entity, wanted)
    found = value_of(entity, name)
    if isinstance(wanted, Mapping):
        operators = cast(Mapping[str, Any], wanted)
        return all(OPERATORS[operator](found, value) for operator, value in operators.items())
    if isinstance(wanted, (list, tuple, set, frozenset)):
        return found in cast(Sequence[object], wanted)
    return bool(found == wanted)


def sort_value(value: Any) -> Any:
    """Return what an order compares: absent values come first, enums go by value, what is stored as text by its text."""
    if value is None:
        return (0,)
    if isinstance(value, Enum):
        value = value.value
    elif isinstance(value, UUID):
        value = value.bytes
    elif isinstance(value, _BY_TEXT):
        value = str(value)
    return (1, len(value), value) if isinstance(value, bytes) else (1, value)


def in_order(entities: Iterable[Any], sort_by: Sequence[str] = (), *, reverse: bool = False) -> list[Any]:
    """Return the entities in the order of the sort keys, and last of the id; `reverse`: of each key the other way round."""
    rows = list(entities)
    for key in reversed([*sort_by, "id"]):
        name = key.removeprefix("-")
        rows.sort(key=lambda row: sort_value(value_of(row, name)), reverse=key.startswith("-") != reverse)
    return rows
