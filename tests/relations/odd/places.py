"""A class of the same name as another's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Address:
    """Where something is."""

    lat: float
    lon: float | None = None
