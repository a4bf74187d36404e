"""Repositories in PostgreSQL: one module per entity, and the tables of all for SQLAlchemy and Alembic."""

from __future__ import annotations

from pkit_gen.backends.base import Backend, Emit
from pkit_gen.backends.neighbourhoods import neighbourhoods
from pkit_gen.backends.postgres.identifiers import Names
from pkit_gen.backends.postgres.references import is_stored
from pkit_gen.backends.postgres.tables import tables_view
from pkit_gen.backends.postgres.view import postgres_view
from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Schema


def emit(schema: Schema, config: Config) -> list[Emit]:
    """Return `postgres.py` of every entity that may live in PostgreSQL, and `tables.py`."""
    names = Names.of(schema)
    modules = [
        Emit(
            f"{entity.module}/postgres.py",
            "postgres/postgres.py.jinja",
            postgres_view,
            (part, entity, names.within(part)),
        )
        for entity, part in neighbourhoods(schema)
        if is_stored(entity)
    ]
    return [*modules, Emit("tables.py", "postgres/tables.py.jinja", tables_view, (schema, names))]


def check(schema: Schema, diagnostics: Diagnostics) -> None:
    """Report nothing: PostgreSQL holds every type."""


BACKEND = Backend("postgres", emit, check)
