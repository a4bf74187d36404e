"""The entities that the benchmarks store."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID


class Role(Enum):
    """What somebody may do."""

    READER = "reader"
    WRITER = "writer"


@dataclass
class Site:
    """Where organisations are."""

    id: UUID
    name: str
    country: str


@dataclass
class Org:
    """An organisation."""

    id: UUID
    name: str
    site_id: UUID


@dataclass
class Person:
    """Somebody who works in an organisation."""

    id: UUID
    email: str
    name: str
    age: int
    score: float
    joined: datetime
    role: Role
    active: bool
    bio: str | None
    org_id: UUID
