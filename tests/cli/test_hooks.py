"""The hooks of `.pre-commit-hooks.yaml`, run by pre-commit itself over a repository that is made for it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

HOOKS = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
BIN = Path(sys.executable).parent
ORG = "from dataclasses import dataclass\n\n\n@dataclass\nclass Org:\n    id: int\n    name: str\n"
OPTIONS = '[tool.pkit]\nsources = ["shop"]\noutput = "shop/repos"\nbackends = ["memory"]\nproviders = false\n'


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(BIN), os.environ["PATH"]])
    environment = os.environ | {
        "PATH": paths,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "PRE_COMMIT_HOME": str(folder.parent / "pre-commit"),
    }
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def local_config() -> str:
    """Return a configuration with the very hooks, but with the pkit-gen of this environment instead of one that is installed for them."""
    hooks = re.sub(r"language: python", "language: system", HOOKS.read_text("utf-8"))
    return "repos:\n- repo: local\n  hooks:\n" + "".join(f"  {line}\n" for line in hooks.splitlines())


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A host app in a repository, with both hooks and a package that is current."""
    folder = tmp_path / "app"
    (folder / "shop").mkdir(parents=True)
    (folder / "shop/__init__.py").write_text("")
    (folder / "shop/org.py").write_text(ORG)
    (folder / "pyproject.toml").write_text(OPTIONS)
    (folder / ".pre-commit-config.yaml").write_text(local_config())
    assert run(folder, "pkit-gen").returncode == 0
    for command in ("git init -q", "git config user.email a@example.org", "git config user.name A", "git add -A"):
        assert run(folder, *command.split()).returncode == 0
    return folder


def hook(folder: Path, name: str) -> subprocess.CompletedProcess[str]:
    return run(folder, "pre-commit", "run", "--all-files", name)


def test_the_manifest_of_the_hooks_is_valid() -> None:
    done = run(HOOKS.parent, "pre-commit", "validate-manifest", str(HOOKS))
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", ["pkit-gen", "pkit-gen-check"])
def test_a_hook_passes_over_a_current_package_without_a_word(project: Path, name: str) -> None:
    done = hook(project, name)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip().endswith("Passed")
    assert len(done.stdout.strip().splitlines()) == 1


def test_the_check_fails_with_the_files_and_the_command_that_mends_them(project: Path) -> None:
    (project / "shop/org.py").write_text(ORG + "    town: str = ''\n")
    before = (project / "shop/repos/org/contract.py").read_text()
    done = hook(project, "pkit-gen-check")
    assert done.returncode == 1
    assert "--> shop/repos/org/contract.py" in done.stdout
    assert "--> shop/repos/org/memory.py" in done.stdout
    assert "help: run pkit-gen\n" in done.stdout
    assert (project / "shop/repos/org/contract.py").read_text() == before


def test_the_generating_hook_mends_them_and_fails_once(project: Path) -> None:
    (project / "shop/org.py").write_text(ORG + "    town: str = ''\n")
    first = hook(project, "pkit-gen")
    assert first.returncode == 1
    assert "files were modified by this hook" in first.stdout
    assert "town" in (project / "shop/repos/org/contract.py").read_text()
    run(project, "git", "add", "-A")
    assert hook(project, "pkit-gen").returncode == 0
    assert hook(project, "pkit-gen-check").returncode == 0


def test_a_commit_is_stopped(project: Path) -> None:
    assert run(project, "pre-commit", "install").returncode == 0
    (project / "shop/org.py").write_text(ORG + "    town: str = ''\n")
    run(project, "git", "add", "-A")
    done = run(project, "git", "commit", "-m", "Add the town")
    assert done.returncode == 1
    assert run(project, "git", "log").returncode != 0, "there is a commit"
