"""The host app's generated package, on a real server."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from servers import postgres as servers

from pkit_gen.compiler import compile_project
from pkit_gen.config import Config
from pkit_gen.ir.model import Database

TESTS = Path(__file__).resolve().parents[1]
OUTPUT = "postgres_repos"


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the generated package, from which it is imported."""
    folder = tmp_path_factory.mktemp("generated")
    databases = (Database.MEMORY, Database.POSTGRES)
    result = compile_project(
        Config((TESTS / "postgres" / "host",), folder / OUTPUT, (TESTS,), databases, providers=False)
    )
    if not result.files:
        raise AssertionError("\n".join(item.message for item in result.diagnostics.items))
    for name, text in result.files.items():
        path = folder / OUTPUT / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    sys.path.insert(0, str(folder))
    return folder


@pytest.fixture(scope="session")
def package(folder: Path) -> Any:
    """Give the generated package."""
    return import_module(OUTPUT)


@pytest.fixture
async def url() -> AsyncGenerator[str]:
    """Give the URL of an empty database."""
    async with servers.database() as url:
        yield url


@pytest.fixture
async def repos(package: Any, url: str) -> AsyncGenerator[Any]:
    """Give the repositories over an empty database with its schema."""
    async with package.Repositories.postgres(url) as repositories:
        await repositories.create_schema()
        yield repositories
