"""Repositories in MongoDB: one module per entity."""

from __future__ import annotations

from pkit_gen.backends.base import Backend, Emit
from pkit_gen.backends.mongo.view import mongo_view
from pkit_gen.backends.neighbourhoods import neighbourhoods
from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Database, Schema


def emit(schema: Schema, config: Config) -> list[Emit]:
    """Return `mongo.py` of every entity that may live in MongoDB."""
    return [
        Emit(f"{entity.module}/mongo.py", "mongo/mongo.py.jinja", mongo_view, (part, entity))
        for entity, part in neighbourhoods(schema)
        if entity.database in (None, Database.MONGO)
    ]


def check(schema: Schema, diagnostics: Diagnostics) -> None:
    """Report nothing: MongoDB holds every type."""


BACKEND = Backend("mongo", emit, check)
