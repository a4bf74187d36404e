"""The entities, by what they are about."""

from university.entities.campus import AcademicUnit, Address, Room, RoomKind
from university.entities.people import Professor, Rank, Student, StudentStatus
from university.entities.teaching import Course, Enrolment, Schedule, Term, Weekday

__all__ = [
    "AcademicUnit",
    "Address",
    "Course",
    "Enrolment",
    "Professor",
    "Rank",
    "Room",
    "RoomKind",
    "Schedule",
    "Student",
    "StudentStatus",
    "Term",
    "Weekday",
]
