"""What can be wrong: one module per family of codes, one function per mistake. See `registry` for how to add one."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from pkit_gen.diagnostics.catalog.registry import MISTAKES, Mistake


def mistakes() -> tuple[Mistake, ...]:
    """Return every mistake of every family, by code."""
    for family in iter_modules(__path__):
        import_module(f"{__name__}.{family.name}")
    return tuple(sorted(MISTAKES.values()))
