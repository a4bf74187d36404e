"""Creating the schema: at once, again, over what is there, and beside Alembic."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from click.testing import CliRunner
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from pkit.errors import SchemaMismatch
from pkit.postgres.schema import create_table
from pkit_gen.cli.tools import pkit
from postgres.host.entities import Worker
from postgres.test_statements import Spy

CREATE = """
import asyncio, sys
from postgres_repos import Repositories

async def main() -> None:
    async with Repositories.postgres(sys.argv[1]) as repos:
        sys.stdin.readline()
        await repos.create_schema()

asyncio.run(main())
"""


def tables() -> Any:
    """Return the generated module of tables."""
    return import_module("postgres_repos.tables")


def differences(connection: Connection) -> list[Any]:
    """Return what Alembic would change."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return list(compare_metadata(context, tables().metadata))


async def compared(url: str) -> list[Any]:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.connect() as connection:
        found: list[Any] = await connection.run_sync(differences)
    await engine.dispose()
    return found


async def execute(url: str, *statements: str) -> None:
    connection = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def test_ten_processes_at_once_create_one_schema(folder: Path, package: Any, url: str) -> None:
    environment = {"PYTHONPATH": f"{folder}:{Path(__file__).parents[1]}"}
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", CREATE, url],
            stdin=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for _ in range(10)
    ]
    results = await asyncio.gather(*(asyncio.to_thread(process.communicate, "go\n", 60) for process in processes))
    assert [error for _, error in results if error] == []
    assert [process.returncode for process in processes] == [0] * 10
    assert await compared(url) == []


async def test_alembic_finds_no_difference(package: Any, repos: Any, url: str) -> None:
    assert await compared(url) == []


async def test_alembic_makes_what_create_schema_takes(package: Any, url: str) -> None:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with engine.begin() as connection:
        await connection.run_sync(tables().metadata.create_all)
    await engine.dispose()
    async with package.Repositories.postgres(url) as repositories:
        await repositories.create_schema()
        await repositories.worker.add(Worker(1, "a@x"))
    assert await compared(url) == []


async def test_what_is_missing_is_added(package: Any, repos: Any, url: str) -> None:
    await repos.worker.add_many([Worker(n, f"{n}@x", order=5) for n in range(3)])
    await execute(
        url,
        'ALTER TABLE "user" DROP COLUMN "order", DROP COLUMN nickname, DROP COLUMN friends, DROP COLUMN team_id CASCADE',
        "DROP INDEX uniq_user_email",
        'ALTER TABLE "Team\'s ""own""" DROP CONSTRAINT "fk_Team\'s ""own""_lead_id"',
    )
    await repos.create_schema()
    assert await compared(url) == []
    found = await repos.worker.list()
    assert [(worker.order, worker.friends, worker.nickname) for worker in found] == [(0, [], None)] * 3


MISFITS = {
    'ALTER TABLE "user" ALTER COLUMN "order" TYPE text': 'TYPE bigint USING "order"::bigint',
    'ALTER TABLE "user" ALTER COLUMN email TYPE text COLLATE "default"': 'TYPE text COLLATE "C"',
    'ALTER TABLE "user" ALTER COLUMN email DROP NOT NULL': "ALTER COLUMN email SET NOT NULL",
    'ALTER TABLE "user" ALTER COLUMN nickname SET NOT NULL': "ALTER COLUMN nickname DROP NOT NULL",
    'ALTER TABLE "user" ADD COLUMN other int NOT NULL': 'ALTER COLUMN "other" DROP NOT NULL',
    'ALTER TABLE "user" DROP COLUMN email CASCADE': 'ADD COLUMN email text COLLATE "C" NOT NULL',
    'DROP INDEX uniq_user_email; CREATE INDEX uniq_user_email ON "user" (email)': 'DROP INDEX "uniq_user_email"',
    'ALTER TABLE "user" DROP CONSTRAINT fk_user_team_id, ADD CONSTRAINT fk_user_team_id FOREIGN KEY (team_id) '
    'REFERENCES "Team\'s ""own"""(id) ON DELETE CASCADE': "DROP CONSTRAINT fk_user_team_id",
    'ALTER TABLE "user" DROP CONSTRAINT pk_user CASCADE': "ADD CONSTRAINT pk_user PRIMARY KEY (id)",
}
"""By the statement that spoils a schema, what the one that mends it says."""


@pytest.mark.parametrize("statement", MISFITS)
async def test_what_must_not_be_changed_is_told_with_the_statement_that_mends_it(
    repos: Any, url: str, statement: str
) -> None:
    await execute(url, statement, 'ALTER TABLE "user" DROP COLUMN extra')
    with pytest.raises(SchemaMismatch) as caught:
        await repos.create_schema()
    assert len(caught.value.differences) == 1
    assert MISFITS[statement] in caught.value.differences[0]
    connection = await asyncpg.connect(url)
    assert not await connection.fetchval("SELECT true FROM pg_attribute WHERE attname = 'extra'"), "nothing is changed"
    await connection.close()


async def test_rows_in_the_way_are_told_all_at_once(repos: Any, url: str) -> None:
    await repos.worker.add(Worker(1, "Secret@x"))
    await execute(
        url,
        "DROP INDEX uniq_user_email",
        'ALTER TABLE "user" DROP CONSTRAINT fk_user_team_id',
        'INSERT INTO "user" SELECT 2, lower(email), "order", "select", "table", gen_random_uuid(), nickname, joined, '
        'balance, address, extra, friends FROM "user"',
    )
    with pytest.raises(SchemaMismatch) as caught:
        await repos.create_schema()
    first, second = caught.value.differences
    assert "holds duplicates" in first
    assert "CREATE UNIQUE INDEX uniq_user_email" in first
    assert "refers to what is not there" in second
    assert "secret" not in str(caught.value).lower()


def test_a_table_is_readable(package: Any) -> None:
    assert create_table(import_module("postgres_repos.team.postgres").PostgresTeamRepository.entity) == (
        'CREATE TABLE "Team\'s ""own""" (\n'
        "    id uuid NOT NULL,\n"
        '    name text COLLATE "C" NOT NULL,\n'
        "    lead_id bigint,\n"
        '    CONSTRAINT "pk_Team\'s ""own""" PRIMARY KEY (id)\n'
        ")"
    )


async def test_the_printed_schema_is_the_one_that_is_created(package: Any, url: str) -> None:
    tests = Path(__file__).parents[1]
    arguments = ["schema", "--backend", "postgres", "--root", str(tests), str(tests / "postgres" / "host")]
    printed = CliRunner().invoke(pkit, arguments)
    assert printed.exit_code == 0, printed.output
    await execute(url, printed.output)
    assert await compared(url) == []
    async with package.Repositories.postgres(url) as repositories, Spy(repositories) as spy:
        await repositories.create_schema()
    assert spy.queries
    assert not [query for query in spy.queries if query.split()[0] in ("CREATE", "ALTER")]
