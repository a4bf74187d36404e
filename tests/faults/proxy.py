"""A TCP proxy that cuts and stalls connections on demand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager, suppress
from typing import Literal, TypeAlias

Fault: TypeAlias = Literal["none", "cut before", "cut after", "stall"]
"""What to do with what a client sends: pass it on; close instead of passing it on; pass it on and close before the answer; nothing."""

Connect: TypeAlias = Callable[[], Awaitable[tuple[asyncio.StreamReader, asyncio.StreamWriter]]]
Choose: TypeAlias = Callable[[bytes], Fault]


class Proxy:
    """Listens on `port` and passes on to the server that `connect` connects to. `choose` decides on each piece that a client sends."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self.choose: Choose = lambda _: "none"
        self.faults = 0
        self.port = 0
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self.tasks: set[asyncio.Task[None]] = set()

    @property
    def connections(self) -> int:
        """Return how many connections are open."""
        return len(self._writers) // 2

    async def listen(self) -> None:
        """Accept connections, on the same port as before if there was one."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def shut(self) -> None:
        """Close all connections and refuse new ones, as a server that was killed does."""
        if self._server is not None:
            self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            to_reader, to_writer = await self._connect()
        except OSError:
            writer.transport.abort()
            return
        pair = {writer, to_writer}
        self._writers |= pair
        self._start(self._requests(reader, to_writer, pair))
        self._start(self._answers(to_reader, writer, pair))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _requests(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pair: set[asyncio.StreamWriter]
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                fault = self.choose(data)
                self.faults += fault != "none"
                if fault == "stall":
                    await asyncio.Event().wait()
                if fault == "cut before":
                    break
                writer.write(data)
                await writer.drain()
                if fault == "cut after":
                    await self._cut_client(pair, writer)
                    return
        self._close(pair)

    async def _cut_client(self, pair: set[asyncio.StreamWriter], server: asyncio.StreamWriter) -> None:
        """Close the client's side at once, and the server's when it has had the time to do what it was sent."""
        for writer in pair - {server}:
            writer.transport.abort()
        await asyncio.sleep(0.05)
        self._close(pair)

    async def _answers(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, pair: set[asyncio.StreamWriter]
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        self._close(pair)

    def _close(self, pair: set[asyncio.StreamWriter]) -> None:
        for writer in pair:
            writer.transport.abort()
        self._writers -= pair


@asynccontextmanager
async def proxied(connect: Connect) -> AsyncGenerator[Proxy]:
    """Give a proxy that listens."""
    proxy = Proxy(connect)
    await proxy.listen()
    try:
        yield proxy
    finally:
        await proxy.shut()
