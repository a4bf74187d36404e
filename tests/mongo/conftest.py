"""The generated repositories of `conformance.host` over a real server, with each driver."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from compiled import import_from, write_package
from servers import mongo as server
from servers.mongo import Commands

from pkit_gen.ir.model import Database

TESTS = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def package(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Give the generated package of `conformance.host`."""
    folder = tmp_path_factory.mktemp("mongo")
    write_package(folder / "mongo_repos", TESTS / "conformance" / "host", TESTS, (Database.MONGO,))
    return import_from(folder, "mongo_repos")


@pytest.fixture(params=server.DRIVERS)
def driver(request: pytest.FixtureRequest) -> server.Driver:
    """Give each driver."""
    given: server.Driver = request.param
    return given


@pytest.fixture
def commands() -> Commands:
    """Give the commands that were sent to `database`."""
    return Commands()


@pytest.fixture
async def database(driver: server.Driver, commands: Commands) -> AsyncIterator[Any]:
    """Give an empty database."""
    async with server.database(driver, event_listeners=[commands], uuidRepresentation="standard") as empty:
        yield empty


@pytest.fixture
async def repos(package: Any, database: Any, commands: Commands) -> Any:
    """Give the repositories over an empty database with its indexes."""
    container = package.Repositories.mongo(database)
    await container.create_schema()
    commands.sent.clear()
    return container


@pytest.fixture
async def standalone(package: Any, driver: server.Driver) -> AsyncIterator[Any]:
    """Give the repositories over a server without transactions."""
    async with server.database(driver, server.standalone_dsn()) as empty:
        container = package.Repositories.mongo(empty)
        await container.create_schema()
        yield container


def ids(entities: Sequence[Any]) -> list[int]:
    """Return the numbers of the ids of entities."""
    return [entity.id.int for entity in entities]
