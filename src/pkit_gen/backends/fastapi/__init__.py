"""The FastAPI dependencies of the generated package."""

from __future__ import annotations

from pkit_gen.backends.base import Backend, Emit
from pkit_gen.backends.fastapi.view import providers_view
from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Schema


def emit(schema: Schema, config: Config) -> list[Emit]:
    """Return `providers.py`."""
    return [Emit("providers.py", "fastapi/providers.py.jinja", providers_view, (schema,))]


def check(schema: Schema, diagnostics: Diagnostics) -> None:
    """Report nothing: every repository can be provided."""


BACKEND = Backend("fastapi", emit, check)
