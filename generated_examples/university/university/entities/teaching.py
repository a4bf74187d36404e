"""Courses, when and where they are taught, and who takes them."""

from dataclasses import dataclass, field
from datetime import datetime, time
from decimal import Decimal
from enum import IntEnum
from typing import Literal, TypeAlias

from ..ids import CourseId, EnrolmentId, ProfessorId, RoomId, ScheduleId, StudentId

Term: TypeAlias = Literal["spring", "autumn"]


class Weekday(IntEnum):
    """A day of the week, as ISO 8601 counts."""

    MONDAY = 1
    TUESDAY = 2
    WEDNESDAY = 3
    THURSDAY = 4
    FRIDAY = 5


@dataclass
class Course:
    """What is taught."""

    id: CourseId
    code: str
    title: str
    credits: int
    prerequisite_ids: list[CourseId] = field(default_factory=list[CourseId])
    tags: set[str] = field(default_factory=set[str])


@dataclass
class Schedule:
    """A course in a term: when, where and by whom it is taught."""

    id: ScheduleId
    course_id: CourseId
    room_id: RoomId
    professor_id: ProfessorId | None
    year: int
    term: Term
    weekday: Weekday
    starts_at: time
    ends_at: time
    price: Decimal = Decimal(0)


@dataclass
class Enrolment:
    """A student who takes a course."""

    id: EnrolmentId
    student_id: StudentId
    schedule_id: ScheduleId
    enrolled_at: datetime
    grade: Decimal | None = None
