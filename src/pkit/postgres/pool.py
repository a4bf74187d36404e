"""A free list of connections.

asyncpg's own pool sends a reset query, wraps each connection and costs several times the statement that it is used for. pkit leaves no
session state behind, so a connection that ended its statement in order is free at once; one that did not, because the call was cancelled or
the network failed, is closed and never used again.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, TypeAlias

from pkit.errors import BackendUnavailable
from pkit.postgres.errors import leaves_usable

if TYPE_CHECKING:
    import asyncpg

    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record]

Connect: TypeAlias = "Callable[[], Awaitable[Connection]]"
Waiter: TypeAlias = "asyncio.Future[Connection | None]"

CLOSING_TIMEOUT = 5.0
CLOSED = "the connections to PostgreSQL are closed"


class _Queue:
    """Who waits for a connection, or with None for the place of one: in order, and with one timer for all, which costs a wait next to nothing."""

    def __init__(self, timeout: float) -> None:
        self._timeout = timeout
        self._waiters: deque[tuple[float, Waiter]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    def join(self, loop: asyncio.AbstractEventLoop) -> Waiter:
        """Return what is to be awaited. It raises BackendUnavailable when the time is over."""
        waiter: Waiter = loop.create_future()
        deadline = loop.time() + self._timeout
        self._waiters.append((deadline, waiter))
        if self._timer is None:
            self._timer = loop.call_at(deadline, self._expire, loop)
        return waiter

    def _expire(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timer = None
        while self._waiters:
            deadline, waiter = self._waiters[0]
            if not waiter.done():
                if deadline > loop.time():
                    self._timer = loop.call_at(deadline, self._expire, loop)
                    return
                waiter.set_exception(
                    BackendUnavailable(f"no connection to PostgreSQL became free in {self._timeout:g} s")
                )
            self._waiters.popleft()

    def next(self) -> Waiter | None:
        """Return who waits longest, and no longer."""
        while self._waiters:
            _, waiter = self._waiters.popleft()
            if not waiter.done():
                return waiter
        return None

    def refuse(self, message: str) -> None:
        """Raise BackendUnavailable where anybody waits."""
        while (waiter := self.next()) is not None:
            waiter.set_exception(BackendUnavailable(message))
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class Pool:
    """At most `size` connections that `connect` makes, opened when they are needed. `timeout`: seconds to wait for one to be free.

    It belongs to the event loop that uses it; used by another one, it forgets its connections and starts anew.
    """

    _free: list[Connection]
    _busy: set[Connection]

    def __init__(self, connect: Connect, size: int, timeout: float) -> None:
        self._connect = connect
        self._size = size
        self._timeout = timeout
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._forget()

    def _forget(self) -> None:
        self._free = []
        self._busy = set()
        self._queue = _Queue(self._timeout)
        self._closing: set[asyncio.Task[None]] = set()
        self._open = 0

    @property
    def open_connections(self) -> int:
        """How many connections are open, or being opened or closed."""
        return self._open

    @property
    def free_connections(self) -> int:
        """How many connections wait to be used."""
        return len(self._free)

    @property
    def busy_connections(self) -> int:
        """How many connections are in use."""
        return len(self._busy)

    def take(self) -> Connection | None:
        """Return a free connection, or None when there is none at the moment."""
        if self._loop is not asyncio.get_running_loop():
            self._start()
        while self._free:
            connection = self._free.pop()
            if not connection.is_closed():
                self._busy.add(connection)
                return connection
            self._vacate()
        return None

    def _start(self) -> None:
        if self._closed:
            raise BackendUnavailable(CLOSED)
        for connection in self._free:
            with suppress(Exception):  # its loop may be closed
                connection.terminate()
        self._forget()
        self._loop = asyncio.get_running_loop()

    async def acquire(self) -> Connection:
        """Return a connection: a free one, a new one, or the next that becomes free. Raises BackendUnavailable and errors of connecting."""
        connection = self.take()
        if connection is not None:
            return connection
        if self._open < self._size:
            self._open += 1
            return await self._opened()
        waited = await self._wait()
        return waited if waited is not None else await self._opened()

    async def _opened(self) -> Connection:
        """Open a connection in a place that is already counted."""
        try:
            connection = await self._connect()
        except BaseException:
            self._vacate()
            raise
        self._busy.add(connection)
        return connection

    async def _wait(self) -> Connection | None:
        """Wait for a connection, or with None for the place of one."""
        waiter = self._queue.join(asyncio.get_running_loop())
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled() and waiter.exception() is None:
                given = waiter.result()  # in the same moment
                self._vacate() if given is None else self.release(given)
            raise

    def release(self, connection: Connection) -> None:
        """Give a connection back that has nothing under way."""
        if connection not in self._busy:
            return  # of a loop before this one
        if connection.is_closed():
            self._busy.discard(connection)
            self._vacate()
            return
        waiter = self._queue.next()
        if waiter is not None:
            waiter.set_result(connection)
            return
        self._busy.discard(connection)
        self._free.append(connection)

    def release_after(self, connection: Connection, error: BaseException) -> None:
        """Give a connection back whose statement raised an error."""
        if leaves_usable(error):
            self.release(connection)
        else:
            self.discard(connection)

    def release_unless_open(self, connection: Connection) -> None:
        """Give a connection back whose transaction has ended; one that is still in it is not used again."""
        if connection.is_closed() or not connection.is_in_transaction():
            self.release(connection)
        else:
            self.discard(connection)

    def discard(self, connection: Connection) -> None:
        """Give a connection back that is not to be used again: it is closed in the background, then its place is free."""
        if connection not in self._busy:
            return
        self._busy.discard(connection)
        task = asyncio.get_running_loop().create_task(self._close(connection))
        self._closing.add(task)
        task.add_done_callback(self._closing.discard)

    async def _close(self, connection: Connection) -> None:
        try:
            with suppress(Exception):
                await connection.close(timeout=CLOSING_TIMEOUT)  # waits for the cancellation that asyncpg has asked for
        finally:
            connection.terminate()
            self._vacate()

    def _vacate(self) -> None:
        """Free the place of a connection, or hand it to who waits longest."""
        waiter = self._queue.next()
        if waiter is None:
            self._open -= 1
        else:
            waiter.set_result(None)

    async def close(self) -> None:
        """Close all connections; those in use are cut off."""
        self._closed = True
        if self._loop is not asyncio.get_running_loop():
            return
        self._loop = None
        self._queue.refuse(CLOSED)
        for connection in self._busy:
            connection.terminate()
        closing = [self._close(connection) for connection in self._free]
        self._free.clear()
        await asyncio.gather(*closing, *self._closing, return_exceptions=True)
