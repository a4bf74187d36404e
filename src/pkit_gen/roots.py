"""The import roots of a project, as its pyproject.toml names them for the build backend."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from pkit_gen.pyproject import Project, is_list, is_table


def source_roots(project: Project) -> tuple[Path, ...]:
    """Return the folders that pyproject.toml names and that exist, else `src`, where it exists, and the project's folder."""
    named = [*_setuptools(project), *_poetry(project), *_hatch(project), *_uv(project)]
    folders = _existing(project.folder, named)
    return folders or _existing(project.folder, ["src", "."])


def _existing(base: Path, names: list[str]) -> tuple[Path, ...]:
    folders = (base / name for name in names)
    return tuple(dict.fromkeys(folder.resolve() for folder in folders if folder.is_dir()))


def _setuptools(project: Project) -> Iterator[str]:
    setuptools = project.table("tool", "setuptools")
    yield from _strings(project.table("tool", "setuptools", "packages", "find").get("where"))
    for package, folder in _string_table(setuptools.get("package-dir")).items():
        yield _above(folder, package.split(".")) if package else folder


def _poetry(project: Project) -> Iterator[str]:
    for package in _tables(project.table("tool", "poetry").get("packages")):
        origin = package.get("from", ".")
        if isinstance(origin, str):
            yield origin


def _hatch(project: Project) -> Iterator[str]:
    targets = (project.table("tool", "hatch", "build", "targets", "wheel"), project.table("tool", "hatch", "build"))
    for target in targets:
        for package in _strings(target.get("packages")):
            yield str(PurePosixPath(package).parent)
        yield from _strings(target.get("sources"))
        for folder, package in _string_table(target.get("sources")).items():
            yield _above(folder, package.split("/")) if package else folder


def _uv(project: Project) -> Iterator[str]:
    module_root = project.table("tool", "uv", "build-backend").get("module-root")
    if isinstance(module_root, str):
        yield module_root or "."


def _above(folder: str, package: list[str]) -> str:
    """Return the root of a package whose code is in `folder`, or `folder` itself when its end is spelled otherwise than the package."""
    path = PurePosixPath(folder)
    return str(PurePosixPath(*path.parts[: -len(package)])) if list(path.parts[-len(package) :]) == package else folder


def _strings(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if is_list(value) else []


def _tables(value: object) -> list[Mapping[str, object]]:
    return [item for item in value if is_table(item)] if is_list(value) else []


def _string_table(value: object) -> dict[str, str]:
    return {key: item for key, item in value.items() if isinstance(item, str)} if is_table(value) else {}
