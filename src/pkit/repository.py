"""The protocols that every repository fulfils."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol

from typing_extensions import TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
Id = TypeVar("Id")
Id_contra = TypeVar("Id_contra", contravariant=True)
CriteriaT_contra = TypeVar("CriteriaT_contra", contravariant=True, default=Any)
SortT_contra = TypeVar("SortT_contra", contravariant=True, default=Any)


@dataclass(frozen=True, slots=True)
class Page(Generic[T_co]):
    """One page of a keyset pagination. `next_cursor` goes into `after` for the next one; None when there is none."""

    items: Sequence[T_co]
    next_cursor: str | None


class Repository(Protocol[T, Id, CriteriaT_contra, SortT_contra]):
    """What the repository of every entity can do. The generated protocols add what depends on the entity's fields.

    Criteria are dicts as `pkit.criteria` describes them; `{}` means everything. A sort key is a field's name, with a leading "-" for
    descending; every order ends with the id.
    """

    async def add(self, entity: T, /) -> None:
        """Store a new entity. Raises UniqueViolation (also for a taken id), ForeignKeyViolation, InvalidValue."""
        ...

    async def add_many(self, entities: Collection[T], /) -> None:
        """Store new entities, all or none. Raises as `add` does."""
        ...

    async def get(self, entity_id: Id, /) -> T | None:
        """Return the entity of that id, or None."""
        ...

    async def get_many(self, entity_ids: Collection[Id], /) -> Mapping[Id, T]:
        """Return the entities of those ids by id; ids that are not there are left out."""
        ...

    async def get_by_index(self, index: Any, value: Any, /) -> T | None:
        """Return the entity that has the value in the unique index, or None. A composite index takes a tuple."""
        ...

    async def update(self, entity: T, /) -> None:
        """Replace the stored entity of the same id. Raises EntityNotFound, UniqueViolation, ForeignKeyViolation, InvalidValue."""
        ...

    async def upsert(self, entity: T, /) -> None:
        """Store the entity, replacing the one of the same id if there is one. Raises as `add` does, but for the id."""
        ...

    async def delete(self, entity_id: Id, /) -> bool:
        """Delete the entity of that id; return whether there was one. Raises ForeignKeyViolation while it is referenced."""
        ...

    async def delete_by_fields(self, criteria: CriteriaT_contra, /) -> int:
        """Delete what matches; return how many that were."""
        ...

    async def list(
        self,
        *,
        offset: int = 0,
        limit: int | None = 50,
        sort_by: SortT_contra | Sequence[SortT_contra] | None = None,
        sort_desc: bool = False,
    ) -> Sequence[T]:
        """Return entities in order: at most `limit` (None: all) after the first `offset`."""
        ...

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
        """Return what matches, in order: at most `limit` (None: all) after the first `offset`."""
        ...

    async def page(
        self,
        criteria: CriteriaT_contra,
        /,
        *,
        sort_by: SortT_contra | Sequence[SortT_contra] | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[T]:
        """Return the page that follows the cursor `after` (None: the first one). Raises InvalidCursor."""
        ...

    def stream(
        self,
        criteria: CriteriaT_contra,
        /,
        *,
        sort_by: SortT_contra | Sequence[SortT_contra] | None = None,
        batch_size: int = 500,
    ) -> AsyncIterator[T]:
        """Iterate over what matches, in order, in constant memory: `batch_size` entities are fetched at a time."""
        ...

    async def count(self) -> int:
        """Return how many entities there are."""
        ...

    async def count_by_fields(self, criteria: CriteriaT_contra, /) -> int:
        """Return how many entities match."""
        ...

    async def exists_by_fields(self, criteria: CriteriaT_contra, /) -> bool:
        """Return whether any entity matches."""
        ...

    async def distinct_values(self, field: Any, criteria: Any = ..., /) -> Sequence[Any]:
        """Return the distinct values of a field among what matches, ascending, without None."""
        ...


class ViewRepository(Protocol[T_co, Id_contra]):
    """What the view repository of every entity can do: entities as dicts with the relations of `include` populated.

    `include` is a list of paths (`["room.academic_unit"]`) or the name of a declared view. The generated protocols give the dicts their types.
    """

    async def get_with(self, entity_id: Id_contra, /, include: Any = ...) -> Any:
        """Return the dict of the entity of that id, or None."""
        ...

    async def get_by_index_with(self, index: Any, value: Any, /, include: Any = ...) -> Any:
        """Return the dict of the entity that has the value in the unique index, or None."""
        ...

    async def list_with(
        self,
        include: Any = ...,
        *,
        offset: int = 0,
        limit: int | None = 50,
        sort_by: Any = None,
        sort_desc: bool = False,
    ) -> Any:
        """Return dicts in order: at most `limit` (None: all) after the first `offset`."""
        ...

    async def list_by_fields(
        self,
        criteria: Any,
        /,
        include: Any = ...,
        *,
        offset: int = 0,
        limit: int | None = 50,
        sort_by: Any = None,
        sort_desc: bool = False,
    ) -> Any:
        """Return the dicts of what matches, in order: at most `limit` (None: all) after the first `offset`."""
        ...

    async def count(self) -> int:
        """Return how many entities there are."""
        ...

    async def count_by_fields(self, criteria: Any, /) -> int:
        """Return how many entities match."""
        ...
