"""The views: entities as dicts with their relations populated. One module for all, because they refer to each other."""

from __future__ import annotations

from pkit_gen.backends.base import Backend, Emit
from pkit_gen.backends.views.view import views_view
from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Schema


def emit(schema: Schema, config: Config) -> list[Emit]:
    """Return `views.py`."""
    return [Emit("views.py", "views/views.py.jinja", views_view, (schema,))]


def check(schema: Schema, diagnostics: Diagnostics) -> None:
    """Report nothing: whatever the schema holds can be viewed."""


BACKEND = Backend("views", emit, check)
