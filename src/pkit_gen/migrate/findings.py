"""What the migration leaves to its user."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Finding:
    """A place that needs a look: `line` and `column` count from 1, `advice` says what to do."""

    line: int
    column: int
    message: str
    advice: str
