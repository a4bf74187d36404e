"""Entities with a field of each kind that behaves in its own way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any
from uuid import UUID


class Role(Enum):
    """What somebody may do; the values are not in the order of the members."""

    WRITER = "writer"
    READER = "reader"


class Level(IntEnum):
    """How far somebody is."""

    HIGH = 20
    LOW = 3


@dataclass
class Org:
    """An organisation."""

    id: UUID
    name: str
    city: str | None = None


@dataclass(frozen=True)
class Address:
    """Where somebody lives."""

    city: str
    street: str | None = None


@dataclass
class User:
    """Somebody who works in an organisation."""

    id: UUID
    email: str
    name: str = ""
    nickname: str | None = None
    joined: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    role: Role = Role.READER
    level: Level = Level.LOW
    age: int | None = None
    balance: Decimal = Decimal(0)
    active: bool = True
    tags: list[str] = field(default_factory=list[str])
    address: Address | None = None
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    org_id: UUID | None = None
    badge: int | None = None
    manager_id: UUID | None = None


@dataclass
class Word:
    """Something whose id is a text."""

    id: str
    rank: int = 0
    meaning: str | None = None


@dataclass
class Blob:
    """Something whose id is bytes."""

    id: bytes
    rank: int = 0
