"""Random calls of repositories: drawn as values, and made on the model and on real repositories alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, is_dataclass
from typing import Any, cast

from hypothesis import strategies as st

from machine.kinds import BOOLEAN, Kind, comparable
from machine.model import AnyOf, Model, ModelRepository, Pages
from machine.projects import EntitySpec, FieldSpec, Project, UniqueSpec
from pkit.errors import RepositoryError


@dataclass(frozen=True)
class Step:
    """A call of a method of an entity's repository; `index` is the unique index that the method is named after.

    `viewed`: of the repository of its views. The model has the methods of both in one, those of views under names that begin with "view_".
    """

    key: str
    method: str
    arguments: tuple[Any, ...] = ()
    keywords: Mapping[str, Any] = field(default_factory=dict[str, Any])
    index: UniqueSpec | None = None
    viewed: bool = False

    def repository(self, container: Any) -> Any:
        """Return what has the method, of a container or of a transaction."""
        return getattr(container.views if self.viewed else container, self.key)

    async def on(self, repository: Any) -> Any:
        """Make the call, and return the result as a plain value."""
        if self.method == "pages":
            return await _pages(repository, *self.arguments, **self.keywords)
        if self.method == "stream":
            return [entity async for entity in repository.stream(*self.arguments, **self.keywords)]
        if self.viewed and isinstance(repository, ModelRepository):
            return await getattr(repository, f"view_{self.method}")(*self.arguments, **self.keywords)
        if self.index is None:
            return await getattr(repository, self.method)(*self.arguments, **self.keywords)
        if isinstance(repository, ModelRepository):
            return await getattr(repository, self.method)(self.index, *self.arguments, **self.keywords)
        return await getattr(repository, f"{self.method}_{self.index.suffix}")(*self.arguments, **self.keywords)


async def _pages(repository: Any, criteria: Any, *, sort_by: Any, limit: int) -> Pages:
    if isinstance(repository, ModelRepository):
        return await repository.pages(criteria, sort_by=sort_by, limit=limit)
    pages, after = list[tuple[Any, ...]](), None
    while after is not None or not pages:
        page = await repository.page(criteria, sort_by=sort_by, limit=limit, after=after)
        pages.append(tuple(page.items))
        after = page.next_cursor
    return Pages(tuple(pages))


@dataclass(frozen=True)
class Failure:
    """What an error says; `others` is what it may say as well, in place of `attributes`."""

    name: str
    attributes: Mapping[str, object]
    others: Sequence[Mapping[str, object]] = ()

    def covers(self, found: object) -> bool:
        """Return whether a backend may fail like that where the model does like this."""
        return (
            isinstance(found, Failure)
            and found.name == self.name
            and found.attributes in (self.attributes, *self.others)
        )


async def outcome(step: Step, repository: Any) -> object:
    """Make the call and return something to compare: the result with the types of all values, or the failure."""
    try:
        return shown(await step.on(repository))
    except AnyOf as failure:
        first, *others = failure.errors
        return Failure(type(first).__name__, _attributes(first), tuple(map(_attributes, others)))
    except RepositoryError as error:
        return Failure(type(error).__name__, _attributes(error))


def _attributes(error: RepositoryError) -> dict[str, object]:
    return {name: value for name, value in vars(error).items() if name != "entity_id"}


def agrees(found: object, expected: object) -> bool:
    """Return whether a backend did what the model did."""
    return expected.covers(found) if isinstance(expected, Failure) else found == expected


def shown(value: Any) -> object:
    """Return a value such that equality tells all types in it."""
    if isinstance(value, Pages):
        return [shown(page) for page in value.items]
    if is_dataclass(value) and not isinstance(value, type):
        return type(value).__name__, {name: shown(getattr(value, name)) for name in value.__dataclass_fields__}
    if isinstance(value, Mapping):
        entries = cast(Mapping[object, object], value)
        return [(shown(key), shown(item)) for key, item in sorted(entries.items(), key=repr)]
    if isinstance(value, (list, tuple)):
        return [shown(item) for item in cast(list[object], value)]
    return comparable(value)


class Drawer:
    """Draws steps that suit the state of a model: most ids and values are there."""

    def __init__(self, model: Model, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self._model = model
        self._project: Project = model.project
        self.draw = draw

    def step(self) -> Step:
        """Draw a call."""
        entity = self.draw(st.sampled_from(self._project.entities))
        names = [*_PLAIN, *(_INDEXED if entity.unique else ()), *(_LISTING if _listed(entity) else ())]
        names += [*_VIEWED, *_VIEWED] if entity.relations else []
        return _METHODS[self.draw(st.sampled_from(names))](self, entity)

    def entity(self, entity: EntitySpec) -> Any:
        """Draw an entity; its references are mostly to what is there."""
        values = {field.name: self._value(entity, field) for field in entity.fields}
        return getattr(self._model.module, entity.cls)(**values)

    def _value(self, entity: EntitySpec, field: FieldSpec) -> Any:
        relation = next((r for r in entity.relations if r.field == field.name and r.shape in ("one", "list")), None)
        if field.name == "id" or relation is None:
            return self.draw(field.values)
        ids = list(self._model.tables[relation.target])
        if not ids or self.draw(st.integers(0, 9)) == 0:
            return self.draw(field.values)
        if field.optional and self.draw(st.integers(0, 3)) == 0:
            return None
        known = st.sampled_from(ids)
        return self.draw(known if relation.shape == "one" else st.lists(known, max_size=3))

    def id(self, entity: EntitySpec) -> Any:
        ids = list(self._model.tables[entity.key])
        if ids and self.draw(st.integers(0, 4)):
            return self.draw(st.sampled_from(ids))
        return self.draw(entity.fields[0].values)

    def existing(self, entity: EntitySpec) -> Any:
        drawn = self.entity(entity)
        values = {field.name: getattr(drawn, field.name) for field in entity.fields}
        return type(drawn)(**{**values, "id": self.id(entity)})

    def changes(self, entity: EntitySpec) -> dict[str, Any]:
        fields = self.draw(
            st.lists(st.sampled_from(entity.fields[1:]), min_size=1, max_size=3, unique_by=lambda f: f.name)
        )
        return {field.name: self._value(entity, field) for field in fields}

    # --- criteria and orders ----------------------------------------------------------------------------------------

    def criteria(self, entity: EntitySpec, depth: int = 2, hops: int = 2) -> dict[str, Any]:
        """Draw criteria: up to `depth` levels of `and`, `or`, `not` and relations to many."""
        found: dict[str, Any] = {}
        for _ in range(self.draw(st.sampled_from((0, 1, 1, 1, 2)))):
            word = self.draw(st.sampled_from(("field", "field", "field", "and", "or", "not", "many")))
            if word == "field" or depth == 0:
                path, kind, optional = self.draw(st.sampled_from(paths(self._project, entity, hops)))
                found[path] = self._condition(kind, optional)
            elif word == "not":
                found[word] = self.criteria(entity, depth - 1, hops)
            elif word == "many":
                self._add_quantified(found, entity, depth)
            else:
                found[word] = [self.criteria(entity, depth - 1, hops) for _ in range(self.draw(st.integers(1, 2)))]
        return found

    def _add_quantified(self, found: dict[str, Any], entity: EntitySpec, depth: int) -> None:
        many = [relation for relation in entity.relations if relation.shape != "one"]
        if many:
            relation = self.draw(st.sampled_from(many))
            words = self.draw(st.lists(st.sampled_from(("some", "none", "every")), min_size=1, max_size=2, unique=True))
            target = self._project.entity(relation.target)
            found[relation.name] = {word: self.criteria(target, depth - 1, 0) for word in words}

    def _condition(self, kind: Kind, optional: bool) -> Any:
        if optional and self.draw(st.integers(0, 5)) == 0:
            return None
        some = st.none() | kind.values if optional else kind.values
        if kind.family == "array":
            return self.draw(_array_conditions(kind))
        if kind.family == "document":
            return {self.draw(st.sampled_from(("eq", "ne"))): self.draw(some)}
        choices = [kind.values, st.lists(some, max_size=3)]
        choices += [st.fixed_dictionaries({name: some}) for name in ("eq", "ne")]
        choices += [st.fixed_dictionaries({name: st.lists(some, max_size=3)}) for name in ("in", "not_in")]
        choices += [st.fixed_dictionaries({name: kind.values}) for name in _OPERATORS[kind.family]]
        if kind.family == "order":
            choices.append(st.fixed_dictionaries({"between": st.tuples(kind.values, kind.values)}))
        return self.draw(st.one_of(choices))

    def include(self, entity: EntitySpec) -> list[str]:
        """Draw the relations that a view shows, as paths."""
        known = include_paths(self._project, entity, 2)
        found: list[str] = self.draw(st.lists(st.sampled_from(known), max_size=3, unique=True))
        return found

    def sort_by(self, entity: EntitySpec) -> Any:
        """Draw one sort key, several or none."""
        names = sort_paths(self._project, entity, 2)
        keys = st.sampled_from([*names, *(f"-{name}" for name in names)] or ["id"])
        return self.draw(st.none() | keys | st.lists(keys, max_size=3))


def paths(project: Project, entity: EntitySpec, hops: int) -> list[tuple[str, Kind, bool]]:
    """Return what criteria can name: fields, parts of documents, and those of related entities; with whether they can be absent."""
    found: list[tuple[str, Kind, bool]] = []
    for item in entity.fields:
        found.append((item.name, item.kind, item.optional))
        found += [(f"{item.name}.{part}", kind, optional or item.optional) for part, kind, optional in item.kind.parts]
    for relation in entity.relations if hops else ():
        if relation.shape == "one":
            beyond = paths(project, project.entity(relation.target), hops - 1)
            found += [(f"{relation.name}.{path}", kind, True) for path, kind, _ in beyond]
    return found


def sort_paths(project: Project, entity: EntitySpec, hops: int) -> list[str]:
    """Return what can be sorted by: fields, and those of related entities."""
    found = [item.name for item in entity.fields if item.kind.order is not None]
    for relation in entity.relations if hops else ():
        if relation.shape == "one":
            beyond = sort_paths(project, project.entity(relation.target), hops - 1)
            found += [f"{relation.name}.{path}" for path in beyond]
    return found


def include_paths(project: Project, entity: EntitySpec, hops: int) -> list[str]:
    """Return what views can include: relations, and those of related entities."""
    found: list[str] = []
    for relation in entity.relations if hops else ():
        beyond = include_paths(project, project.entity(relation.target), hops - 1)
        found += [relation.name, *(f"{relation.name}.{path}" for path in beyond)]
    return found


_OPERATORS: dict[str, tuple[str, ...]] = {
    "equality": (),
    "order": ("gt", "gte", "lt", "lte"),
    "text": ("contains", "icontains", "startswith", "istartswith", "endswith", "iendswith", "gt", "gte", "lt", "lte"),
}


def _array_conditions(kind: Kind) -> st.SearchStrategy[Any]:
    if kind.item is None:
        raise TypeError("an array has items")
    several = st.lists(kind.item.values, max_size=3)
    options: list[dict[str, st.SearchStrategy[Any]]] = [
        {"has": kind.item.values},
        {"has_any": several},
        {"has_all": several},
        {"empty": BOOLEAN.values},
    ]
    return st.one_of([st.fixed_dictionaries(option) for option in options])


_Make = Callable[[Drawer, EntitySpec], Step]
_PLAIN: dict[str, _Make] = {
    "add": lambda d, e: Step(e.key, "add", (d.entity(e),)),
    "add again": lambda d, e: Step(e.key, "add", (d.entity(e),)),
    "add_many": lambda d, e: Step(e.key, "add_many", ([d.entity(e) for _ in range(d.draw(st.integers(0, 3)))],)),
    "get": lambda d, e: Step(e.key, "get", (d.id(e),)),
    "get_many": lambda d, e: Step(e.key, "get_many", ([d.id(e) for _ in range(d.draw(st.integers(0, 3)))],)),
    "update": lambda d, e: Step(e.key, "update", (d.existing(e),)),
    "upsert": lambda d, e: Step(e.key, "upsert", (d.existing(e),)),
    "patch": lambda d, e: Step(e.key, "patch", (d.id(e),), d.changes(e)),
    "delete": lambda d, e: Step(e.key, "delete", (d.id(e),)),
    "delete_by_fields": lambda d, e: Step(e.key, "delete_by_fields", (d.criteria(e),)),
    "update_by_fields": lambda d, e: Step(e.key, "update_by_fields", (d.criteria(e),), d.changes(e)),
    "list": lambda d, e: Step(e.key, "list", (), _window(d, e)),
    "list_by_fields": lambda d, e: Step(e.key, "list_by_fields", (d.criteria(e),), _window(d, e)),
    "list_by_fields again": lambda d, e: Step(e.key, "list_by_fields", (d.criteria(e),), _window(d, e)),
    "pages": lambda d, e: Step(
        e.key, "pages", (d.criteria(e, 1),), {"sort_by": d.sort_by(e), "limit": d.draw(st.integers(1, 3))}
    ),
    "stream": lambda d, e: Step(
        e.key, "stream", (d.criteria(e, 1),), {"sort_by": d.sort_by(e), "batch_size": d.draw(st.integers(1, 3))}
    ),
    "count": lambda d, e: Step(e.key, "count"),
    "count_by_fields": lambda d, e: Step(e.key, "count_by_fields", (d.criteria(e),)),
    "exists_by_fields": lambda d, e: Step(e.key, "exists_by_fields", (d.criteria(e),)),
}
_LISTING: dict[str, _Make] = {
    "distinct_values": lambda d, e: Step(
        e.key, "distinct_values", (d.draw(st.sampled_from(_listed(e))), d.criteria(e, 1))
    ),
}
_INDEXED: dict[str, _Make] = {
    "get_by": lambda d, e: _by_index(d, e, "get_by", {}),
    "exists_by": lambda d, e: _by_index(d, e, "exists_by", {"excluding": d.id(e)}),
    "upsert_by": lambda d, e: Step(e.key, "upsert_by", (d.entity(e),), {}, d.draw(st.sampled_from(e.unique))),
}
_VIEWED: dict[str, _Make] = {
    "get_with": lambda d, e: Step(e.key, "get_with", (d.id(e), d.include(e)), viewed=True),
    "list_with": lambda d, e: Step(e.key, "list_with", (d.include(e),), _window(d, e), viewed=True),
    "view list_by_fields": lambda d, e: Step(
        e.key, "list_by_fields", (d.criteria(e), d.include(e)), _window(d, e), viewed=True
    ),
}
_METHODS: dict[str, _Make] = {**_PLAIN, **_LISTING, **_INDEXED, **_VIEWED}


def _by_index(drawer: Drawer, entity: EntitySpec, method: str, keywords: dict[str, Any]) -> Step:
    index = drawer.draw(st.sampled_from(entity.unique))
    values = tuple(drawer.draw(entity.field(name).kind.values) for name in index.fields)
    return Step(entity.key, method, values, keywords, index)


def _window(drawer: Drawer, entity: EntitySpec) -> dict[str, Any]:
    return {
        "offset": drawer.draw(st.integers(0, 2)),
        "limit": drawer.draw(st.none() | st.integers(0, 3)),
        "sort_by": drawer.sort_by(entity),
        "sort_desc": drawer.draw(st.booleans()),
    }


def _listed(entity: EntitySpec) -> list[str]:
    return [item.name for item in entity.fields if item.kind.order is not None]
