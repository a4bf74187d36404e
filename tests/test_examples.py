"""The examples hold: their apps run, their output is fresh, and linters, formatters and type checkers find nothing in it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio
from checkers import EXAMPLES, mypy, pyright
from university.app import app

from pkit_gen.compiler import compile_project
from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.options import configure, read_options
from pkit_gen.pyproject import find_project

NAMES = sorted(path.parent.name for path in EXAMPLES.glob("*/pyproject.toml"))


def _config(name: str) -> Config:
    diagnostics = Diagnostics()
    project = find_project(EXAMPLES / name, EXAMPLES / name, diagnostics)
    options = read_options(project, diagnostics)
    assert diagnostics.items == []
    return configure(options, project)


def _run(name: str, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("REPO_", "POSTGRES_", "MONGO_"))
    }
    return subprocess.run(
        [sys.executable, *command], cwd=EXAMPLES / name, env=environment, capture_output=True, text=True, check=False
    )


def test_there_are_examples() -> None:
    assert NAMES == ["every_type", "minimal", "mixed_stores", "university"]


@pytest.mark.parametrize("name", NAMES)
def test_the_output_is_what_the_generator_writes(name: str) -> None:
    config = _config(name)
    result = compile_project(config)
    assert result.diagnostics.items == []
    paths = (path for path in config.output.rglob("*.py"))
    assert {path.relative_to(config.output).as_posix(): path.read_text("utf-8") for path in paths} == result.files


@pytest.mark.parametrize("name", NAMES)
def test_pkit_gen_says_that_the_output_is_fresh(name: str) -> None:
    done = _run(name, "-c", "from pkit_gen.cli import generate; generate()", "--check")
    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_mypy_finds_nothing(name: str, pytestconfig: pytest.Config) -> None:
    root = EXAMPLES / name
    assert mypy(root, [root / name], pytestconfig.rootpath / ".mypy_cache" / "examples") == []


@pytest.mark.parametrize("name", NAMES)
def test_pyright_finds_nothing(name: str, tmp_path: Path) -> None:
    root = EXAMPLES / name
    assert pyright(root, [root / name], tmp_path) == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("tool", [("ruff", "check"), ("ruff", "format", "--check"), ("black", "--check")])
def test_linters_and_formatters_change_nothing(name: str, tool: tuple[str, ...]) -> None:
    done = _run(name, "-m", *tool, name)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_output_has_no_suppression_comment() -> None:
    sources = {path: path.read_text("utf-8") for path in EXAMPLES.glob("*/*/repos/**/*.py")}
    assert len(sources) > 20
    assert [
        path for path, text in sources.items() if "noqa" in text or "type: ignore" in text or "pyright:" in text
    ] == []


def test_the_minimal_app_runs() -> None:
    done = _run("minimal", "-m", "minimal.app")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "user: another entity has the same email (unique index 'email')",
        "alan@example.org 41",
        "ada@example.org 36",
        "User(id=UUID('00000000-0000-0000-0000-000000000003'), email='blaise@example.org', age=16)",
    ]


def test_the_mixed_stores_show_what_lives_in_several_databases() -> None:
    done = _run("mixed_stores", "-m", "mixed_stores.app")
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "Ada bought Engine, Punched card, Punched card",
        "Alan bought Tape",
        "wished: ['Tape']",
        "False True",
        "Engine: 5 stars from Ada",
        "Engine: 3 stars from Alan",
        "Tape: 4 stars from Alan",
    ]


def test_every_type_of_field_reads_back_equal() -> None:
    done = _run("every_type", "-m", "every_type.app")
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 14
    assert {line.split(":")[0] for line in done.stdout.splitlines()} == {"equal"}


def test_the_demonstration_runs() -> None:
    done = _run("university", "demo.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert 'Extra key "capacitty" for TypedDict "RoomCriteria"' in " ".join(done.stdout.split())


@pytest_asyncio.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://university") as client,
    ):
        yield client


async def _add(client: httpx.AsyncClient, path: str, **body: object) -> str:
    """Add something and return its id."""
    response = await client.post(path, json=body)
    assert response.status_code == 201, response.text
    return str(response.json()["id"])


async def _add_room(client: httpx.AsyncClient, number: str = "1", capacity: int = 30) -> str:
    listed = await client.get("/rooms")
    address = {"street": "Main St", "city": "Springfield", "postcode": "1"}
    name = f"Faculty {len(listed.json())}"
    unit = await _add(client, "/academic-units", name=name, address=address)
    return await _add(client, "/rooms", academic_unit_id=unit, block_number="B", number=number, capacity=capacity)


async def _add_schedule(client: httpx.AsyncClient, number: str, code: str) -> str:
    room = await _add_room(client, number)
    course = await _add(client, "/courses", code=code, title="Logic", credits=6)
    return await _add(
        client,
        "/schedules",
        course_id=course,
        room_id=room,
        year=2026,
        term="spring",
        weekday=2,
        starts_at="09:00:00",
        ends_at="11:00:00",
        price="12.50",
    )


async def test_the_university_adds_lists_changes_and_deletes_rooms(client: httpx.AsyncClient) -> None:
    room = await _add_room(client)
    assert (await client.get(f"/rooms/{room}")).json()["capacity"] == 30
    changed = await client.patch(f"/rooms/{room}", json={"capacity": 40, "kind": "seminar"})
    assert (changed.json()["capacity"], changed.json()["kind"]) == (40, "seminar")
    listed = await client.get("/rooms", params={"seats": 40, "city": "spring", "sort": ["-capacity", "number"]})
    assert [row["id"] for row in listed.json()] == [room]
    assert (await client.get("/rooms", params={"seats": 41})).json() == []
    assert (await client.delete(f"/rooms/{room}")).status_code == 204
    assert (await client.get(f"/rooms/{room}")).status_code == 404


async def test_what_a_repository_refuses_is_answered_with_its_status(client: httpx.AsyncClient) -> None:
    room = (await client.get(f"/rooms/{await _add_room(client)}")).json()
    twice = await client.post("/rooms", json=room)
    assert (twice.status_code, "unique index 'location'" in twice.text) == (409, True)
    homeless = await client.post("/rooms", json={**room, "number": "2", "academic_unit_id": str(uuid4())})
    assert (homeless.status_code, homeless.json()) == (
        409,
        {"detail": "room.academic_unit_id must refer to an existing academic_unit"},
    )
    absent = await client.patch(f"/rooms/{uuid4()}", json={"capacity": 3})
    assert absent.status_code == 404
    assert (await client.get("/students", params={"after": "tampered"})).status_code == 400


async def test_an_address_is_taken_however_it_is_spelled(client: httpx.AsyncClient) -> None:
    await _add(client, "/students", number=1, name="Ada", email="Ada@example.org")
    again = await client.post("/students", json={"number": 2, "name": "Ada", "email": "ada@EXAMPLE.org"})
    assert again.status_code == 409
    assert (await client.get("/students/by-email/ADA@example.org")).json()["id"] == 1


async def test_students_are_paged_by_name(client: httpx.AsyncClient) -> None:
    for number, name in enumerate(["Grace", "Ada", "Alan"]):
        await _add(client, "/students", number=number, name=name, email=f"{name}@example.org")
    first = (await client.get("/students", params={"limit": 2})).json()
    assert [student["name"] for student in first["items"]] == ["Ada", "Alan"]
    second = (await client.get("/students", params={"limit": 2, "after": first["next"]})).json()
    assert [student["name"] for student in second["items"]] == ["Grace"]
    assert second["next"] is None


async def test_schedules_are_found_by_a_related_field(client: httpx.AsyncClient) -> None:
    schedule = await _add_schedule(client, "1", "L1")
    found = await client.get("/schedules", params={"year": 2026, "term": "spring", "block": "B"})
    assert [row["id"] for row in found.json()] == [schedule]
    other = await client.get("/schedules", params={"year": 2026, "term": "spring", "block": "C"})
    assert other.json() == []


async def test_the_timetable_shows_courses_and_rooms(client: httpx.AsyncClient) -> None:
    await _add_schedule(client, "1", "L1")
    (row,) = (await client.get("/timetable", params={"year": 2026, "term": "spring"})).json()
    assert (row["course"]["code"], row["professor"], row["room"]["number"]) == ("L1", None, "1")
    assert row["room"]["academic_unit"]["address"]["city"] == "Springfield"
    assert (await client.get("/timetable", params={"year": 2027, "term": "spring"})).json() == []


async def test_a_student_is_enrolled_in_all_courses_or_in_none(client: httpx.AsyncClient) -> None:
    await _add(client, "/students", number=1, name="Ada", email="ada@example.org")
    logic, algebra = await _add_schedule(client, "1", "L1"), await _add_schedule(client, "2", "A1")
    failed = await client.post("/enrolments", json={"student_id": 1, "schedule_ids": [logic, str(uuid4())]})
    assert failed.status_code == 409
    enrolled = await client.post("/enrolments", json={"student_id": 1, "schedule_ids": [logic, algebra]})
    assert (enrolled.status_code, len(enrolled.json())) == (201, 2)
