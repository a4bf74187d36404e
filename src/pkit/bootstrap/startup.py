"""Starting several workers at once."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from pkit.errors import UniqueViolation
from pkit.registration import registrations

if TYPE_CHECKING:
    from pkit.settings import RepoSettings

LOCK_KEY = 84848484

DUPLICATE_STATES = frozenset({"23505", "42701", "42710", "42P04", "42P06", "42P07"})
"""SQLSTATEs of PostgreSQL: what was to be created is there already."""
DUPLICATE_CODES = frozenset({48, 11000, 11001})
"""Codes of MongoDB for the same."""


async def run_startup_bootstrap(
    settings: RepoSettings,
    logger: logging.Logger,
    run_bootstrap: Callable[[], Awaitable[None]],
    *,
    lock_key: int = LOCK_KEY,
) -> None:
    """Await `run_bootstrap`, one process at a time where entities live in postgres: under an advisory lock of that key.

    What another process created in the meantime (see `is_duplicate_startup_error`) is a warning in the log, every other error is raised.

    Raises ConfigurationError and BackendUnavailable.

    >>> await run_startup_bootstrap(RepoSettings(), logger, SeederProvider().run_all)
    """
    try:
        if _uses_postgres(settings):
            async with _advisory_lock(settings, lock_key):
                await run_bootstrap()
        else:
            await run_bootstrap()
    except Exception as error:
        if not is_duplicate_startup_error(error):
            raise
        logger.warning("the bootstrap found what another process had created: %s", type(error).__name__)


def is_duplicate_startup_error(error: BaseException) -> bool:
    """Return whether an error says that what was to be created is there already: by its type, SQLSTATE or code, never by its text.

    >>> is_duplicate_startup_error(UniqueViolation("role", "name", ["name"]))
    True
    """
    if isinstance(error, UniqueViolation):
        return True
    if type(error).__module__.partition(".")[0] == "pymongo":
        return getattr(error, "code", None) in DUPLICATE_CODES
    driver = getattr(error, "orig", None) or error  # SQLAlchemy's errors hold the driver's
    return getattr(driver, "sqlstate", None) in DUPLICATE_STATES


def _uses_postgres(settings: RepoSettings) -> bool:
    databases = (config.get("database") for config in registrations().values())
    return "postgres" in {str(database or settings.repo_database).strip().lower() for database in databases} or (
        settings.repo_database == "postgres"
    )


@asynccontextmanager
async def _advisory_lock(settings: RepoSettings, key: int) -> AsyncGenerator[None]:
    """Hold a lock of the session of a connection of its own; closing that connection gives it back, whatever happened."""
    from pkit.postgres.connect import pool_of_settings  # the driver is only for those who use it

    pool = pool_of_settings(settings)
    try:
        connection = await pool.acquire()
        await connection.fetchval("SELECT pg_advisory_lock($1::bigint)", key)
        yield
        pool.release(connection)
    finally:
        await pool.close()
