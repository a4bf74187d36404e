"""Generated packages for tests: compiled into a folder and imported."""

from __future__ import annotations

import sys
from importlib import import_module, invalidate_caches
from pathlib import Path
from typing import Any

from pkit_gen.compiler import compile_project
from pkit_gen.config import Config
from pkit_gen.ir.model import Database


def write_package(output: Path, source: Path, root: Path, databases: tuple[Database, ...], *roots: Path) -> None:
    """Generate the repositories of the host app `source`, a package below the import root `root`, into the folder `output`.

    It may import from more `roots`.
    """
    result = compile_project(Config((source,), output, (root, *roots), databases, providers=False))
    if not result.files:
        raise AssertionError("\n".join(item.message for item in result.diagnostics.items))
    for name, text in result.files.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def import_from(folder: Path, name: str) -> Any:
    """Import a module from a folder, which stays on the path."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    invalidate_caches()
    return import_module(name)


def forget(*names: str) -> None:
    """Take packages out of the interpreter, with all their modules."""
    for module in [module for module in sys.modules if module.partition(".")[0] in names]:
        del sys.modules[module]
