"""What a diagnostic is: a value. Stages report and go on; only the command line prints."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TypeAlias

from pkit_gen.source import Place, Span


class Severity(Enum):
    """How bad it is. An error means that nothing is written."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True)
class Label:
    """A place and a short text under it; the text may be empty."""

    place: Place
    text: str = ""


@dataclass(frozen=True)
class Diagnostic:
    """One finding.

    `message` stands alone. `primary` is the smallest stretch of source that is wrong, or None where there is no file to show (a wrong
    option, say); `path` then names the file or folder that it is about, if there is one. `help` is an imperative: what to write instead.
    """

    code: str
    message: str
    primary: Label | None = None
    related: tuple[Label, ...] = ()
    help: str | None = None
    severity: Severity = Severity.ERROR
    path: Path | None = None


Key: TypeAlias = tuple[str, str, str, Span | None]


@dataclass
class Diagnostics:
    """What the stages of one run report into."""

    items: list[Diagnostic] = field(default_factory=list[Diagnostic])
    _reported: set[Key] = field(default_factory=set[Key], repr=False, compare=False)

    def report(self, diagnostic: Diagnostic) -> None:
        """Add a finding; a second one with its code and message at the same place is dropped."""
        key = _identity(diagnostic)
        if key not in self._reported:
            self._reported.add(key)
            self.items.append(diagnostic)

    @property
    def has_errors(self) -> bool:
        """Return whether anything reported is an error."""
        return any(item.severity is Severity.ERROR for item in self.items)

    def sorted(self) -> list[Diagnostic]:
        """Return the findings by file, line, column, code and message; those without a place come first in their file."""
        return sorted(self.items, key=_order)


def _identity(diagnostic: Diagnostic) -> Key:
    file, span = _where(diagnostic)
    return (diagnostic.code, diagnostic.message, file, span)


def _order(diagnostic: Diagnostic) -> tuple[str, tuple[int, int], str, str]:
    file, span = _where(diagnostic)
    start = (span.start.line, span.start.column) if span else (0, 0)
    return (file, start, diagnostic.code, diagnostic.message)


def _where(diagnostic: Diagnostic) -> tuple[str, Span | None]:
    if diagnostic.primary is None:
        return (diagnostic.path.as_posix() if diagnostic.path else "", None)
    place = diagnostic.primary.place
    return (place.file.path.as_posix(), place.span)
