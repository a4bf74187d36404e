"""Repositories in memory: one module per entity."""

from __future__ import annotations

from pkit_gen.backends.base import Backend, Emit
from pkit_gen.backends.memory.view import memory_view
from pkit_gen.backends.neighbourhoods import neighbourhoods
from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Schema


def emit(schema: Schema, config: Config) -> list[Emit]:
    """Return `memory.py` of every entity."""
    return [
        Emit(f"{entity.module}/memory.py", "memory/memory.py.jinja", memory_view, (part, entity))
        for entity, part in neighbourhoods(schema)
    ]


def check(schema: Schema, diagnostics: Diagnostics) -> None:
    """Report nothing: memory holds every type."""


BACKEND = Backend("memory", emit, check)
