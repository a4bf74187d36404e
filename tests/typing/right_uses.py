"""Uses of the university's repositories that type checkers accept, with the types of their results."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import assert_type
from uuid import UUID

from university.entities import (
    AcademicUnit,
    Course,
    Enrolment,
    Room,
    RoomKind,
    Schedule,
    Student,
    StudentStatus,
    Weekday,
)
from university.ids import AcademicUnitId, CourseId, EnrolmentId, RoomId, ScheduleId, StudentId
from university.repos import Repositories, get_repo, get_repo_view
from university.repos.room.contract import RoomCriteria, RoomRepository
from university.repos.schedule.contract import (
    ScheduleChanges,
    ScheduleRepository,
    ScheduleSortKey,
    ScheduleViewRepository,
)
from university.repos.views import (
    AcademicUnitFields,
    CourseFields,
    CourseView,
    EnrolmentTranscript,
    ProfessorFields,
    ScheduleInclude,
    ScheduleTimetable,
    ScheduleTimetableRoom,
    ScheduleView,
    StudentView,
)

from pkit import Page, Repository, ViewRepository

ROOM_ID = RoomId(UUID(int=1))
UNIT_ID = AcademicUnitId(UUID(int=2))
COURSE_ID = CourseId(UUID(int=3))
STUDENT_ID = StudentId(4)
SCHEDULE_ID = ScheduleId(UUID(int=5))


def repositories() -> None:
    assert_type(get_repo("room"), RoomRepository)
    assert_type(get_repo("schedule"), ScheduleRepository)


async def reads() -> None:
    plain: Repository[Room, RoomId] = get_repo("room")
    assert_type(await plain.get(ROOM_ID), Room | None)
    rooms = get_repo("room")
    assert_type(await rooms.get(ROOM_ID), Room | None)
    assert_type(await rooms.get_many([ROOM_ID]), Mapping[RoomId, Room])
    assert_type(await rooms.get_many({ROOM_ID}), Mapping[RoomId, Room])
    assert_type(await rooms.list(), Sequence[Room])
    assert_type(await rooms.list(limit=None, offset=3, sort_by=["-capacity", "id"], sort_desc=True), Sequence[Room])
    assert_type(await rooms.count(), int)
    assert_type(await rooms.count_by_fields({}), int)
    assert_type(await rooms.exists_by_fields({"kind": RoomKind.LECTURE}), bool)
    assert_type(await rooms.page({}, sort_by="capacity", after=None, limit=3), Page[Room])
    assert_type(rooms.stream({}, batch_size=10), AsyncIterator[Room])
    async for room in rooms.stream({"capacity": {"gt": 3}}, sort_by="-number"):
        assert_type(room, Room)


async def criteria() -> None:
    rooms = get_repo("room")
    await rooms.list_by_fields({"id": ROOM_ID})
    await rooms.list_by_fields({"id": [ROOM_ID]})
    await rooms.list_by_fields({"id": {"not_in": {ROOM_ID}}})
    await rooms.list_by_fields({"capacity": 3, "kind": [RoomKind.LECTURE, RoomKind.SEMINAR]})
    await rooms.list_by_fields({"capacity": {"between": (1, 3)}, "number": {"istartswith": "a", "ne": "a0"}})
    await rooms.list_by_fields({"number": ("1", "2")})
    await rooms.list_by_fields({"academic_unit.name": {"icontains": "arts"}})
    await rooms.list_by_fields({"academic_unit.name": None})
    await rooms.list_by_fields({"or": [{"capacity": 1}, {"not": {"capacity": {"lt": 3}}}], "and": [{"number": "1"}]})
    units = get_repo("academic_unit")
    await units.list_by_fields({"address.city": {"startswith": "B"}})
    schedules = get_repo("schedule")
    await schedules.list_by_fields({"weekday": Weekday.MONDAY, "term": "spring", "starts_at": {"gte": time(9)}})
    await schedules.list_by_fields({"price": {"lt": Decimal(3)}, "professor_id": None})
    await schedules.list_by_fields({"professor_id": {"ne": None}, "term": {"in": ["spring", "autumn"]}})
    await schedules.list_by_fields({"room.academic_unit.name": "Arts", "room.capacity": {"gte": 3}})
    students = get_repo("student")
    await students.list_by_fields({"birthday": {"gte": date(2000, 1, 1)}, "status": StudentStatus.ENROLLED})
    await students.list_by_fields({"id": STUDENT_ID, "birthday": [date(2000, 1, 1), None]})
    courses = get_repo("course")
    await courses.list_by_fields({"tags": {"has": "maths", "empty": False}})
    await courses.list_by_fields({"prerequisite_ids": {"has_any": [COURSE_ID]}})
    enrolments = get_repo("enrolment")
    await enrolments.list_by_fields({"enrolled_at": {"lt": datetime.now(UTC)}, "grade": {"gt": Decimal(5)}})
    wanted: RoomCriteria = {"capacity": 3}
    wanted["number"] = "1"
    await rooms.list_by_fields(wanted)


async def relations_to_many() -> None:
    schedules, units = get_repo("schedule"), get_repo("academic_unit")
    await schedules.list_by_fields({"students": {"some": {"name": "Ada", "status": StudentStatus.ENROLLED}}})
    await schedules.count_by_fields({"students": {"none": {}, "every": {"birthday": None}}})
    await schedules.exists_by_fields({"course.prerequisites": {"some": {"code": ["a", "b"]}}})
    await schedules.delete_by_fields({"students": {"some": {"enrolments": {"some": {"grade": {"lt": Decimal(3)}}}}}})
    await units.list_by_fields({"rooms": {"every": {"academic_unit.name": "Arts"}}})
    async for enrolment in get_repo("enrolment").stream({"schedule.room.capacity": {"gt": 3}}, sort_by="-student.name"):
        assert_type(enrolment, Enrolment)


async def orders() -> None:
    schedules = get_repo("schedule")
    await schedules.list_by_fields({}, sort_by="-year")
    await schedules.list_by_fields({}, sort_by=["weekday", "-starts_at", "room.block_number", "course.title"])
    await schedules.list_by_fields({}, sort_by=("year", "id"))
    order: list[ScheduleSortKey] = ["room.academic_unit.name"]
    assert_type(await schedules.list(sort_by=order), Sequence[Schedule])


async def indexes() -> None:
    rooms = get_repo("room")
    assert_type(await rooms.get_by_block_number_and_number("B", "1"), Room | None)
    assert_type(await rooms.get_by_index("location", ("B", "1")), Room | None)
    assert_type(await rooms.exists_by_block_number_and_number("B", "1", excluding=ROOM_ID), bool)
    units = get_repo("academic_unit")
    assert_type(await units.get_by_name("Arts"), AcademicUnit | None)
    assert_type(await units.exists_by_name("Arts"), bool)
    assert_type(await units.exists_by_name("Arts", excluding=UNIT_ID), bool)
    enrolments = get_repo("enrolment")
    assert_type(await enrolments.get_by_student_id_and_schedule_id(STUDENT_ID, SCHEDULE_ID), Enrolment | None)
    assert_type(await enrolments.get_by_index("place", (STUDENT_ID, SCHEDULE_ID)), Enrolment | None)


async def writes(student: Student, course: Course) -> None:
    students = get_repo("student")
    assert_type(await students.add(student), None)
    assert_type(await students.add_many([student]), None)
    assert_type(await students.update(student), None)
    assert_type(await students.upsert(student), None)
    assert_type(await students.upsert_by_email(student), Student)
    assert_type(await students.delete(STUDENT_ID), bool)
    assert_type(await students.delete_by_fields({"status": StudentStatus.GRADUATED}), int)
    assert_type(await students.patch(STUDENT_ID, name="Ada", birthday=None), Student)
    assert_type(await students.update_by_fields({"name": "Ada"}, status=StudentStatus.ON_LEAVE), int)
    assert_type(await get_repo("course").upsert_by_code(course), Course)
    changes: ScheduleChanges = {"price": Decimal(3)}
    changes["year"] = 2026
    assert_type(await get_repo("schedule").patch(SCHEDULE_ID, **changes), Schedule)


async def distinct() -> None:
    schedules = get_repo("schedule")
    assert_type(await schedules.distinct_values("year"), Sequence[int])
    assert_type(await schedules.distinct_values("price", {"year": 2026}), Sequence[Decimal])
    assert_type(await schedules.distinct_values("weekday"), Sequence[Weekday])
    assert_type(await schedules.distinct_values("room_id"), Sequence[RoomId])
    assert_type(await get_repo("student").distinct_values("birthday"), Sequence[date])


async def views() -> None:
    schedules = get_repo_view("schedule")
    assert_type(schedules, ScheduleViewRepository)
    general: ViewRepository[Schedule, ScheduleId] = schedules
    await general.list_with(["course"])
    assert_type(await schedules.get_with(SCHEDULE_ID), ScheduleView | None)
    assert_type(await schedules.get_with(SCHEDULE_ID, ["course", "room.academic_unit"]), ScheduleView | None)
    assert_type(await schedules.get_with(SCHEDULE_ID, ("students",)), ScheduleView | None)
    assert_type(await schedules.get_with(SCHEDULE_ID, "timetable"), ScheduleTimetable | None)
    assert_type(await schedules.list_with(include="timetable", limit=None), Sequence[ScheduleTimetable])
    assert_type(await schedules.list_with(["room"], sort_by="-room.academic_unit.name"), Sequence[ScheduleView])
    assert_type(await schedules.list_by_fields({"year": 2026}, "timetable", offset=3), Sequence[ScheduleTimetable])
    assert_type(await schedules.list_by_fields({"course.title": "x"}, ["course"]), Sequence[ScheduleView])
    assert_type(await schedules.list_by_fields({}), Sequence[ScheduleView])
    assert_type(await schedules.count(), int)
    assert_type(await schedules.count_by_fields({"students": {"some": {}}}), int)
    paths: list[ScheduleInclude] = ["course.prerequisites", "professor"]
    assert_type(await schedules.list_with(paths), Sequence[ScheduleView])
    units = get_repo_view("academic_unit")
    assert (await units.get_by_index_with("name", "Arts", ["rooms"])) is not None
    assert_type(await get_repo_view("enrolment").list_with("transcript"), Sequence[EnrolmentTranscript])


def shown(timetable: ScheduleTimetable, view: ScheduleView) -> None:
    assert_type(timetable["year"], int)
    assert_type(timetable["weekday"], Weekday)
    assert_type(timetable["course"], CourseFields | None)
    assert_type(timetable["professor"], ProfessorFields | None)
    assert_type(timetable["room"], ScheduleTimetableRoom | None)
    if timetable["room"] is not None and timetable["room"]["academic_unit"] is not None:
        assert_type(timetable["room"]["academic_unit"], AcademicUnitFields)
        assert_type(timetable["room"]["academic_unit"]["address"]["city"], str)
    if "course" in view:
        assert_type(view["course"], CourseView | None)
    assert_type(view.get("students"), list[StudentView] | None)


async def container(room: Room) -> None:
    async with Repositories.open() as repos:
        assert_type(repos.room, RoomRepository)
        assert_type(await repos.room.get(room.id), Room | None)
        async with repos.transaction() as transaction:
            assert_type(transaction, Repositories)
            assert_type(transaction.views.schedule, ScheduleViewRepository)
            await transaction.room.add(room)
    assert_type(Repositories.memory().schedule, ScheduleRepository)


def enrolment_id(enrolment: Enrolment) -> None:
    assert_type(enrolment.id, EnrolmentId)
