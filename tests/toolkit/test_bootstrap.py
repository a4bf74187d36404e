"""Configuration, seeds, and the start of several workers."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from asyncpg.exceptions import DuplicateTableError, PostgresSyntaxError, UniqueViolationError
from pydantic import SecretStr
from pymongo.errors import DuplicateKeyError, OperationFailure
from servers import postgres
from sqlalchemy.exc import IntegrityError

from pkit import (
    ConfigRegistry,
    Database,
    EntityConfig,
    RepoSettings,
    SeederProvider,
    configuration,
    is_duplicate_startup_error,
    run_startup_bootstrap,
    set_config_package,
)
from pkit.bootstrap import startup
from pkit.errors import ConfigurationError, UniqueViolation

logger = logging.getLogger("test")


# --- configuration ----------------------------------------------------------------------------------------------------


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A package with two modules of configuration, which write down that they run in `RAN`."""
    folder = tmp_path / f"core_{uuid4().hex}"
    folder.mkdir()
    (folder / "__init__.py").write_text("RAN = []")
    for name in ("b_config", "a_config", "config", "other"):
        (folder / f"{name}.py").write_text(
            f"from pkit import configuration\nfrom {folder.name} import RAN\n"
            f"@configuration\ndef configure(): RAN.append({name!r})\n"
        )
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    ConfigRegistry.reset()
    set_config_package(folder.name)
    yield folder
    ConfigRegistry.reset()
    set_config_package("app.core")


def ran(package: Path) -> list[str]:
    found: list[str] = sys.modules[package.name].RAN
    return found


def test_modules_of_configuration_run_once_in_the_order_of_their_names(package: Path) -> None:
    ConfigRegistry.run_all()
    ConfigRegistry.run_all()
    assert ran(package) == ["a_config", "b_config"]


def test_after_a_reset_configuration_runs_again(package: Path) -> None:
    ConfigRegistry.run_all()
    ConfigRegistry.reset()
    ConfigRegistry.run_all()
    assert ran(package) == ["a_config", "b_config"] * 2


def test_functions_of_the_app_run_before_those_found_later_and_once(package: Path) -> None:
    calls: list[str] = []

    @configuration
    def mine() -> None:
        calls.append("mine")

    assert configuration(mine) is mine
    ConfigRegistry.run_all()
    assert calls == ["mine"]


def test_a_failure_runs_all_again(package: Path) -> None:
    attempts: list[int] = []

    @configuration
    def fails_once() -> None:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        ConfigRegistry.run_all()
    ConfigRegistry.run_all()
    assert (attempts, ran(package)) == ([1, 1], ["a_config", "b_config"])


def test_an_async_function_is_refused(package: Path) -> None:
    async def configure() -> None: ...

    with pytest.raises(TypeError, match="configure is async: make it a seeder"):
        configuration(configure)


def test_a_package_that_is_not_there_is_an_error(package: Path) -> None:
    set_config_package("no_such_package")
    with pytest.raises(ModuleNotFoundError, match="no_such_package"):
        ConfigRegistry.run_all()


# --- seeds ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def provider() -> Iterator[SeederProvider]:
    SeederProvider().reset()
    yield SeederProvider()
    SeederProvider().reset()


class Notes:
    """A seeder that writes down that it runs, and fails as often as it is told."""

    def __init__(self, name: str, notes: list[str], failures: int = 0) -> None:
        self.name = name
        self.notes = notes
        self.failures = failures

    async def run(self) -> None:
        self.notes.append(self.name)
        if self.failures:
            self.failures -= 1
            raise OSError(self.name)


async def test_seeds_run_once_in_order_sync_or_async(provider: SeederProvider) -> None:
    notes: list[str] = []

    async def with_await() -> None:
        notes.append("async")

    def plain() -> None:
        notes.append("plain")

    seeder = Notes("object", notes)
    provider.register(seeder)
    provider.register([with_await, plain, seeder])
    await SeederProvider().run_all()
    await SeederProvider().run_all()
    assert notes == ["object", "async", "plain"]


async def test_after_a_failure_seeding_goes_on_with_what_failed(provider: SeederProvider) -> None:
    notes: list[str] = []
    provider.register([Notes("one", notes), Notes("two", notes, failures=1), Notes("three", notes)])
    with pytest.raises(OSError, match="two"):
        await provider.run_all()
    await provider.run_all()
    assert notes == ["one", "two", "two", "three"]


async def test_what_is_registered_later_runs_the_next_time(provider: SeederProvider) -> None:
    notes: list[str] = []
    provider.register(Notes("one", notes))
    await provider.run_all()
    provider.register(Notes("two", notes))
    await provider.run_all()
    assert notes == ["one", "two"]


def test_the_provider_is_one_and_takes_seeders_only(provider: SeederProvider) -> None:
    assert SeederProvider() is provider
    wrong: Any = 3
    with pytest.raises(TypeError, match="int is neither"):
        provider.register(wrong)


# --- startup ----------------------------------------------------------------------------------------------------------

SAYS_DUPLICATE = "already exists: duplicate key value violates unique constraint"

DUPLICATES: list[Exception] = [
    UniqueViolation("role", "name", ["name"]),
    DuplicateTableError("x"),
    UniqueViolationError("x"),
    IntegrityError("INSERT", None, UniqueViolationError("x")),
    DuplicateKeyError("x", 11000),
    OperationFailure("x", 48),
]
OTHERS: list[Exception] = [
    ValueError(SAYS_DUPLICATE),
    PostgresSyntaxError(SAYS_DUPLICATE),
    OperationFailure(SAYS_DUPLICATE, 13),
]


WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 84848484 AND NOT granted"


def failing(error: Exception) -> Callable[[], Awaitable[None]]:
    async def bootstrap() -> None:
        raise error

    return bootstrap


@pytest.mark.parametrize("error", DUPLICATES, ids=lambda error: type(error).__name__)
async def test_what_another_process_created_is_a_warning(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    assert is_duplicate_startup_error(error)
    await run_startup_bootstrap(RepoSettings(), logger, failing(error))
    assert [record.levelname for record in caplog.records] == ["WARNING"]


@pytest.mark.parametrize("error", OTHERS, ids=lambda error: type(error).__name__)
async def test_other_errors_are_raised_whatever_they_say(error: Exception) -> None:
    assert not is_duplicate_startup_error(error)
    with pytest.raises(type(error)):
        await run_startup_bootstrap(RepoSettings(), logger, failing(error))


async def test_workers_on_postgres_start_one_after_the_other() -> None:
    inside, most = 0, 0

    async def bootstrap() -> None:
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        await asyncio.sleep(0.05)
        inside -= 1

    settings = RepoSettings(repo_database=Database.POSTGRES, postgres_dsn=SecretStr(postgres.dsn()))
    await asyncio.gather(*(run_startup_bootstrap(settings, logger, bootstrap) for _ in range(4)))
    assert most == 1


async def test_a_worker_waits_for_one_of_the_predecessor() -> None:
    """Both may run while a host app is being moved, so both take one lock."""
    settings = RepoSettings(repo_database=Database.POSTGRES, postgres_dsn=SecretStr(postgres.dsn()))
    started = asyncio.Event()

    async def bootstrap() -> None:
        started.set()

    predecessor = await asyncpg.connect(postgres.dsn())
    await predecessor.execute("SELECT pg_advisory_lock(84848484)")
    worker = asyncio.create_task(run_startup_bootstrap(settings, logger, bootstrap))
    try:
        async with asyncio.timeout(10):
            while not await predecessor.fetchval(WAITING):
                await asyncio.sleep(0.01)
        assert not started.is_set()
    finally:
        await predecessor.close()
    async with asyncio.timeout(10):
        await worker
    assert started.is_set()


async def test_the_lock_is_given_back_after_a_failure() -> None:
    settings = RepoSettings(repo_database=Database.POSTGRES, postgres_dsn=SecretStr(postgres.dsn()))
    with pytest.raises(ValueError, match="no"):
        await run_startup_bootstrap(settings, logger, failing(ValueError("no")), lock_key=7)
    async with asyncio.timeout(10):
        await run_startup_bootstrap(settings, logger, failing(UniqueViolation("role", "name", ["name"])), lock_key=7)


async def test_an_entity_pinned_to_postgres_is_enough_for_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    config: EntityConfig = {"entity": object, "collection": "audit", "database": " Postgres"}
    monkeypatch.setattr(startup, "registrations", lambda: {"audit": config})
    with pytest.raises(ConfigurationError, match="PostgreSQL needs POSTGRES_DSN"):
        await run_startup_bootstrap(RepoSettings(), logger, failing(OSError()))
