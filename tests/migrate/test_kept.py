"""What a host app of persistence-kit relies on in repositories and views, on every backend."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from datetime import date, time
from typing import Any
from uuid import UUID

import pytest
from servers import mongo, postgres
from university.entities import (
    AcademicUnit,
    Address,
    Course,
    Professor,
    Rank,
    Room,
    RoomKind,
    Schedule,
    Student,
    Weekday,
)
from university.ids import AcademicUnitId, CourseId, ProfessorId, RoomId, ScheduleId, StudentId
from university.repos import Repositories, get_repo_view

from pkit import upsert_entity

ADDRESS = Address("1 College Road", "Leeds", "LS1")
ARTS = AcademicUnit(AcademicUnitId(UUID(int=1)), "Arts", ADDRESS)
MATHS = AcademicUnit(AcademicUnitId(UUID(int=2)), "Maths 100%", ADDRESS)
HALL = Room(RoomId(UUID(int=11)), ARTS.id, "A", "1", 90)
STUDIO = Room(RoomId(UUID(int=12)), ARTS.id, "A", "2", 20, RoomKind.SEMINAR)
LAB = Room(RoomId(UUID(int=13)), MATHS.id, "B", "1", 20, RoomKind.LABORATORY)
SETS = Course(CourseId(UUID(int=21)), "MA1", "Sets", 5)
RINGS = Course(CourseId(UUID(int=22)), "MA2", "Rings", 5, [SETS.id, SETS.id, CourseId(UUID(int=99))])

NOETHER = Professor(id=ProfessorId(UUID(int=31)), name="Noether", email="noether@example.org", rank=Rank.FULL)
ADA = Student(id=StudentId(1), name="Ada", email="ada@example.org", birthday=date(1815, 12, 10))
BOB = Student(id=StudentId(2), name="Bob", email="bob@example.org")

NOBODY = RoomId(UUID(int=99))


def schedule(number: int, professor: ProfessorId | None) -> Schedule:
    """Return a schedule in a term of its own, given by a professor or by nobody yet."""
    key = ScheduleId(UUID(int=40 + number))
    return Schedule(key, SETS.id, HALL.id, professor, 2000 + number, "spring", Weekday.MONDAY, time(9), time(10))


def untyped(views: object) -> Any:
    """Return views without their types, in which a relation is a key that may be missing."""
    return views


@pytest.fixture(params=["memory", "mongo", "postgres"])
async def repos(request: pytest.FixtureRequest) -> AsyncIterator[Repositories]:
    """Give the repositories on a backend, with two units, three rooms and two courses."""
    async with AsyncExitStack() as stack:
        repositories = Repositories.memory()
        if request.param == "mongo":
            repositories = Repositories.mongo(await stack.enter_async_context(mongo.database()))
        elif request.param == "postgres":
            repositories = Repositories.postgres(await stack.enter_async_context(postgres.database()))
        await stack.enter_async_context(repositories)
        await repositories.create_schema()
        for unit in (ARTS, MATHS):
            await repositories.academic_unit.add(unit)
        await repositories.room.add_many([HALL, STUDIO, LAB])
        await repositories.course.add_many([SETS, RINGS])
        yield repositories


async def test_one_entity(repos: Repositories) -> None:
    rooms = repos.room
    assert await rooms.get(HALL.id) == HALL
    assert await rooms.get(NOBODY) is None
    changing: Any = rooms
    assert await changing.update(Room(HALL.id, ARTS.id, "A", "1", 120)) is None
    changed = await rooms.get(HALL.id)
    assert changed is not None and changed.capacity == 120
    await rooms.delete(LAB.id)
    await rooms.delete(LAB.id)  # nothing happens
    assert await rooms.count() == 2


async def test_an_index_is_asked_by_its_name(repos: Repositories) -> None:
    assert await repos.academic_unit.get_by_index("name", "Arts") == ARTS
    assert await repos.academic_unit.get_by_index("name", "arts") is None
    assert await repos.room.get_by_index("location", ("A", "2")) == STUDIO
    rooms: Any = repos.room
    with pytest.raises(ValueError, match="location"):
        await rooms.get_by_index("number", "2")


async def test_lists(repos: Repositories) -> None:
    rooms = repos.room
    assert list(await rooms.list(sort_by="id")) == [HALL, STUDIO, LAB]
    assert list(await rooms.list(sort_by="capacity", sort_desc=True, limit=1)) == [HALL]
    assert list(await rooms.list(offset=1, limit=1, sort_by="id")) == [STUDIO]
    assert list(await rooms.list(limit=0)) == []
    assert list(await rooms.list(limit=None)) == [HALL, STUDIO, LAB]
    assert list(await rooms.list(sort_by="id", sort_desc=True)) == [LAB, STUDIO, HALL]
    found = await rooms.list_by_fields({"block_number": "A"}, offset=1, limit=5, sort_by="id", sort_desc=True)
    assert list(found) == [HALL]
    assert list(await rooms.list_by_fields({"block_number": "A"}, limit=0)) == []


async def test_rows_come_in_plain_lists(repos: Repositories) -> None:
    rooms, views = repos.room, untyped(repos.views.room)
    for rows in (await rooms.list(), await rooms.list_by_fields({}), await rooms.distinct_values("number")):
        assert type(rows) is list
    assert type(await views.list_with()) is type(await views.list_by_fields({})) is list
    (row,) = await views.list_by_fields({"number": "2"})
    assert type(row) is dict


async def test_windows_are_given_by_name(repos: Repositories) -> None:
    rooms, views = untyped(repos.room), untyped(repos.views.room)
    calls: list[Callable[[], Any]] = [
        lambda: rooms.list(0),
        lambda: rooms.list_by_fields({}, 0),
        lambda: views.list_with([], 0),
        lambda: views.list_by_fields({}, [], 0),
    ]
    for call in calls:
        with pytest.raises(TypeError, match="positional"):
            await call()


async def test_the_default_limit_is_fifty(repos: Repositories) -> None:
    many = [Course(CourseId(UUID(int=100 + number)), f"C{number}", "Many", 1) for number in range(60)]
    await repos.course.add_many(many)
    assert len(await repos.course.list()) == 50
    assert len(await repos.course.list_by_fields({"title": "Many"})) == 50
    assert len(await repos.course.list_by_fields({"title": "Many"}, limit=None)) == 60


KEPT: list[tuple[Mapping[str, Any], Sequence[Room]]] = [
    ({"block_number": "A"}, [HALL, STUDIO]),
    ({"block_number": "A", "number": "1"}, [HALL]),
    ({"number": ["1", "3"]}, [HALL, LAB]),
    ({"number": []}, []),
    ({"id": STUDIO.id}, [STUDIO]),
    ({"id": {"ne": STUDIO.id}}, [HALL, LAB]),
    ({"kind": RoomKind.SEMINAR}, [STUDIO]),
    ({"capacity": {"gt": 20}}, [HALL]),
    ({"capacity": {"gte": 20, "lte": 89}}, [STUDIO, LAB]),
    ({"capacity": {"lt": 20}}, []),
    ({"capacity": {"between": [20, 90]}}, [HALL, STUDIO, LAB]),
    ({"capacity": {"between": (21, 90)}}, [HALL]),
    ({"capacity": {"in": [90, 91]}}, [HALL]),
    ({"capacity": {"in": []}}, []),
    ({"capacity": {"eq": 90}}, [HALL]),
    ({"or": [{"number": "2"}, {"block_number": "B"}]}, [STUDIO, LAB]),
    ({"and": [{"number": "1"}, {"or": [{"capacity": 90}, {"capacity": 1}]}], "block_number": "A"}, [HALL]),
    ({"academic_unit.name": {"contains": "100%"}}, [LAB]),
    ({"academic_unit.name": {"icontains": "MATHS"}}, [LAB]),
    ({"academic_unit.name": {"startswith": "maths"}}, []),
    ({"academic_unit.name": {"istartswith": "maths"}}, [LAB]),
    ({"academic_unit.name": {"endswith": "s"}}, [HALL, STUDIO]),
    ({"academic_unit.name": {"iendswith": "TS"}}, [HALL, STUDIO]),
    ({"academic_unit.name": {"contains": ""}}, [HALL, STUDIO, LAB]),
]


async def test_criteria(repos: Repositories) -> None:
    rooms: Any = repos.room
    for criteria, matching in KEPT:
        assert await rooms.list_by_fields(criteria, sort_by="id") == matching, criteria
        assert await rooms.count_by_fields(criteria) == len(matching), criteria


async def test_everything_is_counted_without_criteria(repos: Repositories) -> None:
    assert await repos.room.count_by_fields({}) == 3


ABSENT: list[tuple[object, Sequence[Student]]] = [
    (None, [BOB]),
    ({"eq": None}, [BOB]),
    ({"ne": None}, [ADA]),
    ({"gt": date(1800, 1, 1)}, [ADA]),
    ({"gte": date(1815, 12, 10)}, [ADA]),
    ({"lt": date(1900, 1, 1)}, [ADA]),
    ({"lte": date(1815, 12, 10)}, [ADA]),
    ({"between": [date(1815, 12, 10), date(1900, 1, 1)]}, [ADA]),
]


async def test_none_matches_what_is_absent_and_comparisons_do_not(repos: Repositories) -> None:
    students: Any = repos.student
    await students.add_many([ADA, BOB])
    for condition, matching in ABSENT:
        assert await students.list_by_fields({"birthday": condition}) == matching, condition
        assert await students.count_by_fields({"birthday": condition}) == len(matching), condition


async def test_empty_text_is_in_every_text_but_not_in_what_is_absent(repos: Repositories) -> None:
    await repos.professor.add(NOETHER)
    await repos.schedule.add_many([schedule(1, NOETHER.id), schedule(2, None)])
    schedules: Any = repos.schedule
    for operator in ("contains", "icontains", "startswith", "istartswith", "endswith", "iendswith"):
        found = await schedules.list_by_fields({"professor.name": {operator: ""}})
        assert found == [schedule(1, NOETHER.id)], operator


IMPOSSIBLE: list[dict[str, Any]] = [
    {"credits": {"near": 3}},
    {"credits": {"between": [1]}},
    {"credits": {"between": [1, 2, 3]}},
    {"credits": {"in": 3}},
    {"or": "x"},
    {"or": ["x"]},
    {"and": {"credits": 1}},
]


async def test_what_cannot_be_is_a_value_error_even_where_there_is_nothing(repos: Repositories) -> None:
    courses: Any = repos.course
    for stored in (2, 0):
        assert await courses.count() == stored
        for criteria in IMPOSSIBLE:
            for call in (courses.list_by_fields, courses.count_by_fields):
                with pytest.raises(ValueError):
                    await call(criteria)
        await courses.delete_by_fields({})


async def test_a_wrong_sort_key_is_a_value_error(repos: Repositories) -> None:
    rooms: Any = repos.room
    with pytest.raises(ValueError):
        await rooms.list(sort_by="colour")


async def test_distinct_values(repos: Repositories) -> None:
    assert sorted(await repos.room.distinct_values("block_number")) == ["A", "B"]
    assert sorted(await repos.room.distinct_values("number", {"block_number": "A"})) == ["1", "2"]
    assert sorted(await repos.room.distinct_values("block_number", {})) == ["A", "B"]


async def test_views_populate_what_is_included(repos: Repositories) -> None:
    view = await untyped(repos.views.room).get_with(HALL.id, ["academic_unit"])
    assert view is not None and view["academic_unit"] is not None
    assert (view["number"], view["academic_unit"]["name"]) == ("1", "Arts")
    assert await untyped(repos.views.room).get_with(NOBODY, ["academic_unit"]) is None
    nowhere = await untyped(repos.views.academic_unit).get_by_index_with("name", "Nowhere", ["rooms"])
    assert nowhere is None
    plain = await untyped(repos.views.room).list_with(offset=0, limit=1, sort_by="id")
    assert [(row["number"], "academic_unit" in row) for row in plain] == [("1", False)]


async def test_a_dotted_include_includes_what_is_before_the_dot(repos: Repositories) -> None:
    (row,) = await untyped(repos.views.academic_unit).list_by_fields({"name": "Maths 100%"}, ["rooms.academic_unit"])
    assert [room["academic_unit"]["name"] for room in row["rooms"]] == ["Maths 100%"]


async def test_a_relation_that_leads_nowhere_is_none(repos: Repositories) -> None:
    await repos.professor.add(NOETHER)
    await repos.schedule.add_many([schedule(1, NOETHER.id), schedule(2, None)])
    given, open_ = await untyped(repos.views.schedule).list_with(["professor"], sort_by="year")
    assert given["professor"]["name"] == "Noether"
    assert open_["professor"] is None and open_["professor_id"] is None


async def test_reverse_relations_have_no_limit_and_are_empty_lists_at_least(repos: Repositories) -> None:
    rooms = [Room(RoomId(UUID(int=1000 + n)), ARTS.id, "C", str(n), 1) for n in range(60)]
    await repos.room.add_many(rooms)
    row = await untyped(repos.views.academic_unit).get_by_index_with("name", "Arts", ["rooms"])
    assert row is not None and len(row["rooms"]) == 62
    await repos.academic_unit.add(AcademicUnit(AcademicUnitId(UUID(int=3)), "New", ADDRESS))
    empty = await untyped(repos.views.academic_unit).get_by_index_with("name", "New", ["rooms"])
    assert empty is not None and empty["rooms"] == []


async def test_a_list_of_keys_keeps_order_and_repetitions_and_drops_what_is_missing(repos: Repositories) -> None:
    row = await untyped(repos.views.course).get_with(RINGS.id, ["prerequisites"])
    assert row is not None
    assert [course["code"] for course in row["prerequisites"]] == ["MA1", "MA1"]


async def test_views_filter_and_sort_over_relations(repos: Repositories) -> None:
    views = untyped(repos.views.room)
    found = await views.list_by_fields({"academic_unit.name": "Arts"}, ["academic_unit"], sort_by="capacity", limit=1)
    assert [row["number"] for row in found] == ["2"]
    last = await views.list_with(["academic_unit"], sort_by="academic_unit.name", sort_desc=True, limit=1)
    assert [row["block_number"] for row in last] == ["B"]
    assert await views.count_by_fields({"academic_unit.name": "Arts"}) == 2
    second = await views.list_with(sort_by="academic_unit.name", offset=2, limit=1)
    assert [row["block_number"] for row in second] == ["B"]
    assert await views.count() == await views.count_by_fields({}) == 3


async def test_upserts_of_seeds(repos: Repositories) -> None:
    course = await upsert_entity(repos.course, Course, "code", {"code": "MA1", "title": "Set theory", "unknown": 1})
    assert (course.id, course.title, course.credits) == (SETS.id, "Set theory", 5)
    new = await upsert_entity(repos.course, Course, "code", {"code": "MA3", "title": "Fields"}, credits=7)
    assert await repos.course.get(new.id) == new


async def test_what_the_factory_gives_is_one_object(repos: Repositories) -> None:
    assert repos.room is repos.room
    assert repos.views.room is repos.views.room


# --- what the page on migration lists as other ------------------------------------------------------------------------


async def test_what_is_absent_or_of_another_type_is_refused(repos: Repositories) -> None:
    rooms: Any = repos.room
    calls: list[Callable[[], Any]] = [
        lambda: rooms.get(None),
        lambda: rooms.list_by_fields(None),
        lambda: rooms.list_by_fields({"kind": "lecture"}),
        lambda: rooms.list_by_fields({"kind": {"in": ["lecture"]}}),
        lambda: untyped(repos.views.room).list_with(["academic_unit.rooms.academic_unit"]),
    ]
    for call in calls:
        with pytest.raises(ValueError):
            await call()
    assert await rooms.list_by_fields({"kind": RoomKind("lecture")}) == [HALL]


async def test_views_read_and_repositories_write(repos: Repositories) -> None:
    for name in ("add", "update", "delete", "get", "list"):
        assert hasattr(repos.room, name) and not hasattr(repos.views.room, name), name
    with pytest.raises(KeyError, match="professor"):
        untyped(get_repo_view)("professor")
