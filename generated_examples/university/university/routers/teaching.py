"""Courses, timetables and enrolments."""

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from university.entities import Course, Enrolment, Schedule, Term, Weekday
from university.ids import (
    CourseId,
    EnrolmentId,
    ProfessorId,
    RoomId,
    ScheduleId,
    StudentId,
)
from university.repos import Repositories
from university.repos.providers import (
    CourseRepositoryDep,
    ScheduleRepositoryDep,
    ScheduleViewRepositoryDep,
    provide_transaction,
)
from university.repos.schedule.contract import ScheduleCriteria, ScheduleSortKey
from university.repos.views import ScheduleTimetable

router = APIRouter(tags=["teaching"])


class NewCourse(BaseModel):
    """What a client says of a new course."""

    code: str
    title: str
    credits: Annotated[int, Field(gt=0)]
    prerequisites: list[str] = []


class NewSchedule(BaseModel):
    """What a client says of a course in a term."""

    course_id: CourseId
    room_id: RoomId
    professor_id: ProfessorId | None = None
    year: int
    term: Term
    weekday: Weekday
    starts_at: time
    ends_at: time
    price: Decimal = Decimal(0)


class NewEnrolment(BaseModel):
    """Which courses a student takes."""

    student_id: StudentId
    schedule_ids: list[ScheduleId]


@router.post("/courses", status_code=201)
async def add_course(body: NewCourse, courses: CourseRepositoryDep) -> Course:
    """Add a course; its prerequisites are named by their codes."""
    required = await courses.list_by_fields({"code": body.prerequisites}, limit=None)
    course = Course(
        CourseId(uuid4()),
        body.code,
        body.title,
        body.credits,
        [course.id for course in required],
    )
    await courses.add(course)
    return course


@router.post("/schedules", status_code=201)
async def add_schedule(body: NewSchedule, schedules: ScheduleRepositoryDep) -> Schedule:
    """Give a course a time and a place; 409 when the room is taken then."""
    schedule = Schedule(
        ScheduleId(uuid4()),
        body.course_id,
        body.room_id,
        body.professor_id,
        body.year,
        body.term,
        body.weekday,
        body.starts_at,
        body.ends_at,
        body.price,
    )
    await schedules.add(schedule)
    return schedule


@router.get("/schedules")
async def list_schedules(
    schedules: ScheduleRepositoryDep, year: int, term: Term, block: str | None = None
) -> list[Schedule]:
    """List what is taught in a term, in a block of rooms, in the order of the week."""
    criteria: ScheduleCriteria = {"year": year, "term": term}
    if block is not None:
        criteria["room.block_number"] = block
    order: list[ScheduleSortKey] = ["weekday", "starts_at", "room.block_number"]
    return list(await schedules.list_by_fields(criteria, sort_by=order))


@router.get("/timetable")
async def timetable(
    year: int, term: Term, schedules: ScheduleViewRepositoryDep
) -> list[ScheduleTimetable]:
    """Give what is taught in a term, with courses, professors and rooms, in one statement."""
    criteria: ScheduleCriteria = {"year": year, "term": term}
    rows = await schedules.list_by_fields(
        criteria,
        "timetable",
        limit=None,
        sort_by=["weekday", "starts_at", "room.academic_unit.name"],
    )
    return list(rows)


@router.post("/enrolments", status_code=201)
async def enrol(
    body: NewEnrolment,
    transaction: Annotated[Repositories, Depends(provide_transaction)],
) -> list[Enrolment]:
    """Enrol a student in courses: in all of them or, when one fails, in none."""
    now = datetime.now(UTC)
    enrolments = [
        Enrolment(EnrolmentId(uuid4()), body.student_id, schedule_id, now)
        for schedule_id in body.schedule_ids
    ]
    for enrolment in enrolments:
        await transaction.enrolment.add(enrolment)
    return enrolments
