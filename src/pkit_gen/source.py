"""Source files and places in them.

Everything that the generator says about a user's file points here: a `Place` names a node of a file, a `Span` is where that node stands.
Positions cost far more than parsing, so a place computes its span only when a diagnostic asks for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A position in a file: line and column, both counted from 1, columns in characters."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of a file from `start` up to, but without, `end`."""

    start: Position
    end: Position


WHOLE_FILE = Span(Position(1, 1), Position(1, 1))


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that was read: its path, its module name ("" when it is not a module), its decoded text and the digest of its bytes."""

    path: Path
    module: str
    text: str = field(repr=False)
    digest: str = field(default="", repr=False)

    def lines(self) -> list[str]:
        """Return the lines of the text without their ends, split as Python's tokenizer splits them."""
        return self.text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where something was written: a node of a file, whose span `locate` computes."""

    file: SourceFile
    locate: Callable[[object], Span] = field(repr=False)
    node: object = field(default=None, repr=False)

    @property
    def span(self) -> Span:
        """Return the span of this place."""
        return self.locate(self.node)

    @property
    def order(self) -> tuple[str, Span]:
        """Return what places are sorted by: their file, then where they are in it."""
        return (self.file.path.as_posix(), self.span)

    @classmethod
    def at(cls, file: SourceFile, span: Span = WHOLE_FILE) -> Place:
        """Return a place whose span is already known."""
        return cls(file, lambda _: span)


@dataclass(frozen=True, slots=True, order=True)
class ClassRef:
    """A class, NewType or alias by the module that defines it and its (dotted) name there.

    >>> ClassRef("shop.orders", "Order").qualified
    'shop.orders.Order'
    """

    module: str
    name: str

    @property
    def qualified(self) -> str:
        """Return the module and the name, joined with a dot."""
        return f"{self.module}.{self.name}" if self.module else self.name

    @property
    def is_local(self) -> bool:
        """Return whether it is defined in a function, where no import reaches it; its name then is as `__qualname__` gives it."""
        return "<locals>" in self.name
