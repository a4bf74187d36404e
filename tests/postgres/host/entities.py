"""Teams and their workers, who refer to each other."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


@dataclass
class Team:
    """Some workers, one of whom leads them."""

    id: UUID
    name: str
    lead_id: int | None = None


@dataclass(frozen=True)
class Address:
    """Where somebody lives."""

    city: str
    since: datetime | None = None


@dataclass
class Worker:
    """Somebody; `order`, `select` and `table` mean something in SQL."""

    id: int
    email: str
    order: int = 0
    select: str | None = None
    table: str = "x"
    team_id: UUID | None = None
    nickname: str | None = None
    joined: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    balance: Decimal = Decimal(0)
    address: Address | None = None
    extra: dict[str, Any] = field(default_factory=dict[str, Any])
    friends: list[int] = field(default_factory=list[int])
