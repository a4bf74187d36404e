"""The repository of any entity in memory: everything that does not depend on the names of its fields."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Collection, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any, ClassVar, Generic

from pkit import criteria as criteria_
from pkit import paging, sorting
from pkit.errors import InvalidCursor, InvalidValue
from pkit.memory import operations
from pkit.memory.entity import At, Entity, Row
from pkit.memory.joins import joiner
from pkit.memory.operations import Change, Operation
from pkit.memory.predicates import candidates, comparable, compile_expression, follows, getter, sort_rows
from pkit.memory.session import Session
from pkit.memory.store import Table
from pkit.relations import Join
from pkit.repository import CriteriaT_contra, Id, Page, SortT_contra, T

EVERYTHING: Mapping[str, Any] = MappingProxyType({})


class MemoryRepository(Generic[T, Id, CriteriaT_contra, SortT_contra]):
    """Implements `pkit.Repository` over a session. A generated class sets `entity` and adds the methods named after fields.

    Entities are copied on their way in and out. Each method checks all its arguments before it reads or writes.
    """

    entity: ClassVar[Entity[Any]]

    def __init__(self, session: Session) -> None:
        self._session, self._tables = session, session.tables
        self._key = self.entity.key
        self._to_row, self._from_row = self.entity.to_row, self.entity.from_row
        self._encode_id_as, self._encode_key = self.entity.id_type.encode, self.entity.encode_key
        session.register(self.entity)

    # --- one entity -------------------------------------------------------------------------------------------------

    async def add(self, entity: T, /) -> None:
        try:
            row = self._to_row(entity)
        except InvalidValue as error:
            raise self._unfit(error, entity) from None
        self._session.insert(self._key, row)

    async def add_many(self, entities: Collection[T], /) -> None:
        self._session.execute([Operation(self._key, operations.insert, self._row(entity)) for entity in entities])

    async def get(self, entity_id: Id, /) -> T | None:
        row = None
        try:
            row = self._tables[self._key].get(self._encode_id_as(entity_id, sorting.ID))
            return None if row is None else self._from_row(row)
        except InvalidValue as error:
            raise self._error(error, row) from None

    async def get_many(self, entity_ids: Collection[Id], /) -> Mapping[Id, T]:
        found = ((entity_id, self._table.get(self._encode_id(entity_id))) for entity_id in entity_ids)
        return {entity_id: self._entity(row) for entity_id, row in found if row is not None}

    async def get_by_index(self, index: str, value: Any, /) -> T | None:
        if index not in self._encode_key:
            raise criteria_.unknown("unique index", index, tuple(self.entity.unique))
        return self._get_by(index, value)

    async def update(self, entity: T, /) -> None:
        try:
            row = self._to_row(entity)
        except InvalidValue as error:
            raise self._unfit(error, entity) from None
        self._session.replace(self._key, row)

    async def upsert(self, entity: T, /) -> None:
        self._session.execute_one(self._key, operations.put, self._row(entity))

    async def delete(self, entity_id: Id, /) -> bool:
        stored = self._encode_id(entity_id)
        exists = self._table.get(stored) is not None
        if exists:
            self._session.execute_one(self._key, operations.delete, stored)
        return exists

    def _get_by(self, index: str, value: Any) -> T | None:
        row = None
        try:
            table = self._tables[self._key]
            entity_id = table.holder_ids[index](self._encode_key[index](value))
            row = None if entity_id is None else table.get(entity_id)
            return None if row is None else self._from_row(row)
        except InvalidValue as error:
            raise self._error(error, row) from None

    def _patch(self, entity_id: Id, changes: Mapping[str, object]) -> T:
        stored, values = self._encode_id(entity_id), self._changes(changes)
        self._session.execute_one(self._key, operations.change, Change(stored, values, required=True))
        row = self._table.get(stored)
        if row is None:
            raise AssertionError("a row that was just changed is there")
        return self._entity(row)

    def _exists_by(self, index: str, value: Any, excluding: Id | None) -> bool:
        excluded = None if excluding is None else self._encode_id(excluding)
        try:
            row = self._table.holder(index, self._encode_key[index](value))
        except InvalidValue as error:
            raise self._error(error, None) from None
        return row is not None and row[self.entity.id_position] != excluded

    def _upsert_by(self, index: str, entity: T) -> T:
        row = self._row(entity)
        key = self.entity.unique_by_name[index].key(row)
        holder = None if key is None else self._table.holder(index, key)
        if holder is not None:
            position = self.entity.id_position
            row = (*row[:position], holder[position], *row[position + 1 :])
        self._session.execute_one(self._key, operations.put if holder else operations.insert, row)
        return self._entity(row)

    # --- many entities ----------------------------------------------------------------------------------------------

    async def delete_by_fields(self, criteria: CriteriaT_contra, /) -> int:
        ids = [row[self.entity.id_position] for row in self._matching(criteria)]
        self._session.execute([Operation(self._key, operations.delete, entity_id) for entity_id in ids])
        return len(ids)

    def _update_by_fields(self, criteria: CriteriaT_contra, changes: Mapping[str, object]) -> int:
        values = self._changes(changes)
        ids = [row[self.entity.id_position] for row in self._matching(criteria)]
        self._session.execute([Operation(self._key, operations.change, Change(i, values, required=False)) for i in ids])
        return len(ids)

    async def list(
        self,
        *,
        offset: int = 0,
        limit: int | None = 50,
        sort_by: SortT_contra | Sequence[SortT_contra] | None = None,
        sort_desc: bool = False,
    ) -> Sequence[T]:
        return self._window(EVERYTHING, offset, limit, sort_by, sort_desc)

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
        return self._window(criteria, offset, limit, sort_by, sort_desc)

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
        order = self._order(sort_by, False)
        spelled, find = tuple(map(str, order)), self._session.finder()
        rows = self._matching(criteria)
        if after is not None:
            is_after = follows(order, paging.decode_cursor(after, self.entity.key, spelled), find)
            try:
                rows = [row for row in rows if is_after(row)]
            except TypeError:  # a forged cursor, with values of other types
                raise InvalidCursor from None
        sort_rows(rows, order, find)
        items = [self._entity(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return Page(items, None)
        last = [getter(key.field.at, find)(rows[limit - 1]) for key in order]
        return Page(items, paging.encode_cursor(self.entity.key, spelled, last))

    async def stream(
        self,
        criteria: CriteriaT_contra,
        /,
        *,
        sort_by: SortT_contra | Sequence[SortT_contra] | None = None,
        batch_size: int = 500,
    ) -> AsyncIterator[T]:
        sorting.check_count("batch_size", batch_size, 1)
        for row in self._sorted(criteria, sort_by, False):
            yield self._entity(row)

    async def count(self) -> int:
        return self._table.count()

    async def count_by_fields(self, criteria: CriteriaT_contra, /) -> int:
        return len(self._matching(criteria))

    async def exists_by_fields(self, criteria: CriteriaT_contra, /) -> bool:
        return next(self._matches(criteria), None) is not None

    async def distinct_values(self, field: str, criteria: Any = EVERYTHING, /) -> Sequence[Any]:
        sorting.check_listed(field, self.entity.fields)
        column = self.entity.columns.index(field)
        rows = {row[column]: row for row in self._matching(criteria)}
        rows.pop(None, None)
        return [getattr(self._entity(rows[value]), field) for value in sorted(rows, key=comparable)]

    async def fetch(
        self,
        criteria: Any,
        /,
        *,
        joins: Sequence[Join[Entity[Any]]] = (),
        offset: int = 0,
        limit: int | None = None,
        sort_by: Any = None,
        sort_desc: bool = False,
    ) -> Sequence[tuple[Any, ...]]:
        """Return a tuple for each entity that matches, in order: the entity, then the entity of each join or None. For views."""
        sorting.check_window(offset, limit)
        rows = self._sorted(criteria, sort_by, sort_desc)
        stop = None if limit is None else offset + limit
        join = joiner(self.entity, joins, self._session.finder())
        return [join(row) for row in islice(rows, offset, stop)]

    # --- reading ----------------------------------------------------------------------------------------------------

    @property
    def _table(self) -> Table:
        return self._tables[self._key]

    def _matches(self, criteria: Any) -> Iterator[Row]:
        expression = criteria_.parse(criteria, self.entity.criteria_fields)
        find = self._session.finder()
        return filter(compile_expression(expression, find), candidates(expression, self._table, find))

    def _matching(self, criteria: Any) -> builtins.list[Row]:
        return [*self._matches(criteria)]

    def _order(self, sort_by: Any, sort_desc: bool) -> tuple[sorting.SortKey[At], ...]:
        return sorting.parse(sort_by, sort_desc, self.entity.criteria_fields)

    def _sorted(self, criteria: Any, sort_by: Any, sort_desc: bool) -> builtins.list[Row]:
        order = self._order(sort_by, sort_desc)
        rows = self._matching(criteria)
        sort_rows(rows, order, self._session.finder())
        return rows

    def _window(self, criteria: Any, offset: int, limit: int | None, sort_by: Any, sort_desc: bool) -> Sequence[T]:
        sorting.check_window(offset, limit)
        rows = self._sorted(criteria, sort_by, sort_desc)
        stop = None if limit is None else offset + limit
        return [self._entity(row) for row in islice(rows, offset, stop)]

    # --- between entities and rows ----------------------------------------------------------------------------------

    def _row(self, entity: T) -> Row:
        try:
            return self._to_row(entity)
        except InvalidValue as error:
            raise self._unfit(error, entity) from None

    def _unfit(self, error: InvalidValue, entity: T) -> InvalidValue:
        """Return the error with the entity that cannot be stored."""
        return error.of(self._key, getattr(entity, sorting.ID, None))

    def _entity(self, row: Row) -> T:
        try:
            entity: T = self._from_row(row)
        except InvalidValue as error:
            raise self._error(error, row) from None
        return entity

    def _error(self, error: InvalidValue, row: Row | None) -> InvalidValue:
        """Return the error with the entity, and the id of its row where that is what is wrong."""
        return error.of(self._key, None if row is None else row[self.entity.id_position])

    def _encode(self, name: str, value: object) -> Any:
        try:
            return self.entity.encode_value(name, value)
        except InvalidValue as error:
            raise self._error(error, None) from None

    def _encode_id(self, value: object) -> Any:
        try:
            return self._encode_id_as(value, sorting.ID)
        except InvalidValue as error:
            raise self._error(error, None) from None

    def _changes(self, changes: Mapping[str, object]) -> dict[int, Any]:
        """Return new values in stored form by column."""
        for name in changes:
            if name not in self.entity.encode:
                raise InvalidValue(name, "there is no such field to change", self.entity.key)
        return {self.entity.columns.index(name): self._encode(name, value) for name, value in changes.items()}
