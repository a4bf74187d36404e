"""`upsert_entity` over generated repositories."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from university.entities import Course, Student
from university.repos import CourseRepository, Repositories

from pkit import dataclass_field_names, upsert_entity
from pkit.errors import UniqueViolation

ALGEBRA = {"code": "MA101", "title": "Algebra", "credits": 6, "room": "no field of a course"}


@pytest.fixture
def courses() -> CourseRepository:
    return Repositories.memory().course


async def test_a_new_entity_gets_an_id(courses: CourseRepository) -> None:
    course = await upsert_entity(courses, Course, "code", ALGEBRA, title="Linear algebra")
    assert isinstance(course.id, UUID)
    assert (course.code, course.title) == ("MA101", "Linear algebra")
    assert await courses.get(course.id) == course


async def test_an_entity_that_is_there_is_changed_and_keeps_its_id(courses: CourseRepository) -> None:
    first = await upsert_entity(courses, Course, "code", ALGEBRA)
    second = await upsert_entity(courses, Course, "code", {**ALGEBRA, "id": uuid4(), "credits": 9})
    assert (second.id, second.credits, second.title) == (first.id, 9, "Algebra")
    assert await courses.list() == [second]


async def test_nothing_is_written_when_nothing_differs(
    courses: CourseRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await upsert_entity(courses, Course, "code", ALGEBRA)
    monkeypatch.setattr(type(courses), "patch", None)
    assert await upsert_entity(courses, Course, "code", ALGEBRA) == first


async def test_an_id_that_is_no_uuid_has_to_be_in_the_payload() -> None:
    students = Repositories.memory().student
    with pytest.raises(TypeError, match="'id'"):
        await upsert_entity(students, Student, "email", {"name": "Ada", "email": "ada@example.org"})


async def test_a_new_entity_takes_the_id_of_the_payload(courses: CourseRepository) -> None:
    course = await upsert_entity(courses, Course, "code", {**ALGEBRA, "id": UUID(int=1)})
    assert course.id == UUID(int=1)


async def test_who_loses_a_race_changes_what_the_winner_wrote(
    courses: CourseRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process adds the course between the search and the addition."""
    winner = await upsert_entity(Repositories.memory().course, Course, "code", {**ALGEBRA, "title": "Groups"})
    add = courses.add

    async def add_after_the_other(entity: Course, /) -> None:
        await add(winner)
        await add(entity)

    monkeypatch.setattr(courses, "add", add_after_the_other)
    course = await upsert_entity(courses, Course, "code", ALGEBRA)
    assert (course.id, course.title) == (winner.id, "Algebra")


async def test_a_conflict_over_something_else_is_raised(courses: CourseRepository) -> None:
    first = await upsert_entity(courses, Course, "code", ALGEBRA)
    with pytest.raises(UniqueViolation, match="same id"):
        await upsert_entity(courses, Course, "code", {**ALGEBRA, "id": first.id, "code": "MA102"})


async def test_a_payload_without_the_unique_value_is_a_key_error(courses: CourseRepository) -> None:
    with pytest.raises(KeyError, match="code"):
        await upsert_entity(courses, Course, "code", {"title": "Algebra"})


def test_the_names_of_fields() -> None:
    @dataclass
    class Point:
        x: int
        y: int = 0

    assert dataclass_field_names(Point) == {"x", "y"}
    with pytest.raises(TypeError, match="int is not a dataclass"):
        dataclass_field_names(int)
