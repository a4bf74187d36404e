"""The example from end to end: generate, check the types, catch a typo, serve requests. Ends with an error if a step fails."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from fastapi import FastAPI
from rich.console import Console
from rich.panel import Panel
from rich.syntax import Syntax
from rich.table import Table

HERE = Path(__file__).parent
BIN = Path(sys.executable).parent
TYPO = """\
from university.repos import get_repo


async def large_rooms() -> None:
    rooms = get_repo("room")
    await rooms.list_by_fields({"capacitty": {"gte": 100}})
"""
EXPECTED = 'Extra key "capacitty" for TypedDict "RoomCriteria"'

console = Console(highlight=False)


class Failure(Exception):
    """A step did not do what it should; the message says what."""


def main() -> int:
    """Run each step; return the exit status."""
    os.chdir(HERE)
    sys.path.insert(0, str(HERE))
    os.environ["REPO_DATABASE"] = "memory"
    steps: list[tuple[str, Callable[[], None]]] = [
        ("Generate the repositories", generate),
        ("Check their types", check_types),
        ("Catch a typo before it runs", catch_typo),
        ("Serve requests, from memory", lambda: asyncio.run(serve())),
    ]
    for number, (title, step) in enumerate(steps, start=1):
        console.rule(f"[bold]{number}. {title}", align="left")
        try:
            step()
        except Failure as failure:
            console.print(Panel(str(failure), title="failed", border_style="red"))
            return 1
    console.rule("[bold green]All of it works", align="left")
    return 0


def run(*command: str, status: int = 0) -> str:
    """Run a command and return what it prints; Failure when it ends otherwise."""
    console.print(f"[dim]$ {' '.join(command)}")
    done = subprocess.run(
        [str(BIN / command[0]), *command[1:]],
        check=False,
        capture_output=True,
        text=True,
    )
    printed = (done.stdout + done.stderr).strip()
    if done.returncode != status:
        raise Failure(f"exit status {done.returncode}\n{printed}")
    return printed


def generate() -> None:
    """Generate the package `university.repos` and show what is in it."""
    console.print(run("pkit-gen"))
    files = sorted(path for path in Path("university/repos").rglob("*.py"))
    table = Table("file", "lines", "what it holds", box=None, pad_edge=False)
    for path in files:
        if path.parent.name in ("repos", "room"):
            text = path.read_text("utf-8")
            table.add_row(str(path), str(len(text.splitlines())), summary(text))
    console.print(table)
    console.print(f"[dim]… and the like for each entity: {len(files)} files")


def summary(text: str) -> str:
    """Return the first line of a module's docstring."""
    return text.split('"""')[1].splitlines()[0]


def check_types() -> None:
    """Check the app and what was generated with mypy --strict."""
    console.print(run("mypy", "--strict", "university"))


def catch_typo() -> None:
    """Show what mypy says of a criteria key that the entity does not have."""
    console.print(Syntax(TYPO, "python", line_numbers=True, background_color="default"))
    with TemporaryDirectory() as folder:
        path = Path(folder, "typo.py")
        path.write_text(TYPO, "utf-8")
        command = ("mypy", "--strict", "--no-error-summary", str(path))
        complaint = run(*command, status=1).removeprefix(f"{folder}/")
    console.print(f"[red]{complaint.replace('[', chr(92) + '[')}")
    if EXPECTED not in complaint:
        raise Failure(f"mypy was to say: {EXPECTED}")


@asynccontextmanager
async def opened() -> AsyncIterator[httpx.AsyncClient]:
    """Start the app, and return a client of it."""
    app: FastAPI = import_module("university.app").app  # not before it is generated
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://university") as client,
    ):
        yield client


async def serve() -> None:
    """Send requests to the app and show the answers."""
    async with opened() as client:
        ids = await add_campus(client)
        schedule = await add_teaching(client, ids)
        await ask(client, "GET", "/rooms?seats=40&city=cambridge&sort=-capacity")
        await ask(client, "GET", "/schedules?year=2026&term=spring&block=B")
        await ask(client, "GET", "/timetable?year=2026&term=spring")
        body = {"student_id": 1815, "schedule_ids": [schedule]}
        await ask(client, "POST", "/enrolments", body, status=201)
        await ask(client, "POST", "/enrolments", body, status=409)
        await ask(client, "DELETE", f"/rooms/{ids['room']}", status=409)
        await ask(client, "GET", "/students?after=tampered", status=400)


async def add_campus(client: httpx.AsyncClient) -> dict[str, str]:
    """Add an academic unit, a room, a professor; return their ids."""
    address = {"street": "Pembroke St", "city": "Cambridge", "postcode": "CB2"}
    unit = {"name": "Mathematics", "address": address}
    unit_id = (await ask(client, "POST", "/academic-units", unit, status=201))["id"]
    room = {
        "academic_unit_id": unit_id,
        "block_number": "B",
        "number": "12",
        "capacity": 60,
    }
    room_id = (await ask(client, "POST", "/rooms", room, status=201))["id"]
    await ask(client, "POST", "/rooms", room, status=409)
    professor = {"name": "Charles Babbage", "email": "babbage@example.org", "rank": 3}
    added = await ask(client, "POST", "/professors", professor, status=201)
    return {"room": room_id, "professor": added["id"]}


async def add_teaching(client: httpx.AsyncClient, ids: dict[str, str]) -> str:
    """Add a student, a course and its schedule; return the id of the schedule."""
    student = {"number": 1815, "name": "Ada Lovelace", "email": "Ada@example.org"}
    await ask(client, "POST", "/students", student, status=201)
    await ask(client, "GET", "/students/by-email/ada@EXAMPLE.org")
    course = {"code": "AE1", "title": "The Analytical Engine", "credits": 6}
    course_id = (await ask(client, "POST", "/courses", course, status=201))["id"]
    schedule = {
        "course_id": course_id,
        "room_id": ids["room"],
        "professor_id": ids["professor"],
        "year": 2026,
        "term": "spring",
        "weekday": 2,
        "starts_at": "09:00:00",
        "ends_at": "11:00:00",
        "price": "12.50",
    }
    return str((await ask(client, "POST", "/schedules", schedule, status=201))["id"])


async def ask(
    client: httpx.AsyncClient,
    method: str,
    path: str,
    body: dict[str, Any] | None = None,
    status: int = 200,
) -> Any:
    """Send a request, show it and its answer; Failure when the status is another."""
    response = await client.request(method, path, json=body)
    colour = "green" if response.is_success else "yellow"
    console.print(f"[bold]{method}[/] {path} [{colour}]{response.status_code}[/]")
    console.print_json(response.text, indent=None)
    if response.status_code != status:
        raise Failure(f"{status} was expected")
    return response.json()


if __name__ == "__main__":
    sys.exit(main())
