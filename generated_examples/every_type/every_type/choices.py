"""Enums of each kind and literals."""

from dataclasses import dataclass, field
from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto
from typing import Literal
from uuid import UUID


class Colour(Enum):
    """Values of str."""

    RED = "red"
    GREEN = "green"


class Priority(Enum):
    """Values of int."""

    LOW = 1
    HIGH = 10


class Status(StrEnum):
    """Values that are the names in lower case."""

    DRAFT = auto()
    PUBLISHED = auto()


class Level(IntEnum):
    """Members that are integers."""

    ONE = 1
    TWO = 2


class Size(str, Enum):
    """The way before StrEnum."""

    SMALL = "s"
    LARGE = "l"


class Permission(Flag):
    """Members that combine."""

    READ = auto()
    WRITE = auto()


class Mode(IntFlag):
    """Members that combine and are integers."""

    OWNER = 4
    GROUP = 2


@dataclass
class Choices:
    """One field of each way to choose among a few values."""

    id: UUID
    colour: Colour
    priority: Priority
    status: Status
    level: Level
    size: Size
    permission: Permission
    mode: Mode
    word: Literal["yes", "no"]
    number: Literal[1, 2, 3]
    maybe_colour: Colour | None = None
    maybe_permission: Permission | None = None
    maybe_word: Literal["yes", "no"] | None = None
    with_none: Literal["a", "b", None] = None
    colours: list[Colour] = field(default_factory=list[Colour])
    words: frozenset[Literal["yes", "no"]] = frozenset()
