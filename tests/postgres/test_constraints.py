"""Constraints that pkit did not name: those of a host, of PostgreSQL's own naming, and of tables that are older than pkit."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from pkit.errors import (
    BackendUnavailable,
    ForeignKeyViolation,
    InvalidValue,
    RepositoryError,
    SchemaMismatch,
    UniqueViolation,
)
from postgres.host.entities import Team, Worker
from postgres.test_schema import execute

TEAM = UUID(int=1)
TEAMS = '"Team\'s ""own"""'
SECRET = "secret@x"


async def caught(call: Any) -> RepositoryError:
    """Return the error of a call, after a look at whether it keeps the values to itself."""
    with pytest.raises(RepositoryError) as raised:
        await call
    assert "secret" not in str(raised.value)
    return raised.value


async def names(url: str) -> set[str]:
    """Return the names of all indexes and constraints of the database."""
    connection = await asyncpg.connect(url)
    rows = await connection.fetch(
        "SELECT relname AS name FROM pg_class WHERE relkind = 'i' AND relnamespace = 'public'::regnamespace "
        "UNION SELECT conname FROM pg_constraint WHERE connamespace = 'public'::regnamespace"
    )
    await connection.close()
    return {row["name"] for row in rows}


async def test_a_unique_index_of_the_hosts_is_a_unique_violation(repos: Any, url: str) -> None:
    await execute(url, 'CREATE UNIQUE INDEX "one Nickname" ON "user" (nickname)')
    await repos.worker.add(Worker(1, "a@x", nickname=SECRET))
    for call in (
        repos.worker.add(Worker(2, "b@x", nickname=SECRET)),
        repos.worker.add_many([Worker(3, "c@x"), Worker(4, "d@x", nickname=SECRET)]),
        repos.worker.upsert_by_email(Worker(5, "e@x", nickname=SECRET)),
    ):
        error = await caught(call)
        assert isinstance(error, UniqueViolation)
        assert (error.entity, error.index, error.fields) == ("worker", "one Nickname", ())
        assert str(error) == "worker: another entity has the same key (unique index 'one Nickname')"


UNIQUE_NAMES = {
    'ALTER INDEX pk_user RENAME TO "user_pkey"': ("id", ("id",)),
    "ALTER INDEX uniq_user_email RENAME TO user_email_key": ("email", ("email",)),
    "ALTER INDEX uniq_user_email RENAME TO uniq_email_user": ("email", ("email",)),
    "ALTER INDEX uniq_user_email RENAME TO whatever": ("whatever", ()),
}
"""By the statement that gives an index another name, what the error tells of it."""


@pytest.mark.parametrize("statement", UNIQUE_NAMES)
async def test_a_unique_index_of_another_name_is_a_unique_violation(repos: Any, url: str, statement: str) -> None:
    await execute(url, statement)
    await repos.worker.add(Worker(1, SECRET))
    error = await caught(repos.worker.add(Worker(1, SECRET) if "pkey" in statement else Worker(2, SECRET.upper())))
    assert isinstance(error, UniqueViolation)
    assert (error.index, error.fields) == UNIQUE_NAMES[statement]


@pytest.mark.parametrize("name", ["user_team_id_fkey", "fk_user_team_id__teams_id", "whatever"])
async def test_a_foreign_key_of_another_name_is_a_foreign_key_violation(repos: Any, url: str, name: str) -> None:
    await execute(url, f'ALTER TABLE "user" RENAME CONSTRAINT fk_user_team_id TO {name}')
    await repos.team.add(Team(TEAM, "red"))
    await repos.worker.add(Worker(1, "a@x", team_id=TEAM))
    inserted = await caught(repos.worker.add(Worker(2, SECRET, team_id=UUID(int=9))))
    deleted = await caught(repos.team.delete(TEAM))
    assert isinstance(inserted, ForeignKeyViolation)
    assert isinstance(deleted, ForeignKeyViolation)
    known = ("worker", "team_id", "team", "")
    assert told(inserted) == (("worker", "", "", name) if name == "whatever" else known)
    assert told(deleted) == (("user", "", "", name) if name == "whatever" else known)


def told(error: ForeignKeyViolation) -> tuple[str, str, str, str]:
    """Return what an error says of the reference."""
    return error.entity, error.field, error.target, error.constraint


@pytest.mark.parametrize("action", ["NO ACTION", "RESTRICT"])
async def test_a_table_of_the_hosts_that_refers_here_is_a_foreign_key_violation(
    repos: Any, url: str, action: str
) -> None:
    await execute(
        url,
        f'CREATE TABLE audit (who bigint CONSTRAINT "by whom" REFERENCES "user" ON DELETE {action})',
        """INSERT INTO "user" (id, email, "order", "table", joined, balance, extra, friends)
           VALUES (1, 'secret@x', 0, 'x', now(), '0', '{}', '{}')""",
        "INSERT INTO audit VALUES (1)",
    )
    for call in (repos.worker.delete(1), repos.worker.delete_by_fields({"email": SECRET})):
        error = await caught(call)
        assert isinstance(error, ForeignKeyViolation)
        assert told(error) == ("audit", "", "", "by whom")
        assert str(error) == "audit would refer to what does not exist (foreign key 'by whom')"


async def test_restrict_violation_is_a_foreign_key_violation(repos: Any, url: str) -> None:
    """PostgreSQL 18 has a SQLSTATE of its own for ON DELETE RESTRICT; before, a function can raise it."""
    await repos.worker.add(Worker(1, "a@x"))
    await execute(
        url,
        """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           RAISE 'secret' USING ERRCODE = 'restrict_violation', TABLE = 'user', CONSTRAINT = 'fk_user_team_id'; END $$""",
        'CREATE TRIGGER refuse BEFORE DELETE ON "user" FOR EACH ROW EXECUTE FUNCTION refuse()',
    )
    error = await caught(repos.worker.delete(1))
    assert isinstance(error, ForeignKeyViolation)
    assert told(error) == ("worker", "team_id", "team", "")


EXCLUDING = 'ALTER TABLE "user" ADD CONSTRAINT "no two" EXCLUDE (nickname WITH =)'
CHECKING = 'ALTER TABLE "user" ADD CONSTRAINT "only known" CHECK (nickname NOT LIKE \'secret%\')'


async def test_what_a_constraint_of_the_hosts_excludes_is_a_unique_violation(repos: Any, url: str) -> None:
    await execute(url, EXCLUDING)
    await repos.worker.add(Worker(1, "a@x", nickname=SECRET))
    error = await caught(repos.worker.add(Worker(2, "b@x", nickname=SECRET)))
    assert isinstance(error, UniqueViolation)
    assert (error.entity, error.index, error.fields) == ("worker", "no two", ())


async def test_what_a_check_of_the_hosts_refuses_is_invalid(repos: Any, url: str) -> None:
    await execute(url, CHECKING)
    await repos.worker.add(Worker(1, "a@x", nickname="known"))
    for call in (
        repos.worker.add(Worker(2, "b@x", nickname=SECRET)),
        repos.worker.add_many([Worker(3, "c@x"), Worker(4, "d@x", nickname=SECRET)]),
        repos.worker.patch(1, nickname=SECRET),
        repos.worker.update_by_fields({}, nickname=SECRET),
    ):
        error = await caught(call)
        assert isinstance(error, InvalidValue)
        assert str(error) == "worker.row: does not fit the database's constraint 'only known'"
    assert await repos.worker.count() == 1


async def test_what_a_column_of_the_hosts_must_have_is_invalid(repos: Any, url: str) -> None:
    await execute(url, 'ALTER TABLE "user" ALTER COLUMN nickname SET NOT NULL')
    error = await caught(repos.worker.add(Worker(1, SECRET)))
    assert isinstance(error, InvalidValue)
    assert (error.entity, error.field) == ("worker", "nickname")


async def test_a_column_of_the_hosts_that_no_entity_fills_is_a_mismatch(repos: Any, url: str) -> None:
    await execute(url, 'ALTER TABLE "user" ADD COLUMN source text NOT NULL')
    error = await caught(repos.worker.add(Worker(1, SECRET)))
    assert isinstance(error, SchemaMismatch)
    assert error.differences == ('"user".source is no field of worker and NOT NULL: it needs a DEFAULT',)


async def test_a_column_of_another_table_is_told_with_that_table(repos: Any, url: str) -> None:
    await execute(
        url,
        "CREATE TABLE audit (who bigint NOT NULL)",
        """CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
           INSERT INTO audit VALUES (NULL); RETURN NEW; END $$""",
        'CREATE TRIGGER note BEFORE INSERT ON "user" FOR EACH ROW EXECUTE FUNCTION note()',
    )
    error = await caught(repos.worker.add(Worker(1, SECRET)))
    assert isinstance(error, InvalidValue)
    assert (error.entity, error.field) == ("audit", "who")


@pytest.mark.parametrize("on", ["pkit", "asyncpg", "engine"])
async def test_a_deferred_constraint_is_told_at_the_end_of_the_transaction(package: Any, url: str, on: str) -> None:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    async with asyncpg.create_pool(url, min_size=1, max_size=2) as pool:
        repos = package.Repositories.postgres({"pkit": url, "asyncpg": pool, "engine": engine}[on])
        await repos.create_schema()
        await execute(url, 'ALTER TABLE "user" ADD CONSTRAINT late UNIQUE (nickname) DEFERRABLE INITIALLY DEFERRED')
        with pytest.raises(UniqueViolation, match="late") as raised:
            async with repos.transaction() as tx:
                await tx.worker.add_many([Worker(n, f"{n}@x", nickname=SECRET) for n in range(2)])
        assert (raised.value.entity, raised.value.fields) == ("user", ())
        assert await repos.worker.count() == 0
        await repos.close()
    await engine.dispose()


# --- create_schema ----------------------------------------------------------------------------------------------------

RENAMED = {
    "ALTER INDEX pk_user RENAME TO user_pkey": None,
    "ALTER INDEX pk_user RENAME TO whatever": 'ALTER INDEX "whatever" RENAME TO "pk_user"',
    "ALTER INDEX uniq_user_email RENAME TO uniq_email_user": None,
    'ALTER INDEX uniq_user_email RENAME TO "the ""Email"""': 'ALTER INDEX "the ""Email""" RENAME TO "uniq_user_email"',
    'ALTER TABLE "user" RENAME CONSTRAINT fk_user_team_id TO user_team_id_fkey': None,
    'ALTER TABLE "user" RENAME CONSTRAINT fk_user_team_id TO old': (
        'ALTER TABLE "user" RENAME CONSTRAINT "old" TO fk_user_team_id'
    ),
    'ALTER TABLE "user" DROP CONSTRAINT fk_user_team_id, ADD CONSTRAINT user_team_id_fkey FOREIGN KEY (team_id) '
    f"REFERENCES {TEAMS} ON UPDATE CASCADE ON DELETE RESTRICT": None,
    f'ALTER TABLE {TEAMS} RENAME CONSTRAINT "pk_Team\'s ""own""" TO teams_pk': (
        'ALTER INDEX "teams_pk" RENAME TO "pk_Team\'s ""own"""'
    ),
    "ALTER INDEX idx_user_team_id RENAME TO teams_of_users": None,
    'DROP INDEX idx_user_friends; CREATE INDEX friends ON "user" USING gin (friends)': None,
}
"""By the statement that gives something another name, what is advised."""


@pytest.mark.parametrize("statement", RENAMED)
async def test_what_serves_under_another_name_is_taken(
    repos: Any, url: str, statement: str, caplog: pytest.LogCaptureFixture
) -> None:
    await execute(url, statement)
    before = await names(url)
    await repos.create_schema()
    assert await names(url) == before
    advice = RENAMED[statement]
    assert [record.getMessage().partition(": ")[2] for record in caplog.records] == ([advice] if advice else [])
    if advice:
        await execute(url, advice)
        caplog.clear()
        await repos.create_schema()
        assert not caplog.records


OTHERS = {
    'DROP INDEX uniq_user_email; CREATE INDEX emails ON "user" (lower(email COLLATE pg_c_utf8))': "uniq_user_email",
    'DROP INDEX uniq_user_email; CREATE UNIQUE INDEX emails ON "user" (email)': "uniq_user_email",
    'DROP INDEX uniq_user_email; CREATE UNIQUE INDEX emails ON "user" (lower(email COLLATE pg_c_utf8)) '
    'WHERE "order" > 0': "uniq_user_email",
    'ALTER TABLE "user" DROP CONSTRAINT fk_user_team_id, ADD CONSTRAINT teams FOREIGN KEY (team_id) '
    f"REFERENCES {TEAMS} ON DELETE CASCADE": "fk_user_team_id",
    'ALTER TABLE "user" DROP CONSTRAINT fk_user_team_id, ADD CONSTRAINT teams FOREIGN KEY (team_id) '
    f"REFERENCES {TEAMS} DEFERRABLE": "fk_user_team_id",
    'DROP INDEX idx_user_team_id; CREATE INDEX teams ON "user" USING hash (team_id)': "idx_user_team_id",
}
"""By the statement that puts something else in the place of what is needed, what is to be created."""


@pytest.mark.parametrize("statement", OTHERS)
async def test_what_means_something_else_is_not_taken(repos: Any, url: str, statement: str) -> None:
    await execute(url, statement)
    before = await names(url)
    await repos.create_schema()
    assert await names(url) - before == {OTHERS[statement]}


async def test_a_primary_key_of_something_else_is_told(repos: Any, url: str) -> None:
    await execute(url, 'ALTER TABLE "user" DROP CONSTRAINT pk_user CASCADE, ADD PRIMARY KEY (email)')
    with pytest.raises(SchemaMismatch, match=r"has no primary key of its id: ALTER TABLE"):
        await repos.create_schema()


# --- conflicts --------------------------------------------------------------------------------------------------------


async def test_transactions_in_a_deadlock_are_told_to_try_again(repos: Any, url: str) -> None:
    await repos.worker.add_many([Worker(n, f"{n}@x") for n in (1, 2)])
    both = asyncio.Barrier(2)

    async def swap(first: int, second: int) -> None:
        async with repos.transaction() as tx:
            await tx.worker.patch(first, order=first)
            await both.wait()
            await tx.worker.patch(second, order=first)

    results = await asyncio.gather(swap(1, 2), swap(2, 1), return_exceptions=True)
    (error,) = [result for result in results if result is not None]
    assert isinstance(error, BackendUnavailable)
    assert isinstance(error.__cause__, asyncpg.DeadlockDetectedError)
    assert "try again" in str(error)
    assert len(await repos.worker.distinct_values("order")) == 1
    await swap_alone(repos)


async def swap_alone(repos: Any) -> None:
    async with repos.transaction() as tx:
        await tx.worker.patch(1, order=7)
    assert (await repos.worker.get(1)).order == 7


@pytest.mark.parametrize("on", ["asyncpg", "engine"])
async def test_serializable_transactions_that_conflict_are_told_to_try_again(package: Any, url: str, on: str) -> None:
    serializable = {"default_transaction_isolation": "serializable"}
    engine = create_async_engine(
        url.replace("postgresql://", "postgresql+asyncpg://"), connect_args={"server_settings": serializable}
    )
    async with asyncpg.create_pool(url, min_size=1, max_size=3, server_settings=serializable) as pool:
        repos = package.Repositories.postgres(pool if on == "asyncpg" else engine)
        await repos.create_schema()
        both = asyncio.Barrier(2)

        async def add_as_many_as_there_are(number: int) -> None:
            async with repos.transaction() as tx:
                order = await tx.worker.count()
                await both.wait()
                await tx.worker.add(Worker(number, f"{number}@x", order=order))

        results = await asyncio.gather(*map(add_as_many_as_there_are, (1, 2)), return_exceptions=True)
        (error,) = [result for result in results if result is not None]
        assert isinstance(error, BackendUnavailable)
        assert "try again" in str(error)
        assert await repos.worker.count() == 1
    await engine.dispose()
