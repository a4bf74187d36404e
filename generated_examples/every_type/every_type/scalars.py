"""Scalars, alone and optional."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path, PurePath
from typing import Optional, Union
from uuid import UUID
from zoneinfo import ZoneInfo


@dataclass
class Scalars:
    """One field of each scalar."""

    id: UUID
    text: str
    boolean: bool
    integer: int
    real: float
    decimal: Decimal
    uuid: UUID
    moment: datetime
    day: date
    hour: time
    duration: timedelta
    data: bytes
    path: Path
    pure_path: PurePath
    address4: IPv4Address
    address6: IPv6Address
    network4: IPv4Network
    network6: IPv6Network
    zone: ZoneInfo


@dataclass
class OptionalScalars:
    """One field of each scalar that may be None, in each spelling."""

    id: int
    text: str | None = None
    boolean: Optional[bool] = None
    integer: Union[int, None] = None
    real: None | float = None
    decimal: "Decimal | None" = None
    uuid: UUID | None = None
    moment: datetime | None = None
    day: date | None = None
    hour: time | None = None
    duration: timedelta | None = None
    data: bytes | None = None
    path: Path | None = None
    pure_path: PurePath | None = None
    address4: IPv4Address | None = None
    address6: IPv6Address | None = None
    network4: IPv4Network | None = None
    network6: IPv6Network | None = None
    zone: ZoneInfo | None = None
