"""A run that is killed while it writes, before each of its steps: the next one notices, takes back what was begun, and generates."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from pkit_gen import generation, staging
from pkit_gen.config import Config
from pkit_gen.generation import Mode, Outcome
from pkit_gen.ir.model import Database
from pkit_gen.recall import STAGING

ENTITY = "from dataclasses import dataclass\n\n\n@dataclass\nclass {name}:\n    id: int\n    {field}: str\n"
OLD = {"branch": "name", "org": "name"}
NEW = {"org": "town", "user": "email"}
OTHER = {"user": "phone"}
CHANGES = {"os.rename", "os.link", "os.mkdir", "os.remove", "os.rmdir"}
PROGRAM = "from pkit_gen.cli import generate; generate()"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A host app whose package was generated."""
    folder = tmp_path / "app"
    written = Config((folder / "shop",), folder / "shop/repos", (folder,), (Database.MEMORY,), providers=False)
    declare(written, OLD)
    assert not run(written).diagnostics.has_errors
    return written


def declare(config: Config, entities: Mapping[str, str]) -> None:
    """Write a module for each entity, and no others."""
    (folder,) = config.sources
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.py"):
        path.unlink()
    for name, field in entities.items():
        (folder / f"{name}.py").write_text(ENTITY.format(name=name.title(), field=field))


def run(config: Config, mode: Mode = Mode.WRITE) -> Outcome:
    return generation.run(config, mode)


def codes(outcome: Outcome) -> set[str]:
    return {diagnostic.code for diagnostic in outcome.diagnostics.items}


def generated(config: Config) -> dict[str, bytes]:
    files = {path.relative_to(config.output).as_posix(): path for path in config.output.rglob("*") if path.is_file()}
    return {name: path.read_bytes() for name, path in files.items() if not name.startswith(STAGING)}


def is_killed(config: Config, step: int) -> bool:
    """Run in another process, which is killed before its change number `step` of the file system; return whether it came so far."""
    child = os.fork()
    if child == 0:
        kill_before(step)
        os._exit(run(config).diagnostics.has_errors)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def kill_before(step: int) -> None:
    left = step

    def count(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        flags = arguments[2] if event == "open" else 0
        if event in CHANGES or (isinstance(flags, int) and flags & (os.O_WRONLY | os.O_RDWR)):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(count)


def test_a_run_that_is_killed_before_any_step_is_taken_back_by_the_next(config: Config, tmp_path: Path) -> None:
    old = generated(config)
    shutil.copytree(tmp_path / "app", tmp_path / "kept")
    declare(config, NEW)
    step, mixed = 0, 0
    while is_killed(config, step):
        left, found = generated(config), codes(run(config, Mode.CHECK))
        (config.sources[0] / "org.py").write_text("class")
        assert run(config).diagnostics.has_errors  # so it does not generate
        if "PK410" in found:
            mixed += 1
            assert generated(config) == old, step
        else:
            assert generated(config) == left, step
            assert left == old or not found - {"PK120"}, step
        shutil.rmtree(tmp_path / "app")
        shutil.copytree(tmp_path / "kept", tmp_path / "app")
        declare(config, NEW)
        step += 1
    assert mixed > 10


@pytest.fixture
def killed(config: Config) -> Config:
    """A host app whose output holds old files and new ones."""
    declare(config, NEW)
    step = 0
    while not (config.output / "user/contract.py").exists():
        staging.mend(config.output)
        assert is_killed(config, step)
        step += 1
    assert staging.is_interrupted(config.output)
    return config


def test_the_next_run_generates_from_sources_of_any_kind(killed: Config, tmp_path: Path) -> None:
    declare(killed, OTHER)
    assert not run(killed).diagnostics.has_errors
    left = generated(killed)
    shutil.rmtree(killed.output)
    run(killed)
    assert left == generated(killed)
    assert not list(killed.output.glob(f"{STAGING}*"))


def test_taking_back_can_be_interrupted_too(killed: Config) -> None:
    declare(killed, OLD)
    step = 0
    while is_killed(killed, step):  # each goes on where the one before was killed
        step += 1
    assert step > 4
    left = generated(killed)
    shutil.rmtree(killed.output)
    run(killed)
    assert left == generated(killed)


def test_a_check_writes_nothing(killed: Config) -> None:
    before = {path: path.stat().st_mtime_ns for path in killed.output.rglob("*")}
    assert codes(run(killed, Mode.CHECK)) == {"PK410"}
    assert codes(run(killed, Mode.COMPARE)) == {"PK410"}
    assert {path: path.stat().st_mtime_ns for path in killed.output.rglob("*")} == before


def test_what_a_killed_run_left_is_never_passed_over(config: Config) -> None:
    folder = config.output.parents[1]
    (folder / "pyproject.toml").write_text('[tool.pkit]\nsources = ["shop"]\noutput = "shop/repos"\n')

    def pkit_gen(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-c", PROGRAM, *arguments]
        return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)

    for _ in range(3):
        pkit_gen()
    left = config.output / f"{STAGING}1"
    left.mkdir()
    (left / staging.JOURNAL).write_text('{"new": [], "gone": []}')
    assert "error[PK410]" in pkit_gen("--check").stderr
    assert pkit_gen().returncode == 0
    assert not left.exists()


def test_a_file_that_appears_while_a_run_prints_is_in_the_way_and_stays(config: Config) -> None:
    declare(config, NEW)
    mine = config.output / "user/contract.py"
    old = generated(config)

    def tell(stage: str, done: int, total: int) -> None:
        if stage == "writing" and done == total - 1:
            mine.parent.mkdir()
            mine.write_text("MINE = 1\n")

    outcome = generation.run(config, Mode.WRITE, tell)
    assert "PK401" in codes(outcome)
    assert generated(config) == {**old, "user/contract.py": b"MINE = 1\n"}


@pytest.mark.parametrize("path", ["../../org.py", "/etc/org.py"])
def test_what_is_taken_back_stays_in_the_output(config: Config, path: str) -> None:
    left = config.output / f"{STAGING}1"
    left.mkdir()
    (left / "old-0").write_text("evil = 1\n")
    (left / staging.JOURNAL).write_text(json.dumps({"new": [[path, ""]], "gone": []}))
    assert run(config).is_current
    assert "evil" not in (config.sources[0] / "org.py").read_text()
    assert not left.exists()


@pytest.mark.parametrize("text", ["", "[]", '{"new": 1}', '{"new": [[]]}', "\xff"])
def test_a_damaged_journal_is_only_removed(config: Config, text: str) -> None:
    before = generated(config)
    (config.output / f"{STAGING}1").mkdir()
    (config.output / f"{STAGING}1" / staging.JOURNAL).write_text(text, "latin-1")
    assert run(config).is_current
    assert generated(config) == before
    assert not staging.is_interrupted(config.output)


def test_what_a_killed_run_prepared_is_removed_by_a_run_that_has_nothing_to_do(config: Config) -> None:
    left = config.output / f"{STAGING}1"
    left.mkdir()
    (left / "new-0").write_text("half")
    assert run(config, Mode.CHECK).is_current
    assert left.exists()
    assert run(config).is_current
    assert not left.exists()
