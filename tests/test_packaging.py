"""What is shipped: the wheel, the sdist and the editable install all carry the templates and the pages of the diagnostics."""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tomllib
import zipfile
from email.message import Message
from email.parser import Parser
from importlib.metadata import distribution, entry_points
from pathlib import Path

import pytest

from pkit_gen import resources

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the wheel and the sdist of this checkout; the wheel is built from the sdist."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    return folder


def wheel(built: Path) -> zipfile.ZipFile:
    (path,) = built.glob("*.whl")
    return zipfile.ZipFile(path)


def metadata(built: Path) -> Message:
    with wheel(built) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return Parser().parsestr(archive.read(name).decode())


def files_below(folder: Path, pattern: str) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob(pattern) if path.is_file()}


def test_the_wheel_holds_every_module_template_and_page(built: Path) -> None:
    expected = {f"pkit_gen/{path}" for path in files_below(ROOT / "src/pkit_gen", "*.py")}
    expected |= {f"pkit/{path}" for path in files_below(ROOT / "src/pkit", "*.py")} | {
        "pkit/py.typed",
        "pkit_gen/py.typed",
    }
    expected |= {f"pkit_gen/templates/{path}" for path in files_below(ROOT / "templates", "*")}
    expected |= {f"pkit_gen/docs/diagnostics/{path}" for path in files_below(ROOT / "docs/diagnostics", "*")}
    with wheel(built) as archive:
        held = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert held == expected


def test_the_sdist_holds_what_the_tests_need(built: Path) -> None:
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    needed = {"pyproject.toml", "Makefile", "README.md", "CHANGELOG.md", "LICENSE", "tests/test_packaging.py"}
    assert needed | {f"templates/{path}" for path in files_below(ROOT / "templates", "*")} <= held


def test_twine_accepts_both(built: Path) -> None:
    archives = [str(path) for path in built.iterdir()]
    subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *archives], check=True, capture_output=True)


def test_the_wheel_works_by_itself(built: Path, tmp_path: Path) -> None:
    with wheel(built) as archive:
        archive.extractall(tmp_path)
    program = "from pkit_gen import resources; print(resources.folder('templates')); print(resources.folder('docs'))"
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, text=True)
    assert done.stdout.split() == [str(tmp_path / "pkit_gen/templates"), str(tmp_path / "pkit_gen/docs")]


def test_the_checkout_finds_its_own_templates() -> None:
    assert resources.folder("templates") == ROOT / "templates"
    with pytest.raises(FileNotFoundError, match="installed without its folder 'nothing'"):
        resources.folder("nothing")


def test_the_extras_are_those_of_the_readme(built: Path) -> None:
    extras = metadata(built).get_all("Provides-Extra")
    assert extras is not None
    assert set(extras) == {"postgres", "mongo", "fastapi", "verify", "all"}


def test_the_runtime_alone_needs_no_driver(built: Path) -> None:
    requirements = metadata(built).get_all("Requires-Dist")
    assert requirements is not None
    plain = {requirement for requirement in requirements if "extra ==" not in requirement}
    assert not [
        name for name in plain if name.startswith(("sqlalchemy", "asyncpg", "motor", "pymongo", "fastapi", "mypy"))
    ]


def test_both_commands_are_installed() -> None:
    scripts = {script.name: script.value for script in entry_points(group="console_scripts") if script.dist is not None}
    assert scripts["pkit-gen"] == "pkit_gen.cli:generate"
    assert scripts["pkit"] == "pkit_gen.cli:run_tools"
    assert (
        distribution("pkit-gen").version == tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    )
