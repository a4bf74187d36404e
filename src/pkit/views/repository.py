"""View repositories, and where a container keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Protocol, Self, TypeVar, cast, overload

from pkit.container import Container, current, find
from pkit.errors import InvalidCriteria
from pkit.sorting import ID
from pkit.views.description import Declared, Views, tree, wanted
from pkit.views.loading import Fetching, Loaded, Loader, builder
from pkit.views.planning import Planner, Query

R = TypeVar("R")


class ViewRepository:
    """The views of one entity in a container. Generated protocols give its methods their types."""

    def __init__(self, container: Container, views: Views, key: str) -> None:
        self._views = views
        self._key = key
        self._planner = Planner(container, views)
        self._loader = Loader(container)
        self._plans: dict[Declared, Query] = {}

    async def get_with(self, entity_id: Any, /, include: Any = ()) -> Any:
        declared = wanted(self._key, include, self._views)
        try:
            return await self._first(declared, {ID: {"eq": entity_id}})
        except InvalidCriteria:
            await self._repository.get(entity_id)  # raises what `get` does for an id of another type
            raise

    async def get_by_index_with(self, index: str, value: Any, /, include: Any = ()) -> Any:
        declared = wanted(self._key, include, self._views)
        criteria = self._exactly(index, value)
        if criteria is not None:
            return await self._first(declared, criteria)
        entity = await self._repository.get_by_index(index, value)  # knows about case, and what is wrong
        return None if entity is None else await self._shown(declared, entity)

    async def list_with(
        self,
        include: Any = (),
        *,
        offset: int = 0,
        limit: int | None = 50,
        sort_by: Any = None,
        sort_desc: bool = False,
    ) -> Any:
        window = {"offset": offset, "limit": limit, "sort_by": sort_by, "sort_desc": sort_desc}
        return await self._list(wanted(self._key, include, self._views), {}, **window)

    async def list_by_fields(
        self,
        criteria: Any,
        /,
        include: Any = (),
        *,
        offset: int = 0,
        limit: int | None = 50,
        sort_by: Any = None,
        sort_desc: bool = False,
    ) -> Any:
        window = {"offset": offset, "limit": limit, "sort_by": sort_by, "sort_desc": sort_desc}
        return await self._list(wanted(self._key, include, self._views), criteria, **window)

    async def count(self) -> int:
        return await self._repository.count()

    async def count_by_fields(self, criteria: Any, /) -> int:
        return await self._repository.count_by_fields(criteria)

    @property
    def _repository(self) -> Fetching:
        return self._loader.repository(self._key)

    def _exactly(self, index: str, value: object) -> dict[str, object] | None:
        """Return the criteria of the entity that has the value in a unique index; None where criteria cannot say that."""
        fields = self._views[self._key].unique.get(index, ())
        parts = _parts(value)
        if not fields or len(parts) != len(fields) or any(part is None for part in parts):
            return None
        return {name: {"eq": part} for name, part in zip(fields, parts, strict=True)}

    async def _first(self, declared: Declared, criteria: Any) -> dict[str, Any] | None:
        return next(iter(await self._list(declared, criteria, limit=1)), None)

    async def _shown(self, declared: Declared, entity: Any) -> dict[str, Any] | None:
        """Return the view of an entity that was read already; it is read again only where relations are joined to it."""
        query = self._plan(declared)
        if query.joins:
            return await self._first(declared, {ID: {"eq": entity.id}})
        held = query.slots[0].held(entity)
        return _built(declared, await self._loader.complete(query, [(held,)]))[0]

    async def _list(self, declared: Declared, criteria: Any, **window: Any) -> list[dict[str, Any]]:
        return _built(declared, await self._loader.load(self._plan(declared), criteria, **window))

    def _plan(self, declared: Declared) -> Query:
        if declared not in self._plans:
            self._plans[declared] = self._planner.query(tree(self._key, declared.include, self._views))
        return self._plans[declared]


def _built(declared: Declared, loaded: Loaded) -> list[dict[str, Any]]:
    built = builder(loaded, once=True)(range(len(loaded.rows)))
    for row in built if declared.exclude else ():
        for name in declared.exclude:
            del row[name]
    return built


def _parts(value: object) -> tuple[object, ...]:
    return cast(tuple[object, ...], value) if isinstance(value, tuple) else (value,)


class ViewMember(Generic[R]):
    """The view repository of one entity, as an attribute of a container's views: made on first use, then kept.

    >>> user: ViewMember[UserViewRepository] = ViewMember("user")
    """

    def __init__(self, key: str) -> None:
        self.key = key
        self.attribute = ""

    def __set_name__(self, owner: type[ViewSpace], name: str) -> None:
        self.attribute = name
        owner.__members__ = {**owner.__members__, self.key: self}

    @overload
    def __get__(self, space: None, owner: type[ViewSpace]) -> Self: ...
    @overload
    def __get__(self, space: ViewSpace, owner: type[ViewSpace]) -> R: ...
    def __get__(self, space: ViewSpace | None, owner: type[ViewSpace]) -> Self | R:
        if space is None:
            return self
        repository = cast(R, ViewRepository(space.__container__, space.__views__, self.key))
        space.__dict__[self.attribute] = repository  # found there before this descriptor from now on
        return repository


class ViewSpace:
    """Base of the generated `Views`: the view repositories of a package over the repositories of a container."""

    __members__: ClassVar[Mapping[str, ViewMember[Any]]] = {}  # by key
    __views__: ClassVar[Views] = {}

    def __init__(self, container: Container) -> None:
        self.__container__ = container


class HasViews(Protocol):
    """A container with views."""

    @property
    def views(self) -> Any: ...


def view_repository(container: type[Container], space: type[ViewSpace], key: str) -> Any:
    """Return the view repository of a key in the container that `container`'s package uses. Raises UnknownEntity.

    >>> view_repository(Repositories, Views, "user")
    """
    member = find(space.__members__, key)
    return getattr(cast(HasViews, current(container)).views, member.attribute)
