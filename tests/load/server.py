"""The app under uvicorn with several workers, on a database of its own in PostgreSQL."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from servers import postgres

TESTS = Path(__file__).resolve().parents[1]
EXAMPLE = TESTS.parent / "generated_examples" / "university"
SECONDS_TO_START = 60


@dataclass(frozen=True)
class Server:
    """A running app: its address, its database and its process."""

    url: str
    database: str
    pid: int

    def memory(self) -> int:
        """Return the kilobytes that the workers hold."""
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children").read_text().split()
        return sum(_resident(pid) for pid in children)


def _resident(pid: str) -> int:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1])
    return 0


def environment(database: str) -> dict[str, str]:
    """Return the environment of a process that imports the app, for a database by its URL."""
    paths = os.pathsep.join((str(TESTS), str(EXAMPLE), str(TESTS.parent / "src")))
    return {**os.environ, "PYTHONPATH": paths, "REPO_DATABASE": "postgres", "POSTGRES_DSN": database}


@asynccontextmanager
async def serving(workers: int) -> AsyncGenerator[Server]:
    """Give the app; its processes end with the block."""
    async with postgres.database() as database:
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port: int = listener.getsockname()[1]
        command = [sys.executable, "-m", "load.serve", str(port), str(workers)]
        process = subprocess.Popen(command, env=environment(database), cwd=EXAMPLE)
        try:
            server = Server(f"http://127.0.0.1:{port}", database, process.pid)
            await _started(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(20)


async def _started(server: Server, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    async with httpx.AsyncClient(base_url=server.url) as client:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                (await client.get("/constant")).raise_for_status()
            except httpx.TransportError:
                await asyncio.sleep(0.1)
            else:
                return
    raise RuntimeError("the app has not started")
