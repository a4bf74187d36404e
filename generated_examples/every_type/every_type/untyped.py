"""Containers of anything: any JSON value. A bare `list` or `dict` means the same; strict type checkers refuse it."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass
class Untyped:
    """Holds what nobody has described."""

    id: UUID
    items: list[Any]
    mapping: dict[str, Any]
    maybe_items: list[Any] | None = None
