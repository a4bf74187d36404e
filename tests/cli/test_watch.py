"""`pkit-gen --watch` over a host app that somebody edits."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

PROGRAM = "from pkit_gen.cli import generate; generate()"
PYPROJECT = '[tool.pkit]\nsources = ["shop"]\noutput = "shop/repos"\nbackends = ["memory"]\nproviders = false\n'
ORG = "from dataclasses import dataclass\n\n\n@dataclass\nclass Org:\n    id: int\n    name: str\n"


def wait_for(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Return when the condition holds; TimeoutError when it does not within `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.02)


@dataclass
class Watching:
    """A run with --watch, and the file that its messages go to."""

    project: Path
    process: subprocess.Popen[bytes]
    messages: Path
    heard: int = 0

    def says(self, words: str) -> None:
        """Wait until the run has said some words, after those that were heard before."""
        wait_for(lambda: words in self.messages.read_text()[self.heard :])
        self.heard = self.messages.read_text().index(words, self.heard) + len(words)

    def interrupt(self) -> int:
        """Press Ctrl-C and return the exit status."""
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)


@pytest.fixture
def watching(tmp_path: Path) -> Iterator[Watching]:
    project = tmp_path / "app"
    (project / "shop").mkdir(parents=True)
    (project / "pyproject.toml").write_text(PYPROJECT)
    (project / "shop/__init__.py").write_text("")
    (project / "shop/org.py").write_text(ORG)
    messages = tmp_path / "messages"
    with messages.open("wb") as stderr:
        process = subprocess.Popen([sys.executable, "-c", PROGRAM, "--watch"], cwd=project, stderr=stderr)
        try:
            started = Watching(project, process, messages)
            started.says("watching for changes; Ctrl-C ends\n")
            yield started
        finally:
            process.kill()
            process.wait()


def test_a_save_generates_again_and_says_so(watching: Watching) -> None:
    (watching.project / "shop/org.py").write_text(ORG + "    town: str = ''\n")
    watching.says("shop/org.py changed\n")
    watching.says("shop/repos: ")
    assert "town" in (watching.project / "shop/repos/org/contract.py").read_text()


def test_a_new_entity_is_seen(watching: Watching) -> None:
    (watching.project / "shop/branch.py").write_text(ORG.replace("Org", "Branch"))
    watching.says("shop/branch.py changed\n")
    watching.says("shop/repos: ")
    assert (watching.project / "shop/repos/branch/contract.py").exists()


def test_a_syntax_error_is_survived(watching: Watching) -> None:
    (watching.project / "shop/org.py").write_text("class Org(\n")
    watching.says("error[PK1")
    (watching.project / "shop/org.py").write_text(ORG + "    town: str = ''\n")
    watching.says("shop/org.py changed\n")
    watching.says("shop/repos: ")
    assert watching.process.poll() is None


def test_a_change_of_the_options_is_seen_and_a_mistake_in_them_survived(watching: Watching) -> None:
    (watching.project / "pyproject.toml").write_text("[tool.pkit\n")
    watching.says("error[PK5")
    (watching.project / "pyproject.toml").write_text("[tool.pkit]\n")
    watching.says("no sources")
    (watching.project / "pyproject.toml").write_text(PYPROJECT.replace("false", "true"))
    watching.says("pyproject.toml changed\n")
    watching.says("shop/repos: ")
    assert (watching.project / "shop/repos/providers.py").exists()
    (watching.project / "shop/org.py").write_text(ORG + "    town: str = ''\n")
    watching.says("shop/org.py changed\n")
    watching.says("shop/repos: ")


@pytest.mark.parametrize("sources", ["shop", "shop/org.py"])
def test_a_source_that_is_gone_for_a_moment_is_noticed_when_it_is_back(watching: Watching, sources: str) -> None:
    (watching.project / "pyproject.toml").write_text(PYPROJECT.replace('["shop"]', f'["{sources}"]'))
    watching.says("pyproject.toml changed\n")
    watching.says("shop/repos ")
    source = watching.project / sources
    source.rename(watching.project / "aside")
    watching.says("error[PK5")
    (watching.project / "aside").rename(source)
    watching.says("changed\n")
    watching.says("shop/repos ")
    (watching.project / "shop/org.py").write_text(ORG + "    town: str = ''\n")
    watching.says("shop/org.py changed\n")
    watching.says("updated")


def test_a_folder_that_another_replaces_is_watched(watching: Watching) -> None:
    shop = watching.project / "shop"
    shutil.copytree(shop, watching.project / "copy")
    shop.rename(watching.project / "aside")
    (watching.project / "copy").rename(shop)
    watching.says("shop changed\n")
    watching.says("shop/repos ")
    (shop / "org.py").write_text(ORG + "    town: str = ''\n")
    watching.says("shop/org.py changed\n")
    watching.says("updated")


def test_ctrl_c_ends_without_an_error(watching: Watching) -> None:
    assert watching.interrupt() == 0
    assert "Traceback" not in watching.messages.read_text()
