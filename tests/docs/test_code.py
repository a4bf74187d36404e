"""The blocks of code in the documentation, run in the order of their page."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from servers import postgres

from docs.pages import Block, blocks

TOOLS = Path(sys.executable).parent
PAGES = ("tutorial.md", "repositories_and_relations.md", "operations.md", "migration.md")
SKIPPED = ("pip ",)

RUNNER = """
import ast, asyncio, inspect, sys
code = compile(open(sys.argv[1]).read(), sys.argv[1], "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
result = eval(code, {"__name__": "__main__"})
if inspect.iscoroutine(result):
    asyncio.run(result)
"""


def run(folder: Path, command: list[str]) -> subprocess.CompletedProcess[str]:
    path = f"{TOOLS}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("REPO_DATABASE", None)
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)


def succeed(folder: Path, command: list[str], what: str) -> None:
    done = run(folder, command)
    assert done.returncode == 0, f"{what}\n{done.stdout}{done.stderr}"


def write(folder: Path, block: Block) -> None:
    path = folder / (block.path or "snippet.py")
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".py" and path.parent != folder and not (path.parent / "__init__.py").exists():
        (path.parent / "__init__.py").touch()
    path.write_text(block.text, "utf-8")


def follow(folder: Path, block: Block) -> None:
    """Do what a block says: write a file, run commands, run a snippet, or have its mistakes found."""
    match block:
        case Block(note="not run"):
            pass
        case Block(note="wrong"):
            assert_wrong(folder, block)
        case Block(path=str()):
            write(folder, block)
        case Block(language="python"):
            write(folder, block)
            succeed(folder, [sys.executable, "-c", RUNNER, "snippet.py"], block.text)
        case Block(language="console"):
            for line in block.text.splitlines():
                if line.startswith("$ ") and not line[2:].startswith(SKIPPED):
                    succeed(folder, ["sh", "-c", line[2:]], line)
        case _:
            pass


def assert_wrong(folder: Path, block: Block) -> None:
    """Have mypy report, on each line with a comment of what it says, just that."""
    write(folder, block)
    printed = run(folder, [sys.executable, "-m", "mypy", "--no-error-summary", "snippet.py"]).stdout
    for number, line in enumerate(block.text.splitlines(), 1):
        said = [text for text in printed.splitlines() if text.startswith(f"snippet.py:{number}: error: ")]
        _, wrong, expected = line.partition("# mypy: ")
        assert any(expected in text for text in said) if wrong else not said, f"{line}\n{printed}"


@pytest.fixture
async def database(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    """Name an empty database of PostgreSQL in the environment of the code."""
    async with postgres.database() as url:
        monkeypatch.setenv("DOCS_POSTGRES_DSN", url)
        yield


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.usefixtures("database")
async def test_the_code_of_a_page_works(page: str, tmp_path: Path) -> None:
    found = list(blocks(page))
    assert found, "a page without code is not in this list"
    for block in found:
        follow(tmp_path, block)
