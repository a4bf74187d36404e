"""Views are response models: FastAPI serialises them, and its OpenAPI document shows what they hold."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import time
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import httpx
import pytest
from fastapi import Depends, FastAPI
from pydantic import TypeAdapter
from university.entities import AcademicUnit, Address, Course, Room, Schedule, Weekday
from university.ids import AcademicUnitId, CourseId, RoomId, ScheduleId
from university.repos import Repositories, ScheduleViewRepository, provide_view_repo
from university.repos import views as university_views
from university.repos.providers import (
    ScheduleViewRepositoryDep,
    StudentViewRepositoryDep,
    provide_schedule_view_repository,
)
from university.repos.views import ScheduleTimetable, ScheduleView, StudentView

from pkit.container import override

app = FastAPI()


@app.get("/timetable")
async def timetable(schedules: ScheduleViewRepositoryDep) -> list[ScheduleTimetable]:
    return list(await schedules.list_with("timetable"))


@app.get("/schedules")
async def schedules(
    repository: Annotated[ScheduleViewRepository, Depends(provide_view_repo("schedule"))],
) -> list[ScheduleView]:
    return list(await repository.list_with(["room"]))


@app.get("/students")
async def students(repository: StudentViewRepositoryDep) -> list[StudentView]:
    return list(await repository.list_with(["schedules.course"]))


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    """Give a client of the app over repositories with one schedule."""
    repositories = Repositories.memory()
    unit = AcademicUnit(AcademicUnitId(UUID(int=1)), "Arts", Address("Main St", "Rome", "1"))
    room = Room(RoomId(UUID(int=2)), unit.id, "B", "12", 30)
    course = Course(CourseId(UUID(int=3)), "L1", "Logic", 6, [], {"maths"})
    await repositories.academic_unit.add(unit)
    await repositories.room.add(room)
    await repositories.course.add(course)
    schedule = Schedule(
        ScheduleId(UUID(int=4)),
        course.id,
        room.id,
        None,
        2026,
        "spring",
        Weekday.TUESDAY,
        time(9),
        time(11),
        Decimal("1.50"),
    )
    await repositories.schedule.add(schedule)
    transport = httpx.ASGITransport(app)
    with override(repositories):
        async with httpx.AsyncClient(transport=transport, base_url="http://university") as opened:
            yield opened


async def test_a_declared_view_as_json(client: httpx.AsyncClient) -> None:
    (row,) = (await client.get("/timetable")).json()
    assert row["room"]["academic_unit"]["address"] == {"street": "Main St", "city": "Rome", "postcode": "1"}
    assert (row["course"]["title"], row["professor"], row["price"], row["weekday"]) == ("Logic", None, "1.50", 2)


async def test_included_relations_as_json(client: httpx.AsyncClient) -> None:
    (row,) = (await client.get("/schedules")).json()
    assert row["room"]["number"] == "12"
    assert {"course", "professor", "students"} & set(row) == set()


async def test_a_provider_can_be_overridden(client: httpx.AsyncClient) -> None:
    empty = Repositories.memory()
    app.dependency_overrides[provide_schedule_view_repository] = lambda: empty.views.schedule
    try:
        assert (await client.get("/timetable")).json() == (await client.get("/schedules")).json() == []
    finally:
        app.dependency_overrides.clear()


def test_the_document_shows_what_is_there() -> None:
    schemas: dict[str, Any] = app.openapi()["components"]["schemas"]
    exact, loose = schemas["ScheduleTimetable"], schemas["ScheduleView"]
    assert {"course", "professor", "room"} <= set(exact["required"])
    assert exact["properties"]["room"]["anyOf"] == [
        {"$ref": "#/components/schemas/ScheduleTimetableRoom"},
        {"type": "null"},
    ]
    assert {"course", "professor", "room", "students"} & set(loose["required"]) == set()
    assert loose["properties"]["students"]["items"] == {"$ref": "#/components/schemas/StudentView"}
    assert schemas["AddressFields"]["required"] == ["street", "city", "postcode"]


def test_pydantic_takes_every_view() -> None:
    names = [name for name in vars(university_views) if name.endswith(("Fields", "View", "Timetable", "Transcript"))]
    assert len(names) > 15
    for name in names:
        TypeAdapter(getattr(university_views, name)).json_schema()
