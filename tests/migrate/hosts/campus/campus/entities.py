"""The entities."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID


class Kind(str, Enum):
    LECTURE = "lecture"
    LABORATORY = "laboratory"


@dataclass
class Building:
    id: UUID
    name: str
    floors: int


@dataclass
class Room:
    id: UUID
    building_id: UUID
    number: str
    kind: Kind
    seats: int | None = None


@dataclass
class Booking:
    id: UUID
    room_id: UUID
    owner: str
    note: str | None = None
