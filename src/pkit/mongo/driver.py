"""The one place that knows how Motor and PyMongo's own async client differ.

Both give the same collections; what one returns at once, the other returns as something to wait for. `settled` waits where there is
something to wait for, so that everything else is written once.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from datetime import UTC
from inspect import isawaitable
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, cast

import pymongo.database
from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from pymongo.asynchronous.database import AsyncDatabase

from pkit.errors import ConfigurationError

if TYPE_CHECKING:
    from motor.motor_asyncio import AsyncIOMotorDatabase

    MongoDatabase: TypeAlias = AsyncIOMotorDatabase[Any] | AsyncDatabase[Any]
else:
    MongoDatabase: TypeAlias = Any
"""A database of Motor's or of PyMongo's AsyncMongoClient."""

R = TypeVar("R")

CODEC_OPTIONS: CodecOptions[dict[str, Any]] = CodecOptions(
    tz_aware=True, uuid_representation=UuidRepresentation.STANDARD, tzinfo=UTC
)
_MODERN = (UuidRepresentation.UNSPECIFIED, UuidRepresentation.STANDARD)


class Cursor(Protocol):
    """What a query gives, on both drivers."""

    def __aiter__(self) -> AsyncIterator[dict[str, Any]]: ...
    async def to_list(self, length: int | None) -> list[dict[str, Any]]: ...
    async def close(self) -> None: ...


class Collection(Protocol):
    """The methods of collections that pkit uses, which are the same on both drivers but for `aggregate`."""

    async def insert_one(self, document: Mapping[str, Any], *, session: Any) -> Any: ...
    async def insert_many(self, documents: Sequence[Mapping[str, Any]], *, session: Any) -> Any: ...
    async def replace_one(
        self, filter: Mapping[str, Any], replacement: Mapping[str, Any], upsert: bool = False, *, session: Any
    ) -> Any: ...
    async def update_many(self, filter: Mapping[str, Any], update: Mapping[str, Any], *, session: Any) -> Any: ...
    async def delete_one(self, filter: Mapping[str, Any], *, session: Any) -> Any: ...
    async def delete_many(self, filter: Mapping[str, Any], *, session: Any) -> Any: ...
    async def find_one(
        self, filter: Mapping[str, Any], projection: Mapping[str, Any] | None = None, *, session: Any
    ) -> dict[str, Any] | None: ...
    async def find_one_and_update(
        self, filter: Mapping[str, Any], update: Mapping[str, Any], *, upsert: bool, return_document: bool, session: Any
    ) -> dict[str, Any] | None: ...
    async def count_documents(self, filter: Mapping[str, Any], *, session: Any) -> int: ...
    def find(
        self, filter: Mapping[str, Any], projection: Mapping[str, Any] | None = None, **options: Any
    ) -> Cursor: ...
    def aggregate(self, pipeline: Sequence[Mapping[str, Any]], **options: Any) -> Cursor | Awaitable[Cursor]: ...
    async def bulk_write(self, requests: Sequence[Any], *, session: Any) -> Any: ...


class ClientSession(Protocol):
    """A session of a client, in which a transaction can be."""

    def start_transaction(self) -> object: ...
    async def commit_transaction(self) -> None: ...
    async def abort_transaction(self) -> None: ...
    async def end_session(self) -> None: ...
    async def with_transaction(self, callback: Callable[[Any], Coroutine[Any, Any, R]]) -> R: ...


class Client(Protocol):
    """A client."""

    def start_session(self) -> ClientSession | Awaitable[ClientSession]: ...
    def close(self) -> object: ...


class Database(Protocol):
    """A database."""

    @property
    def client(self) -> Client: ...
    def __getitem__(self, name: str) -> Collection: ...
    async def command(self, command: str | Mapping[str, Any], *arguments: Any, **options: Any) -> dict[str, Any]: ...


async def settled(value: R | Awaitable[R]) -> R:
    """Return a value, waiting for it where it has to be waited for."""
    if isawaitable(value):
        return await cast(Awaitable[R], value)
    return value


def checked(database: MongoDatabase) -> Database:
    """Return a database that the host handed over, set to read and write what pkit does; the host's own handle stays as it is.

    Raises ConfigurationError for what is no such database, for one with old UUIDs, and for one whose writes are not acknowledged.
    """
    if isinstance(database, pymongo.database.Database):
        raise ConfigurationError("the database is of PyMongo's synchronous MongoClient: use its AsyncMongoClient")
    if not _is_database(database):
        raise ConfigurationError(
            f"expected a database of Motor or of PyMongo's AsyncMongoClient, not {_kind(database)}"
        )
    if database.codec_options.uuid_representation not in _MODERN:
        raise ConfigurationError(
            "the database is set to another representation of UUIDs than pkit's: make its client with "
            'uuidRepresentation="standard", and convert what is stored in the old form'
        )
    if not database.write_concern.acknowledged:
        raise ConfigurationError("the database is set to unacknowledged writes (w=0), which pkit cannot rely on")
    return cast(Database, database.with_options(codec_options=CODEC_OPTIONS))


def _kind(value: object) -> str:
    return f"{type(value).__module__}.{type(value).__name__}"


def _is_database(value: object) -> bool:
    if isinstance(value, AsyncDatabase):
        return True
    motor = sys.modules.get("motor.motor_asyncio")  # which was imported if the value comes from there
    return motor is not None and isinstance(value, motor.AsyncIOMotorDatabase)


def connect(driver: str, dsn: str, database: str | None) -> Database:
    """Return a database over a new client, which connects on first use. Raises ConfigurationError."""
    client = _client(driver, dsn)
    try:
        chosen = client[database] if database else client.get_default_database()
    except Exception as error:
        raise ConfigurationError("MONGO_DB is needed: MONGO_DSN names no database") from error
    return cast(Database, chosen.with_options(codec_options=CODEC_OPTIONS))


def _client(driver: str, dsn: str) -> Any:
    from pymongo.errors import PyMongoError

    make = _motor_client if driver == "motor" else _pymongo_client if driver == "pymongo" else None
    if make is None:
        raise ConfigurationError('MONGO_DRIVER: expected "motor" or "pymongo"')
    try:
        return make(dsn)
    except (PyMongoError, ValueError) as error:
        raise ConfigurationError(f"MONGO_DSN is no connection string of MongoDB ({type(error).__name__})") from None


def _motor_client(dsn: str) -> Any:
    from motor.motor_asyncio import AsyncIOMotorClient

    return AsyncIOMotorClient[dict[str, Any]](dsn)


def _pymongo_client(dsn: str) -> Any:
    from pymongo import AsyncMongoClient

    return AsyncMongoClient[dict[str, Any]](dsn)
