"""The repository of any entity in MongoDB: everything that does not depend on the names of its fields."""

from __future__ import annotations

import builtins
from collections.abc import AsyncGenerator, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Generic, cast

from pkit import criteria as criteria_
from pkit import paging, sorting
from pkit.errors import BackendUnavailable, EntityNotFound, InvalidValue, UniqueViolation
from pkit.mongo import queries, stored
from pkit.mongo.entity import DOCUMENT_ID, At, Document, Entity, Unique, document_key, plain_id
from pkit.mongo.queries import Query
from pkit.mongo.ranks import add_ranks
from pkit.mongo.semijoins import as_semijoins, goes_over_relations, resolved
from pkit.mongo.session import Session
from pkit.relations import Join
from pkit.repository import CriteriaT_contra, Id, Page, SortT_contra, T
from pkit.sorting import SortKey
from pkit.text import lower

EVERYTHING: Mapping[str, Any] = MappingProxyType({})
_ONLY_ID = {DOCUMENT_ID: 1}
_ATTEMPTS = 10


class MongoRepository(Generic[T, Id, CriteriaT_contra, SortT_contra]):
    """Implements `pkit.Repository` over a session. A generated class sets `entity` and adds the methods named after fields.

    Every method on one entity is one command, and each checks all its arguments before it sends one.
    """

    entity: ClassVar[Entity[Any]]

    def __init__(self, session: Session) -> None:
        self._session = session
        self._documents = session.collection(self.entity)

    # --- one entity -------------------------------------------------------------------------------------------------

    async def add(self, entity: T, /) -> None:
        await self._documents.insert(self.entity.document(entity))

    async def add_many(self, entities: Collection[T], /) -> None:
        await self._documents.insert_all(self.entity.documents(entities))

    async def get(self, entity_id: Id, /) -> T | None:
        return self._found(await self._documents.first({DOCUMENT_ID: self._id(entity_id)}))

    async def get_many(self, entity_ids: Collection[Id], /) -> Mapping[Id, T]:
        wanted = {entity_id: self._id(entity_id) for entity_id in entity_ids}
        if not wanted:
            return {}
        documents = await self._documents.all({DOCUMENT_ID: {"$in": [*wanted.values()]}})
        found = {plain_id(document): document for document in documents}
        keys = ((entity_id, stored.plain(value)) for entity_id, value in wanted.items())
        return {entity_id: self._entity(found[key]) for entity_id, key in keys if key in found}

    async def get_by_index(self, index: str, value: Any, /) -> T | None:
        wanted = self._holder(index, value)
        return None if wanted is None else self._found(await self._documents.first(wanted))

    async def update(self, entity: T, /) -> None:
        document = self.entity.document(entity)
        if not await self._documents.replace(document, upsert=False):
            raise EntityNotFound(self.entity.key, getattr(entity, sorting.ID))

    async def upsert(self, entity: T, /) -> None:
        await self._documents.replace(self.entity.document(entity), upsert=True)

    async def delete(self, entity_id: Id, /) -> bool:
        return await self._documents.delete({DOCUMENT_ID: self._id(entity_id)})

    async def _patch(self, entity_id: Id, changes: Mapping[str, object]) -> T:
        wanted, values = {DOCUMENT_ID: self._id(entity_id)}, self.entity.changes(changes)
        found = (
            await self._documents.change(wanted, {"$set": values}) if values else await self._documents.first(wanted)
        )
        if found is None:
            raise EntityNotFound(self.entity.key, entity_id)
        return self._entity(found)

    async def _exists_by(self, index: str, value: Any, excluding: Id | None) -> bool:
        excluded = None if excluding is None else self._id(excluding)
        wanted = self._holder(index, value)
        if wanted is None:
            return False
        if excluded is not None:
            wanted = {"$and": [wanted, {DOCUMENT_ID: {"$ne": excluded}}]}
        return await self._documents.first(wanted, _ONLY_ID) is not None

    async def _upsert_by(self, index: str, entity: T) -> T:
        unique, document = self.entity.unique_index(index), self.entity.document(entity)
        wanted = _held_by(unique, [document[key] for key in unique.keys])
        if wanted is None:
            await self._documents.insert(document)
            return self._entity(document)
        values = {key: value for key, value in document.items() if key != DOCUMENT_ID}
        change = {"$set": values, "$setOnInsert": {DOCUMENT_ID: document[DOCUMENT_ID]}}
        return self._entity(await self._insert_or_replace(index, wanted, change))

    async def _insert_or_replace(self, index: str, wanted: Document, change: Document) -> Document:
        """Change the document that holds a unique value, or insert one; again where somebody else does that at the same moment."""
        for _ in range(_ATTEMPTS):
            try:
                found = await self._documents.change(wanted, change, upsert=True)
            except UniqueViolation as error:
                if error.index != index or self._session.in_transaction:
                    raise
            else:
                if found is not None:
                    return found
        raise BackendUnavailable("others kept on changing the same unique value: try again")

    # --- many entities ----------------------------------------------------------------------------------------------

    async def delete_by_fields(self, criteria: CriteriaT_contra, /) -> int:
        return await self._documents.delete_all(await self._own_filter(criteria))

    async def _update_by_fields(self, criteria: CriteriaT_contra, changes: Mapping[str, object]) -> int:
        values = self.entity.changes(changes)
        wanted = await self._own_filter(criteria)
        if not values:
            return await self._documents.count(wanted, ())
        return await self._documents.change_all(wanted, {"$set": values})

    async def list(
        self,
        *,
        offset: int = 0,
        limit: int | None = 50,
        sort_by: SortT_contra | Sequence[SortT_contra] | None = None,
        sort_desc: bool = False,
    ) -> Sequence[T]:
        return await self._window(EVERYTHING, offset, limit, sort_by, sort_desc)

    async def list_by_fields(
        self,
        criteria: CriteriaT_contra,
        /,
        *,
        offset: int = 0,
        limit: int | None = 50,
        sort_by: SortT_contra | Sequence[SortT_contra] | None = None,
        sort_desc: bool = False,
    ) -> Sequence[T]:
        return await self._window(criteria, offset, limit, sort_by, sort_desc)

    async def page(
        self,
        criteria: CriteriaT_contra,
        /,
        *,
        sort_by: SortT_contra | Sequence[SortT_contra] | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[T]:
        sorting.check_count("limit", limit, 1)
        query, order = Query(), self._order(sort_by, False)
        spelled, key = tuple(map(str, order)), self.entity.key
        start = None if after is None else paging.decode_cursor(after, key, spelled)
        beyond = {} if start is None else queries.follows(order, start, query)
        wanted = queries.conjunction(await self._filter(criteria, query), beyond)
        sort = queries.sort_document(order, query)
        documents = await self._documents.all(wanted, query.stages, sort=sort, limit=limit + 1)
        items = self.entity.entities(documents[:limit])
        if len(documents) <= limit:
            return Page(items, None)
        last = queries.values_at(documents[limit - 1], order, query)
        return Page(items, paging.encode_cursor(key, spelled, last))

    async def stream(
        self,
        criteria: CriteriaT_contra,
        /,
        *,
        sort_by: SortT_contra | Sequence[SortT_contra] | None = None,
        batch_size: int = 500,
    ) -> AsyncGenerator[T]:
        sorting.check_count("batch_size", batch_size, 1)
        query = Query()
        wanted = await self._filter(criteria, query)
        sort = await self._sort(sort_by, False, query)
        batches = self._documents.batches(wanted, query.stages, sort=sort, batch_size=batch_size)
        try:
            async for documents in batches:
                for document in documents:
                    yield self._entity(document)
        finally:
            await batches.aclose()

    async def count(self) -> int:
        return await self._documents.count({}, ())

    async def count_by_fields(self, criteria: CriteriaT_contra, /) -> int:
        query = Query()
        return await self._documents.count(await self._filter(criteria, query), query.stages)

    async def exists_by_fields(self, criteria: CriteriaT_contra, /) -> bool:
        query = Query()
        wanted = await self._filter(criteria, query)
        if query.stages:
            return bool(await self._documents.all(wanted, query.stages, limit=1, projection=_ONLY_ID))
        return await self._documents.first(wanted, _ONLY_ID) is not None

    async def distinct_values(self, field: str, criteria: Any = EVERYTHING, /) -> Sequence[Any]:
        sorting.check_listed(field, self.entity.fields)
        key, query = document_key(field), Query()
        wanted = queries.conjunction(await self._filter(criteria, query), {key: {"$ne": None}})
        values = await self._documents.distinct(key, wanted, query.stages)
        return [self.entity.decode_value(field, value) for value in values]

    async def fetch(
        self,
        criteria: CriteriaT_contra,
        /,
        *,
        joins: Sequence[Join[Entity[Any]]] = (),
        offset: int = 0,
        limit: int | None = None,
        sort_by: SortT_contra | Sequence[SortT_contra] | None = None,
        sort_desc: bool = False,
    ) -> Sequence[tuple[Any, ...]]:
        """Return what matches, in order, each entity with the related one of every join, or None; one command."""
        sorting.check_window(offset, limit)
        query = Query()
        sort = await self._sort(sort_by, sort_desc, query)
        wanted = await self._filter(criteria, query)
        joined, names = Query("+"), [""]
        for join in joins:
            names.append(joined.join(names[join.parent], join.hop))
        if limit == 0:
            return []
        documents = await self._documents.all(
            wanted, query.stages, sort=sort, offset=offset, limit=limit, after=joined.stages
        )
        columns = [self.entity.entities(documents)]
        for name, join in zip(names[1:], joins, strict=True):
            columns.append(join.hop.entity.entities([document.get(name) for document in documents]))
        return [*zip(*columns, strict=True)]

    # --- reading ----------------------------------------------------------------------------------------------------

    async def _filter(self, criteria: Any, query: Query) -> Document:
        expression = criteria_.parse(criteria, self.entity.criteria_fields)
        if goes_over_relations(expression):
            expression = await resolved(as_semijoins(expression), self._session.find_keys)
        return query.filter(expression)

    async def _own_filter(self, criteria: Any) -> Document:
        """Return a filter over the documents' own keys: what matches over relations is looked up first, by id."""
        query = Query()
        wanted = await self._filter(criteria, query)
        if not query.stages:
            return wanted
        documents = await self._documents.all(wanted, query.stages, projection=_ONLY_ID)
        return {DOCUMENT_ID: {"$in": [document[DOCUMENT_ID] for document in documents]}}

    def _order(self, sort_by: Any, sort_desc: bool) -> tuple[SortKey[At], ...]:
        return sorting.parse(sort_by, sort_desc, self.entity.criteria_fields)

    async def _sort(self, sort_by: Any, sort_desc: bool, query: Query) -> dict[str, int]:
        order = self._order(sort_by, sort_desc)
        await add_ranks(order, query, self._session)
        return queries.sort_document(order, query)

    async def _window(
        self, criteria: Any, offset: int, limit: int | None, sort_by: Any, sort_desc: bool
    ) -> Sequence[T]:
        sorting.check_window(offset, limit)
        query = Query()
        sort = await self._sort(sort_by, sort_desc, query)
        wanted = await self._filter(criteria, query)
        if limit == 0:
            return []
        documents = await self._documents.all(wanted, query.stages, sort=sort, offset=offset, limit=limit)
        return self.entity.entities(documents)

    def _holder(self, name: str, value: Any) -> Document | None:
        unique = self.entity.unique_index(name)
        parts = [
            lower(part) if unique.lower and part is not None else part for part in self._parts(unique, name, value)
        ]
        return _held_by(unique, parts)

    def _parts(self, unique: Unique, name: str, value: Any) -> Sequence[Any]:
        if len(unique.fields) == 1:
            return [self.entity.encode_value(unique.fields[0], value)]
        parts = cast(tuple[object, ...], value) if isinstance(value, tuple) else ()
        if len(parts) != len(unique.fields):
            raise InvalidValue(name, f"expected a tuple of {', '.join(unique.fields)}", self.entity.key)
        return [self.entity.encode_value(field, part) for field, part in zip(unique.fields, parts, strict=True)]

    # --- between entities and documents -----------------------------------------------------------------------------

    def _id(self, value: object) -> Any:
        return self.entity.encode_value(sorting.ID, value)

    def _entity(self, document: Document) -> T:
        return cast(T, self.entity.entity(document))

    def _found(self, document: Document | None) -> T | None:
        return None if document is None else self._entity(document)


def _held_by(unique: Unique, parts: builtins.list[Any]) -> Document | None:
    """Return the filter of the one document that holds values in a unique index; None where nothing can."""
    if any(part is None for part in parts):
        return None
    return {key: {"$eq": part} for key, part in zip(unique.keys, parts, strict=True)}
