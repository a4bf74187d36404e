"""Compiling a random project and opening it on every backend at once."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from compiled import forget, import_from, write_package
from servers import mongo, postgres

from machine.projects import Project
from pkit_gen.ir.model import Database

TESTS = Path(__file__).parents[1]
_numbers = count(1)


@dataclass(frozen=True)
class Compiled:
    """A project's modules: its entities and its repositories."""

    name: str
    entities: Any
    repos: Any

    def forget(self) -> None:
        """Take the modules out of the interpreter."""
        forget(self.name)


def compile_project(project: Project, folder: Path, databases: tuple[Database, ...]) -> Compiled:
    """Write the project's source below a folder, generate its repositories beside it and import both."""
    name = f"machine_{next(_numbers)}"
    package = folder / name
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "entities.py").write_text(project.entities_text(), encoding="utf-8")
    (package / "bootstrap.py").write_text(project.bootstrap_text(name), encoding="utf-8")
    write_package(package / "repos", package, folder, databases, TESTS)
    repos = import_from(folder, f"{name}.repos")
    return Compiled(name, import_from(folder, f"{name}.entities"), repos)


@asynccontextmanager
async def opened(compiled: Compiled, databases: tuple[Database, ...]) -> AsyncGenerator[dict[Database, Any]]:
    """Give a container per backend, each over an empty database with the project's schema."""
    async with AsyncExitStack() as stack:
        containers: dict[Database, Any] = {}
        for database in databases:
            containers[database] = await stack.enter_async_context(_OPEN[database](compiled.repos.Repositories))
            await containers[database].create_schema()
        yield containers


@asynccontextmanager
async def _memory(repositories: Any) -> AsyncGenerator[Any]:
    yield repositories.memory()


@asynccontextmanager
async def _postgres(repositories: Any) -> AsyncGenerator[Any]:
    async with postgres.database() as url, repositories.postgres(url) as container:
        yield container


@asynccontextmanager
async def _mongo(repositories: Any) -> AsyncGenerator[Any]:
    async with mongo.database("pymongo") as database:
        yield repositories.mongo(database)


_OPEN: dict[Database, Any] = {Database.MEMORY: _memory, Database.POSTGRES: _postgres, Database.MONGO: _mongo}
