"""Academic units and their rooms."""

from dataclasses import dataclass
from enum import StrEnum

from university.ids import AcademicUnitId, RoomId


@dataclass(frozen=True)
class Address:
    """A postal address."""

    street: str
    city: str
    postcode: str


class RoomKind(StrEnum):
    """What a room is for."""

    LECTURE = "lecture"
    SEMINAR = "seminar"
    LABORATORY = "laboratory"


@dataclass
class AcademicUnit:
    """A faculty, school or institute."""

    id: AcademicUnitId
    name: str
    address: Address


@dataclass
class Room:
    """A room of an academic unit."""

    id: RoomId
    academic_unit_id: AcademicUnitId
    block_number: str
    number: str
    capacity: int
    kind: RoomKind = RoomKind.LECTURE
