"""The classes that the fields of random projects may have."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, Flag, IntEnum, StrEnum
from typing import Literal, NewType, TypeAlias


class Colour(Enum):
    """A plain enum, whose values are not in the order of the members."""

    RED = "red"
    BLUE = "blue"


class Level(IntEnum):
    """An enum of numbers."""

    HIGH = 20
    LOW = 3


class Status(StrEnum):
    """An enum of text."""

    OPEN = "open"
    CLOSED = "closed"


class Permission(Flag):
    """Flags, which combine."""

    READ = 1
    WRITE = 2


class Email(str):
    """A text that comes back as its class."""


@dataclass(frozen=True)
class Address:
    """A nested dataclass."""

    city: str
    number: int | None = None


Code = NewType("Code", str)
Size: TypeAlias = Literal["s", "m", "l"]
