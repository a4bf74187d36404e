"""What repositories run on: a URL, pools, SQLAlchemy's objects in the host's transaction, the environment."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import asyncpg
import pytest
from pydantic import SecretStr
from servers import postgres as servers
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from pkit.errors import BackendUnavailable, ConfigurationError, RepositoryError, UniqueViolation
from pkit.postgres import Session
from pkit.settings import RepoSettings
from postgres.host.entities import Worker


@pytest.fixture
async def engine(repos: Any, url: str) -> AsyncGenerator[AsyncEngine]:
    """Give an engine of SQLAlchemy's on a database with the schema."""
    made = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    yield made
    await made.dispose()


async def use(repositories: Any) -> None:
    """Call methods of every kind."""
    await repositories.ping()
    await repositories.create_schema()
    workers = repositories.worker
    first, second = Worker(1, "a@x", extra={"a": [1.5]}, friends=[2]), Worker(2, "b@x")
    await workers.add(first)
    await workers.add_many([second])
    with pytest.raises(UniqueViolation):
        await workers.add(Worker(3, "A@x"))
    with pytest.raises(UniqueViolation):
        await workers.add_many([Worker(4, "d@x"), Worker(1, "e@x")])
    assert await workers.get(1) == first
    assert [worker async for worker in workers.stream({}, batch_size=1)] == [first, second]
    assert await workers.list_by_fields({"friends_of": {"some": {"email": "b@x"}}}) == [first]
    assert (await workers.patch(2, order=7)).order == 7
    assert await workers.update_by_fields({"order": 7}, order=8) == 1
    with pytest.raises(ZeroDivisionError):
        async with repositories.transaction() as tx:
            await tx.worker.delete_by_fields({})
            raise ZeroDivisionError
    async with repositories.transaction() as tx:
        assert await tx.worker.delete(2)
    with pytest.raises(RuntimeError, match="ended"):
        await tx.worker.count()
    assert await workers.count() == 1
    await repositories.close()


async def test_a_url_of_sqlalchemys_will_do(package: Any, url: str) -> None:
    await use(package.Repositories.postgres(url.replace("postgresql://", "postgresql+asyncpg://")))


async def test_an_asyncpg_pool(package: Any, url: str) -> None:
    async with asyncpg.create_pool(url, min_size=1, max_size=3) as pool:
        await use(package.Repositories.postgres(pool))
        assert await pool.fetchval('SELECT count(*) FROM "user"') == 1


async def test_an_engine(package: Any, engine: AsyncEngine, repos: Any) -> None:
    await use(package.Repositories.postgres(engine))
    assert await repos.worker.count() == 1


async def test_a_connection_in_the_hosts_transaction(package: Any, engine: AsyncEngine, repos: Any) -> None:
    async with engine.connect() as connection:
        await use(package.Repositories.postgres(connection))
        assert await repos.worker.count() == 0
        await connection.execute(text("INSERT INTO \"user\" SELECT 9, 'own', 0, null, 'x' FROM \"user\" WHERE false"))
        await connection.rollback()
        assert await repos.worker.count() == 0
        await use(package.Repositories.postgres(connection))
        await connection.commit()
    assert await repos.worker.count() == 1


async def test_a_connection_that_commits_each_statement(package: Any, engine: AsyncEngine, repos: Any) -> None:
    async with engine.connect() as connection:
        await connection.execution_options(isolation_level="AUTOCOMMIT")
        theirs = package.Repositories.postgres(connection)
        await theirs.worker.add(Worker(1, "a@x"))
        assert await repos.worker.count() == 1


async def test_an_orm_session_in_its_transaction(package: Any, engine: AsyncEngine, repos: Any) -> None:
    async with AsyncSession(engine) as session:
        theirs = package.Repositories.postgres(session)
        await use(theirs)
        assert await repos.worker.count() == 0
        await session.rollback()
        await theirs.worker.add(Worker(5, "e@x"))
        await session.commit()
        assert await theirs.worker.count() == 1
    assert await repos.worker.distinct_values("id") == [5]


async def test_an_error_of_sqlalchemys_shows_no_value(package: Any, engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        theirs = package.Repositories.postgres(connection)
        await theirs.worker.add(Worker(1, "secret@x"))
        with pytest.raises(UniqueViolation) as caught:
            await theirs.worker.add(Worker(2, "SECRET@x"))
        assert isinstance(caught.value.__cause__, asyncpg.UniqueViolationError)
        assert "parameters" not in str(caught.value.__cause__)


def parts() -> dict[str, Any]:
    """Return the settings of the test server, as parts."""
    given = urlsplit(servers.dsn())
    host = given.hostname or parse_qs(given.query)["host"][0]
    return {
        "postgres_host": host,
        "postgres_port": given.port or 5432,
        "postgres_user": given.username,
        "postgres_password": SecretStr(given.password or "p@ss/w:rd%?#[] '\\é"),
        "postgres_db": given.path.lstrip("/"),
    }


async def test_settings_by_parts_or_by_dsn() -> None:
    for settings in (RepoSettings(**parts()), RepoSettings(postgres_dsn=SecretStr(servers.dsn()))):
        session = Session.from_settings(settings)
        await session.ping()
        await session.close()


@pytest.mark.skipif("PKIT_TEST_POSTGRES_DSN" in os.environ, reason="roles of a server of ours only")
async def test_a_password_with_any_character() -> None:
    password = "p@ss/w:rd%?#[] '\\é"
    async with servers.administrator() as connection:
        await connection.execute(f"CREATE ROLE guarded LOGIN PASSWORD '{password.replace(chr(39), chr(39) * 2)}'")
        folder = await connection.fetchval("SHOW data_directory")
        rules = "VALUES ('local all guarded scram-sha-256'), ('local all all trust')"
        await connection.execute(f"COPY ({rules}) TO '{folder}/pg_hba.conf'")
        await connection.execute("SELECT pg_reload_conf()")
        while not await connection.fetchval("SELECT true FROM pg_hba_file_rules WHERE auth_method = 'scram-sha-256'"):
            await asyncio.sleep(0.05)
    guarded: dict[str, Any] = {**parts(), "postgres_user": "guarded", "postgres_password": SecretStr(password)}
    given = RepoSettings(**guarded)
    guarded["postgres_password"] = SecretStr("s3cret")
    wrong = RepoSettings(**guarded)
    url = f"postgresql://guarded:{quote(password, safe='')}@/postgres?host={parts()['postgres_host']}"
    for session in (Session.from_settings(given), Session.open(url)):
        await session.ping()
        await session.close()
    session = Session.from_settings(wrong)
    with pytest.raises(BackendUnavailable) as caught:
        await session.ping()
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "POSTGRES_DSN, or POSTGRES_HOST and POSTGRES_USER and POSTGRES_DB"),
        ({"postgres_host": "h", "postgres_user": "u"}, "POSTGRES_DSN, or POSTGRES_DB"),
        ({"postgres_dsn": "mysql://u:s3cret@h/d"}, "POSTGRES_DSN must begin with postgresql://"),
    ],
)
def test_a_missing_setting_is_named(settings: dict[str, Any], message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DSN", "HOST", "USER", "DB", "PASSWORD", "PORT"):
        monkeypatch.delenv(f"POSTGRES_{name}", raising=False)
    with pytest.raises(ConfigurationError) as caught:
        Session.from_settings(RepoSettings(**settings))
    assert message in str(caught.value)
    assert "s3cret" not in str(caught.value)


async def test_a_url_that_cannot_be_read_is_not_shown() -> None:
    session = Session.open("postgresql://u:s3cret@host:port/x")
    with pytest.raises(ConfigurationError) as caught:
        await session.ping()
    assert "s3cret" not in str(caught.value)
    assert caught.value.__cause__ is None
    wrong: Any = 5
    with pytest.raises(ConfigurationError, match="int"):
        Session.open(wrong)


@pytest.mark.parametrize("on", ["url", "pool", "engine"])
async def test_a_transaction_does_not_pass_for_committed_after_a_query_failed(
    package: Any, engine: AsyncEngine, repos: Any, url: str, on: str
) -> None:
    """PostgreSQL answers COMMIT with ROLLBACK then, and no error."""
    async with asyncpg.create_pool(url, min_size=1, max_size=2) as pool:
        theirs = package.Repositories.postgres({"url": url, "pool": pool, "engine": engine}[on])
        with pytest.raises(RepositoryError, match="undone"):
            async with theirs.transaction() as tx:
                await tx.worker.add(Worker(1, "a@x"))
                with pytest.raises(Exception, match="division by zero"):
                    await tx.worker._connections.rows("SELECT 1 / 0", ())
        assert await theirs.worker.count() == 0
        await theirs.close()
