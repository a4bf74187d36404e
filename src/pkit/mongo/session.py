"""Sessions: a database, or one transaction in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any, Self, TypeVar

from pkit.errors import ConfigurationError, TransactionUnsupported
from pkit.mongo import schema
from pkit.mongo.documents import Documents
from pkit.mongo.driver import ClientSession, Collection, Database, MongoDatabase, checked, connect, settled
from pkit.mongo.entity import Document, Entity
from pkit.mongo.failures import DRIVER_ERRORS, translated

if TYPE_CHECKING:
    from pkit.settings import RepoSettings

R = TypeVar("R")
FEW = 1000
"""How many related rows are looked up first, so that a query goes by their keys; where more match, it looks them up row by row."""


class Session:
    """A handle on one database, or on one transaction in it, which repositories are made on.

    Use `open` for a database that the host holds and `from_settings` for one of the environment's.
    """

    def __init__(self, database: Database, *, owned: bool = False, transaction: ClientSession | None = None) -> None:
        self._database = database
        self._owned = owned
        self._transaction = transaction
        self._ended = False
        self._undone = False
        self._has_transactions: bool | None = None
        self._collections: dict[str, Collection] = {}

    @classmethod
    def open(cls, database: MongoDatabase, /) -> Self:
        """Return a session on a database of Motor's or of PyMongo's AsyncMongoClient. Raises ConfigurationError.

        >>> Session.open(AsyncMongoClient("mongodb://localhost")["shop"])
        """
        return cls(checked(database))

    @classmethod
    def from_settings(cls, settings: RepoSettings) -> Self:
        """Return a session on the database that the settings name, which connects on first use. Raises ConfigurationError."""
        if settings.mongo_dsn is None:
            raise ConfigurationError(
                "MONGO_DSN is needed: the connection string of MongoDB, as mongodb://localhost:27017"
            )
        dsn = settings.mongo_dsn.get_secret_value()
        return cls(connect(settings.mongo_driver, dsn, settings.mongo_db), owned=True)

    @property
    def in_transaction(self) -> bool:
        """Whether the session is bound to a transaction."""
        return self._transaction is not None

    @property
    def handle(self) -> ClientSession | None:
        """What the driver's methods take as `session`."""
        self._check()
        return self._transaction

    def collection(self, entity: Entity[Any]) -> Documents:
        """Return the documents of an entity."""
        name = entity.collection
        if name not in self._collections:  # the driver makes one anew whenever it is asked
            self._collections[name] = self._database[name]
        return Documents(self, self._collections[name], entity)

    async def find_keys(
        self, entity: Entity[Any], key: str, wanted: Document, stages: Sequence[Document]
    ) -> Sequence[Any] | None:
        """Return what the documents of an entity that match hold at a key, or None when they are more than `FEW`."""
        return await self.collection(entity).values(key, wanted, stages, FEW)

    def transaction(self) -> AbstractAsyncContextManager[Session]:
        """Return a context manager that gives a session bound to one transaction: committed at the end, undone on any exception.

        A transaction within another is part of that one: MongoDB cannot undo it alone, so when it fails, all is undone. Raises
        TransactionUnsupported on entering where the server has none, which is any that is no replica set.
        """
        handle = self.handle
        return self._outermost() if handle is None else self._inner(handle)

    @asynccontextmanager
    async def _outermost(self) -> AsyncGenerator[Session]:
        handle = await self._start()
        session = Session(self._database, transaction=handle)
        try:
            yield session
            session._check()
            await _run(_to_the_end(handle.commit_transaction()))
        except BaseException:
            with suppress(*DRIVER_ERRORS):  # the server ends by itself what it is not told to
                await _to_the_end(handle.abort_transaction())
            raise
        finally:
            session._ended = True
            await _to_the_end(handle.end_session())

    @asynccontextmanager
    async def _inner(self, handle: ClientSession) -> AsyncGenerator[Session]:
        session = Session(self._database, transaction=handle)
        try:
            yield session
            session._check()
        except BaseException:
            self._undone = True
            raise
        finally:
            session._ended = True

    def _check(self) -> None:
        if self._ended:
            raise RuntimeError("the transaction has ended")
        if self._undone:
            raise TransactionUnsupported(
                "a transaction within this one has failed, and MongoDB cannot undo that one alone"
            )

    async def atomically(self, work: Callable[[Any], Coroutine[Any, Any, R]]) -> R:
        """Return what `work` gives, called in a transaction where there can be one, more than once if it conflicts with another.

        `work` takes what the driver's methods take as `session`; None means that nothing holds its commands together.
        """
        if self.in_transaction or not await self._can_have_transactions():
            return await work(self.handle)
        client_session = await settled(self._database.client.start_session())
        try:
            return await client_session.with_transaction(work)
        finally:
            await _to_the_end(client_session.end_session())

    async def create_schema(self, entities: Sequence[Any], /, *, validators: bool = False) -> None:
        """Create the indexes that are missing; with `validators`, have the server check documents as well. Raises SchemaMismatch.

        Workers may do this at the same time.
        """
        await _run(schema.create(self._database, entities, validators=validators))

    async def ping(self) -> None:
        """Make one round trip. Raises BackendUnavailable."""
        await _run(self._database.command("ping"))

    async def close(self) -> None:
        """Close the client, if the session has made it."""
        if self._owned:
            await settled(self._database.client.close())

    async def _start(self) -> ClientSession:
        if not await self._can_have_transactions():
            raise TransactionUnsupported("the server has no transactions: MongoDB has them only in a replica set")
        client_session = await _run(settled(self._database.client.start_session()))
        await settled(client_session.start_transaction())
        return client_session

    async def _can_have_transactions(self) -> bool:
        if self._has_transactions is not None:
            return self._has_transactions
        hello = await _run(self._database.command("hello"))
        self._has_transactions = can = "setName" in hello or hello.get("msg") == "isdbgrid"
        return can


async def _run(command: Awaitable[R]) -> R:
    try:
        return await command
    except DRIVER_ERRORS as error:
        raise translated(error) from error


async def _to_the_end(command: Coroutine[Any, Any, R]) -> R:
    """Return what a command gives; a cancellation meanwhile counts once it is done."""
    task = asyncio.ensure_future(command)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
