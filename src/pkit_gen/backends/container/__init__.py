"""The container of the generated package, and what the package itself exports."""

from __future__ import annotations

from pkit_gen.backends.base import Backend, Emit
from pkit_gen.backends.container.view import container_view, package_view
from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Schema


def emit(schema: Schema, config: Config) -> list[Emit]:
    """Return the package's `__init__.py` and `container.py`."""
    return [
        Emit("__init__.py", "container/__init__.py.jinja", package_view, (schema, config)),
        Emit("container.py", "container/container.py.jinja", container_view, (schema, config)),
    ]


def check(schema: Schema, diagnostics: Diagnostics) -> None:
    """Report nothing: whatever the schema holds has a place in the container."""


BACKEND = Backend("container", emit, check)
