"""What a terminal shows, and what a pipe does not."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from pkit_gen.cli.progress import ERASE, Bar

PROGRAM = "from pkit_gen.cli import progress; progress.DELAY = 0.0; from pkit_gen.cli import generate; generate()"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "app"
    (folder / "shop").mkdir(parents=True)
    (folder / "pyproject.toml").write_text(
        '[tool.pkit]\nsources = ["shop"]\noutput = "shop/repos"\nbackends = ["memory"]\n'
    )
    (folder / "shop/org.py").write_text("from dataclasses import dataclass\n\n\n@dataclass\nclass Org:\n    id: int\n")
    return folder


def on_terminal(folder: Path, *arguments: str, **environment: str) -> str:
    """Return what a run prints on a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-c", PROGRAM, *arguments]
    variables = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    process = subprocess.Popen(command, cwd=folder, stdout=theirs, stderr=theirs, env=variables | environment)
    os.close(theirs)
    printed = b"".join(iter(lambda: _read(ours), b""))
    process.wait()
    os.close(ours)
    return printed.decode()


def _read(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, 4096)
    except OSError:  # the other end is closed
        return b""


def test_a_long_run_shows_a_bar_and_erases_it(project: Path) -> None:
    printed = on_terminal(project)
    assert "writing  [" in printed
    assert printed.rindex(ERASE) > printed.rindex("writing  [")
    assert printed.endswith("added\r\n")


@pytest.mark.parametrize("arguments", [("-q",), ("--format", "json")])
def test_a_run_that_is_quiet_or_for_machines_shows_no_bar(project: Path, arguments: tuple[str, ...]) -> None:
    assert ERASE not in on_terminal(project, *arguments)


def test_a_pipe_gets_no_bar_and_no_colours(project: Path) -> None:
    (project / "shop/org.py").write_text("class Org(\n")
    command = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)
    assert "error[PK1" in done.stderr
    assert "\x1b[" not in done.stdout + done.stderr


def test_a_terminal_gets_colours_unless_no_color_is_set(project: Path) -> None:
    (project / "shop/org.py").write_text("class Org(\n")
    assert "\x1b[1;31merror[" in on_terminal(project)
    assert "\x1b[1;31m" not in on_terminal(project, NO_COLOR="1")


def test_a_bar_tells_how_many_steps_are_done() -> None:
    stream = StringIO()
    bar = Bar(stream)
    bar.move("reading", 0, 0)
    assert stream.getvalue() == ""
    bar.show()
    bar.move("writing", 1, 2)
    bar.erase()
    bar.move("writing", 2, 2)
    assert stream.getvalue() == (f"{ERASE}reading  [{'.' * 30}] {ERASE}writing  [{'#' * 15}{'.' * 15}] 1/2{ERASE}")
