"""The repository of any entity in PostgreSQL: everything that does not depend on the names of its fields."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, ClassVar, Generic, TypeAlias, cast
from uuid import UUID

from pkit import criteria as criteria_
from pkit import paging, sorting
from pkit.errors import EntityNotFound, InvalidCursor, InvalidValue
from pkit.postgres import errors, sql, types
from pkit.postgres.entity import ROW, Entity, Row, Unique
from pkit.postgres.session import Session
from pkit.postgres.sql import Scope, Values
from pkit.relations import Join
from pkit.repository import CriteriaT_contra, Id, Page, SortT_contra, T

EVERYTHING: Mapping[str, Any] = MappingProxyType({})


class PostgresRepository(Generic[T, Id, CriteriaT_contra, SortT_contra]):
    """Implements `pkit.Repository` over a session. A generated class sets `entity` and adds the methods named after fields.

    Each method checks all its arguments before it sends anything, and sends one statement.
    """

    entity: ClassVar[Entity[Any]]

    def __init__(self, session: Session) -> None:
        self._session = session
        self._connections = session.connections

    # --- one entity -------------------------------------------------------------------------------------------------

    async def add(self, entity: T, /) -> None:
        await self._write(self.entity.statements.insert, self._to_row(entity))

    async def add_many(self, entities: Collection[T], /) -> None:
        rows = [self._to_row(entity) for entity in entities]
        if not rows:
            return
        try:
            await self._connections.copy(self.entity, rows)
        except Exception as error:
            errors.fail(error, self.entity)

    async def get(self, entity_id: Id, /) -> T | None:
        row = await self._row(self.entity.statements.get, (self._encode_id(entity_id),))
        return None if row is None else self._from_row(row)

    async def get_many(self, entity_ids: Collection[Id], /) -> Mapping[Id, T]:
        wanted = {entity_id: self._encode_id(entity_id) for entity_id in entity_ids}
        if not wanted:
            return {}
        rows = await self._rows(self.entity.statements.get_many, (list(wanted.values()),))
        found = {row[self.entity.id_position]: row for row in rows}
        return {entity_id: self._from_row(found[key]) for entity_id, key in wanted.items() if key in found}

    async def get_by_index(self, index: str, value: Any, /) -> T | None:
        unique = self._index(index)
        row = await self._row(unique.get, self._parts(index, unique, value))
        return None if row is None else self._from_row(row)

    async def update(self, entity: T, /) -> None:
        row = self._to_row(entity)
        if not await self._write(self.entity.statements.update, row):
            raise EntityNotFound(self.entity.key, row[self.entity.id_position])

    async def upsert(self, entity: T, /) -> None:
        await self._write(self.entity.statements.upsert, self._to_row(entity))

    async def delete(self, entity_id: Id, /) -> bool:
        return await self._write(self.entity.statements.delete, (self._encode_id(entity_id),)) > 0

    async def _patch(self, entity_id: Id, changes: Mapping[str, object]) -> T:
        values = Values()
        wanted = f"{ROW}.{self._id_column} = {values.bind(self._encode_id(entity_id), self._id_type)}"
        assigned = self._assignments(changes, values)
        if assigned:
            text = f"{self._updating(assigned)} WHERE {wanted} RETURNING {self.entity.selected}"
            row = await self._written(text, values.items)
        else:
            row = await self._row(self.entity.statements.get, values.items)
        if row is None:
            raise EntityNotFound(self.entity.key, values.items[0])
        return self._from_row(row)

    async def _exists_by(self, index: str, value: Any, excluding: Id | None) -> bool:
        excluded = None if excluding is None else self._encode_id(excluding)
        unique = self._index(index)
        return bool(await self._value(unique.exists, (*self._parts(index, unique, value), excluded)))

    async def _upsert_by(self, index: str, entity: T) -> T:
        row = await self._written(self._index(index).upsert, self._to_row(entity))
        if row is None:
            raise AssertionError("an upsert returns the row that it stored")
        return self._from_row(row)

    # --- many entities ----------------------------------------------------------------------------------------------

    async def delete_by_fields(self, criteria: CriteriaT_contra, /) -> int:
        scope = self._scope()
        return await self._write(
            f"DELETE FROM {self.entity.table} AS {ROW}{self._only(criteria, scope)}", scope.values.items
        )

    async def _update_by_fields(self, criteria: CriteriaT_contra, changes: Mapping[str, object]) -> int:
        scope = self._scope()
        assigned = self._assignments(changes, scope.values)
        only = self._only(criteria, scope)
        if not assigned:
            return await self.count_by_fields(criteria)
        return await self._write(self._updating(assigned) + only, scope.values.items)

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

    async def fetch(
        self,
        criteria: Any,
        *,
        joins: Sequence[Join[Entity[Any]]] = (),
        offset: int = 0,
        limit: int | None = None,
        sort_by: Any = None,
        sort_desc: bool = False,
    ) -> Sequence[tuple[Any, ...]]:
        """Return per entity that matches a tuple of it and of what each join leads to, None where that is nothing. For views.

        Of an entity that has `to_fields`, the tuple holds what that gives.
        """
        sorting.check_window(offset, limit)
        scope, aliases = self._scope(), [ROW]
        for join in joins:
            aliases.append(scope.join(aliases[join.parent], join.hop))
        entities = [self.entity, *(join.hop.entity for join in joins)]
        selected = ", ".join(entity.select(alias) for entity, alias in zip(entities, aliases, strict=True))
        text = self._query(selected, criteria, self._order(sort_by, sort_desc), scope)
        text += sql.window(offset, limit, scope.values)
        return _joined(entities, await self._rows(text, scope.values.items))

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
        order, scope = self._order(sort_by, False), self._scope()
        spelled = tuple(map(str, order))
        condition = self._condition(criteria, scope)
        if after is not None:
            last = paging.decode_cursor(after, self.entity.key, spelled)
            beyond = sql.follows(order, last, scope)
            condition = f"{condition} AND {beyond}" if condition else beyond
        keys = ", ".join(scope.expression(key.field.at) for key in order)
        text = self._select(f"{self.entity.selected}, {keys}", condition, order, scope)
        try:
            rows = await self._rows(text + sql.window(0, limit + 1, scope.values), scope.values.items)
        except InvalidValue:
            raise InvalidCursor from None  # a forged one, with values of other types
        items = [self._from_row(row) for row in rows[:limit]]
        if len(rows) <= limit:
            return Page(items, None)
        last_row = rows[limit - 1][len(self.entity.columns) :]
        values = [_plain(value, key.field.at.type) for key, value in zip(order, last_row, strict=True)]
        return Page(items, paging.encode_cursor(self.entity.key, spelled, values))

    async def stream(
        self,
        criteria: CriteriaT_contra,
        /,
        *,
        sort_by: SortT_contra | Sequence[SortT_contra] | None = None,
        batch_size: int = 500,
    ) -> AsyncIterator[T]:
        sorting.check_count("batch_size", batch_size, 1)
        scope = self._scope()
        text = self._query(self.entity.selected, criteria, self._order(sort_by, False), scope)
        batches = self._connections.batches(text, scope.values.items, min(batch_size, sql.MAX_BATCH))
        try:
            async for rows in batches:
                for row in rows:
                    yield self._from_row(row)
        except Exception as error:
            errors.fail(error, self.entity)
        finally:
            await batches.aclose()

    async def count(self) -> int:
        return cast(int, await self._value(self.entity.statements.count, ()))

    async def count_by_fields(self, criteria: CriteriaT_contra, /) -> int:
        scope = self._scope()
        text = self._select("count(*)", self._condition(criteria, scope), (), scope)
        return cast(int, await self._value(text, scope.values.items))

    async def exists_by_fields(self, criteria: CriteriaT_contra, /) -> bool:
        scope = self._scope()
        text = self._select("", self._condition(criteria, scope), (), scope)
        return bool(await self._value(f"SELECT EXISTS ({text})", scope.values.items))

    async def distinct_values(self, field: str, criteria: Any = EVERYTHING, /) -> Sequence[Any]:
        sorting.check_listed(field, self.entity.fields)
        scope = self._scope()
        at = f"{ROW}.{self.entity.columns[field].name}"
        condition = self._condition(criteria, scope)
        present = f"{condition} AND {at} IS NOT NULL" if condition else f"{at} IS NOT NULL"
        text = f"{self._select(f'DISTINCT {at}', present, (), scope)} ORDER BY 1"
        decode = self.entity.decode.get(field)
        found = [row[0] for row in await self._rows(text, scope.values.items)]
        return found if decode is None else [self._decoded(decode, value) for value in found]

    # --- statements -------------------------------------------------------------------------------------------------

    def _scope(self) -> Scope:
        return Scope(self.entity, Values())

    def _condition(self, criteria: Any, scope: Scope) -> str:
        """Return what stands after WHERE; nothing where everything matches."""
        expression = criteria_.parse(criteria, self.entity.criteria_fields)
        return "" if expression == criteria_.All(()) else sql.condition(expression, scope)

    def _order(self, sort_by: Any, sort_desc: bool) -> tuple[sorting.SortKey[Any], ...]:
        return sorting.parse(sort_by, sort_desc, self.entity.criteria_fields)

    def _select(self, selected: str, condition: str, order: Sequence[sorting.SortKey[Any]], scope: Scope) -> str:
        ordered = f" ORDER BY {sql.order(order, scope)}" if order else ""
        where = f" WHERE {condition}" if condition else ""
        return f"SELECT {selected} FROM {scope.tables()}{where}{ordered}"

    def _query(self, selected: str, criteria: Any, order: Sequence[sorting.SortKey[Any]], scope: Scope) -> str:
        return self._select(selected, self._condition(criteria, scope), order, scope)

    def _only(self, criteria: Any, scope: Scope) -> str:
        """Return the WHERE of a statement that changes rows, which can join nothing."""
        condition = self._condition(criteria, scope)
        if scope.joins:
            row = f"{ROW}.{self._id_column}"
            return f" WHERE {row} IN (SELECT {row} FROM {scope.tables()} WHERE {condition})"
        return f" WHERE {condition}" if condition else ""

    def _updating(self, assigned: str) -> str:
        return f"UPDATE {self.entity.table} AS {ROW} SET {assigned}"

    def _assignments(self, changes: Mapping[str, object], values: Values) -> str:
        """Return what stands after SET."""
        for name in changes:
            if name not in self.entity.encode:
                raise InvalidValue(name, "there is no such field to change", self.entity.key)
        encoded = {self.entity.columns[name]: self._encode(name, value) for name, value in changes.items()}
        return ", ".join(f"{column.name} = {values.bind(value, column.type)}" for column, value in encoded.items())

    async def _window(
        self, criteria: Any, offset: int, limit: int | None, sort_by: Any, sort_desc: bool
    ) -> Sequence[T]:
        sorting.check_window(offset, limit)
        scope = self._scope()
        text = self._query(self.entity.selected, criteria, self._order(sort_by, sort_desc), scope)
        rows = await self._rows(text + sql.window(offset, limit, scope.values), scope.values.items)
        return self._from_rows(rows)

    # --- sending them -----------------------------------------------------------------------------------------------

    async def _rows(self, text: str, values: Iterable[Any]) -> Sequence[Row]:
        try:
            return await self._connections.rows(text, values)
        except Exception as error:
            errors.fail(error, self.entity)

    async def _row(self, text: str, values: Iterable[Any]) -> Row | None:
        try:
            return await self._connections.row(text, values)
        except Exception as error:
            errors.fail(error, self.entity)

    async def _written(self, text: str, values: Iterable[Any]) -> Row | None:
        try:
            return await self._connections.written(text, values)
        except Exception as error:
            errors.fail(error, self.entity)

    async def _write(self, text: str, values: Iterable[Any]) -> int:
        try:
            return await self._connections.write(text, values)
        except Exception as error:
            errors.fail(error, self.entity)

    async def _value(self, text: str, values: Iterable[Any]) -> Any:
        row = await self._row(text, values)
        return None if row is None else row[0]

    # --- between entities and rows ----------------------------------------------------------------------------------

    def _to_row(self, entity: T) -> Row:
        try:
            return self.entity.to_row(entity)
        except InvalidValue as error:
            raise error.of(self.entity.key, getattr(entity, sorting.ID, None)) from None

    def _from_row(self, row: Row) -> T:
        try:
            entity: T = self.entity.from_row(row)
        except InvalidValue as error:
            raise error.of(self.entity.key, row[self.entity.id_position]) from None
        return entity

    def _from_rows(self, rows: Sequence[Row]) -> builtins.list[T]:
        return _rebuilt(self.entity, self.entity.from_row, rows)

    def _decoded(self, decode: Any, value: Any) -> Any:
        try:
            return decode(value)
        except InvalidValue as error:
            raise error.of(self.entity.key, None) from None

    def _encode(self, name: str, value: object) -> Any:
        try:
            return self.entity.encode_value(name, value)
        except InvalidValue as error:
            raise error.of(self.entity.key, None) from None

    def _encode_id(self, value: object) -> Any:
        try:
            return self.entity.encode_id(value)
        except InvalidValue as error:
            raise error.of(self.entity.key, None) from None

    @property
    def _id_column(self) -> str:
        return self.entity.columns[sorting.ID].name

    @property
    def _id_type(self) -> str:
        return self.entity.columns[sorting.ID].type

    def _index(self, name: str) -> Unique:
        found = self.entity.unique.get(name)
        if found is None:
            raise criteria_.unknown("unique index", name, tuple(self.entity.unique))
        return found

    def _parts(self, name: str, unique: Unique, value: Any) -> Sequence[Any]:
        fields = unique.fields
        if len(fields) == 1:
            return (self._encode(fields[0], value),)
        parts = cast(tuple[object, ...], value) if isinstance(value, tuple) else ()
        if len(parts) != len(fields):
            raise InvalidValue(name, f"expected a tuple of {', '.join(fields)}", self.entity.key)
        return [self._encode(field, part) for field, part in zip(fields, parts, strict=True)]


def _joined(entities: Sequence[Entity[Any]], rows: Sequence[Row]) -> list[tuple[Any, ...]]:
    """Return per row what views go on with of the entities whose columns stand in it, one after the other; None where there is no id."""
    if len(entities) == 1:
        return [*zip(_rebuilt(entities[0], entities[0].to_view, rows), strict=True)]
    parts: list[_Part] = []
    start = 0
    for entity in entities:
        end = start + len(entity.columns)
        parts.append((entity, slice(start, end), start + entity.id_position))
        start = end
    try:
        return [*zip(*(_made(entity.to_view, columns, key, rows) for entity, columns, key in parts), strict=True)]
    except InvalidValue:
        return [tuple(_told_part(part, row) for part in parts) for row in rows]


_Part: TypeAlias = tuple[Entity[Any], slice, int]
"""An entity that rows hold, its columns in them, and which of these is its id."""


def _made(make: Callable[[Row], Any], columns: slice, key: int, rows: Sequence[Row]) -> list[Any]:
    return [None if row[key] is None else make(row[columns]) for row in rows]


def _told_part(part: _Part, row: Row) -> Any:
    entity, columns, key = part
    return None if row[key] is None else _told(entity, entity.to_view, row[columns])


def _rebuilt(entity: Entity[Any], make: Callable[[Row], Any], rows: Sequence[Row]) -> list[Any]:
    """Return what a function of the entity makes of rows."""
    try:
        return [*map(make, rows)]
    except InvalidValue:
        return [_told(entity, make, row) for row in rows]


def _told(entity: Entity[Any], make: Callable[[Row], Any], row: Row) -> Any:
    """Return what a function of the entity makes of a row. An error tells the entity and the id."""
    try:
        return make(row)
    except InvalidValue as error:
        raise error.of(entity.key, row[entity.id_position]) from None


def _plain(value: Any, type_: str) -> Any:
    """Return a sort value as a cursor holds it, which knows Python's own classes only."""
    if isinstance(value, UUID):
        return UUID(int=value.int)  # asyncpg has one of its own
    return types.aware(value) if type_ == "timestamptz" and value is not None else value
