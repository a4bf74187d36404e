"""Uses of the university's repositories that type checkers refuse: each line that ends in `# E`, and no other."""

from datetime import datetime
from uuid import UUID, uuid4

from university.entities import Course, Room, Schedule, Student, Weekday
from university.ids import AcademicUnitId, CourseId, RoomId, ScheduleId, StudentId
from university.repos import Repositories, get_repo, get_repo_view
from university.repos.room.contract import RoomCriteria, RoomRepository, RoomSortKey
from university.repos.schedule.contract import ScheduleChanges
from university.repos.views import ScheduleInclude, ScheduleTimetable, ScheduleView

from pkit import Repository

ROOM_ID = RoomId(UUID(int=1))
UNIT_ID = AcademicUnitId(UUID(int=2))
COURSE_ID = CourseId(UUID(int=3))
STUDENT_ID = StudentId(4)
SCHEDULE_ID = ScheduleId(UUID(int=5))

rooms = get_repo("room")
units = get_repo("academic_unit")
courses = get_repo("course")
schedules = get_repo("schedule")
students = get_repo("student")
enrolments = get_repo("enrolment")


async def keys() -> None:
    get_repo("rom")  # E
    get_repo("rooms")  # E
    get_repo(Room)  # E
    students_of_rooms: RoomRepository = get_repo("student")  # E
    wrong_id: Repository[Room, int] = get_repo("room")  # E
    wrong_entity: Repository[Student, RoomId] = get_repo("room")  # E
    print(students_of_rooms, wrong_id, wrong_entity)


async def ids() -> None:
    await rooms.get(uuid4())  # E
    await rooms.get(UNIT_ID)  # E
    await rooms.get("1")  # E
    await rooms.get(None)  # E
    await students.get(4)  # E
    await rooms.get_many([uuid4()])  # E
    await rooms.get_many(ROOM_ID)  # E
    await rooms.delete(SCHEDULE_ID)  # E
    await rooms.get(entity_id=ROOM_ID)  # E


async def entities(room: Room, student: Student) -> None:
    await rooms.add(student)  # E
    await rooms.add({"number": "1"})  # E
    await rooms.add_many([room, student])  # E
    await rooms.add_many(room)  # E
    await students.update(room)  # E
    await students.upsert_by_email(room)  # E
    await rooms.upsert_by_number(room)  # E
    found: Room = await rooms.get(ROOM_ID)  # E
    print((await rooms.get(ROOM_ID)).capacity)  # E
    print((await rooms.list())[0].capacitty)  # E
    print(found)


async def criteria_keys() -> None:
    await rooms.list_by_fields({"capacitty": 3})  # E
    await rooms.list_by_fields({"agee": 3})  # E
    await rooms.count_by_fields({"numbr": "1"})  # E
    await rooms.exists_by_fields({"room": "1"})  # E
    await rooms.delete_by_fields({"capcity": 3})  # E
    await rooms.update_by_fields({"capcity": 3}, capacity=4)  # E
    await rooms.page({"capcity": 3})  # E
    rooms.stream({"capcity": 3})  # E
    await schedules.list_by_fields({"yeer": 1})  # E
    await schedules.list_by_fields({"room.blok": "B"})  # E
    await schedules.list_by_fields({"rom.block_number": "B"})  # E
    await schedules.list_by_fields({"room.academic_unit.nam": "B"})  # E
    await units.list_by_fields({"address.town": "B"})  # E
    await rooms.list_by_fields({"xor": [{"capacity": 3}]})  # E
    await rooms.list_by_fields({"or": [{"capacitty": 3}]})  # E
    await rooms.list_by_fields({"not": {"capacitty": 3}})  # E
    await rooms.list_by_fields(None)  # E
    await rooms.list_by_fields()  # E
    await rooms.list_by_fields([{"capacity": 3}])  # E
    wanted: RoomCriteria = {"capacitty": 3}  # E
    wanted["numbr"] = "1"  # E


async def relations_to_many() -> None:
    await schedules.list_by_fields({"studnts": {"some": {}}})  # E
    await schedules.list_by_fields({"students": {"any": {}}})  # E
    await schedules.list_by_fields({"students": {"some": {"nam": "Ada"}}})  # E
    await schedules.list_by_fields({"students": {"every": {"name": 3}}})  # E
    await schedules.list_by_fields({"students": {"none": {"enrolments": {"some": {"grde": None}}}}})  # E
    await schedules.list_by_fields({"students": {"name": "Ada"}})  # E
    await schedules.list_by_fields({"students.name": "Ada"})  # E
    await schedules.list_by_fields({"room.academic_unit.rooms.number": "1"})  # E
    await schedules.list_by_fields({"room": None})  # E


async def criteria_values() -> None:
    await rooms.list_by_fields({"capacity": "3"})  # E
    await rooms.list_by_fields({"capacity": 1.5})  # E
    await rooms.list_by_fields({"capacity": None})  # E
    await rooms.list_by_fields({"capacity": [1, "2"]})  # E
    await rooms.list_by_fields({"kind": "lecture"})  # E
    await rooms.list_by_fields({"kind": Weekday.MONDAY})  # E
    await rooms.list_by_fields({"number": 3})  # E
    await rooms.list_by_fields({"id": uuid4()})  # E
    await rooms.list_by_fields({"academic_unit_id": ROOM_ID})  # E
    await schedules.list_by_fields({"price": 1.5})  # E
    await schedules.list_by_fields({"weekday": 1})  # E
    await schedules.list_by_fields({"term": "summer"})  # E
    await schedules.list_by_fields({"starts_at": datetime.now()})  # E
    await schedules.list_by_fields({"course_id": None})  # E
    await courses.list_by_fields({"tags": "maths"})  # E
    await rooms.list_by_fields({"or": {"capacity": 3}})  # E
    await rooms.list_by_fields({"not": [{"capacity": 3}]})  # E


async def operators() -> None:
    await schedules.list_by_fields({"year": {"gtt": 1}})  # E
    await schedules.list_by_fields({"year": {"gt": "1"}})  # E
    await schedules.list_by_fields({"year": {"icontains": "1"}})  # E
    await schedules.list_by_fields({"year": {"between": (1, 2, 3)}})  # E
    await schedules.list_by_fields({"year": {"between": 1}})  # E
    await schedules.list_by_fields({"year": {"in": 1}})  # E
    await schedules.list_by_fields({"year": {"eq": None}})  # E
    await schedules.list_by_fields({"weekday": {"gt": Weekday.MONDAY}})  # E
    await rooms.list_by_fields({"number": {"like": "1%"}})  # E
    await rooms.list_by_fields({"number": {"in": "abc"}})  # E
    await rooms.list_by_fields({"kind": {"startswith": "lec"}})  # E
    await courses.list_by_fields({"tags": {"contains": "maths"}})  # E
    await courses.list_by_fields({"tags": {"has": 3}})  # E
    await courses.list_by_fields({"prerequisite_ids": {"has": ROOM_ID}})  # E
    await courses.list_by_fields({"tags": {"empty": "no"}})  # E


async def orders() -> None:
    await rooms.list(sort_by="capacitty")  # E
    await rooms.list(sort_by="+capacity")  # E
    await rooms.list(sort_by=["capacity", "numbr"])  # E
    await rooms.list(sort_by=3)  # E
    await courses.list(sort_by="tags")  # E
    await schedules.list_by_fields({}, sort_by="room.blok")  # E
    await schedules.list_by_fields({}, sort_by="students.name")  # E
    await schedules.page({}, sort_by="-room.blok")  # E
    await rooms.list(offset="3")  # E
    await rooms.list(limit="3")  # E
    await rooms.list(skip=3)  # E
    await rooms.list_by_fields({}, 0, 10)  # E
    await rooms.page({}, after=3)  # E
    await rooms.page({}, limit=None)  # E
    order: RoomSortKey = "capacitty"  # E
    print(order)


async def indexes() -> None:
    await units.get_by_nam("Arts")  # E
    await units.get_by_name(3)  # E
    await units.get_by_name(value="Arts")  # E
    await units.exists_by_name("Arts", UNIT_ID)  # E
    await units.exists_by_name("Arts", excluding=ROOM_ID)  # E
    await units.get_by_index("nam", "Arts")  # E
    await units.get_by_index("name", 3)  # E
    await rooms.get_by_index("location", "B1")  # E
    await rooms.get_by_index("location", ("B", 1))  # E
    await rooms.get_by_block_number_and_number("B")  # E
    await rooms.get_by_block_number_and_number("B", 1)  # E
    await enrolments.get_by_student_id_and_schedule_id(SCHEDULE_ID, STUDENT_ID)  # E


async def changes() -> None:
    await schedules.patch(SCHEDULE_ID, yeer=3)  # E
    await schedules.patch(SCHEDULE_ID, year="3")  # E
    await schedules.patch(SCHEDULE_ID, price=1.5)  # E
    await schedules.patch(SCHEDULE_ID, term="summer")  # E
    await schedules.patch(SCHEDULE_ID, room_id=COURSE_ID)  # E
    await schedules.patch(SCHEDULE_ID, id=SCHEDULE_ID)  # E
    await schedules.patch(SCHEDULE_ID, course_id=None)  # E
    await schedules.patch(ROOM_ID, year=3)  # E
    await schedules.patch(SCHEDULE_ID, {"year": 3})  # E
    await schedules.patch(year=3)  # E
    await schedules.update_by_fields({}, weekday=1)  # E
    await rooms.update_by_fields({}, kind="lecture")  # E
    change: ScheduleChanges = {"yeer": 3}  # E
    change["price"] = "3"  # E
    course: Course = await schedules.patch(SCHEDULE_ID, year=3)  # E
    print(course)


async def distinct() -> None:
    await schedules.distinct_values("foo")  # E
    await schedules.distinct_values("room.block_number", 3)  # E
    await schedules.distinct_values("year", {"yeer": 3})  # E
    years: list[str] = list(await schedules.distinct_values("year"))  # E
    print(years)


async def views(timetable: ScheduleTimetable, view: ScheduleView) -> None:
    shown = get_repo_view("schedule")
    get_repo_view("schedul")  # E
    get_repo_view("professor")  # E
    await shown.get_with(SCHEDULE_ID, "timetabel")  # E
    await shown.get_with(SCHEDULE_ID, "course")  # E
    await shown.get_with(SCHEDULE_ID, ["curse"])  # E
    await shown.get_with(SCHEDULE_ID, ["room.academic_unt"])  # E
    await shown.get_with(SCHEDULE_ID, ["room", 3])  # E
    await shown.get_with(SCHEDULE_ID, None)  # E
    await shown.get_with(ROOM_ID, "timetable")  # E
    await shown.list_with(["timetable"])  # E
    await shown.list_with({"course"})  # E
    await shown.list_with("timetable", sort_by="room.blok")  # E
    await shown.list_by_fields({"yeer": 3}, ["course"])  # E
    await shown.list_by_fields({"room.blok": 3})  # E
    await shown.count_by_fields({"yeer": 3})  # E
    await shown.get_by_index_with("slt", 3)  # E
    await get_repo_view("academic_unit").get_by_index_with("name", 3)  # E
    await shown.add(view)  # E
    print(timetable["yeer"])  # E
    print(timetable["students"])  # E
    print(timetable["room"]["capacity"])  # E
    print(view["curse"])  # E
    path: ScheduleInclude = "room.rooms"  # E
    exact: list[ScheduleTimetable] = list(await shown.list_with(["course"]))  # E
    print(path, exact)


async def container(room: Room, schedule: Schedule) -> None:
    repos = Repositories.memory()
    print(repos.rom)  # E
    print(repos.views.rom)  # E
    await repos.room.add(schedule)  # E
    await repos.transaction().room.add(room)  # E
    async with repos.transaction() as transaction:
        await transaction.rooms.add(room)  # E
    Repositories.oracle()  # E
    Repositories.mongo()  # E
