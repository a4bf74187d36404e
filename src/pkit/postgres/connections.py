"""What statements run on: pkit's pool, a pool of the host's, one connection within a transaction, or what SQLAlchemy gives.

All of them raise the driver's errors; repositories and sessions translate these.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext, suppress
from itertools import count
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from asyncpg.exceptions import InterfaceError, PostgresError

from pkit.errors import RepositoryError
from pkit.postgres.entity import Entity, Row, unquoted
from pkit.postgres.pool import Pool

if TYPE_CHECKING:
    import asyncpg
    from asyncpg.pool import PoolConnectionProxy
    from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

    from pkit.postgres.pool import Connection as OwnConnection

    Connection: TypeAlias = OwnConnection | PoolConnectionProxy[asyncpg.Record]

FAILED = "the transaction was undone: a query in it had failed"
_SAVEPOINT = "pkit"
_cursors = count(1)


class Connections(Protocol):
    """Runs statements. A write that fails within a transaction leaves the transaction as it was before."""

    async def rows(self, sql: str, values: Iterable[Any]) -> Sequence[Row]:
        """Return the rows of a query."""
        ...

    async def row(self, sql: str, values: Iterable[Any]) -> Row | None:
        """Return the first row of a query, or None."""
        ...

    async def written(self, sql: str, values: Iterable[Any]) -> Row | None:
        """Write, and return the first row of what the statement returns."""
        ...

    async def write(self, sql: str, values: Iterable[Any]) -> int:
        """Write, and return how many rows were concerned."""
        ...

    async def copy(self, entity: Entity[Any], rows: Sequence[Row]) -> None:
        """Insert rows, all or none."""
        ...

    def batches(self, sql: str, values: Iterable[Any], size: int) -> AsyncGenerator[Sequence[Row]]:
        """Iterate over the rows of a query, `size` at a time, by a cursor of the server's."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Connections]:
        """Give what runs statements within one transaction, or within a savepoint of the one that there is."""
        ...

    async def close(self) -> None:
        """Close what was opened for this; what the host gave stays open."""
        ...


def _concerned(status: str) -> int:
    """Return the number at the end of a command's status, 0 where it has none: "UPDATE 3"."""
    number = status.rpartition(" ")[2]
    return int(number) if number.isdigit() else 0


async def _copy(connection: Connection, entity: Entity[Any], rows: Sequence[Row]) -> None:
    columns = [unquoted(column.name) for column in entity.columns.values()]
    records: Any = rows
    await connection.copy_records_to_table(unquoted(entity.table), records=records, columns=columns)


async def _insert(connection: Connection, entity: Entity[Any], rows: Sequence[Row]) -> None:
    """Insert rows on a connection of the host's, whose codec for jsonb, which COPY would use, is not known."""
    if entity.has_documents:
        records: Any = rows
        await connection.executemany(entity.statements.insert, records)  # pipelined, and all or none
    else:
        await _copy(connection, entity, rows)


class Pooled:
    """Runs each statement on a connection of pkit's own pool, without a transaction around it."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool

    async def rows(self, sql: str, values: Iterable[Any]) -> Sequence[Row]:
        pool = self.pool
        connection = pool.take() or await pool.acquire()
        try:
            rows = await connection.fetch(sql, *values)
        except BaseException as error:
            pool.release_after(connection, error)
            raise
        pool.release(connection)
        return rows

    async def row(self, sql: str, values: Iterable[Any]) -> Row | None:
        pool = self.pool
        connection = pool.take() or await pool.acquire()
        try:
            row = await connection.fetchrow(sql, *values)
        except BaseException as error:
            pool.release_after(connection, error)
            raise
        pool.release(connection)
        return row

    written = row

    async def write(self, sql: str, values: Iterable[Any]) -> int:
        pool = self.pool
        connection = pool.take() or await pool.acquire()
        try:
            status = await connection.execute(sql, *values)
        except BaseException as error:
            pool.release_after(connection, error)
            raise
        pool.release(connection)
        return _concerned(status)

    async def copy(self, entity: Entity[Any], rows: Sequence[Row]) -> None:
        connection = await self.pool.acquire()
        try:
            await _copy(connection, entity, rows)
        except BaseException as error:
            self.pool.release_after(connection, error)
            raise
        self.pool.release(connection)

    async def batches(self, sql: str, values: Iterable[Any], size: int) -> AsyncGenerator[Sequence[Row]]:
        async with self.transaction() as held:
            async for rows in held.batches(sql, values, size):
                yield rows

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Held]:
        connection = await self.pool.acquire()
        try:
            async with _transaction(connection, _copy) as held:
                yield held
        except (Exception, GeneratorExit):
            self.pool.release_unless_open(connection)
            raise
        except BaseException:
            self.pool.discard(connection)  # whose transaction the server undoes
            raise
        self.pool.release(connection)

    async def close(self) -> None:
        await self.pool.close()


class HostPool:
    """Runs each statement on a connection of a pool that the host has opened."""

    def __init__(self, pool: asyncpg.Pool[asyncpg.Record]) -> None:
        self._pool = pool

    async def rows(self, sql: str, values: Iterable[Any]) -> Sequence[Row]:
        return await self._pool.fetch(sql, *values)

    async def row(self, sql: str, values: Iterable[Any]) -> Row | None:
        return await self._pool.fetchrow(sql, *values)

    written = row

    async def write(self, sql: str, values: Iterable[Any]) -> int:
        return _concerned(await self._pool.execute(sql, *values))

    async def copy(self, entity: Entity[Any], rows: Sequence[Row]) -> None:
        async with self._pool.acquire() as connection:
            await _insert(connection, entity, rows)

    async def batches(self, sql: str, values: Iterable[Any], size: int) -> AsyncGenerator[Sequence[Row]]:
        async with self.transaction() as held:
            async for rows in held.batches(sql, values, size):
                yield rows

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Held]:
        async with self._pool.acquire() as connection:
            try:
                async with _transaction(connection, _insert) as held:
                    yield held
            except (Exception, GeneratorExit):
                raise
            except BaseException:
                connection.terminate()  # the server undoes the transaction
                raise

    async def close(self) -> None:
        """Leave the pool to the host."""


Insert: TypeAlias = "Callable[[Connection, Entity[Any], Sequence[Row]], Awaitable[None]]"


@asynccontextmanager
async def _transaction(connection: Connection, insert: Insert) -> AsyncGenerator[Held]:
    """Give what runs statements in a transaction of a connection. When cancelled it does nothing: the connection is to be closed."""
    transaction = connection.transaction()
    await transaction.start()
    held = Held(connection, insert)
    try:
        yield held
    except (Exception, GeneratorExit):
        held.ended = True
        with suppress(InterfaceError, PostgresError, OSError):  # the block's error says more
            await transaction.rollback()
        raise
    finally:
        held.ended = True
    if held.failed:
        await transaction.rollback()
        raise RepositoryError(FAILED)
    await transaction.commit()


class Held:
    """Runs statements, one after the other, on a connection that is in a transaction.

    Each write starts with a savepoint, to which a failed one returns: the transaction goes on as if the write had not been tried.
    """

    def __init__(self, connection: Connection, insert: Insert) -> None:
        self.ended = False
        self.failed = False
        self._connection = connection
        self._insert = insert
        self._marked = False
        self._lock = asyncio.Lock()

    @asynccontextmanager
    async def _reading(self) -> AsyncGenerator[Connection]:
        async with self._lock:
            self._check()
            try:
                yield self._connection
            except BaseException:
                self.failed = True
                raise

    @asynccontextmanager
    async def _writing(self) -> AsyncGenerator[Connection]:
        async with self._lock:
            self._check()
            self.failed, failed = True, self.failed  # unless it ends well
            release = f"RELEASE SAVEPOINT {_SAVEPOINT}; " if self._marked else ""
            await self._connection.execute(f"{release}SAVEPOINT {_SAVEPOINT}")
            self._marked = True
            try:
                yield self._connection
            except PostgresError:
                await self._connection.execute(f"ROLLBACK TO SAVEPOINT {_SAVEPOINT}")
                self.failed = failed
                raise
            self.failed = failed

    def _check(self) -> None:
        if self.ended:
            raise RuntimeError("the transaction has ended")

    async def rows(self, sql: str, values: Iterable[Any]) -> Sequence[Row]:
        async with self._reading() as connection:
            return await connection.fetch(sql, *values)

    async def row(self, sql: str, values: Iterable[Any]) -> Row | None:
        async with self._reading() as connection:
            return await connection.fetchrow(sql, *values)

    async def written(self, sql: str, values: Iterable[Any]) -> Row | None:
        async with self._writing() as connection:
            return await connection.fetchrow(sql, *values)

    async def write(self, sql: str, values: Iterable[Any]) -> int:
        async with self._writing() as connection:
            return _concerned(await connection.execute(sql, *values))

    async def copy(self, entity: Entity[Any], rows: Sequence[Row]) -> None:
        async with self._writing() as connection:
            await self._insert(connection, entity, rows)

    async def batches(self, sql: str, values: Iterable[Any], size: int) -> AsyncGenerator[Sequence[Row]]:
        async with self._reading() as connection:
            cursor = await connection.cursor(sql, *values)
        while True:
            async with self._reading():
                rows = await cursor.fetch(size)
            if not rows:
                return
            yield rows

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Held]:
        async with self._lock:
            self._check()
        async with _transaction(self._connection, self._insert) as held:
            yield held

    async def close(self) -> None:
        """Leave the connection to the transaction."""


_Connect: TypeAlias = "Callable[[], AbstractAsyncContextManager[AsyncConnection]]"


class Alchemy:
    """Runs statements on what SQLAlchemy gives: a connection of the host, in the host's transaction, or one of its engine for each.

    `connect` and `begin` give context managers of a connection, the latter in a transaction; `begin` is None for the host's connection.
    """

    def __init__(self, connect: _Connect, begin: _Connect | None = None) -> None:
        self._connect = connect
        self._begin = begin
        self._turn: AbstractAsyncContextManager[object] = asyncio.Lock() if begin is None else nullcontext()
        self.ended = False
        self.failed = False

    @asynccontextmanager
    async def _connected(self) -> AsyncGenerator[AsyncConnection]:
        if self.ended:
            raise RuntimeError("the transaction has ended")
        async with self._turn, self._connect() as connection:
            yield connection

    @asynccontextmanager
    async def _reading(self) -> AsyncGenerator[AsyncConnection]:
        async with self._connected() as connection:
            try:
                yield connection
            except BaseException:
                self.failed = True
                raise

    @asynccontextmanager
    async def _writing(self) -> AsyncGenerator[AsyncConnection]:
        async with self._connected() as connection:
            if self._begin is None and not _is_autocommit(connection):
                async with connection.begin_nested():
                    yield connection
            else:
                yield connection

    async def rows(self, sql: str, values: Iterable[Any]) -> Sequence[Row]:
        async with self._reading() as connection:
            return (await connection.exec_driver_sql(sql, tuple(values))).fetchall()

    async def row(self, sql: str, values: Iterable[Any]) -> Row | None:
        async with self._reading() as connection:
            return (await connection.exec_driver_sql(sql, tuple(values))).fetchone()

    async def written(self, sql: str, values: Iterable[Any]) -> Row | None:
        async with self._writing() as connection:
            return (await connection.exec_driver_sql(sql, tuple(values))).fetchone()

    async def write(self, sql: str, values: Iterable[Any]) -> int:
        async with self._writing() as connection:
            return (await connection.exec_driver_sql(sql, tuple(values))).rowcount

    async def copy(self, entity: Entity[Any], rows: Sequence[Row]) -> None:
        async with self._writing() as connection:
            raw = await connection.get_raw_connection()
            driver: Any = raw.driver_connection
            await _insert(driver, entity, rows)

    async def batches(self, sql: str, values: Iterable[Any], size: int) -> AsyncGenerator[Sequence[Row]]:
        async with self.transaction() as held:
            name = f"pkit_{next(_cursors)}"
            await held.write_plainly(f"DECLARE {name} NO SCROLL CURSOR FOR {sql}", values)
            while rows := await held.rows(f"FETCH {size} FROM {name}", ()):
                yield rows
            await held.write_plainly(f"CLOSE {name}", ())

    async def write_plainly(self, sql: str, values: Iterable[Any]) -> None:
        """Run a statement without a savepoint."""
        async with self._reading() as connection:
            await connection.exec_driver_sql(sql, tuple(values))

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Alchemy]:
        async with self._begin() if self._begin else self._nested() as connection:
            inside = Alchemy(_always(connection))
            try:
                yield inside
            finally:
                inside.ended = True
            if inside.failed:
                raise RepositoryError(FAILED)

    @asynccontextmanager
    async def _nested(self) -> AsyncGenerator[AsyncConnection]:
        async with self._connect() as connection, connection.begin_nested():
            yield connection

    async def close(self) -> None:
        """Leave everything to the host."""


def _is_autocommit(connection: AsyncConnection) -> bool:
    sync = connection.sync_connection
    return sync is not None and sync.get_execution_options().get("isolation_level") == "AUTOCOMMIT"


def _always(connection: AsyncConnection) -> _Connect:
    return lambda: nullcontext(connection)


def of_engine(engine: AsyncEngine) -> Alchemy:
    """Return what runs each statement on a connection of the engine's, without a transaction around it."""
    return Alchemy(engine.execution_options(isolation_level="AUTOCOMMIT").connect, engine.begin)


def of_connection(connection: AsyncConnection) -> Alchemy:
    """Return what runs statements on a connection, in the transaction that it is in."""
    return Alchemy(_always(connection))


def of_session(session: AsyncSession) -> Alchemy:
    """Return what runs statements on the connection of an ORM session, in its transaction."""

    @asynccontextmanager
    async def connect() -> AsyncGenerator[AsyncConnection]:
        yield await session.connection()

    return Alchemy(connect)
