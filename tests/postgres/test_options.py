"""What pkit reads from the query of a URL."""

from __future__ import annotations

import asyncio
import time

import pytest
from servers import postgres as servers

from pkit.errors import BackendUnavailable, ConfigurationError
from pkit.postgres import Session
from pkit.postgres.connect import pool_of_url


def _with(url: str, options: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{options}"


async def test_a_statement_that_takes_too_long_is_given_up(url: str) -> None:
    session = Session.open(_with(url, "command_timeout=0.3&application_name=kept"))
    start = time.monotonic()
    with pytest.raises(TimeoutError):
        await session.connections.row("SELECT pg_sleep(60)", ())
    assert time.monotonic() - start < 10
    await session.ping()
    row = await session.connections.row("SHOW application_name", ())
    assert row is not None
    assert row[0] == "kept"
    await session.close()


async def test_the_size_of_the_pool_and_how_long_to_wait_for_it() -> None:
    async with servers.database() as url:
        pool = pool_of_url(_with(url, "pool_size=1&pool_timeout=0.1"))
        await pool.acquire()
        with pytest.raises(BackendUnavailable):
            await asyncio.wait_for(pool.acquire(), 10)
        await pool.close()


@pytest.mark.parametrize("option", ["command_timeout=soon", "pool_size=0", "connect_timeout=-1", "pool_timeout=nan"])
def test_an_option_that_cannot_be_is_refused_without_the_url(option: str) -> None:
    with pytest.raises(ConfigurationError) as error:
        pool_of_url(f"postgresql://app:secret@localhost/app?{option}")
    assert "secret" not in str(error.value)
