"""Tables: rows by id with their indexes, either committed or as changes over another table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from pkit.errors import UniqueViolation
from pkit.memory.entity import Entity, Index, Row
from pkit.sorting import ID


class UniqueKeys:
    """The id of the row per key of a unique index of a committed table. `claim` returns who has a key, the given id if nobody had."""

    __slots__ = ("_ids", "add", "claim", "id_of")

    def __init__(self) -> None:
        self._ids: dict[Any, Any] = {}
        self.id_of: Callable[[Any], Any] = self._ids.get
        self.claim: Callable[[Any, Any], Any] = self._ids.setdefault
        self.add: Callable[[Any, Any], None] = self._ids.__setitem__

    def discard(self, key: Any, entity_id: Any) -> None:
        if self._ids.get(key) == entity_id:  # else another row has taken the key over
            del self._ids[key]

    def ids(self, key: Any) -> Sequence[Any]:
        entity_id = self.id_of(key)
        return () if entity_id is None else (entity_id,)


class Keys:
    """The ids of the rows per key of an index of a committed table."""

    __slots__ = ("_ids",)

    def __init__(self) -> None:
        self._ids: dict[Any, dict[Any, None]] = {}

    def add(self, key: Any, entity_id: Any) -> None:
        ids = self._ids.get(key)
        if ids is None:
            self._ids[key] = {entity_id: None}
        else:
            ids[entity_id] = None

    def discard(self, key: Any, entity_id: Any) -> None:
        ids = self._ids[key]
        ids.pop(entity_id, None)
        if not ids:
            del self._ids[key]

    def ids(self, key: Any) -> Sequence[Any]:
        return tuple(self._ids.get(key, ()))


class ChangedKeys:
    """The ids of the rows per key, as changes over those of `parent`. May be out of date where the parent has changed since."""

    __slots__ = ("_added", "_parent", "_removed")

    def __init__(self, parent: Buckets) -> None:
        self._parent = parent
        self._added: dict[Any, dict[Any, None]] = {}
        self._removed: dict[Any, set[Any]] = {}

    def add(self, key: Any, entity_id: Any) -> None:
        self._added.setdefault(key, {})[entity_id] = None

    def discard(self, key: Any, entity_id: Any) -> None:
        self._added.get(key, {}).pop(entity_id, None)
        self._removed.setdefault(key, set()).add(entity_id)

    def ids(self, key: Any) -> Sequence[Any]:
        added, removed = self._added.get(key, {}), self._removed.get(key, ())
        return [*(i for i in self._parent.ids(key) if i not in removed and i not in added), *added]


Buckets: TypeAlias = UniqueKeys | Keys | ChangedKeys


class Table:
    """The rows of one entity. With a `parent` it holds only the changes, and nothing of them is seen there before `merge`.

    `get` returns the row of an id, or None; `holder_ids` has a function per unique index that returns the id of the row that has a key, or
    None. `rewrite` stores a row in which no key of an index has changed.
    """

    __slots__ = (
        *("_changes", "_claim", "_claims", "_indexed", "_others", "_parent", "_unique", "buckets", "entity"),
        *("foreign_keys", "get", "holder_ids", "id_position", "keys_of", "references_itself", "rewrite"),
    )

    def __init__(self, entity: Entity[Any], parent: Table | None = None) -> None:
        self.entity = entity
        self.id_position = entity.id_position
        self.foreign_keys = entity.foreign_keys
        self.references_itself = entity.references_itself
        self.keys_of = entity.keys_of
        self._parent = parent
        self._changes: dict[Any, Row | None] = {}
        self.get: Callable[[Any], Row | None] = self._changes.get if parent is None else self._get
        self.rewrite: Callable[[Any, Row], None] = self._changes.__setitem__
        self.buckets: dict[str, Buckets] = {i.name: _buckets(i, parent) for i in entity.indexes}
        self._indexed = [(index.key, index.array, self.buckets[index.name]) for index in entity.indexes]
        self.holder_ids = {index.name: self._holder_id_of(index) for index in entity.unique_indexes}
        self._unique = [(index, index.key, self.holder_ids[index.name]) for index in entity.unique_indexes]
        self._claim: Callable[[Any, Row], Row | None] = self._changes.setdefault
        self._claims = [(index, index.key, bucket.claim) for index, bucket in self._committed_unique()]
        self._others = [part for part in self._indexed if not isinstance(part[2], UniqueKeys)]

    def _committed_unique(self) -> Iterator[tuple[Index, UniqueKeys]]:
        for index in self.entity.unique_indexes:
            bucket = self.buckets[index.name]
            if isinstance(bucket, UniqueKeys):
                yield index, bucket

    def _get(self, entity_id: Any) -> Row | None:
        if self._parent is None or entity_id in self._changes:
            return self._changes.get(entity_id)
        return self._parent.get(entity_id)

    def rows(self) -> Iterator[Row]:
        """Iterate over all rows, in no order; the table must not change meanwhile."""
        for row in self._changes.values():
            if row is not None:
                yield row
        if self._parent is not None:
            position = self.id_position
            for row in self._parent.rows():
                if row[position] not in self._changes:
                    yield row

    def count(self) -> int:
        return len(self._changes) if self._parent is None else sum(1 for _ in self.rows())

    def insert(self, row: Row) -> None:
        """Store a new row of a committed table, with one look-up per index. Raises UniqueViolation, and then nothing has changed."""
        entity_id = row[self.id_position]
        if self._claim(entity_id, row) is not row:
            raise UniqueViolation(self.entity.key, ID, (ID,))
        for index, key_of, claim in self._claims:
            key = key_of(row)
            if key is not None and claim(key, entity_id) is not entity_id:
                self._withdraw(entity_id, row)
                raise UniqueViolation(self.entity.key, index.name, index.fields)
        for key_of, array, bucket in self._others:
            key = key_of(row)
            if array:
                _move_items(bucket, entity_id, (), key or ())
            elif key is not None:
                bucket.add(key, entity_id)

    def _withdraw(self, entity_id: Any, row: Row) -> None:
        """Take back a row of which unique indexes have some keys."""
        del self._changes[entity_id]
        for index, bucket in self._committed_unique():
            bucket.discard(index.key(row), entity_id)

    def replace(self, row: Row) -> bool:
        """Store a row in the place of one that has the same id and the same keys in every index; return whether there was one."""
        entity_id = row[self.id_position]
        before = self.get(entity_id)
        if before is None or self.keys_of(before) != self.keys_of(row):
            return False
        self.rewrite(entity_id, row)
        return True

    def write(self, entity_id: Any, before: Row | None, after: Row | None) -> None:
        """Store what `after` is, None for nothing, as the row of an id, which was `before`."""
        if before is after:  # nothing, and there was nothing
            return
        for key_of, array, bucket in self._indexed:
            old = None if before is None else key_of(before)
            new = None if after is None else key_of(after)
            if old is new:  # as most keys are in a row that is written again
                continue
            if array:
                _move_items(bucket, entity_id, old or (), new or ())
                continue
            if old is not None:
                bucket.discard(old, entity_id)
            if new is not None:
                bucket.add(new, entity_id)
        if after is not None or self._parent is not None:
            self._changes[entity_id] = after
        else:
            del self._changes[entity_id]

    def holders(self, index: Index, key: Any) -> list[Row]:
        """Return the rows that have a key in an index of the entity."""
        rows = (self.get(entity_id) for entity_id in self.buckets[index.name].ids(key))
        return [row for row in rows if row is not None and (self._parent is None or key in index.keys(row))]

    def holder(self, name: str, key: Any) -> Row | None:
        """Return the row that has a key in a unique index of the entity, or None."""
        entity_id = self.holder_ids[name](key)
        return None if entity_id is None else self.get(entity_id)

    def check_unique(self, entity_id: Any, before: Row | None, after: Row) -> None:
        """Check that the row `after` of an id, which was `before`, holds no key of another row. Raises UniqueViolation."""
        for index, key_of, holder_id_of in self._unique:
            key = key_of(after)
            if key is None or (before is not None and key_of(before) is key):
                continue
            holder_id = holder_id_of(key)
            if holder_id is not None and holder_id != entity_id:
                raise UniqueViolation(self.entity.key, index.name, index.fields)

    def _holder_id_of(self, index: Index) -> Callable[[Any], Any]:
        """Return a function that gives the id of the row that has a key in a unique index, or None."""
        bucket = self.buckets[index.name]
        if isinstance(bucket, UniqueKeys):
            return bucket.id_of
        return lambda key: next((row[self.id_position] for row in self.holders(index, key)), None)

    def find(self, column: int, value: Any) -> list[Row]:
        """Return the rows that hold a value, not None, in a column."""
        if column == self.id_position:
            row = self.get(value)
            return [] if row is None else [row]
        index = self.entity.lookups.get(column)
        if index is not None:
            return self.holders(index, value)
        return [row for row in self.rows() if row[column] == value]

    def changed(self) -> list[tuple[Row | None, Row | None]]:
        """Return what `merge` would change: each row before and after, None where there is none."""
        before = (None if self._parent is None else self._parent.get(entity_id) for entity_id in self._changes)
        return list(zip(before, self._changes.values(), strict=True))

    def merge(self) -> None:
        """Make the changes in the parent."""
        if self._parent is None:
            raise TypeError("a committed table has nothing to merge into")
        for entity_id, row in self._changes.items():
            before = self._parent.get(entity_id)
            if before is not None or row is not None:
                self._parent.write(entity_id, before, row)


class Tables(dict[str, Table]):
    """The tables of a session by the key of their entity, each made when it is first asked for. RuntimeError once they are closed."""

    def __init__(self, entities: Mapping[str, Entity[Any]], parent: Tables | None) -> None:
        super().__init__()
        self._entities = entities
        self._parent = parent
        self._closed = False

    def __missing__(self, key: str) -> Table:
        self.check_open()
        table = self[key] = Table(self._entities[key], None if self._parent is None else self._parent[key])
        return table

    def check_open(self) -> None:
        """Raise RuntimeError once the tables are closed."""
        if self._closed:
            raise RuntimeError("the transaction has ended")

    def close(self) -> None:
        """Forget the tables, for good."""
        self.clear()
        self._closed = True


def _buckets(index: Index, parent: Table | None) -> Buckets:
    if parent is not None:
        return ChangedKeys(parent.buckets[index.name])
    return UniqueKeys() if index.unique else Keys()


def _move_items(bucket: Buckets, entity_id: Any, old: Sequence[Any], new: Sequence[Any]) -> None:
    for key in dict.fromkeys(old):
        bucket.discard(key, entity_id)
    for key in dict.fromkeys(new):
        bucket.add(key, entity_id)
