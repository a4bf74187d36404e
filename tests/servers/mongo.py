"""MongoDB for tests: a server process of SecantusDB that starts when a test first needs it, or the one that PKIT_TEST_MONGO_DSN names.

Every test gets a database of its own, which is dropped afterwards.
"""

from __future__ import annotations

import atexit
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache
from inspect import isawaitable
from pathlib import Path
from typing import Any, Literal, TypeAlias
from uuid import uuid4

from pymongo import MongoClient
from pymongo.errors import PyMongoError
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

Driver: TypeAlias = Literal["motor", "pymongo"]

DRIVERS: tuple[Driver, ...] = ("motor", "pymongo")
_SECONDS_TO_START = 60
_HANDSHAKE = frozenset({"hello", "isMaster", "ismaster", "endSessions"})


class Commands(CommandListener):
    """Records the commands that a client sends."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    @property
    def names(self) -> list[str]:
        return [next(iter(command)) for command in self.sent]

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name not in _HANDSHAKE:
            self.sent.append(dict(event.command))

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...


@cache
def dsn() -> str:
    """Return the connection string of a server that has transactions, starting it on the first call."""
    return os.environ.get("PKIT_TEST_MONGO_DSN") or _start()


@cache
def standalone_dsn() -> str:
    """Return the connection string of a server that is no replica set and has no transactions, starting it on the first call."""
    return _start("--standalone")


@asynccontextmanager
async def database(driver: Driver = "motor", address: str | None = None, **options: Any) -> AsyncGenerator[Any]:
    """Give an empty database over a client of the driver; `options` are the client's.

    >>> async with database("pymongo") as empty:
    ...     repositories = Repositories.mongo(empty)
    """
    client = new_client(driver, address or dsn(), **options)
    name = f"pkit_{uuid4().hex}"
    try:
        yield client[name]
    finally:
        await client.drop_database(name)
        await closed(client)


def new_client(driver: Driver, address: str, **options: Any) -> Any:
    """Return a client of the driver."""
    if driver == "motor":
        from motor.motor_asyncio import AsyncIOMotorClient

        return AsyncIOMotorClient[dict[str, Any]](address, **options)
    from pymongo import AsyncMongoClient

    return AsyncMongoClient[dict[str, Any]](address, **options)


async def closed(client: Any) -> None:
    """Close a client of either driver."""
    closing = client.close()
    if isawaitable(closing):
        await closing


def _start(*arguments: str) -> str:
    folder = tempfile.mkdtemp(prefix="pkit-mongo-")
    port = free_port()
    command = [str(Path(sys.executable).with_name("secantusd-py")), "--port", str(port), "--storage-path", ":memory:"]
    with (Path(folder) / "log").open("w") as log:
        process = subprocess.Popen([*command, "--log-level", "WARNING", *arguments], cwd=folder, stdout=log, stderr=log)
    atexit.register(_stop, process)
    address = f"mongodb://127.0.0.1:{port}"
    wait_for(address, process, Path(folder) / "log")
    return address


def free_port() -> int:
    """Return a port that nothing listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return when a server answers; RuntimeError with its log when it does not."""
    deadline = time.monotonic() + _SECONDS_TO_START
    with MongoClient[dict[str, Any]](address, serverSelectionTimeoutMS=200) as client:
        while time.monotonic() < deadline and process.poll() is None:
            try:
                client.admin.command("ping")
            except PyMongoError:
                continue
            return
    raise RuntimeError(f"the server has not started:\n{log.read_text()}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
