"""The library's generated repositories, on each backend in turn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from compiled import import_from, write_package

from pkit_gen.ir.model import Database
from relations.backends import BACKENDS

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give the generated package."""
    folder = tmp_path_factory.mktemp("library")
    write_package(folder / "library_repos", HERE / "host", HERE.parent, tuple(Database))
    return import_from(folder, "library_repos")


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    """Give the name of each backend."""
    name: str = request.param
    return name


@pytest.fixture
async def repos(backend: str, library: Any) -> AsyncIterator[Any]:
    """Give the repositories over a database without rows."""
    async with BACKENDS[backend](library) as repositories:
        yield repositories
