"""Connections that are cut and networks that stall: an error in time, nothing done twice, and recovery without a restart."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import socket
import time
from collections import Counter
from functools import partial
from typing import Any

import pytest
from bench.people import person

from faults.conftest import SECONDS, Faulty
from faults.proxy import Fault
from pkit.errors import BackendUnavailable
from pkit_gen.ir.model import Database

FAULTS = int(os.environ.get("PKIT_FAULTS", "60"))
"""How many connections to cut; 10,000 take some minutes."""

WORKERS = {Database.POSTGRES: 8, Database.MONGO: 64}
"""How many write at once."""

CONNECTIONS = {Database.POSTGRES: 10, Database.MONGO: 64 + 16 * 3}
"""How many may be open: of MongoDB one for each writer, and three for each client to watch the server."""

LEEWAY = {Database.POSTGRES: 500, Database.MONGO: 5_000}
"""Objects that may come and go: a driver keeps some for each connection that is open, and for each statement it has prepared there."""

CHANCE = {Database.POSTGRES: 0.1, Database.MONGO: 0.3}


async def _settled(faulty: Faulty) -> None:
    """Wait until connections that were given up are closed."""
    if faulty.database is Database.POSTGRES:
        pool = faulty.repos.contact._connections.pool
        while pool.open_connections > pool.free_connections:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.2)


def _tasks(faulty: Faulty) -> int:
    """Return how many tasks run besides those of the proxy."""
    return len(asyncio.all_tasks() - faulty.proxy.tasks)


class Chance:
    """Cuts some of what is sent, until there were enough faults."""

    def __init__(self, faulty: Faulty, enough: int) -> None:
        self._random = random.Random(11)
        self._proxy = faulty.proxy
        self._enough = enough
        self._chance = CHANCE[faulty.database]

    @property
    def is_over(self) -> bool:
        return self._proxy.faults >= self._enough

    def __call__(self, data: bytes) -> Fault:
        if self.is_over or self._random.random() > self._chance:
            return "none"
        return self._random.choice(("cut before", "cut after"))


async def _write_until(chance: Chance, write: Any, first: int) -> Counter[str]:
    """Write numbers from `first` on, one after the other, and return what came of each."""
    found: Counter[str] = Counter()
    number = first
    while not chance.is_over:
        try:
            await write(number)
            found[f"done {number}"] += 1
        except BackendUnavailable:
            found[f"unavailable {number}"] += 1
        number += 2
    return found


async def _cut(faulty: Faulty, faults: int, offset: int) -> Counter[str]:
    """Write with all clients while so many connections are cut, and return what came of each write."""

    async def add(repos: Any, number: int) -> None:
        await repos.contact.add(person(number))

    async def add_pair(repos: Any, number: int) -> None:
        async with repos.transaction() as transaction:
            await transaction.contact.add(person(number))
            await transaction.contact.add(person(number + 1))

    repos = (faulty.repos, *faulty.others)
    faulty.proxy.choose = chance = Chance(faulty, faulty.proxy.faults + faults)
    writing = [
        _write_until(
            chance, partial((add, add_pair)[worker % 2], repos[worker // 2 % len(repos)]), offset + worker * 1_000_000
        )
        for worker in range(WORKERS[faulty.database])
    ]
    found = sum(await asyncio.gather(*writing), Counter[str]())
    assert sum(count for name, count in found.items() if name.startswith("unavailable")) > faults / 4
    await _settled(faulty)
    return found


async def test_connections_that_are_cut_lose_nothing_do_nothing_twice_and_leave_nothing_behind(faulty: Faulty) -> None:
    warm = await _cut(faulty, 20, 0)
    tasks, objects = _tasks(faulty), _objects()
    outcomes = warm + await _cut(faulty, FAULTS, 500_000)
    assert _tasks(faulty) <= tasks + 2 * len(
        faulty.others
    )  # pymongo has some per server, and starts them when it needs them
    assert _objects() - objects < FAULTS + LEEWAY[faulty.database]
    assert faulty.proxy.connections <= CONNECTIONS[faulty.database]
    await faulty.repos.contact.add(person(777_777_777))  # at once, with no restart
    stored = {p.email async for p in faulty.beside.contact.stream({})}
    for name in outcomes:
        what, number = name.split()
        pair = int(number) // 1_000_000 % 2 == 1
        there = [person(n).email in stored for n in range(int(number), int(number) + 1 + pair)]
        assert all(there) if what == "done" else (all(there) or not any(there)), name


def _objects() -> int:
    gc.collect()
    return len(gc.get_objects())


async def test_a_server_that_is_gone_is_unavailable_in_time_and_found_again(faulty: Faulty) -> None:
    await faulty.repos.contact.add(person(1))
    await faulty.proxy.shut()
    for _ in range(3):
        start = time.monotonic()
        with pytest.raises(BackendUnavailable):
            await faulty.repos.contact.get(person(1).id)
        assert time.monotonic() - start < 2.5 * SECONDS
    with pytest.raises(BackendUnavailable):
        await faulty.repos.ping()
    await faulty.proxy.listen()
    assert await faulty.repos.contact.get(person(1).id) == person(1)


async def test_a_network_that_stalls_is_unavailable_in_time(faulty: Faulty) -> None:
    await faulty.repos.contact.add(person(1))
    faulty.proxy.choose = lambda _: "stall"
    start = time.monotonic()
    calls = [faulty.repos.contact.get(person(1).id) for _ in range(20)]  # more than there are connections
    found = await asyncio.gather(*calls, return_exceptions=True)
    assert {type(error) for error in found} == {BackendUnavailable}
    assert time.monotonic() - start < 6 * SECONDS
    faulty.proxy.choose = lambda _: "none"
    await asyncio.sleep(SECONDS)
    assert await faulty.repos.contact.get(person(1).id) == person(1)


async def test_the_system_notices_when_a_postgres_is_gone_for_good(postgres_faults: Faulty) -> None:
    pool = postgres_faults.repos.contact._connections.pool
    connection = await pool.acquire()
    found = connection._transport.get_extra_info("socket")
    assert found.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    options = (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
    idle, interval, probes = (found.getsockopt(socket.IPPROTO_TCP, option) for option in options)
    assert idle + interval * probes == 30
    assert found.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000
    pool.release(connection)


async def test_memory_is_flat_over_faults(postgres_faults: Faulty) -> None:
    faulty = postgres_faults

    async def fail(times: int) -> None:
        for _ in range(times):
            with pytest.raises(BackendUnavailable):
                await faulty.repos.contact.get(person(1).id)

    faulty.proxy.choose = lambda data: "cut before" if b"contacts" in data or data[:1] == b"B" else "none"
    await fail(20)
    await _settled(faulty)
    before = _objects()
    await fail(FAULTS)
    await _settled(faulty)
    assert _objects() - before < FAULTS + LEEWAY[Database.POSTGRES]
