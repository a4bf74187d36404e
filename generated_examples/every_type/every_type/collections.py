"""Collections: arrays of scalars, and documents of everything else."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NotRequired, TypedDict
from uuid import UUID

from every_type.choices import Colour


@dataclass
class Arrays:
    """Arrays of each kind."""

    id: UUID
    names: list[str]
    numbers: set[int]
    keys: frozenset[UUID]
    days: tuple[date, ...]
    sequence: Sequence[str]
    prices: list[Decimal]
    moments: tuple[datetime, ...]
    chunks: list[bytes]
    maybe_names: list[str] | None = None
    maybe_numbers: set[int] | None = None
    maybe_days: tuple[date, ...] | None = None


@dataclass(frozen=True)
class Place:
    """A value inside a value."""

    latitude: float
    longitude: float


@dataclass
class Address:
    """A nested dataclass."""

    street: str
    city: str
    colour: Colour
    place: Place | None = None
    since: date | None = None


class Settings(TypedDict):
    """A dictionary of known keys."""

    theme: str
    volume: int
    zoom: NotRequired[float]


@dataclass
class Documents:
    """What is stored as a document."""

    id: UUID
    address: Address
    settings: Settings
    counts: dict[str, int]
    pair: tuple[str, int]
    addresses: list[Address]
    matrix: list[list[int]]
    scores: Mapping[str, Decimal]
    places: Sequence[Place]
    by_name: dict[str, Address]
    anything: dict[str, Any]
    history: dict[str, list[date]]
    steps: tuple[tuple[int, str], ...]
    maybe_address: Address | None = None
    maybe_settings: Settings | None = None
    maybe_counts: dict[str, int] | None = None
    maybe_pair: tuple[str, int] | None = None
    maybe_anything: dict[str, Any] | None = None
    sparse: list[int | None] = field(default_factory=list[int | None])
