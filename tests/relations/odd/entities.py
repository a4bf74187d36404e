"""Fields and relations that are called like types, modules and methods."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date as day
from enum import Enum
from typing import NotRequired, TypeAlias, TypedDict

from relations.odd import places


class Literal(Enum):
    """An enum called like a form of `typing`."""

    ON = "on"


@dataclass(frozen=True)
class Address:
    """Where somebody is."""

    street: str
    at: places.Address | None = None


Homes: TypeAlias = dict[str, Address | None]


def _no_homes() -> Homes:
    return {}


class Label(TypedDict):
    """A label."""

    text: str
    size: NotRequired[int]


@dataclass
class Sequence:
    """An entity called like a type of `collections.abc`."""

    id: int
    str: str
    list: list[int]
    date: day
    due: day | None = None
    literal: Literal = Literal.ON
    relations: int | None = None
    addresses: tuple[Address, ...] = ()
    by_name: Homes = field(default_factory=_no_homes)
    pair: tuple[int, places.Address] = (0, places.Address(0, 0))
    homes: frozenset[Address] = frozenset()
    label: Label | None = None
    address_id: int | None = None
    criteria: int = 0
    include: int = 0


@dataclass
class Street:
    """An entity whose view takes the name of a record's, were that not numbered."""

    id: int
    views: int = 0
