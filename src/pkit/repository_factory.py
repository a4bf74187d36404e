"""Repositories by key, whatever package they were generated into: what persistence-kit's factory offered, under the same names.

New code imports `get_repo` from the generated package, where the key decides the type.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from importlib import import_module
from sys import modules
from typing import Any

from pkit.container import Container, current, find, repository
from pkit.errors import ConfigurationError, UnknownEntity
from pkit.registration import EntityConfig, Relation, register_entity, set_registry_initializer
from pkit.repository import Repository, ViewRepository

__all__ = [
    "EntityConfig",
    "Relation",
    "get_repo",
    "get_repo_view",
    "provide_repo",
    "provide_view_repo",
    "register_entity",
    "set_registry_initializer",
]


def get_repo(key: str) -> Repository[Any, Any]:
    """Return the repository of an entity, from the one generated package, among those that are imported, that has the key.

    Raises UnknownEntity, a KeyError, and ConfigurationError when no package is imported or several have the key.

    >>> get_repo("user")
    """
    found: Repository[Any, Any] = repository(_container_of(key), key)
    return found


def get_repo_view(key: str) -> ViewRepository[Any, Any]:
    """Return the view repository of an entity. Raises as `get_repo` does, and UnknownEntity for an entity without relations.

    >>> get_repo_view("schedule")
    """
    container = _container_of(key)
    views: Any = getattr(current(container), "views", None)
    found: ViewRepository[Any, Any] = getattr(views, find(getattr(views, "__members__", {}), key).attribute)
    return found


def provide_repo(key: str) -> Callable[..., Awaitable[Repository[Any, Any]]]:
    """Return the FastAPI dependency that gives the repository of an entity; `app.dependency_overrides` takes it as a key.

    Raises as `get_repo` does, and ConfigurationError when the package was generated without providers.

    >>> @router.get("/users")
    ... async def users(repo: Annotated[Repository[User, UUID], Depends(provide_repo("user"))]) -> Sequence[User]: ...
    """
    found: Callable[..., Awaitable[Repository[Any, Any]]] = find(_providers(key, "PROVIDERS"), key)
    return found


def provide_view_repo(key: str) -> Callable[..., Awaitable[ViewRepository[Any, Any]]]:
    """Return the FastAPI dependency that gives the view repository of an entity. Raises as `provide_repo` does.

    >>> Depends(provide_view_repo("schedule"))
    """
    found: Callable[..., Awaitable[ViewRepository[Any, Any]]] = find(_providers(key, "VIEW_PROVIDERS"), key)
    return found


def _container_of(key: str) -> type[Container]:
    containers = list(_below(Container))
    having = [container for container in containers if key in container.__members__]
    if len(having) == 1:
        return having[0]
    packages = ", ".join(container.__module__.rpartition(".")[0] for container in having)
    if having:
        raise ConfigurationError(f"several generated packages have {key!r}: import get_repo from one of {packages}")
    if containers:
        raise UnknownEntity(key)
    raise ConfigurationError(f"no generated package is imported that could have {key!r}: import get_repo from yours")


def _below(container: type[Container]) -> Iterator[type[Container]]:
    for subclass in container.__subclasses__():
        if subclass.__members__ and _is_imported(subclass):
            yield subclass
        yield from _below(subclass)


def _is_imported(container: type[Container]) -> bool:
    """Tell whether a container is still the one of its module: a reloaded or dropped module leaves its classes behind for a while."""
    return getattr(modules.get(container.__module__), container.__name__, None) is container


def _providers(key: str, table: str) -> Mapping[str, Any]:
    package = _container_of(key).__module__.rpartition(".")[0]
    try:
        found: Mapping[str, Any] = getattr(import_module(f"{package}.providers"), table, {})
    except ModuleNotFoundError as error:
        if error.name != f"{package}.providers":
            raise
        raise ConfigurationError(f"{package} was generated without providers") from None
    return found
