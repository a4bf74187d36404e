"""Two host apps of persistence-kit: the same requests before and after `pkit migrate --write`.

`responses.json` of each host is what persistence-kit 2.0.0 answers; one test asks it again, where it can be installed.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from servers import mongo, postgres

HERE = Path(__file__).parent
TOOLS = Path(sys.executable).parent
PREDECESSOR = ("persistence-kit==2.0.0", "httpx")


@dataclass(frozen=True)
class Host:
    """A host app. `differences` are the answers that are others on purpose, by path, each a line of the migration guide."""

    name: str
    app: str
    differences: Mapping[str, tuple[int, object]]

    @property
    def folder(self) -> Path:
        return HERE / "hosts" / self.name

    def recorded(self) -> list[Any]:
        """Return the requests with what persistence-kit answers."""
        requests = json.loads((self.folder / "requests.json").read_text())
        answers = json.loads((self.folder / "responses.json").read_text())
        return list(zip([path for _, path, _ in requests], answers, strict=True))


WRONG_TYPE = (500, "Internal Server Error")  # InvalidCriteria; 400 once install_error_handlers is called

HOSTS = [
    Host("shop", "shop.app", {}),
    Host(
        "campus",
        "campus.main",
        {
            "/api/rooms/search?kind=lecture&seats=50": WRONG_TYPE,
            "/api/rooms/search?kind=laboratory": WRONG_TYPE,
        },
    ),
]

every_host = pytest.mark.parametrize("host", HOSTS, ids=lambda host: host.name)


@pytest.fixture
async def databases() -> AsyncIterator[dict[str, str]]:
    """Give the environment of a host over an empty database of PostgreSQL and one of MongoDB."""
    async with postgres.database() as url, mongo.database() as documents:
        common = {"REPO_DATABASE": "postgres", "MONGO_DSN": mongo.dsn(), "MONGO_DB": documents.name}
        yield {**common, "POSTGRES_DSN": url}


def run(folder: Path, *command: str | Path, **environment: str) -> str:
    """Run a command in the folder of a host and return what it prints."""
    paths = {"PYTHONPATH": str(folder)}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**os.environ, **paths, **environment},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout


def answers(python: Path, folder: Path, host: Host, environment: Mapping[str, str]) -> list[Any]:
    """Return what the app answers to its requests."""
    found: list[Any] = json.loads(run(folder, python, HERE / "exercise.py", host.app, "requests.json", **environment))
    return found


def copied(host: Host, folder: Path) -> Path:
    return shutil.copytree(host.folder, folder / host.name, ignore=shutil.ignore_patterns("__pycache__"))


def migrate(host: Host, folder: Path) -> None:
    """Move a host over and generate its repositories."""
    run(folder, TOOLS / "pkit", "migrate", ".", "--repos", f"{host.name}.repos", "--write")
    run(folder, TOOLS / "pkit-gen", host.name, "-o", f"{host.name}/repos")


@every_host
def test_after_the_migration_a_host_answers_as_before(host: Host, tmp_path: Path, databases: dict[str, str]) -> None:
    folder = copied(host, tmp_path)
    migrate(host, folder)
    after = answers(Path(sys.executable), folder, host, databases)
    different = {path: tuple(now) for (path, before), now in zip(host.recorded(), after, strict=True) if now != before}
    assert different == host.differences


@every_host
def test_a_host_that_was_migrated_is_left_alone(host: Host, tmp_path: Path) -> None:
    folder = copied(host, tmp_path)
    migrate(host, folder)
    before = {path: path.read_bytes() for path in folder.rglob("*.py")}
    assert run(folder, TOOLS / "pkit", "migrate", ".", "--repos", f"{host.name}.repos") == ""
    run(folder, TOOLS / "pkit", "migrate", ".", "--repos", f"{host.name}.repos", "--write")
    assert {path: path.read_bytes() for path in folder.rglob("*.py")} == before
    assert not any(b"persistence_kit" in data for data in before.values())


@pytest.fixture(scope="session")
def predecessor(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an interpreter with persistence-kit 2.0.0, or skip where it cannot be installed."""
    given = os.environ.get("PKIT_TEST_PREDECESSOR")
    if given:
        return Path(given)
    folder = tmp_path_factory.mktemp("predecessor")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
    python = folder / "bin/python"
    done = subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", *PREDECESSOR], capture_output=True, text=True
    )
    if done.returncode:
        pytest.skip(f"{PREDECESSOR[0]} cannot be installed: {done.stderr.strip().splitlines()[-1]}")
    return python


@every_host
def test_what_was_recorded_is_what_persistence_kit_answers(
    host: Host, tmp_path: Path, databases: dict[str, str], predecessor: Path, pytestconfig: pytest.Config
) -> None:
    found = answers(
        predecessor, copied(host, tmp_path), host, {**databases, **postgres.parts_of(databases["POSTGRES_DSN"])}
    )
    record = host.folder / "responses.json"
    if pytestconfig.getoption("--update"):
        record.write_text(json.dumps(found, indent=1) + "\n")
    assert found == json.loads(record.read_text())


UPGRADE = """
import asyncio, os
from dataclasses import replace
from uuid import uuid4

import asyncpg
from pkit.errors import ForeignKeyViolation, SchemaMismatch, UniqueViolation
from shop.repos import Repositories


async def main():
    connection = await asyncpg.connect(os.environ["POSTGRES_DSN"])
    await connection.execute(open("renames.sql").read())
    async with Repositories.postgres(os.environ["POSTGRES_DSN"]) as repos:
        try:
            await repos.create_schema()
        except SchemaMismatch as mismatch:
            for difference in mismatch.differences:
                await connection.execute(difference.partition(": ")[2])
        await repos.create_schema()
        ada = await repos.customer.get_by_email("ada@example.org")
        print(ada.name, await repos.order.count(), await repos.product.count())
        try:
            await repos.customer.add(replace(ada, id=uuid4()))
        except UniqueViolation as error:
            print(error.index)
        try:
            await repos.customer.delete(ada.id)
        except ForeignKeyViolation as error:
            print(error.field)


asyncio.run(main())
"""


async def test_the_data_of_persistence_kit_in_postgresql_is_kept(
    tmp_path: Path, databases: dict[str, str], predecessor: Path
) -> None:
    host = HOSTS[0]
    folder = copied(host, tmp_path)
    answers(predecessor, folder, host, {**databases, **postgres.parts_of(databases["POSTGRES_DSN"])})
    migrate(host, folder)
    renames = run(folder, TOOLS / "pkit", "migrate", ".", "--repos", "shop.repos", "--sql")
    assert "ALTER INDEX IF EXISTS uniq_email_customers RENAME TO uniq_customers_email;" in renames.splitlines()
    (folder / "renames.sql").write_text(renames)
    (folder / "upgrade.py").write_text(UPGRADE)
    printed = run(folder, Path(sys.executable), "upgrade.py", **databases)
    assert printed.splitlines() == ["Ada 3 3", "email", "customer_id"]


# --- the command ------------------------------------------------------------------------------------------------------


def test_without_write_a_diff_is_printed_and_nothing_is_changed(tmp_path: Path) -> None:
    folder = copied(HOSTS[0], tmp_path)
    before = {path: path.read_bytes() for path in folder.rglob("*.py")}
    printed = run(folder, TOOLS / "pkit", "migrate", ".", "--repos", "shop.repos")
    assert (
        "-from persistence_kit.repository_factory import register_entity\n+from pkit import register_entity\n"
        in printed
    )
    assert printed.startswith("--- a/shop/app.py\n+++ b/shop/app.py\n@@")
    assert {path: path.read_bytes() for path in folder.rglob("*.py")} == before


def test_what_is_left_is_listed_with_its_place(tmp_path: Path) -> None:
    folder = copied(HOSTS[1], tmp_path)
    command = [str(TOOLS / "pkit"), "migrate", ".", "--repos", "campus.repos"]
    listed = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stderr.splitlines()
    assert listed == [
        "campus/routes/rooms.py:69:44: empty criteria gave nothing here, and give everything now; "
        "do not ask for them where nothing is wanted",
        "pyproject.toml:4:1: persistence-kit is required; require pkit-gen, with the extras of its databases",
        "6 files to change, 2 places to look at",
    ]


def test_the_types_of_the_result_show_what_the_old_code_got_away_with(tmp_path: Path) -> None:
    folder = copied(HOSTS[0], tmp_path)
    migrate(HOSTS[0], folder)
    (folder / "shop/late.py").write_text(
        "import persistence_kit\nfrom persistence_kit.repository_factory import get_repo\n"
        "async def f() -> None:\n    await get_repo('customer').list_by_fields({'emial': 'a'})\n"
    )
    command = [str(TOOLS / "pkit"), "migrate", "shop", "--repos", "shop.repos", "--write", "--check-types"]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert 'shop/late.py:4: error: Extra key "emial" for TypedDict "CustomerCriteria"' in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--repos", "shop-repos"], "'shop-repos' is no dotted name"),
        (["--repos", "shop.repos", "--check-types"], "--check-types goes with --write"),
    ],
)
def test_wrong_usage(arguments: list[str], message: str) -> None:
    command = [str(TOOLS / "pkit"), "migrate", str(HOSTS[0].folder), *arguments]
    done = subprocess.run(command, capture_output=True, text=True)
    assert (done.returncode, message in done.stderr) == (2, True)
