"""The options of `[tool.pkit]`, checked, and how the command line's win over them."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Collection
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeGuard, TypeVar

from pkit_gen.config import Config, Datetimes
from pkit_gen.diagnostics.catalog import configuration
from pkit_gen.diagnostics.model import Diagnostic, Diagnostics
from pkit_gen.ir.model import Database
from pkit_gen.pyproject import Project, is_list, is_table
from pkit_gen.roots import source_roots
from pkit_gen.source import Place

T = TypeVar("T")

SHOWN = 60
"""Characters of a path that are shown."""

FUNCTION = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*:[^\W\d]\w*(\.[^\W\d]\w*)*")


@dataclass(frozen=True)
class Options:
    """What the command line or `[tool.pkit]` says; None is what it does not say. Paths are absolute."""

    sources: tuple[Path, ...] | None = None
    output: Path | None = None
    backends: tuple[Database, ...] | None = None
    datetimes: Datetimes | None = None
    providers: bool | None = None
    path_depth: int | None = None
    registrations: str | None = None
    root: Path | None = None

    def over(self, other: Options) -> Options:
        """Return these options, and those of `other` where these say nothing."""
        mine = {field.name: getattr(self, field.name) for field in fields(self)}
        theirs = {field.name: getattr(other, field.name) for field in fields(other)}
        return Options(**{name: theirs[name] if value is None else value for name, value in mine.items()})


OPTION_NAMES = tuple(field.name for field in fields(Options))


def configure(options: Options, project: Project) -> Config:
    """Return the Config of a run; ValueError when `options` name no sources or no output."""
    if not options.sources or options.output is None:
        raise ValueError("a run needs sources and an output folder")
    defaults = Config(options.sources, options.output, ())
    return Config(
        sources=options.sources,
        output=options.output,
        roots=(options.root,) if options.root else source_roots(project),
        backends=tuple(sorted(set(options.backends or defaults.backends), key=lambda database: database.value)),
        registrations=options.registrations,
        datetimes=options.datetimes or defaults.datetimes,
        providers=defaults.providers if options.providers is None else options.providers,
        path_depth=defaults.path_depth if options.path_depth is None else options.path_depth,
    )


def is_function_path(text: str) -> bool:
    """Return whether `text` is a module and a function, as in "shop.bootstrap:register_defaults"."""
    return FUNCTION.fullmatch(text) is not None


def is_source(path: Path) -> bool:
    """Return whether a path that exists can be a source: a folder or a Python file."""
    return path.is_dir() or path.suffix in {".py", ".pyi"}


def read_options(project: Project, diagnostics: Diagnostics) -> Options:
    """Return what `[tool.pkit]` says. What is wrong in it is reported, and left out."""
    table = project.table("tool", "pkit")
    if "pkit" in project.table("tool") and not is_table(project.table("tool")["pkit"]):
        diagnostics.report(configuration.wrong_type("pkit", "a table", project.place("pkit")))
    for name in table:
        if name not in OPTION_NAMES:
            diagnostics.report(configuration.unknown_option(name, OPTION_NAMES, project.place(name)))

    def read(name: str, convert: Callable[[_Entry], T]) -> T | None:
        if name not in table:
            return None
        try:
            return convert(_Entry(project, name, table[name]))
        except _Refused as refused:
            for diagnostic in refused.diagnostics:
                diagnostics.report(diagnostic)
        except OSError:  # a path that the system does not look up, as one that is too long
            diagnostics.report(_unusable(_Entry(project, name, table[name])))
        return None

    return Options(
        sources=read("sources", _sources),
        output=read("output", _output),
        backends=read("backends", _backends),
        datetimes=read("datetimes", _datetimes),
        providers=read("providers", _providers),
        path_depth=read("path_depth", _path_depth),
        registrations=read("registrations", _registrations),
        root=read("root", _root),
    )


class _Refused(Exception):
    """The value of an option cannot be used, for the reasons that are given."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__()
        self.diagnostics = diagnostics


@dataclass(frozen=True)
class _Entry:
    """One line of `[tool.pkit]`: an option and its TOML value."""

    project: Project
    option: str
    value: object

    def place(self, value: str | None = None) -> Place:
        return self.project.place(self.option, value)

    def text(self, expected: str) -> str:
        """Return the value when it is a string with something in it."""
        if isinstance(self.value, str) and self.value:
            return self.value
        raise self.not_a(expected)

    def texts(self, expected: str) -> list[str]:
        """Return the value when it is a list of strings with something in it."""
        if _is_strings(self.value) and self.value:
            return self.value
        raise self.not_a(expected)

    def one_of(self, known: Collection[str], names: list[str]) -> list[str]:
        """Return `names` when all are known."""
        unknown = [name for name in names if name not in known]
        if unknown:
            words = configuration.unknown_value
            raise _Refused(*(words(self.option, name, known, self.place(name)) for name in unknown))
        return names

    def path(self, name: str) -> Path:
        """Return the path of that name, relative to the project; backslashes separate folders on every system."""
        return self.project.folder / name.replace("\\", "/")

    def existing(self, names: list[str]) -> tuple[Path, ...]:
        """Return the paths of that name when all are there."""
        missing = [name for name in names if not self.path(name).exists()]
        if missing:
            raise _Refused(*(configuration.missing_path(self.option, name, self.place(name)) for name in missing))
        return tuple(self.path(name).resolve() for name in names)

    def folder(self, name: str, path: Path) -> Path:
        """Return `path` unless there is a file in its place or above."""
        if any(above.is_file() for above in (path, *path.parents)):
            raise _Refused(configuration.wrong_kind_of_path(self.option, name, "a folder", self.place(name)))
        return path

    def not_a(self, expected: str) -> _Refused:
        return _Refused(configuration.wrong_type(self.option, expected, self.place()))


def _sources(entry: _Entry) -> tuple[Path, ...]:
    names = entry.texts("a list of files and folders")
    paths = entry.existing(names)
    for name, path in zip(names, paths, strict=True):
        if not is_source(path):
            expected = "a folder or a Python file"
            raise _Refused(configuration.wrong_kind_of_path(entry.option, name, expected, entry.place(name)))
    return paths


def _output(entry: _Entry) -> Path:
    name = entry.text("a folder")
    return entry.folder(name, Path(os.path.realpath(entry.path(name))))


def _root(entry: _Entry) -> Path:
    name = entry.text("a folder")
    return entry.folder(name, *entry.existing([name]))


def _backends(entry: _Entry) -> tuple[Database, ...]:
    known = {database.value: database for database in Database}
    return tuple(known[name] for name in entry.one_of(known, entry.texts("a list of databases")))


def _datetimes(entry: _Entry) -> Datetimes:
    known = {datetimes.value: datetimes for datetimes in Datetimes}
    (name,) = entry.one_of(known, [entry.text('"aware" or "naive"')])
    return known[name]


def _providers(entry: _Entry) -> bool:
    if isinstance(entry.value, bool):
        return entry.value
    raise entry.not_a("true or false")


def _path_depth(entry: _Entry) -> int:
    if isinstance(entry.value, int) and not isinstance(entry.value, bool) and entry.value >= 0:
        return entry.value
    raise entry.not_a("a number of relations, 0 or more")


def _registrations(entry: _Entry) -> str:
    name = entry.text(expected := 'a function, as "module:function"')
    if is_function_path(name):
        return name
    raise entry.not_a(expected)


def _unusable(entry: _Entry) -> Diagnostic:
    names = entry.value if _is_strings(entry.value) else [str(entry.value)]
    longest = max(names, key=len)
    shown = longest if len(longest) <= SHOWN else f"{longest[:SHOWN]}..."
    return configuration.wrong_kind_of_path(entry.option, shown, "a path that this system can look up", entry.place())


def _is_strings(value: object) -> TypeGuard[list[str]]:
    return is_list(value) and all(isinstance(item, str) for item in value)
