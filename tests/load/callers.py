"""Callers of the university's app, and what they saw."""

from __future__ import annotations

import asyncio
import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from statistics import quantiles
from typing import Any, TypeAlias

import httpx

from load.server import Server

UNITS, ROOMS = 5, 200


@dataclass
class Seen:
    """The seconds that each request took, by its name, and the answers that should not have been."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict[str, list[float]](list))
    errors: list[str] = field(default_factory=list[str])
    students: int = 0

    def percentiles(self, name: str) -> tuple[float, float, float]:
        """Return the milliseconds that half, nine tenths and 99 of a hundred of the requests took at most."""
        cuts = quantiles(self.seconds[name], n=100, method="inclusive")
        return cuts[49] * 1000, cuts[89] * 1000, cuts[98] * 1000


class Caller:
    """One client with a connection of its own."""

    def __init__(self, client: httpx.AsyncClient, seen: Seen, rooms: Sequence[str], number: int) -> None:
        self._client = client
        self._seen = seen
        self._rooms = rooms
        self._chance = random.Random(number)
        self._number = number * 10_000_000
        self._added = self._number

    async def until(self, deadline: float) -> None:
        """Make one request after the other."""
        while time.monotonic() < deadline:
            await self._chance.choice(REQUESTS)(self)

    async def make(self, requests: int) -> None:
        """Make so many requests, one after the other."""
        for _ in range(requests):
            await self._chance.choice(REQUESTS)(self)

    async def _send(self, name: str, method: str, path: str, expected: int = 200, **content: Any) -> None:
        start = time.perf_counter()
        try:
            answer = await self._client.request(method, path, **content)
        except httpx.TransportError as error:
            self._seen.errors.append(f"{name}: {error!r}")
            return
        self._seen.seconds[name].append(time.perf_counter() - start)
        if answer.status_code != expected:
            self._seen.errors.append(f"{name}: {answer.status_code} {answer.text[:200]}")

    async def add_student(self) -> None:
        self._added += 1
        body = {"number": self._added, "name": f"Name {self._added % 97}", "email": f"S{self._added}@example.org"}
        await self._send("add a student", "POST", "/students", 201, json=body)
        self._seen.students += 1

    async def add_again(self) -> None:
        if self._added > self._number:
            body = {"number": self._added, "name": "again", "email": f"again{self._added}@example.org"}
            await self._send("add a taken number", "POST", "/students", 409, json=body)

    async def get_student(self) -> None:
        if self._added > self._number:
            number = self._chance.randint(self._number + 1, self._added)
            await self._send("a student by address", "GET", f"/students/by-email/s{number}@EXAMPLE.org")

    async def page(self) -> None:
        await self._send("a page of students", "GET", "/students?limit=20")

    async def get_room(self) -> None:
        await self._send("a room", "GET", f"/rooms/{self._chance.choice(self._rooms)}")

    async def change_room(self) -> None:
        body = {"capacity": self._chance.randint(1, 300)}
        await self._send("change a room", "PATCH", f"/rooms/{self._chance.choice(self._rooms)}", json=body)

    async def list_rooms(self) -> None:
        await self._send(
            "rooms of a city, in order", "GET", f"/rooms?city=City{self._chance.randint(0, 4)}&seats=50&sort=-capacity"
        )

    async def constant(self) -> None:
        await self._send("no repository", "GET", "/constant")


Request: TypeAlias = Callable[[Caller], Awaitable[None]]
REQUESTS: tuple[Request, ...] = (
    Caller.add_student,
    Caller.add_again,
    Caller.get_student,
    Caller.get_student,
    Caller.page,
    Caller.get_room,
    Caller.get_room,
    Caller.change_room,
    Caller.list_rooms,
    Caller.constant,
)


async def prepare(client: httpx.AsyncClient) -> list[str]:
    """Add academic units and rooms; return the ids of the rooms."""
    units: list[str] = []
    for number in range(UNITS):
        address = {"street": "Street 1", "city": f"City{number}", "postcode": "1"}
        added = await client.post("/academic-units", json={"name": f"Unit {number}", "address": address})
        units.append(added.raise_for_status().json()["id"])
    rooms: list[str] = []
    for number in range(ROOMS):
        body = {
            "academic_unit_id": units[number % UNITS],
            "block_number": "A",
            "number": str(number),
            "capacity": 1 + number,
        }
        rooms.append((await client.post("/rooms", json=body)).raise_for_status().json()["id"])
    return rooms


async def call(server: Server, rooms: Sequence[str], callers: int, seconds: float, first: int = 0) -> Seen:
    """Let so many callers call the app for some seconds. Another round needs another `first`, the number of the first caller."""
    seen, deadline = Seen(), time.monotonic() + seconds
    async with httpx.AsyncClient(
        base_url=server.url, limits=httpx.Limits(max_connections=callers), timeout=30
    ) as client:
        each = (Caller(client, seen, rooms, 1 + first + number) for number in range(callers))
        await asyncio.gather(*(caller.until(deadline) for caller in each))
    return seen


async def alone(server: Server, room: str, times: int) -> tuple[float, float]:
    """Return the median milliseconds of a request by a single caller: without a repository, and with one."""
    seen = Seen()
    async with httpx.AsyncClient(base_url=server.url) as client:
        caller = Caller(client, seen, [room], 0)
        for _ in range(times):
            await caller.constant()
            await caller.get_room()
    return seen.percentiles("no repository")[0], seen.percentiles("a room")[0]
