"""Writing an entity from a payload, as seeds do: created, or changed where it is there."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Annotated, Any, TypeVar, cast, get_args, get_origin, get_type_hints
from uuid import UUID, uuid4

from pkit.errors import UniqueViolation
from pkit.repository import Repository

T = TypeVar("T")

ID = "id"


def dataclass_field_names(cls: type[Any]) -> set[str]:
    """Return the names of a dataclass's fields. Raises TypeError for another class.

    >>> dataclass_field_names(User)
    {'id', 'email'}
    """
    return {field.name for field in _fields(cls)}


async def upsert_entity(
    repo: Repository[T, Any, Any, Any], entity_cls: type[T], unique_key: str, payload: Mapping[str, Any], **extra: Any
) -> T:
    """Create an entity from `payload`, or change the one that holds the payload's value of the unique index `unique_key`; return it.

    What `entity_cls` has no field for is left out, and `extra` goes before `payload`. Changing is one statement that writes what differs, and
    none when nothing does; it never changes the id. A new entity without an id in the payload gets the default of its class, else a new UUID.

    Raises KeyError when the payload lacks `unique_key`, TypeError when a new entity cannot be made of it, and what `add` and `patch` raise.

    >>> await upsert_entity(get_repo("user"), User, "email", {"email": "ada@example.org", "name": "Ada"})
    """
    values = {name: value for name, value in {**payload, **extra}.items() if name in dataclass_field_names(entity_cls)}
    wanted = {**payload, **extra}[unique_key]
    found = await repo.get_by_index(unique_key, wanted)
    if found is None:
        try:
            return await _create(repo, entity_cls, values)
        except UniqueViolation:
            found = await repo.get_by_index(unique_key, wanted)  # another process was first
            if found is None:
                raise
    return await _change(repo, found, values)


async def _create(repo: Repository[T, Any, Any, Any], entity_cls: type[T], values: Mapping[str, Any]) -> T:
    entity = entity_cls(**{**_new_id(entity_cls), **values})
    await repo.add(entity)
    return entity


async def _change(repo: Repository[T, Any, Any, Any], found: Any, values: Mapping[str, Any]) -> T:
    changes = {name: value for name, value in values.items() if name != ID and getattr(found, name) != value}
    if not changes:
        return cast(T, found)
    patch = cast(
        "Callable[..., Awaitable[T]]", cast(Any, repo).patch
    )  # generated for each entity, with its fields as keywords
    return await patch(found.id, **changes)


def _new_id(cls: type[Any]) -> dict[str, UUID]:
    """Return the id that a new entity needs besides its payload, as keyword: a new UUID, if ids are that."""
    field = next((field for field in _fields(cls) if field.name == ID), None)
    if field is None or field.default is not MISSING or field.default_factory is not MISSING:
        return {}
    return {ID: uuid4()} if _is_uuid(cls) else {}


def _is_uuid(cls: type[Any]) -> bool:
    hint: Any = get_type_hints(cls).get(ID)
    while hasattr(hint, "__supertype__") or get_origin(hint) is Annotated:
        hint = hint.__supertype__ if hasattr(hint, "__supertype__") else get_args(hint)[0]
    return isinstance(hint, type) and issubclass(hint, UUID)


def _fields(cls: type[Any]) -> tuple[Field[Any], ...]:
    if not is_dataclass(cls):
        raise TypeError(f"{getattr(cls, '__name__', cls)} is not a dataclass")
    return fields(cls)
