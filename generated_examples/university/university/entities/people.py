"""Professors and students."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import Enum, IntEnum

from university.ids import ProfessorId, StudentId


class Rank(IntEnum):
    """The rank of a professor, higher is higher."""

    ASSISTANT = 1
    ASSOCIATE = 2
    FULL = 3


class StudentStatus(Enum):
    """Where a student stands."""

    ENROLLED = "enrolled"
    ON_LEAVE = "on_leave"
    GRADUATED = "graduated"


@dataclass(kw_only=True)
class Person:
    """What professors and students have in common."""

    name: str
    email: str
    birthday: date | None = None


@dataclass(kw_only=True)
class Professor(Person):
    """Somebody who teaches."""

    id: ProfessorId
    rank: Rank


@dataclass(kw_only=True)
class Student(Person):
    """Somebody who learns; the id is the number on the student card."""

    id: StudentId
    status: StudentStatus = StudentStatus.ENROLLED
