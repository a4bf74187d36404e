"""What is published: built by the script of the workflows, installed in an empty environment, and used there."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]
VERSION = "0.0.7.dev3"


def run(*command: str | Path, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True)


def succeed(*command: str | Path, cwd: Path = ROOT) -> str:
    done = run(*command, cwd=cwd)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of the last commit as another version."""
    if not (ROOT / ".git").exists():
        pytest.skip("only a checkout can be built by the script")
    folder = tmp_path_factory.mktemp("dist")
    before = (ROOT / "pyproject.toml").read_bytes()
    succeed("env", f"PYTHON={sys.executable}", ROOT / "scripts/build.sh", VERSION, folder)
    assert (ROOT / "pyproject.toml").read_bytes() == before
    return folder


def test_both_archives_have_the_version(built: Path) -> None:
    names = {path.name for path in built.iterdir()}
    assert names == {f"pkit_gen-{VERSION}-py3-none-any.whl", f"pkit_gen-{VERSION}.tar.gz"}


@pytest.fixture(scope="module")
def environment(built: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs of an empty environment in which the wheel is installed without extras."""
    folder = tmp_path_factory.mktemp("environment")
    succeed(sys.executable, "-m", "venv", folder)
    (wheel,) = built.glob("*.whl")
    installed = run(folder / "bin/python", "-m", "pip", "install", "--quiet", wheel)
    if installed.returncode:
        pytest.skip(f"its requirements cannot be installed: {installed.stderr.strip().splitlines()[-1]}")
    return folder / "bin"


def test_the_wheel_alone_generates_an_app_and_runs_it(environment: Path, tmp_path: Path) -> None:
    app = shutil.copytree(ROOT / "generated_examples/minimal", tmp_path / "app", ignore=shutil.ignore_patterns("repos"))
    succeed(environment / "pkit-gen", cwd=app)
    printed = succeed(environment / "python", "-m", "minimal.app", cwd=app)
    assert "alan@example.org 41" in printed
    assert VERSION in succeed(environment / "pkit-gen", "--version", cwd=app)


def test_the_base_installation_imports(environment: Path, tmp_path: Path) -> None:
    program = "import pkit; print(pkit.RepoSettings().repo_database, pkit.SeederProvider, pkit.upsert_entity)"
    assert succeed(environment / "python", "-c", program, cwd=tmp_path).startswith("memory ")
    missing = run(environment / "python", "-c", "import pkit; pkit.pagination_params", cwd=tmp_path)
    assert "No module named 'fastapi'" in missing.stderr


# --- scripts and workflows --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ["build.sh"],
        ["build.sh", 'x"; rm -rf /', "dist"],
        ["publish-local.sh", "1.0"],
        ["publish-local.sh", "1.0", "pypi"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_do_nothing(command: list[str], tmp_path: Path) -> None:
    done = run(ROOT / "scripts" / command[0], *command[1:], cwd=tmp_path)
    assert (done.returncode, done.stderr.split()[0]) == (2, "usage:")
    assert list(tmp_path.iterdir()) == []


def workflow(name: str) -> dict[Any, Any]:
    found: dict[Any, Any] = yaml.safe_load((ROOT / ".github/workflows" / name).read_text())
    return found


def test_every_supported_version_of_python_is_tested() -> None:
    (matrix,) = (job["strategy"]["matrix"]["python"] for job in workflow("ci.yml")["jobs"].values())
    assert matrix == ["3.11", "3.12", "3.13", "3.14"]


@pytest.mark.parametrize("name", ["publish-pypi.yml", "publish-preview.yml"])
def test_publishing_needs_no_secret_and_builds_by_the_script(name: str) -> None:
    (job,) = workflow(name)["jobs"].values()
    assert job["permissions"] == {"contents": "read", "id-token": "write"}
    assert "secrets." not in (ROOT / ".github/workflows" / name).read_text()
    assert any(str(step.get("run", "")).startswith("scripts/build.sh ") for step in job["steps"])


def test_inputs_reach_shells_as_variables_only() -> None:
    for path in (ROOT / ".github/workflows").glob("*.yml"):
        for job in workflow(path.name)["jobs"].values():
            assert not [step["run"] for step in job["steps"] if "${{" in str(step.get("run", ""))]


def test_a_release_is_the_head_of_main() -> None:
    text = (ROOT / ".github/workflows/publish-pypi.yml").read_text()
    assert 'test "$(git rev-parse HEAD)" = "$(git rev-parse origin/main)"' in text


def test_the_site_of_the_documentation_builds(tmp_path: Path) -> None:
    succeed(sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", tmp_path / "site")
    pages = {path.parent.name for path in (tmp_path / "site").glob("*/index.html")}
    assert pages >= {"tutorial", "reference", "operations", "migration", "repositories_and_relations"}
