"""Criteria, order and joined rows over relations: the same as in memory, where that is the measure."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from compiled import forget, import_from, write_package
from servers import mongo as server
from servers.mongo import Commands
from university.entities.campus import AcademicUnit, Address, Room
from university.entities.people import Professor, Rank, Student
from university.entities.teaching import Course, Enrolment, Schedule, Weekday
from university.ids import StudentId

from pkit.mongo import ranks, session
from pkit.relations import Join
from pkit_gen.ir.model import Database

EXAMPLE = Path(__file__).parents[2] / "generated_examples" / "university"


def _uid(kind: int, number: int) -> Any:
    return UUID(int=(kind << 64) + number)


UNITS = [AcademicUnit(_uid(1, n), f"Unit {n}", Address("Main St", "AB"[n % 2], "1")) for n in range(3)]
ROOMS = [Room(_uid(2, n), UNITS[n % 2].id, "ab"[n % 2], str(n), 10 * n) for n in range(5)]
PROFESSORS = [Professor(id=_uid(3, n), name=f"P{n}", email=f"p{n}@x", rank=Rank(n + 1)) for n in range(3)]
STUDENTS = [Student(id=StudentId(n), name=f"S{n}", email=f"s{n}@x") for n in range(4)]
COURSES = [
    Course(_uid(4, n), f"C{n}", f"Course {n}", n, [_uid(4, p) for p in range(n) if p % 2 == 0], {"x"}) for n in range(5)
]
SCHEDULES = [
    Schedule(
        _uid(5, n), COURSES[n % 4].id, ROOMS[n % 4].id, PROFESSORS[n % 3].id if n % 3 else None, 2020 + n % 2, "spring",
        Weekday(n % 5 + 1), time(8 + n), time(9 + n),
    )
    for n in range(8)
]  # fmt: skip
ENROLMENTS = [
    Enrolment(_uid(6, n), STUDENTS[n % 3].id, SCHEDULES[n % 5].id, datetime(2026, 1, 1 + n, tzinfo=UTC))
    for n in range(9)
]
DATA = [
    ("academic_unit", UNITS), ("room", ROOMS), ("professor", PROFESSORS), ("student", STUDENTS), ("course", COURSES),
    ("schedule", SCHEDULES), ("enrolment", ENROLMENTS),
]  # fmt: skip

CRITERIA: list[tuple[str, Any]] = [
    ("schedule", {"room.capacity": {"gte": 20}}),
    ("schedule", {"room.academic_unit.name": "Unit 1", "year": 2021}),
    ("schedule", {"room.academic_unit.address.city": {"ne": "A"}}),
    ("schedule", {"room.academic_unit.address": UNITS[0].address}),
    ("schedule", {"professor.name": None}),
    ("schedule", {"professor.name": {"ne": "P1"}}),
    ("schedule", {"professor.name": {"not_in": ["P1"]}}),
    ("schedule", {"professor.name": {"in": ["P1", None]}}),
    ("schedule", {"not": {"professor.rank": Rank.ASSOCIATE}}),
    ("schedule", {"or": [{"professor.name": "P2"}, {"course.code": "C3"}]}),
    ("schedule", {"students": {"some": {"name": "S1"}}}),
    ("schedule", {"students": {"none": {"name": "S1"}}}),
    ("schedule", {"students": {"every": {"name": {"in": ["S1", "S2"]}}}}),
    ("schedule", {"students": {"some": {}}}),
    ("schedule", {"students": {"none": {}}}),
    ("schedule", {"course.prerequisites": {"some": {"credits": 2}}}),
    ("course", {"prerequisites": {"some": {"code": "C0"}}}),
    ("course", {"prerequisites": {"every": {"code": "C0"}}}),
    ("course", {"prerequisites": {"some": {"prerequisites": {"some": {"code": "C0"}}}}}),
    ("academic_unit", {"rooms": {"some": {"capacity": {"gt": 30}}}}),
    ("academic_unit", {"rooms": {"none": {}}}),
    ("academic_unit", {"rooms": {"every": {"number": {"ne": "4"}}}, "name": {"startswith": "Unit"}}),
    ("student", {"schedules": {"some": {"room.academic_unit.name": "Unit 1", "students": {"some": {"name": "S2"}}}}}),
    ("enrolment", {"schedule.course.credits": {"between": (1, 2)}, "student.name": {"icontains": "s"}}),
    ("enrolment", {"schedule.students": {"some": {"id": 0}}}),
]


@pytest.fixture(scope="module")
def university(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Give the example, generated for memory and for MongoDB; forget it afterwards, for it has the keys of the example's own package."""
    folder = tmp_path_factory.mktemp("university")
    databases = (Database.MEMORY, Database.MONGO)
    write_package(folder / "university_repos", EXAMPLE / "university", EXAMPLE, databases)
    yield import_from(folder, "university_repos")
    forget("university_repos")


@pytest.fixture
async def both(university: Any, driver: server.Driver, commands: Commands) -> AsyncIterator[Sequence[Any]]:
    """Give the same entities in memory and in MongoDB."""
    async with server.database(driver, event_listeners=[commands]) as empty:
        containers = (university.Repositories.memory(), university.Repositories.mongo(empty))
        for container in containers:
            await container.create_schema()
            for name, entities in DATA:
                await getattr(container, name).add_many(entities)
        commands.sent.clear()
        yield containers


async def _ids(repository: Any, criteria: Any, **options: Any) -> list[Any]:
    return [entity.id for entity in await repository.list_by_fields(criteria, limit=None, **options)]


async def test_criteria_over_relations_match_what_they_match_in_memory(both: Sequence[Any], commands: Commands) -> None:
    await _compare(both, commands)


async def test_many_related_rows_are_looked_up_row_by_row(
    both: Sequence[Any], commands: Commands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "FEW", 0)
    await _compare(both, commands)
    assert "aggregate" in commands.names


async def test_conditions_on_one_related_row_are_looked_up_together(both: Sequence[Any], commands: Commands) -> None:
    criteria = {"room.capacity": {"gte": 20}, "room.number": {"ne": "x"}, "room.block_number": "a", "year": 2020}
    memory, mongo = (container.schedule for container in both)
    assert await _ids(mongo, criteria) == await _ids(memory, criteria)
    assert [command["find"] for command in commands.sent] == ["rooms", "rooms", "schedules"]


async def _compare(both: Sequence[Any], commands: Commands) -> None:
    found: set[int] = set()
    for name, criteria in CRITERIA:
        memory, mongo = (getattr(container, name) for container in both)
        expected = await _ids(memory, criteria)
        found.add(len(expected))
        assert await _ids(mongo, criteria) == expected, criteria
        assert await mongo.count_by_fields(criteria) == len(expected)
        assert await mongo.exists_by_fields(criteria) == bool(expected)
        assert [entity.id async for entity in mongo.stream(criteria, batch_size=2)] == expected
    assert found >= {1, 2, 3, 4}, "the criteria tell entities apart"


@pytest.mark.parametrize("few", [ranks.FEW, 1])
@pytest.mark.parametrize("sort_by", ["professor.name", "-professor.name", "room.academic_unit.name", "-room.capacity"])
async def test_order_over_relations_is_that_of_memory(
    both: Sequence[Any], commands: Commands, monkeypatch: pytest.MonkeyPatch, sort_by: str, few: int
) -> None:
    monkeypatch.setattr(ranks, "FEW", few)
    memory, mongo = (container.schedule for container in both)
    for descending in (False, True):
        expected = await _ids(memory, {}, sort_by=sort_by, sort_desc=descending)
        commands.sent.clear()
        assert await _ids(mongo, {}, sort_by=sort_by, sort_desc=descending) == expected
        assert len(commands.names) == 2
        assert ("$lookup" in repr(commands.sent[-1])) == (few == 1), "few related rows are ranked, many are joined"
    expected = await _ids(memory, {}, sort_by=sort_by)
    paged: list[Any] = []
    after: str | None = None
    while True:
        page = await mongo.page({}, sort_by=sort_by, after=after, limit=3)
        paged += [schedule.id for schedule in page.items]
        if (after := page.next_cursor) is None:
            break
    assert paged == expected


async def test_what_matches_over_relations_is_changed_and_deleted(both: Sequence[Any]) -> None:
    criteria = {"room.academic_unit.name": "Unit 1"}
    for container in both:
        assert await container.schedule.update_by_fields(criteria, year=1999) == 4
        assert await container.schedule.count_by_fields({"year": 1999}) == 4
        assert await container.course.delete_by_fields({"prerequisites": {"some": {"credits": 2}}, "code": "C4"}) == 1
    assert await both[0].course.list() == await both[1].course.list()


async def test_distinct_values_of_what_matches_over_relations(both: Sequence[Any]) -> None:
    for container in both:
        assert await container.schedule.distinct_values("weekday", {"professor.name": "P1"}) == [2, 3, 5]


async def test_rows_are_fetched_with_what_they_refer_to_in_one_command_besides_that_of_the_order(
    both: Sequence[Any], commands: Commands
) -> None:
    results: list[Any] = []
    for container in both:
        schedule = container.schedule.entity
        room = container.room.entity
        hops = {name: relation.hops[0] for name, relation in schedule.relations().items()}
        unit = room.relations()["academic_unit"].hops[0]
        joins = [Join(0, hops["professor"]), Join(0, hops["room"]), Join(2, unit)]
        commands.sent.clear()
        criteria = {"year": 2021}
        rows = await container.schedule.fetch(criteria, joins=joins, sort_by="-professor.name", offset=1, limit=3)
        results.append(rows)
    assert results[0] == results[1]
    assert commands.names == ["find", "aggregate"]
    assert {type(value) for row in results[1] for value in row} == {Schedule, Professor, Room, AcademicUnit, type(None)}
