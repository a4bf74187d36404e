"""A short run of the load on the app: no request fails, all that was added is stored, and nothing stays in memory."""

from __future__ import annotations

import asyncio
import subprocess
import sys

from servers import postgres

from load.__main__ import load
from load.server import EXAMPLE, environment

REQUESTS = 3000
BYTES = 48
"""What a request may leave behind: less than an object and what refers to it take, and more than caches come and go."""


async def test_under_load_no_request_fails_and_nothing_is_lost() -> None:
    outcome = await load(seconds=4, callers=8, workers=2)
    assert outcome.seen.errors == []
    assert outcome.stored == outcome.added > 0


async def test_requests_leave_nothing_in_memory() -> None:
    async with postgres.database() as database:
        command = [sys.executable, "-m", "load.leaks", str(REQUESTS)]
        done = await asyncio.to_thread(
            subprocess.run, command, env=environment(database), cwd=EXAMPLE, capture_output=True, text=True
        )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < BYTES * REQUESTS
