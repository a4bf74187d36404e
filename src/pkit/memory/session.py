"""Sessions: the committed tables, or the changes of one transaction over them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

from pkit.errors import ConfigurationError, ForeignKeyViolation
from pkit.memory import operations
from pkit.memory.entity import Entity, Reference, Row, several
from pkit.memory.operations import Operation, Step
from pkit.memory.store import Table, Tables
from pkit.sorting import ID

Find: TypeAlias = Callable[[Entity[Any], int, Any], Sequence[Row]]
"""Gives the rows of an entity that hold a value in a column."""


class _Schema:
    """The entities that are in use, and who refers to whom."""

    def __init__(self) -> None:
        self.entities: dict[str, Entity[Any]] = {}
        self.referrers: dict[str, list[tuple[Entity[Any], Reference]]] = {}

    def register(self, entity: Entity[Any]) -> None:
        known = self.entities.setdefault(entity.key, entity)
        if known is not entity:
            raise ConfigurationError(f"two entities of one memory session are called {entity.key!r}")

    def refer(self, entity: Entity[Any]) -> None:
        for reference in entity.references:
            self.referrers.setdefault(reference.target, []).append((entity, reference))


class Session:
    """A handle on tables in memory: what is committed or, within `transaction`, changes that nobody else sees until they are.

    Nothing waits: a transaction reads what is committed at the moment, overlaid with its own changes, and its end checks unique indexes
    and references again before anything of it is seen.
    """

    def __init__(self, parent: Session | None = None) -> None:
        self._parent = parent
        self._schema: _Schema = _Schema() if parent is None else parent._schema
        self.tables: Tables = Tables(self._schema.entities, None if parent is None else parent.tables)
        self._operations: list[Operation] = []

    @classmethod
    def from_settings(cls, settings: object) -> Session:
        """Return a new, empty session: memory has no settings."""
        return cls()

    def register(self, entity: Entity[Any]) -> None:
        """Make the entity known, so that references from and to it are enforced."""
        if entity.key not in self._schema.entities:
            self._schema.refer(entity)
        self._schema.register(entity)

    def finder(self) -> Find:
        """Return a function that finds the rows of an entity by a value in a column, for one query: it remembers what it has grouped."""
        groups: dict[tuple[str, int], dict[Any, list[Row]]] = {}

        def find(entity: Entity[Any], column: int, value: Any) -> Sequence[Row]:
            if value is None:
                return ()
            self.register(entity)
            table = self.tables[entity.key]
            if entity.is_indexed(column):
                return table.find(column, value)
            if (entity.key, column) not in groups:
                groups[entity.key, column] = _grouped(table, column)
            return groups[entity.key, column].get(value, ())

        return find

    def execute(self, operations: Sequence[Operation]) -> None:
        """Take all the steps, or none of them. Raises UniqueViolation, ForeignKeyViolation, EntityNotFound."""
        scratch = Session(self)
        for operation in operations:
            scratch._take(*operation)
        scratch._check_references()
        for table in scratch.tables.values():
            table.merge()
        if self._parent is not None:
            self._operations.extend(operations)

    def insert(self, key: str, row: Row) -> None:
        """Store a new row, as executing `operations.insert` does, in fewer steps where nothing but committed tables is concerned."""
        table = self.tables[key]
        if self._parent is not None or table.references_itself:
            self.execute_one(key, operations.insert, row)
            return
        table.insert(row)
        if table.foreign_keys:
            try:
                self._check_targets(table, None, row)
            except ForeignKeyViolation:
                table.write(row[table.id_position], row, None)
                raise

    def replace(self, key: str, row: Row) -> None:
        """Store a row whose id is taken, as executing `operations.replace` does, in fewer steps where it keeps its keys."""
        if not self.tables[key].replace(row):
            self.execute_one(key, operations.replace, row)
        elif self._parent is not None:
            self._operations.append(Operation(key, operations.replace, row))

    def execute_one(self, key: str, step: Step, subject: Any) -> None:
        """Take one step, as `execute` does. Whatever there is to check can be seen before it, unless a row may refer to itself."""
        table = self.tables[key]
        entity_id, before, after = step(table, subject)
        if before is not None and after is not None and table.keys_of(before) == table.keys_of(after):
            table.rewrite(entity_id, after)
        elif table.references_itself:
            self.execute((Operation(key, step, subject),))
            return
        else:
            if after is not None:
                table.check_unique(entity_id, before, after)
                if table.foreign_keys:
                    self._check_targets(table, before, after)
            if before is not None:
                self._check_referrers(table, before, after)
            table.write(entity_id, before, after)
        if self._parent is not None:
            self._operations.append(Operation(key, step, subject))

    def _take(self, key: str, step: Step, subject: Any) -> None:
        table = self.tables[key]
        entity_id, before, after = step(table, subject)
        if after is not None:
            table.check_unique(entity_id, before, after)
        table.write(entity_id, before, after)

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Session]:
        """Give a session whose changes are made at the end, all at once, and forgotten on any exception. Transactions nest.

        The end raises what a write would, where another transaction has come first.
        """
        self.tables.check_open()
        session = Session(self)
        try:
            yield session
            self.execute(session._operations)
        finally:
            session.tables.close()

    async def create_schema(self, entities: Sequence[Any], /, *, validators: bool = False) -> None:
        """Make the entities known."""
        for entity in entities:
            self.register(entity)

    async def ping(self) -> None:
        """Do nothing: memory is always there."""

    async def close(self) -> None:
        """Do nothing: the tables go with the last reference to the session."""

    def _check_references(self) -> None:
        """Check what the changed rows refer to, and what referred to what they no longer hold."""
        for table in list(self.tables.values()):
            for before, after in table.changed():
                if after is not None:
                    self._check_targets(table, before, after)
                if before is not None:
                    self._check_referrers(table, before, after)

    def _check_targets(self, table: Table, before: Row | None, after: Row) -> None:
        for column, reference in table.foreign_keys:
            value = after[column]
            if value is None or (before is not None and (before[column] is value or before[column] == value)):
                continue
            if not self._exists(reference, value):
                raise ForeignKeyViolation(table.entity.key, reference.field, reference.target)

    def _check_referrers(self, table: Table, before: Row, after: Row | None) -> None:
        for entity, reference in self._schema.referrers.get(table.entity.key, ()):
            column = table.entity.columns.index(reference.by)
            value = before[column]
            kept = after is not None and after[column] == value
            if value is None or kept or self._is_held_beside(before, reference, value):
                continue
            if self.tables[entity.key].find(entity.columns.index(reference.field), value):
                raise ForeignKeyViolation(entity.key, reference.field, reference.target)

    def _exists(self, reference: Reference, value: Any) -> bool:
        """Return whether a row holds the value that a reference is to."""
        if reference.target not in self._schema.entities:
            return False
        if reference.by == ID:
            return self.tables[reference.target].get(value) is not None
        return bool(self._targets(reference, value))

    def _is_held_beside(self, before: Row, reference: Reference, value: Any) -> bool:
        """Return whether a row other than `before` holds the value that a reference is to."""
        return any(row is not before for row in self._targets(reference, value))

    def _targets(self, reference: Reference, value: Any) -> list[Row]:
        table = self.tables[reference.target]
        return table.find(table.entity.columns.index(reference.by), value)


def _grouped(table: Table, column: int) -> dict[Any, list[Row]]:
    groups: dict[Any, list[Row]] = {}
    for row in table.rows():
        for value in several(row[column]):
            groups.setdefault(value, []).append(row)
    return groups
