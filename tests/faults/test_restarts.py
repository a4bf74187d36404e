"""Servers that are killed while the app writes, and started again: the same repositories go on, and what was acknowledged is there."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import Iterator
from typing import Any

import pytest
from bench.people import person

from faults.killable import Server, running
from pkit.errors import BackendUnavailable

WORKERS = 4
SIGNALS = (signal.SIGKILL, signal.SIGQUIT, signal.SIGINT)
"""Killed, and, of PostgreSQL, the immediate and the fast shutdown."""


@pytest.fixture(params=["postgres", "pymongo", "motor"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """Give a server of the test's own."""
    with running(request.param) as server:
        yield server


class Writer:
    """Adds one person after another until it is told to stop, whether that goes well or not."""

    def __init__(self, repos: Any, first: int) -> None:
        self._repos = repos
        self._next = first
        self.added: list[int] = []
        self.failed: list[int] = []
        self.longest = 0.0
        self.stopped = False

    async def run(self) -> None:
        while not self.stopped:
            start = time.monotonic()
            try:
                await self._repos.contact.add(person(self._next))
                self.added.append(self._next)
            except BackendUnavailable:
                self.failed.append(self._next)
                await asyncio.sleep(0.02)
            self.longest = max(self.longest, time.monotonic() - start)
            self._next += 1


async def _until(true: Any) -> None:
    async with asyncio.timeout(60):
        while not true():
            await asyncio.sleep(0.05)


async def _killed_and_started(server: Server, number: signal.Signals, writers: list[Writer]) -> None:
    before = [len(writer.added) for writer in writers]
    await _until(lambda: all(len(writer.added) > count for writer, count in zip(writers, before, strict=True)))
    failures = sum(len(writer.failed) for writer in writers)
    await asyncio.to_thread(server.kill, number)
    await _until(lambda: sum(len(writer.failed) for writer in writers) > failures + WORKERS)
    await asyncio.to_thread(server.start)
    after = [len(writer.added) for writer in writers]
    await _until(lambda: all(len(writer.added) > count + 5 for writer, count in zip(writers, after, strict=True)))


async def test_the_app_goes_on_when_its_server_was_killed_and_started(server: Server) -> None:
    async with server.repositories() as repos:
        await repos.create_schema()
        writers = [Writer(repos, worker * 1_000_000) for worker in range(WORKERS)]
        tasks = [asyncio.create_task(writer.run()) for writer in writers]
        for number in SIGNALS:
            await _killed_and_started(server, number, writers)
        for writer in writers:
            writer.stopped = True
        await asyncio.gather(*tasks)
        stored = [found.email async for found in repos.contact.stream({})]
    added = {person(number).email for writer in writers for number in writer.added}
    failed = {person(number).email for writer in writers for number in writer.failed}
    assert len(stored) == len(set(stored)), "stored twice"
    assert added <= set(stored), "acknowledged, and lost"
    assert set(stored) <= added | failed
    assert max(writer.longest for writer in writers) < 15
