"""Creating what is missing in a database, and telling what must be changed by somebody else."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pkit import values
from pkit.errors import SchemaMismatch
from pkit.postgres.connections import Connections
from pkit.postgres.entity import Column, Entity, unquoted
from pkit.postgres.errors import FOREIGN_KEY_VIOLATIONS, UNIQUE_VIOLATION, driver_error
from pkit.postgres.sql import placeholder
from pkit.sorting import ID

logger = logging.getLogger(__name__)

LOCK = 0x706B6974  # "pkit"
COLLATION = "pg_c_utf8"
TYPES = {
    "timestamptz": "timestamp with time zone",
    "timestamp": "timestamp without time zone",
    "time": "time without time zone",
}
"""How PostgreSQL spells the types that have a short name too."""

_COLUMNS = """
SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
       a.atthasdef OR a.attidentity <> '' OR a.attgenerated <> '', l.collname
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_collation AS l ON l.oid = a.attcollation
WHERE c.relname = ANY($1::text[]) AND c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)
"""
_INDEXES = """
SELECT c.relname, i.relname, x.indisunique, m.amname,
       x.indisvalid AND x.indpred IS NULL AND x.indimmediate AND to_jsonb(x) ->> 'indnullsnotdistinct' IS DISTINCT FROM 'true',
       ARRAY(SELECT pg_get_indexdef(x.indexrelid, k, true) FROM generate_series(1, x.indnkeyatts) AS k)
FROM pg_class AS c
JOIN pg_index AS x ON x.indrelid = c.oid
JOIN pg_class AS i ON i.oid = x.indexrelid
JOIN pg_am AS m ON m.oid = i.relam
WHERE c.relname = ANY($1::text[]) AND c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)
"""
_REFERENCES = """
SELECT c.relname, o.conname, pg_get_constraintdef(o.oid, true)
FROM pg_class AS c
JOIN pg_constraint AS o ON o.conrelid = c.oid AND o.contype = 'f'
WHERE c.relname = ANY($1::text[]) AND c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid)
"""


@dataclass(frozen=True, slots=True)
class _Found:
    """A column that is there."""

    type: str
    required: bool
    filled: bool
    collation: str | None


@dataclass(frozen=True, slots=True)
class _Index:
    """An index that is there, or one that is wanted. `usable`: it holds every row, is valid and is checked at once."""

    unique: bool
    method: str
    usable: bool
    keys: tuple[str, ...]

    def serves_as(self, wanted: _Index) -> bool:
        """Return whether the index does what another one would: a unique one also serves to find rows."""
        return self in (wanted, replace(wanted, unique=True))

    def __str__(self) -> str:
        return f"{'unique, ' if self.unique else ''}{self.method} over {', '.join(self.keys)}"


@dataclass(frozen=True, slots=True)
class _Wanted:
    """An index that an entity needs: its name, what it is, and the statement that creates it, which the primary key has not."""

    name: str
    index: _Index
    create: str = ""


@dataclass(slots=True)
class _Table:
    """A table that is there: its columns, indexes and foreign keys by name, without quotes."""

    columns: dict[str, _Found] = field(default_factory=dict[str, _Found])
    indexes: dict[str, _Index] = field(default_factory=dict[str, _Index])
    references: dict[str, str] = field(default_factory=dict[str, str])

    def stand_in(self, wanted: _Wanted) -> str | None:
        """Return the name of the index that serves as the wanted one, whose own name nothing has."""
        found = (name for name, index in self.indexes.items() if index.serves_as(wanted.index))
        return None if wanted.name in self.indexes else next(found, None)

    def stand_in_reference(self, name: str, definition: str) -> str | None:
        """Return the name of the foreign key that does what the definition says, where no other has the wanted name."""
        found = (other for other, there in self.references.items() if _means(there, definition))
        return None if unquoted(name) in self.references else next(found, None)


@dataclass(frozen=True, slots=True)
class _Step:
    """A statement that creates something, and the values that it binds."""

    statement: str
    values: tuple[Any, ...] = ()


async def create(connections: Connections, entities: Sequence[Entity[Any]]) -> None:
    """Create what is missing, within a transaction. Raises SchemaMismatch, after which it is to be undone.

    Tables come first, then columns, indexes and foreign keys, so that references may go in circles.
    """
    await connections.row("SELECT pg_advisory_xact_lock($1::bigint)", (LOCK,))
    tables = await _existing(connections, entities)
    differences = [line for entity in entities for line in _differences(entity, tables.get(unquoted(entity.table)))]
    if await _value(connections, "SELECT to_regcollation($1::text) IS NULL", (COLLATION,)):
        differences.append(
            f"the collation {COLLATION} is missing: CREATE COLLATION {COLLATION} (provider = icu, locale = 'und')"
        )
    if differences:
        raise SchemaMismatch(differences)
    for entity in entities:
        _advise(entity, tables.get(unquoted(entity.table), _Table()))
    for stage in (_tables, _columns, _indexes, _references):
        for entity in entities:
            for step in stage(entity, tables.get(unquoted(entity.table))):
                differences += await _take(connections, entity, step)
    if differences:
        raise SchemaMismatch(differences)


async def _value(connections: Connections, sql: str, values: Iterable[Any]) -> Any:
    row = await connections.row(sql, values)
    return None if row is None else row[0]


async def _take(connections: Connections, entity: Entity[Any], step: _Step) -> list[str]:
    """Take a step; return what stands in its way among the rows."""
    try:
        await connections.write(step.statement, step.values)
    except Exception as error:
        state = getattr(driver_error(error), "sqlstate", None)
        if state == UNIQUE_VIOLATION:
            return [f"{entity.table} holds duplicates: remove them, then {step.statement}"]
        if state in FOREIGN_KEY_VIOLATIONS:
            return [f"{entity.table} refers to what is not there: mend that, then {step.statement}"]
        raise
    return []


async def _existing(connections: Connections, entities: Sequence[Entity[Any]]) -> Mapping[str, _Table]:
    names = [unquoted(entity.table) for entity in entities]
    tables: dict[str, _Table] = {}
    for table, name, type_, required, filled, collation in await connections.rows(_COLUMNS, (names,)):
        found = _Found(type_, required, filled, collation)
        tables.setdefault(table, _Table()).columns[name] = found
    for table, name, unique, method, usable, keys in await connections.rows(_INDEXES, (names,)):
        found_index = _Index(unique, method, usable, tuple(_bare(key) for key in keys))
        tables.setdefault(table, _Table()).indexes[name] = found_index
    for table, name, definition in await connections.rows(_REFERENCES, (names,)):
        tables.setdefault(table, _Table()).references[name] = _bare(definition)
    return tables


def _bare(sql: str) -> str:
    """Return SQL without quotes, which versions of PostgreSQL set differently."""
    return sql.replace('"', "")


def _means(there: str, definition: str) -> bool:
    """Return whether a foreign key that is there refuses what the wanted one refuses. An id never changes, so what an update does is all the same."""
    pattern = re.escape(_bare(definition)) + r"( ON UPDATE (CASCADE|RESTRICT))?( ON DELETE RESTRICT)?"
    return re.fullmatch(pattern, there) is not None


# --- what is missing --------------------------------------------------------------------------------------------------


def _tables(entity: Entity[Any], table: _Table | None) -> Iterator[_Step]:
    if table is None:
        yield _Step(create_table(entity))


def create_table(entity: Entity[Any]) -> str:
    """Return the statement that creates an entity's table, without indexes and foreign keys."""
    lines = [column.definition for column in entity.columns.values()]
    key = f"CONSTRAINT {entity.primary_key} PRIMARY KEY ({entity.columns[ID].name})"
    inside = ",\n    ".join([*lines, key])
    return f"CREATE TABLE {entity.table} (\n    {inside}\n)"


def _columns(entity: Entity[Any], table: _Table | None) -> Iterator[_Step]:
    for name, column in _missing_columns(entity, table):
        if column.optional:
            yield _Step(f"ALTER TABLE {entity.table} ADD COLUMN {column.definition}")
        else:
            yield from _filled(entity, name, column)


def _missing_columns(entity: Entity[Any], table: _Table | None) -> Iterator[tuple[str, Column]]:
    for name, column in entity.columns.items():
        if table is not None and unquoted(column.name) not in table.columns:
            yield name, column


def _filled(entity: Entity[Any], name: str, column: Column) -> Iterator[_Step]:
    """Yield the steps that add a column to rows that are there, with the default that the class has."""
    default = entity.encode_value(name, values.default_factory(entity.type, name)())
    change = f"ALTER TABLE {entity.table}"
    yield _Step(f"{change} ADD COLUMN {column.definition.replace(' NOT NULL', '')}")
    yield _Step(f"UPDATE {entity.table} SET {column.name} = {placeholder(1, column.type)}", (default,))
    yield _Step(f"{change} ALTER COLUMN {column.name} SET NOT NULL")


def _indexes(entity: Entity[Any], table: _Table | None) -> Iterator[_Step]:
    for wanted in _wanted_indexes(entity):
        there = table is not None and (wanted.name in table.indexes or table.stand_in(wanted) is not None)
        if wanted.create and not there:
            yield _Step(wanted.create)


def _wanted_indexes(entity: Entity[Any]) -> Iterator[_Wanted]:
    id_key = (_bare(entity.columns[ID].name),)
    yield _Wanted(unquoted(entity.primary_key), _Index(True, "btree", True, id_key))
    for unique in entity.unique.values():
        keys = tuple(_bare(key) for key in unique.keys)
        yield _Wanted(unquoted(unique.name), _Index(True, "btree", True, keys), unique.create(entity.table))
    for index in entity.indexes:
        found = _Index(False, index.method, True, (_bare(index.key),))
        yield _Wanted(unquoted(index.name), found, index.create(entity.table))


def _references(entity: Entity[Any], table: _Table | None) -> Iterator[_Step]:
    for name, definition in _own_references(entity):
        if table is None or not (unquoted(name) in table.references or table.stand_in_reference(name, definition)):
            yield _Step(_add_reference(entity, name))


def _own_references(entity: Entity[Any]) -> Iterator[tuple[str, str]]:
    """Yield the name and the definition of each foreign key of an entity's table."""
    for name, reference in entity.references.items():
        if reference.definition:
            yield name, reference.definition


def _add_reference(entity: Entity[Any], name: str) -> str:
    return f"ALTER TABLE {entity.table} ADD CONSTRAINT {name} {entity.references[name].definition}"


# --- what must not be changed -----------------------------------------------------------------------------------------


def _differences(entity: Entity[Any], table: _Table | None) -> Iterator[str]:
    """Yield a line for what is there and does not fit, with the statement that mends it."""
    if table is None:
        return
    yield from _of_columns(entity, table)
    yield from _unknown_columns(entity, table)
    yield from _of_indexes(entity, table)
    for name, definition in _own_references(entity):
        found = table.references.get(unquoted(name))
        if found is not None and not _means(found, definition):
            drop = f"ALTER TABLE {entity.table} DROP CONSTRAINT {name}"
            yield f"the foreign key {name} is {found}: {drop}; {_add_reference(entity, name)}"


def _of_columns(entity: Entity[Any], table: _Table) -> Iterator[str]:
    for name, column in entity.columns.items():
        found = table.columns.get(unquoted(column.name))
        if found is not None:
            yield from _of_column(entity, column, found)
        elif not column.optional and name not in entity.defaulted:
            add = f"ALTER TABLE {entity.table} ADD COLUMN {column.definition} DEFAULT ..."
            yield f"{entity.table}.{column.name} is missing and has no default: {add}"


def _of_column(entity: Entity[Any], column: Column, found: _Found) -> Iterator[str]:
    place, alter = f"{entity.table}.{column.name}", f"ALTER TABLE {entity.table} ALTER COLUMN {column.name}"
    collate = ' COLLATE "C"' if "COLLATE" in column.constraints else ""
    wanted = _spelled(column.type)
    if found.type != wanted:
        yield f"{place} is {found.type}, not {wanted}: {alter} TYPE {wanted}{collate} USING {column.name}::{wanted}"
    elif collate and found.collation != "C":
        yield f'{place} is sorted by the collation {found.collation}, not "C": {alter} TYPE {wanted}{collate}'
    if found.required and column.optional:
        yield f"{place} cannot be null: {alter} DROP NOT NULL"
    if not found.required and not column.optional:
        yield f"{place} can be null: {alter} SET NOT NULL"


def _spelled(type_: str) -> str:
    item, array = (type_[:-2], "[]") if type_.endswith("[]") else (type_, "")
    return TYPES.get(item, item) + array


def _unknown_columns(entity: Entity[Any], table: _Table) -> Iterator[str]:
    known = {unquoted(column.name) for column in entity.columns.values()}
    for name, found in table.columns.items():
        if name not in known and found.required and not found.filled:
            alter = f'ALTER TABLE {entity.table} ALTER COLUMN "{name}" DROP NOT NULL'
            yield f"{entity.table}.{name} belongs to no field and must not be null: {alter}"


def _of_indexes(entity: Entity[Any], table: _Table) -> Iterator[str]:
    for wanted in _wanted_indexes(entity):
        found = table.indexes.get(wanted.name)
        if found is not None and not found.serves_as(wanted.index):
            yield f'the index {wanted.name} is {found}: DROP INDEX "{wanted.name}"; {wanted.create}'
        elif found is None and not wanted.create and table.stand_in(wanted) is None:
            add = f"ADD CONSTRAINT {entity.primary_key} PRIMARY KEY ({entity.columns[ID].name})"
            yield f"{entity.table} has no primary key of its id: ALTER TABLE {entity.table} {add}"


# --- what could be called better --------------------------------------------------------------------------------------


def _renames(entity: Entity[Any], table: _Table) -> Iterator[str]:
    """Yield the statement that renames what serves under a name by which an error cannot be told the field."""
    for wanted in _wanted_indexes(entity):
        other = table.stand_in(wanted)
        if other is not None and wanted.index.unique and other not in entity.constraints:
            yield f"ALTER INDEX {_quoted(other)} RENAME TO {_quoted(wanted.name)}"
    for name, definition in _own_references(entity):
        other = table.stand_in_reference(name, definition)
        if other is not None and entity.reference(other) is None:
            yield f"ALTER TABLE {entity.table} RENAME CONSTRAINT {_quoted(other)} TO {name}"


def _quoted(name: str) -> str:
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _advise(entity: Entity[Any], table: _Table) -> None:
    for statement in _renames(entity, table):
        logger.warning("errors would name the fields of %s after: %s", entity.key, statement)
