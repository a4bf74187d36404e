"""The packages that are generated for the suite, once per run, from the sources as they are."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from typing import Any

from pkit_gen.compiler import compile_project
from pkit_gen.config import Config
from pkit_gen.ir.model import Database

TESTS = Path(__file__).resolve().parents[1]
EXAMPLE = TESTS.parent / "generated_examples" / "every_type"


def generate(folder: Path, databases: tuple[Database, ...]) -> tuple[Any, Any]:
    """Generate the repositories of the host app and of the example of every type into `folder`, and import both."""
    sys.path.insert(0, str(folder))
    host = _generate(folder / "host_repos", TESTS / "conformance" / "host", TESTS, databases)
    return host, _generate(folder / "every_repos", EXAMPLE / "every_type", EXAMPLE, databases)


def _generate(output: Path, source: Path, root: Path, databases: tuple[Database, ...]) -> Any:
    result = compile_project(Config((source,), output, (root,), databases, providers=False))
    if not result.files:
        raise AssertionError("\n".join(item.message for item in result.diagnostics.items))
    for name, text in result.files.items():
        path = output / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return import_module(output.name)
