"""Diagnostics as workflow commands, which GitHub shows beside the changed lines."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pkit_gen.diagnostics.model import Diagnostic, Severity
from pkit_gen.diagnostics.render.paths import shown

COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}
DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
PROPERTY = DATA | {":": "%3A", ",": "%2C"}


def github(diagnostics: Sequence[Diagnostic], base: Path) -> str:
    """Return one workflow command a line for each finding."""
    return "".join(_command(diagnostic, base) for diagnostic in diagnostics)


def _command(diagnostic: Diagnostic, base: Path) -> str:
    properties = [f"{name}={_escaped(value, PROPERTY)}" for name, value in _properties(diagnostic, base).items()]
    message = diagnostic.message + (f"\nhelp: {diagnostic.help}" if diagnostic.help else "")
    return f"::{COMMANDS[diagnostic.severity]} {','.join(properties)}::{_escaped(message, DATA)}\n"


def _properties(diagnostic: Diagnostic, base: Path) -> dict[str, str]:
    if diagnostic.primary is None:
        file = {"file": shown(diagnostic.path, base)} if diagnostic.path else {}
        return file | {"title": diagnostic.code}
    span = diagnostic.primary.place.span
    properties = {
        "file": shown(diagnostic.primary.place.file.path, base),
        "line": str(span.start.line),
        "endLine": str(span.end.line),
        "col": str(span.start.column),
    }
    if span.start.line == span.end.line:
        properties["endColumn"] = str(span.end.column)
    return properties | {"title": diagnostic.code}


def _escaped(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(char, char) for char in text)
