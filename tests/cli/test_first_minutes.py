"""The transcript of the first five minutes: every command is run, in order, and says what the page says."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs/first_five_minutes.md"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)

COUNT = re.compile(r"\d+(?= (?:added|updated|unchanged))")
"""How many files: that depends on how far pkit splits its output."""


def run(folder: Path, command: str) -> str:
    """Return what a command prints, on a terminal that is as wide as the page."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {name: value for name, value in os.environ.items() if name != "FORCE_COLOR"}
    environment |= {"PATH": path, "COLUMNS": "100", "MYPY_CACHE_DIR": os.devnull, "LC_ALL": "C.UTF-8"}
    done = subprocess.run(
        command, shell=True, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    return "".join(f"{line.rstrip()}\n" for line in done.stdout.decode().splitlines())


def played(folder: Path, kind: str, text: str) -> str:
    """Write the file of a block or run its commands; return the block as it ought to be."""
    if kind != "console":
        name, _, rest = text.removeprefix("# ").partition("\n")
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(rest)
        return text
    commands = [line.removeprefix("$ ") for line in text.splitlines() if line.startswith("$ ")]
    return "".join(f"$ {command}\n{run(folder, command)}" for command in commands)


def test_the_page_shows_what_the_commands_print(tmp_path: Path, pytestconfig: pytest.Config) -> None:
    page = PAGE.read_text("utf-8")
    actual = BLOCK.sub(lambda block: f"```{block[1]}\n{played(tmp_path, block[1], block[2])}```\n", page)
    if pytestconfig.getoption("--update"):
        PAGE.write_text(actual, "utf-8")
    assert COUNT.sub("some", actual) == COUNT.sub("some", page)


def test_the_page_runs_the_commands_that_matter() -> None:
    page = PAGE.read_text("utf-8")
    for command in ("pkit-gen", "pkit-gen --check", "pkit explain", "mypy --strict"):
        assert f"$ {command}" in page
