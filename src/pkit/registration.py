"""Registering entities: what the host app says of each, read by the generator without running it.

At run time the calls only record what they are given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Required, TypeAlias, TypedDict

from pkit.errors import ConfigurationError

if TYPE_CHECKING:
    from pkit.settings import Database

UniqueKey: TypeAlias = str | tuple[str, ...] | Callable[[Any], object]
"""A field, several fields, or `lambda e: e.field` and `lambda e: e.field.lower()`."""


class Relation(TypedDict, total=False):
    """A relation of an entity. `target` is the other one's key; which other keys are needed depends on the kind of relation.

    To-one and list of keys: `local_field`, `by` (default: the id). Reverse: `target_field`. Many to many: `through`, `source_field`,
    `target_field`, `source_by` and `target_by` (default: the ids). `many`: there can be several.
    """

    target: Required[str]
    local_field: str
    by: str
    many: bool
    target_field: str
    through: str
    source_field: str
    source_by: str
    target_by: str


class ViewConfig(TypedDict, total=False):
    """A view: the relation paths that it includes, and the entity's own fields that it leaves out."""

    include: Required[Sequence[str]]
    exclude: Sequence[str]


class EntityConfig(TypedDict, total=False):
    """What is said of an entity.

    `unique` gives each unique index a name; `views` gives names to relation paths, or to those and what is left out; `exclude` names fields that are not stored, which
    need a default; `database` pins the entity to one database.
    """

    entity: Required[type[Any]]
    collection: Required[str]
    database: Database | str
    unique: Mapping[str, UniqueKey]
    relations: Mapping[str, Relation]
    views: Mapping[str, Sequence[str] | ViewConfig]
    exclude: Sequence[str]


_entities: dict[str, EntityConfig] = {}
_initializers: list[Callable[[], object]] = []


def register_entity(key: str, config: EntityConfig) -> None:
    """Record an entity under a key. Raises ConfigurationError for a key that is taken.

    >>> register_entity("user", {"entity": User, "collection": "users", "unique": {"email": "email"}})
    """
    if key in _entities:
        raise ConfigurationError(f"an entity is already registered as {key!r}")
    _entities[key] = config


def set_registry_initializer(initializer: Callable[[], object]) -> None:
    """Name the function whose `register_entity` calls count. It runs when the registrations are first asked for, and replaces the one before."""
    _initializers[:] = [initializer]


def registrations() -> Mapping[str, EntityConfig]:
    """Return what is registered by key, after running the initializer unless it has run; one that fails runs again the next time."""
    if _initializers:
        before = dict(_entities)
        try:
            _initializers[0]()
        except BaseException:
            _entities.clear()
            _entities.update(before)
            raise
        _initializers.clear()
    return dict(_entities)


def clear_registrations() -> None:
    """Forget all registrations and the initializer, as tests need it."""
    _entities.clear()
    _initializers.clear()
