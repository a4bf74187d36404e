"""The options of a dataclass: how an entity is made and what of it is stored."""

from dataclasses import KW_ONLY, InitVar, dataclass, field
from datetime import UTC, datetime
from typing import ClassVar, Generic, TypeVar
from uuid import UUID, uuid4

from every_type.names import Year

IdT = TypeVar("IdT")
ValueT = TypeVar("ValueT")


@dataclass(frozen=True, slots=True)
class Frozen:
    """Cannot be changed, and has no `__dict__`."""

    id: UUID
    name: str


@dataclass(slots=True, kw_only=True)
class KeywordOnly:
    """Takes no positional argument."""

    id: UUID = field(default_factory=uuid4)
    name: str


@dataclass(order=True)
class Mixed:
    """Takes some arguments by position and some by keyword."""

    LIMIT: ClassVar[int] = 10

    id: int
    name: str
    _: KW_ONLY
    rank: int = 0
    note: str | None = field(default=None, compare=False, metadata={"label": "Note"})


@dataclass
class Computed:
    """Reads back as it was stored: `__post_init__` does not run again."""

    id: UUID
    price: int
    discount: InitVar[int] = 0
    total: int = field(init=False)
    revision: int = 0

    def __post_init__(self, discount: int) -> None:
        """Compute the total and count the times that this has run."""
        self.total = self.price - discount
        self.revision += 1


@dataclass
class Event:
    """Something that happened, not yet told to anybody."""

    name: str


@dataclass(eq=False)
class Order:
    """Collects events that are not stored."""

    id: UUID
    number: int
    events: list[Event] = field(default_factory=list[Event])

    def __eq__(self, other: object) -> bool:
        """Return whether it is the same order."""
        return isinstance(other, Order) and other.id == self.id

    def __hash__(self) -> int:
        """Return a hash that goes with `__eq__`."""
        return hash(self.id)


@dataclass
class Keyed(Generic[IdT]):
    """Has an id of a type that is chosen by the subclass."""

    id: IdT


@dataclass(kw_only=True)
class Timestamps:
    """Knows when it was made."""

    created_at: datetime = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Valued(Keyed[IdT], Generic[IdT, ValueT]):
    """Adds a value of a type that is chosen by the subclass."""

    value: ValueT


@dataclass
class Invoice(Timestamps, Valued[Year, str]):
    """Inherits its id, its value and a timestamp."""

    paid: bool = False
