"""The import roots that pyproject.toml names."""

from __future__ import annotations

from pathlib import Path

import pytest

from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.pyproject import find_project
from pkit_gen.roots import source_roots


def roots(folder: Path, text: str | None = None) -> list[str]:
    if text is not None:
        (folder / "pyproject.toml").write_text(text)
    project = find_project(folder, folder, Diagnostics())
    return [root.relative_to(folder).as_posix() for root in source_roots(project)]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project with the folders `src/shop`, `lib/shop` and `backend/app/shop`."""
    for name in ("src/shop", "lib/shop", "backend/app/shop"):
        (tmp_path / name).mkdir(parents=True)
    return tmp_path


def test_without_pyproject_src_comes_before_the_project(folder: Path) -> None:
    assert roots(folder) == ["src", "."]


def test_without_src_the_project_is_the_only_root(tmp_path: Path) -> None:
    assert roots(tmp_path) == ["."]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[tool.setuptools.packages.find]\nwhere = ["lib", "src"]\n', ["lib", "src"]),
        ('[tool.setuptools.package-dir]\n"" = "lib"\n', ["lib"]),
        ('[tool.setuptools.package-dir]\nshop = "lib/shop"\n', ["lib"]),
        ('[tool.setuptools.package-dir]\n"app.shop" = "backend/app/shop"\n', ["backend"]),
        ('[[tool.poetry.packages]]\ninclude = "shop"\nfrom = "lib"\n', ["lib"]),
        ('[[tool.poetry.packages]]\ninclude = "shop"\n', ["."]),
        ('[tool.hatch.build.targets.wheel]\npackages = ["lib/shop"]\n', ["lib"]),
        ('[tool.hatch.build.targets.wheel]\nsources = ["lib"]\n', ["lib"]),
        ('[tool.hatch.build.targets.wheel.sources]\n"backend/app/shop" = "shop"\n', ["backend/app"]),
        ('[tool.hatch.build.sources]\n"lib" = ""\n', ["lib"]),
        ('[tool.uv.build-backend]\nmodule-root = "lib"\n', ["lib"]),
        ('[tool.uv.build-backend]\nmodule-root = ""\n', ["."]),
    ],
)
def test_a_root_is_read_from_the_build_backend(folder: Path, text: str, expected: list[str]) -> None:
    assert roots(folder, text) == expected


@pytest.mark.parametrize(
    "text",
    [
        '[tool.setuptools.packages.find]\nwhere = ["gone"]\n',
        "[tool.setuptools]\npackages = 1\npackage-dir = 1\n",
        "[tool.poetry]\npackages = [1, {from = 1}]\n",
        "[tool.hatch.build]\nsources = 1\npackages = [1]\n",
        "[tool.uv.build-backend]\nmodule-root = 1\n",
    ],
)
def test_what_names_no_folder_leaves_the_default(folder: Path, text: str) -> None:
    assert roots(folder, text) == ["src", "."]
