"""What linters, formatters and type checkers say of a generated package and of an app that uses it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from checkers import mypy, pyright

from container import packages

USES = """
from host.repos import Repositories, get_repo
from host.repos.org.contract import OrgRepository
from host.repos.user.contract import UserRepository


async def uses(repos: Repositories) -> tuple[UserRepository, OrgRepository, OrgRepository]:
    async with repos.transaction() as tx:
        return repos.user, tx.org, get_repo("org")


def wrong() -> None:
    get_repo("usr")
"""


@pytest.fixture
def host(tmp_path: Path) -> Path:
    packages.write(tmp_path, "host", packages.schema("host"))
    (tmp_path / "host" / "app.py").write_text(packages.APP, encoding="utf-8")
    (tmp_path / "host" / "uses.py").write_text(USES, encoding="utf-8")
    return tmp_path


def test_checkers_accept_the_package_and_reject_an_unknown_key(
    host: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    scratch = tmp_path_factory.mktemp("scratch")
    line = USES.splitlines().index('    get_repo("usr")') + 1
    for complaints in (mypy(host, [host / "host"], scratch / "cache"), pyright(host, [host / "host"], host)):
        assert {(complaint.file, complaint.line) for complaint in complaints} == {("uses.py", line)}


@pytest.mark.parametrize(
    "command",
    [
        ["ruff", "check", "--isolated", "--extend-select", "I", "--config", "lint.isort.known-first-party=['host']"],
        ["ruff", "format", "--isolated", "--check"],
        ["black", "--check"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_linters_and_formatters_find_nothing_to_do(host: Path, command: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", *command, str(host / "host" / "repos")],
        cwd=host,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_providers_the_package_does_not_mention_fastapi(tmp_path: Path) -> None:
    packages.write(tmp_path, "host", packages.schema("host"), providers=False)
    text = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "host").rglob("*.py"))
    assert "fastapi" not in text
    assert "provide_repo" not in text
