"""The packages that are generated for the benchmarks."""

from __future__ import annotations

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from compiled import import_from, write_package

from pkit_gen.ir.model import Database

TESTS = Path(__file__).parents[1]
_FOLDER = TemporaryDirectory(prefix="pkit-bench-")


def package(database: Database) -> Any:
    """Return the generated package of `bench.host` for a database."""
    name = f"bench_{database.value}"
    if name not in sys.modules:
        folder = Path(_FOLDER.name)
        write_package(folder / name, TESTS / "bench" / "host", TESTS, (database,))
        return import_from(folder, name)
    return sys.modules[name]
