"""What a run depended on, for the next one to be answered by `recall`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from pkit_gen import manifest, recall, resources
from pkit_gen.cli import reporting
from pkit_gen.config import Config
from pkit_gen.fingerprint import counts_whole, inputs, package_files
from pkit_gen.pyproject import Project, is_list

TICK = 20_000_000
"""Nanoseconds that the clock of files may be behind."""


def keep(project: Project, config: Config, form: str, started: int) -> None:
    """Remember that the command of this process has nothing to do; `started` is when the run began, in nanoseconds.

    It is not remembered when a file that was read may have changed since, or when a path of `[tool.pkit]` is a link, which may be
    turned elsewhere.
    """
    record = manifest.read(config.output)
    if record is None or _is_linked(project):
        return
    found = set(package_files(config))
    files = inputs(config, record) | {path for path in found if counts_whole(config, record, path)}
    if not all(path.exists() for path in files) or _changed(
        started, [*files, *found, project.folder / "pyproject.toml"]
    ):
        return
    answer = reporting.rendered([], form) if form != "text" else ""
    paths = [*_sources(files, found - files), *_project(project, config), *_output(config, record), *_generator()]
    label = f"{reporting.display(config.output)} is up to date"
    recall.remember(recall.key(sys.argv[1:]), answer, label, " ".join(record.words), dict.fromkeys(paths))


def _is_linked(project: Project) -> bool:
    table = project.table("tool", "pkit")
    values = [table.get(name) for name in ("sources", "output", "root")]
    names = [name for value in values for name in (value if is_list(value) else [value]) if isinstance(name, str)]
    return any((project.folder / name).resolve() != project.folder.resolve() / name for name in names if name != ".")


def _changed(started: int, paths: list[Path]) -> bool:
    return any(
        max(found.st_mtime_ns, found.st_ctime_ns) > started - TICK
        for path in paths
        if path.exists()
        for found in [path.stat()]
    )


def _sources(files: set[Path], modules: set[Path]) -> Iterator[tuple[str, str]]:
    yield from (("file", str(path)) for path in sorted(files))
    yield from (("module", str(path)) for path in sorted(modules))
    folders = {path.parent for path in files | modules}
    yield from (("folder", str(folder)) for folder in sorted(folders))


def _project(project: Project, config: Config) -> Iterator[tuple[str, str]]:
    """Yield what decides the options and the roots: pyproject.toml, and that there is none nearer."""
    start = config.sources[0] if config.sources[0].is_dir() else config.sources[0].parent
    for folder in {*_upwards(Path.cwd(), project.folder), *_upwards(start, project.folder), project.folder}:
        yield ("file", str(folder / "pyproject.toml"))
    yield ("presence", str(project.folder / "src"))


def _upwards(start: Path, end: Path) -> Iterator[Path]:
    """Yield `start` and the folders above it, up to `end` or to the top."""
    for folder in (start, *start.parents):
        yield folder
        if folder == end:
            return


def _output(config: Config, record: manifest.Manifest) -> Iterator[tuple[str, str]]:
    yield ("staging", str(config.output))
    for path in (manifest.NAME, *record.files):
        yield ("file", str(config.output / path))


def _generator() -> Iterator[tuple[str, str]]:
    for top in (Path(__file__).parents[1], resources.folder("templates")):
        for path in sorted(top.rglob("*")):
            if path.suffix in {".py", ".jinja"}:
                yield ("file", str(path))
                yield ("folder", str(path.parent))
