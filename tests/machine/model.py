"""What repositories must do, in plain Python: rows in a dict, criteria by looking, orders by sorting. Slow and obvious."""

from __future__ import annotations

import builtins
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Sequence
from copy import deepcopy
from dataclasses import asdict, dataclass
from functools import cmp_to_key
from typing import Any, TypeAlias, cast

from machine.kinds import Kind, stored
from machine.projects import EntitySpec, Project, RelationSpec, UniqueSpec
from pkit.errors import EntityNotFound, ForeignKeyViolation, RepositoryError, UniqueViolation

Row: TypeAlias = dict[str, Any]
Tables: TypeAlias = dict[str, dict[Any, Row]]


@dataclass(frozen=True)
class Pages:
    """The pages of a listing, from the first to the last."""

    items: tuple[tuple[Any, ...], ...]


class AnyOf(Exception):
    """Several errors at once, all of one type: a backend raises any one of them."""

    def __init__(self, errors: Sequence[RepositoryError]) -> None:
        super().__init__(*errors)
        self.errors = errors


class Model:
    """All entities of a project. `module` holds their classes."""

    def __init__(self, project: Project, module: Any) -> None:
        self.project = project
        self.module = module
        self.tables: Tables = {entity.key: {} for entity in project.entities}
        self.repositories = {entity.key: ModelRepository(self, entity) for entity in project.entities}

    def snapshot(self) -> Tables:
        """Return the rows as they are; writing replaces rows, and changes none."""
        return {key: dict(rows) for key, rows in self.tables.items()}

    def commit(self, before: Tables) -> None:
        """Check the references of what has changed since `before`, and go back to that when one does not hold."""
        broken = [
            ForeignKeyViolation(entity.key, relation.field, relation.target)
            for entity in self.project.entities
            for relation in entity.relations
            if relation.shape == "one" and not self._holds(entity, relation)
        ]
        if broken:
            self.tables = before
            raise AnyOf(broken)

    def _holds(self, entity: EntitySpec, relation: RelationSpec) -> bool:
        values = [row[relation.field] for row in self.tables[entity.key].values()]
        return all(value is None or value in self.tables[relation.target] for value in values)


class ModelRepository:
    """The repository of an entity of the model, with the methods of the real ones; those named after indexes take the index."""

    def __init__(self, model: Model, entity: EntitySpec) -> None:
        self._model = model
        self._entity = entity

    async def add(self, entity: Any) -> None:
        await self.add_many([entity])

    async def add_many(self, entities: Sequence[Any]) -> None:
        self._write([self._insert(entity) for entity in entities])

    async def get(self, entity_id: Any) -> Any:
        return self._built(self._rows.get(stored(entity_id)))

    async def get_many(self, entity_ids: Collection[Any]) -> dict[Any, Any]:
        return {i: self._built(self._rows[stored(i)]) for i in entity_ids if stored(i) in self._rows}

    async def get_by(self, index: UniqueSpec, *values: Any) -> Any:
        return self._built(self._holder(index, values))

    async def exists_by(self, index: UniqueSpec, *values: Any, excluding: Any = None) -> bool:
        holder = self._holder(index, values)
        return holder is not None and holder["id"] != excluding

    async def update(self, entity: Any) -> None:
        self._write([self._replace(entity)])

    async def upsert(self, entity: Any) -> None:
        self._write([self._putting(self._row(entity))])

    async def upsert_by(self, index: UniqueSpec, entity: Any) -> Any:
        row = self._row(entity)
        holder = self._holder(index, [row[name] for name in index.fields])
        if holder is None:
            self._write([self._insert(entity)])
        else:
            row["id"] = holder["id"]
            self._write([self._putting(row)])
        return self._built(row)

    async def patch(self, entity_id: Any, **changes: Any) -> Any:
        if entity_id not in self._rows:
            raise EntityNotFound(self._entity.key, entity_id)
        row = {**self._rows[entity_id], **_stored(changes)}
        self._write([self._putting(row)])
        return self._built(row)

    async def delete(self, entity_id: Any) -> bool:
        found = entity_id in self._rows
        self._write([self._removing(entity_id)])
        return found

    async def delete_by_fields(self, criteria: Any) -> int:
        ids = [row["id"] for row in self._matching(criteria)]
        self._write([self._removing(entity_id) for entity_id in ids])
        return len(ids)

    async def update_by_fields(self, criteria: Any, **changes: Any) -> int:
        rows = [{**row, **_stored(changes)} for row in self._matching(criteria)]
        self._write([self._putting(row) for row in rows])
        return len(rows)

    async def list(self, **window: Any) -> Sequence[Any]:
        return await self.list_by_fields({}, **window)

    async def list_by_fields(
        self, criteria: Any, *, offset: int = 0, limit: int | None = 50, sort_by: Any = None, sort_desc: bool = False
    ) -> Sequence[Any]:
        rows = self._sorted(criteria, sort_by, sort_desc)
        return [self._built(row) for row in rows[offset : None if limit is None else offset + limit]]

    async def pages(self, criteria: Any, *, sort_by: Any, limit: int) -> Pages:
        rows = [self._built(row) for row in self._sorted(criteria, sort_by, False)]
        return Pages(tuple(tuple(rows[at : at + limit]) for at in range(0, max(len(rows), 1), limit)))

    async def stream(self, criteria: Any, *, sort_by: Any, batch_size: int) -> AsyncIterator[Any]:
        for row in self._sorted(criteria, sort_by, False):
            yield self._built(row)

    async def count(self) -> int:
        return len(self._rows)

    async def count_by_fields(self, criteria: Any) -> int:
        return len(self._matching(criteria))

    async def exists_by_fields(self, criteria: Any) -> bool:
        return bool(self._matching(criteria))

    async def distinct_values(self, field: str, criteria: Any) -> Sequence[Any]:
        kind, found = self._entity.field(field).kind, builtins.list[Any]()
        for row in self._matching(criteria):
            if row[field] is not None and row[field] not in found:
                found.append(row[field])
        return sorted(found, key=order_of(kind))

    # --- views ---------------------------------------------------------------------------------------------------------

    async def view_get_with(self, entity_id: Any, include: Sequence[str]) -> Any:
        row = self._rows.get(entity_id)
        return None if row is None else self.view(row, include)

    async def view_list_with(self, include: Sequence[str], **window: Any) -> Sequence[Any]:
        return await self.view_list_by_fields({}, include, **window)

    async def view_list_by_fields(self, criteria: Any, include: Sequence[str], **window: Any) -> Sequence[Any]:
        rows = [self._rows[entity.id] for entity in await self.list_by_fields(criteria, **window)]
        return [self.view(row, include) for row in rows]

    def view(self, row: Row, include: Sequence[str]) -> Row:
        """Return a row as a dict, with the relations that `include` names."""
        shown: Row = asdict(self._built(row))
        for relation in self._entity.relations:
            paths = [path.split(".", 1) for path in include if path.split(".")[0] == relation.name]
            if paths:
                shown[relation.name] = self._shown(row, relation, [rest for _, *beyond in paths for rest in beyond])
        return shown

    def _shown(self, row: Row, relation: RelationSpec, include: Sequence[str]) -> Any:
        target = self._model.repositories[relation.target]
        if relation.shape == "one":
            found = self._model.tables[relation.target].get(row[relation.field])
            return None if found is None else target.view(found, include)
        rows = list(self._follow(row, relation))
        if relation.shape != "list":  # which keeps its own order, and what is in it twice
            rows = [rows[at] for at in {found["id"]: at for at, found in enumerate(rows)}.values()]
            rows.sort(key=target._sort_key("id"))
        return [target.view(found, include) for found in rows]

    # --- writing ----------------------------------------------------------------------------------------------------

    @property
    def _rows(self) -> dict[Any, Row]:
        return self._model.tables[self._entity.key]

    def _row(self, entity: Any) -> Row:
        return _stored({field.name: getattr(entity, field.name) for field in self._entity.fields})

    def _built(self, row: Row | None) -> Any:
        return None if row is None else getattr(self._model.module, self._entity.cls)(**deepcopy(row))

    def _write(self, steps: Sequence[Callable[[], object]]) -> None:
        """Take all the steps or none."""
        before = self._model.snapshot()
        try:
            for step in steps:
                step()
        except Exception:
            self._model.tables = before
            raise
        self._model.commit(before)

    def _insert(self, entity: Any) -> Callable[[], None]:
        row = self._row(entity)

        def step() -> None:
            self._check_unique(row, taken=row["id"] in self._rows)
            self._rows[row["id"]] = row

        return step

    def _replace(self, entity: Any) -> Callable[[], None]:
        row = self._row(entity)

        def step() -> None:
            if row["id"] not in self._rows:
                raise EntityNotFound(self._entity.key, row["id"])
            self._put(row)

        return step

    def _putting(self, row: Row) -> Callable[[], None]:
        return lambda: self._put(row)

    def _put(self, row: Row) -> None:
        self._check_unique(row, taken=False)
        self._rows[row["id"]] = row

    def _check_unique(self, row: Row, *, taken: bool) -> None:
        violated = [UniqueViolation(self._entity.key, "id", ("id",))] if taken else []
        for index in self._entity.unique:
            holder = self._holder(index, [row[name] for name in index.fields])
            if holder is not None and (taken or holder["id"] != row["id"]):
                violated.append(UniqueViolation(self._entity.key, index.name, index.fields))
        if violated:
            raise AnyOf(violated)

    def _removing(self, entity_id: Any) -> Callable[[], None]:
        def step() -> None:
            self._rows.pop(entity_id, None)

        return step

    def _holder(self, index: UniqueSpec, values: Sequence[Any]) -> Row | None:
        wanted = [_key(index, stored(value)) for value in values]
        if any(value is None for value in wanted):
            return None
        for row in self._rows.values():
            if [_key(index, row[name]) for name in index.fields] == wanted:
                return row
        return None

    # --- reading ----------------------------------------------------------------------------------------------------

    def _matching(self, criteria: Any) -> builtins.list[Row]:
        return [row for row in self._rows.values() if self.matches(row, criteria)]

    def matches(self, row: Row | None, criteria: Any) -> bool:
        """Return whether a row matches criteria."""
        return all(self._holds(row, name, value) for name, value in criteria.items())

    def _holds(self, row: Row | None, name: str, value: Any) -> bool:
        match name:
            case "and":
                return all(self.matches(row, item) for item in value)
            case "or":
                return any(self.matches(row, item) for item in value)
            case "not":
                return not self.matches(row, value)
            case _:
                relation = next((r for r in self._entity.relations if r.name == name), None)
                return (
                    compares(self.value(row, name), value) if relation is None else self._related(row, relation, value)
                )

    def _related(self, row: Row | None, relation: RelationSpec, quantifiers: Any) -> bool:
        target = self._model.repositories[relation.target]
        rows = list(self._follow(row, relation))
        tests: dict[str, Callable[[Any], bool]] = {
            "some": lambda inner: any(target.matches(found, inner) for found in rows),
            "none": lambda inner: not any(target.matches(found, inner) for found in rows),
            "every": lambda inner: all(target.matches(found, inner) for found in rows),
        }
        return all(tests[name](inner) for name, inner in quantifiers.items())

    def _follow(self, row: Row | None, relation: RelationSpec) -> Iterator[Row]:
        if row is None:
            return
        targets = self._model.tables[relation.target]
        if relation.shape == "list":
            ids = row[relation.field] or ()
        elif relation.shape == "reverse":
            ids = [i for i, other in targets.items() if other[relation.field] == row["id"]]
        else:
            over = self._model.tables[relation.through].values()
            ids = [other[relation.target_field] for other in over if other[relation.field] == row["id"]]
        yield from (targets[entity_id] for entity_id in ids if entity_id in targets)

    def value(self, row: Row | None, path: str) -> Any:
        """Return what a row holds at a path over to-one relations and into documents."""
        head, _, rest = path.partition(".")
        relation = next((r for r in self._entity.relations if r.name == head), None)
        if row is None:
            return None
        if relation is None:
            value = row[head]
            return getattr(value, rest) if rest and value is not None else value
        target = self._model.tables[relation.target].get(row[relation.field])
        return self._model.repositories[relation.target].value(target, rest)

    def kind(self, path: str) -> Kind:
        """Return what is at a path over to-one relations."""
        head, _, rest = path.partition(".")
        relation = next((r for r in self._entity.relations if r.name == head), None)
        if relation is None:
            return self._entity.field(head).kind
        return self._model.repositories[relation.target].kind(rest)

    def _sorted(self, criteria: Any, sort_by: Any, sort_desc: bool) -> builtins.list[Row]:
        names = [sort_by] if isinstance(sort_by, str) else list(sort_by or ())
        rows = self._matching(criteria)
        for name in reversed([*names, "id"]):
            path, descending = name.removeprefix("-"), name.startswith("-") != sort_desc
            rows.sort(key=self._sort_key(path), reverse=descending)
        return rows

    def _sort_key(self, path: str) -> Callable[[Row], Any]:
        key = absent_first(order_of(self.kind(path)))
        return lambda row: key(self.value(row, path))


def _stored(values: Row) -> Row:
    return {name: stored(deepcopy(value)) for name, value in values.items()}


def _key(index: UniqueSpec, value: Any) -> Any:
    return value.lower() if index.lower and value is not None else value


def order_of(kind: Kind) -> Callable[[Any], Any]:
    """Return the key that values of a kind are sorted by. Bytes, which are sorted by only as ids, go by length first."""
    return kind.order if kind.order is not None else lambda value: (len(value), value)


def absent_first(order: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return a key that puts None first."""

    def compare(one: Any, other: Any) -> int:
        if one is None or other is None:
            return (one is not None) - (other is not None)
        return int(order(one) > order(other)) - int(order(one) < order(other))

    return cmp_to_key(compare)


def compares(found: Any, wanted: Any) -> bool:
    """Return whether a value is as criteria want it."""
    if isinstance(wanted, dict):
        return all(OPERATORS[name](found, value) for name, value in cast(dict[str, Any], wanted).items())
    return OPERATORS["in" if isinstance(wanted, list) else "eq"](found, wanted)


def _equal(found: Any, wanted: Any) -> bool:
    return bool(found == wanted)


def _text(test: Callable[[str, str], bool], *, ignoring_case: bool) -> Callable[[Any, Any], bool]:
    if ignoring_case:
        return lambda found, wanted: found is not None and test(found.lower(), wanted.lower())
    return lambda found, wanted: found is not None and test(str(found), str(wanted))


OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": _equal,
    "ne": lambda found, wanted: not _equal(found, wanted),
    "in": lambda found, wanted: any(_equal(found, item) for item in wanted),
    "not_in": lambda found, wanted: not any(_equal(found, item) for item in wanted),
    "gt": lambda found, wanted: found is not None and found > wanted,
    "gte": lambda found, wanted: found is not None and found >= wanted,
    "lt": lambda found, wanted: found is not None and found < wanted,
    "lte": lambda found, wanted: found is not None and found <= wanted,
    "between": lambda found, wanted: found is not None and wanted[0] <= found <= wanted[1],
    "contains": _text(str.__contains__, ignoring_case=False),
    "icontains": _text(str.__contains__, ignoring_case=True),
    "startswith": _text(str.startswith, ignoring_case=False),
    "istartswith": _text(str.startswith, ignoring_case=True),
    "endswith": _text(str.endswith, ignoring_case=False),
    "iendswith": _text(str.endswith, ignoring_case=True),
    "has": lambda found, wanted: found is not None and wanted in found,
    "has_any": lambda found, wanted: found is not None and any(item in found for item in wanted),
    "has_all": lambda found, wanted: found is not None and all(item in found for item in wanted),
    "empty": lambda found, wanted: found is not None and (not found) is wanted,
}
