"""From the schema to what is printed: every backend, in the one list."""

from __future__ import annotations

from pkit_gen.backends import container, contracts, fastapi, memory, mongo, postgres, views
from pkit_gen.backends.base import Backend
from pkit_gen.config import Config

BACKENDS: tuple[Backend, ...] = (
    contracts.BACKEND,
    views.BACKEND,
    memory.BACKEND,
    mongo.BACKEND,
    postgres.BACKEND,
    container.BACKEND,
    fastapi.BACKEND,
)


def chosen(config: Config) -> tuple[Backend, ...]:
    """Return the backends that a run asks for: the shared parts, the databases of `config.backends`, and the providers."""
    names = {"contracts", "views", "container"} | {database.value for database in config.backends}
    if config.providers:
        names.add("fastapi")
    return tuple(backend for backend in BACKENDS if backend.name in names)
