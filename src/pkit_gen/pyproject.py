"""Finding and reading pyproject.toml: its tables, and the place of an option in its text."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeGuard

from pkit_gen.diagnostics.catalog import configuration
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.source import WHOLE_FILE, Place, Position, SourceFile, Span

EMPTY: Mapping[str, object] = {}
OPTIONS_HEADER = re.compile(r"^[ \t]*\[[ \t]*tool[ \t]*\.[ \t]*pkit[ \t]*\]", re.MULTILINE)
NEXT_HEADER = re.compile(r"^[ \t]*\[\[?[ \t]*[\w\"'.\- \t]+\]\]?[ \t]*(#.*)?$", re.MULTILINE)
TOML_POSITION = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True)
class Project:
    """The project of a run: its folder and, where it has one, its pyproject.toml, as text and as tables."""

    folder: Path
    file: SourceFile | None = None
    tables: Mapping[str, object] = field(default_factory=dict[str, object])

    def table(self, *names: str) -> Mapping[str, object]:
        """Return the table `[a.b.c]` for the names a, b, c; an empty one when it is absent or no table."""
        found = self.tables
        for name in names:
            inner = found.get(name)
            found = inner if is_table(inner) else EMPTY
        return found

    def place(self, option: str, value: str | None = None) -> Place:
        """Return where [tool.pkit] sets `option`, or where `value` stands in what it sets; the whole file when that cannot be told."""
        if self.file is None:
            raise ValueError("a project without pyproject.toml has no options")
        return Place.at(self.file, _locate(self.file.text, option, value))


def is_table(value: object) -> TypeGuard[Mapping[str, object]]:
    """Return whether a TOML value is a table."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[object]]:
    """Return whether a TOML value is an array."""
    return isinstance(value, list)


def find_project(start: Path, fallback: Path, diagnostics: Diagnostics) -> Project:
    """Return the project of the nearest pyproject.toml at or above `start`, or, where there is none, `fallback` without options."""
    for folder in (start, *start.parents):
        if (folder / "pyproject.toml").is_file():
            return _read(folder / "pyproject.toml", diagnostics)
    return Project(fallback)


def _read(path: Path, diagnostics: Diagnostics) -> Project:
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        diagnostics.report(configuration.unreadable_pyproject(error.strerror or str(error), path))
        return Project(path.parent)
    except UnicodeDecodeError as error:
        diagnostics.report(configuration.unreadable_pyproject(f"it is not UTF-8 at byte {error.start + 1}", path))
        return Project(path.parent)
    file = SourceFile(path, "", text)
    try:
        return Project(path.parent, file, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        reason, place = _syntax_error(str(error), file)
        diagnostics.report(configuration.invalid_toml(reason, place))
        return Project(path.parent, file)


def _syntax_error(message: str, file: SourceFile) -> tuple[str, Place]:
    reason = TOML_POSITION.sub("", message).strip()
    found = TOML_POSITION.search(message)
    if found is None:
        return reason, Place.at(file)
    at = Position(int(found[1]), int(found[2]))
    return reason, Place.at(file, Span(at, Position(at.line, at.column + 1)))


def _locate(text: str, option: str, value: str | None) -> Span:
    header = OPTIONS_HEADER.search(text)
    if header is None:
        return WHOLE_FILE
    following = NEXT_HEADER.search(text, header.end())
    end = following.start() if following else len(text)
    key = re.compile(rf"^[ \t]*([\"']?{re.escape(option)}[\"']?)[ \t]*[.=]", re.MULTILINE).search(
        text, header.end(), end
    )
    if key is None:
        return _span(text, header.start(), header.end())
    if value is not None:
        quoted = re.compile(rf"([\"']){re.escape(value)}\1").search(text, key.end(), end)
        if quoted:
            return _span(text, quoted.start(), quoted.end())
    return _span(text, key.start(1), key.end(1))


def _span(text: str, start: int, end: int) -> Span:
    return Span(_position(text, start), _position(text, end))


def _position(text: str, offset: int) -> Position:
    return Position(text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset))
