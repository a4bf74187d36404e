"""The documents of one entity: each method is one command, in the session's transaction, with the driver's errors made pkit's."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Generator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from pymongo import ReturnDocument
from pymongo.errors import BulkWriteError

from pkit.errors import UniqueViolation
from pkit.mongo.driver import Collection, Cursor, settled
from pkit.mongo.entity import DOCUMENT_ID, Document, Entity
from pkit.mongo.failures import DRIVER_ERRORS, failed_at, translated
from pkit.mongo.queries import conjunction
from pkit.mongo.stored import plain
from pkit.sorting import ID

if TYPE_CHECKING:
    from pkit.mongo.session import Session

R = TypeVar("R")
Stages = Sequence[Mapping[str, Any]]
MANY = 1000
"""A list has so many documents at most, however large the batches: the driver waits until a list is full."""


class Documents:
    """A collection as the repository of its entity sees it."""

    def __init__(self, session: Session, collection: Collection, entity: Entity[Any]) -> None:
        self._session = session
        self._collection = collection
        self._entity = entity

    async def insert(self, document: Document) -> None:
        """Insert a document. Raises UniqueViolation."""
        try:
            await self._do(self._collection.insert_one(document, session=self._session.handle))
        except UniqueViolation as error:
            raise await self._id_first(error, document) from error.__cause__

    async def insert_all(self, documents: Sequence[Document]) -> None:
        """Insert documents, all or none: in a transaction or, where there are none, by removing the first ones when one fails."""
        if len(documents) == 1:
            await self.insert(documents[0])
        elif documents:
            try:
                with self._translated():
                    await self._session.atomically(lambda handle: self._insert_many(documents, handle))
            except UniqueViolation as error:
                raise await self._id_first(error, documents[failed_at(error)]) from error.__cause__

    async def _insert_many(self, documents: Sequence[Document], handle: Any) -> None:
        try:
            await self._collection.insert_many(documents, session=handle)
        except BulkWriteError as error:
            if handle is None:
                inserted = [document[DOCUMENT_ID] for document in documents[: error.details["nInserted"]]]
                await self._collection.delete_many({DOCUMENT_ID: {"$in": inserted}}, session=None)
            raise

    async def _id_first(self, error: UniqueViolation, document: Document) -> UniqueViolation:
        """Return the violation to tell of: a taken id comes before other unique values, whichever the server found first."""
        if error.index == ID or self._session.in_transaction:  # which the server has ended by now
            return error
        taken = await self.first({DOCUMENT_ID: document[DOCUMENT_ID]}, {DOCUMENT_ID: 1})
        return error if taken is None else UniqueViolation(self._entity.key, ID, (ID,))

    async def first(self, wanted: Document, projection: Mapping[str, Any] | None = None) -> Document | None:
        """Return one document that matches, or None."""
        return await self._do(self._collection.find_one(wanted, projection, session=self._session.handle))

    async def replace(self, document: Document, *, upsert: bool) -> bool:
        """Replace the document of the same id; return whether there was one. Raises UniqueViolation."""
        wanted = {DOCUMENT_ID: document[DOCUMENT_ID]}
        result = await self._do(self._collection.replace_one(wanted, document, upsert, session=self._session.handle))
        return bool(result.matched_count)

    async def change(self, wanted: Document, change: Document, *, upsert: bool = False) -> Document | None:
        """Change one document that matches; return it as it then is, None where there is none. Raises UniqueViolation."""
        return await self._do(
            self._collection.find_one_and_update(
                wanted, change, upsert=upsert, return_document=ReturnDocument.AFTER, session=self._session.handle
            )
        )

    async def change_all(self, wanted: Document, change: Document) -> int:
        """Change what matches; return how many that were. All or none where the server has transactions. Raises UniqueViolation."""
        if self._entity.unique_keys.isdisjoint(change["$set"]):  # then nothing can stop it halfway
            result = await self._do(self._collection.update_many(wanted, change, session=self._session.handle))
            return int(result.matched_count)
        with self._translated():
            return await self._session.atomically(lambda handle: self._update_many(wanted, change, handle))

    async def _update_many(self, wanted: Document, change: Document, handle: Any) -> int:
        result = await self._collection.update_many(wanted, change, session=handle)
        return int(result.matched_count)

    async def delete(self, wanted: Document) -> bool:
        """Delete one document that matches; return whether there was one."""
        result = await self._do(self._collection.delete_one(wanted, session=self._session.handle))
        return bool(result.deleted_count)

    async def delete_all(self, wanted: Document) -> int:
        """Delete what matches; return how many that were."""
        result = await self._do(self._collection.delete_many(wanted, session=self._session.handle))
        return int(result.deleted_count)

    async def count(self, wanted: Document, stages: Stages) -> int:
        """Return how many documents match, once `stages` have joined what the filter needs."""
        if not stages:
            return await self._do(self._collection.count_documents(wanted, session=self._session.handle))
        counted = await self._aggregate([*stages, {"$match": wanted}, {"$count": "n"}])
        return int(counted[0]["n"]) if counted else 0

    async def distinct(self, key: str, wanted: Document, stages: Stages) -> Sequence[Any]:
        """Return the distinct values of a key, ascending, among what matches."""
        group = [{"$match": wanted}, {"$group": {"_id": f"${key}"}}, {"$sort": {"_id": 1}}]
        return [group["_id"] for group in await self._aggregate([*stages, *group])]

    async def values(self, key: str, wanted: Document, stages: Stages, limit: int) -> Sequence[Any] | None:
        """Return the values of a key that are present among what matches; None when more than `limit` documents do."""
        present = conjunction(wanted, {key: {"$ne": None}})
        documents = await self.all(present, stages, limit=limit + 1, projection={key: 1})
        if len(documents) > limit:
            return None
        return list({plain(document[key]): document[key] for document in documents}.values())

    async def all(
        self,
        wanted: Document,
        stages: Stages = (),
        *,
        sort: Mapping[str, int] | None = None,
        offset: int = 0,
        limit: int | None = None,
        projection: Mapping[str, Any] | None = None,
        after: Stages = (),
    ) -> Sequence[Document]:
        """Return what matches, in order: at most `limit` after the first `offset`. `after` are stages for those alone."""
        cursor = await self._query(wanted, stages, sort, offset, limit, after, projection)
        return await self._do(cursor.to_list(None))

    async def batches(
        self, wanted: Document, stages: Stages, *, sort: Mapping[str, int], batch_size: int
    ) -> AsyncGenerator[Sequence[Document]]:
        """Iterate over what matches, in order, in lists: the server gives `batch_size` documents at a time."""
        cursor = await self._query(wanted, stages, sort, 0, None, (), None, batchSize=batch_size)
        try:
            with self._translated():
                while documents := await cursor.to_list(min(batch_size, MANY)):
                    yield documents
        finally:
            await cursor.close()

    async def _query(
        self,
        wanted: Document,
        stages: Stages,
        sort: Mapping[str, int] | None,
        offset: int,
        limit: int | None,
        after: Stages,
        projection: Mapping[str, Any] | None,
        **options: Any,
    ) -> Cursor:
        handle = self._session.handle
        if not stages and not after:
            batch = {"batch_size": options["batchSize"]} if options else {}
            order = [*sort.items()] if sort else None
            return self._collection.find(
                wanted, projection, sort=order, skip=offset, limit=limit or 0, session=handle, **batch
            )
        window: list[Mapping[str, Any]] = [{"$sort": sort}] if sort else []
        window += [{"$skip": offset}] if offset else []
        window += [] if limit is None else [{"$limit": limit}]
        window += [] if projection is None else [{"$project": projection}]
        pipeline = [*stages, {"$match": wanted}, *window, *after]
        return await self._do(settled(self._collection.aggregate(pipeline, session=handle, **options)))

    async def _aggregate(self, pipeline: Sequence[Mapping[str, Any]]) -> Sequence[Document]:
        cursor = await self._do(settled(self._collection.aggregate(pipeline, session=self._session.handle)))
        return await self._do(cursor.to_list(None))

    async def _do(self, command: Awaitable[R]) -> R:
        try:
            return await command
        except DRIVER_ERRORS as error:
            raise translated(error, self._entity) from error

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except DRIVER_ERRORS as error:
            raise translated(error, self._entity) from error
