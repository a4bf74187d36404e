"""Diagnostics as JSON: pkit's own shape, and SARIF 2.1.0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from json import dumps
from pathlib import Path
from typing import TypeAlias
from urllib.parse import quote

from pkit_gen.diagnostics.catalog import mistakes
from pkit_gen.diagnostics.model import Diagnostic, Label, Severity
from pkit_gen.diagnostics.render.paths import shown
from pkit_gen.source import WHOLE_FILE, Place

Json: TypeAlias = "Mapping[str, Json] | Sequence[Json] | str | int | None"

SARIF_SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}


def json(diagnostics: Sequence[Diagnostic], base: Path) -> str:
    """Return one object with the findings in the shape of the reference; what a finding does not have is null."""
    return _document({"diagnostics": [_finding(diagnostic, base) for diagnostic in diagnostics]})


def _document(value: Json) -> str:
    return dumps(value, indent=2) + "\n"


def _finding(diagnostic: Diagnostic, base: Path) -> Json:
    return {
        "code": diagnostic.code,
        "severity": diagnostic.severity.value,
        "message": diagnostic.message,
        **_position(diagnostic, base),
        "help": diagnostic.help,
        "related": [_related(label, base) for label in diagnostic.related],
    }


def _position(diagnostic: Diagnostic, base: Path) -> dict[str, Json]:
    keys = ("file", "line", "column", "end_line", "end_column", "label")
    if diagnostic.primary is None:
        return dict.fromkeys(keys) | {"file": shown(diagnostic.path, base) if diagnostic.path else None}
    place, span = diagnostic.primary.place, diagnostic.primary.place.span
    file = shown(place.file.path, base)
    values = (file, span.start.line, span.start.column, span.end.line, span.end.column, diagnostic.primary.text)
    return dict(zip(keys, values, strict=True))


def _related(label: Label, base: Path) -> Json:
    start = label.place.span.start
    file = shown(label.place.file.path, base)
    return {"file": file, "line": start.line, "column": start.column, "label": label.text}


# --- SARIF ------------------------------------------------------------------------------------------------------------


def sarif(diagnostics: Sequence[Diagnostic], base: Path) -> str:
    """Return a SARIF log of one run, with a rule for each code that was found."""
    return _document({"$schema": SARIF_SCHEMA, "version": "2.1.0", "runs": [_run(diagnostics, base)]})


def _run(diagnostics: Sequence[Diagnostic], base: Path) -> Json:
    titles = {mistake.code: mistake.title for mistake in mistakes()}
    codes = sorted({diagnostic.code for diagnostic in diagnostics})
    rules: list[Json] = [{"id": code, "shortDescription": {"text": titles[code]}} for code in codes]
    return {
        "tool": {"driver": {"name": "pkit-gen", "rules": rules}},
        "columnKind": "unicodeCodePoints",
        "results": [_result(diagnostic, codes.index(diagnostic.code), base) for diagnostic in diagnostics],
    }


def _result(diagnostic: Diagnostic, rule: int, base: Path) -> Json:
    message = diagnostic.message + (f"\nhelp: {diagnostic.help}" if diagnostic.help else "")
    result: dict[str, Json] = {
        "ruleId": diagnostic.code,
        "ruleIndex": rule,
        "level": LEVELS[diagnostic.severity],
        "message": {"text": message},
    }
    if diagnostic.primary is not None:
        result["locations"] = [_location(diagnostic.primary, base)]
    elif diagnostic.path is not None:
        result["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(diagnostic.path, base)}}]
    if diagnostic.related:
        result["relatedLocations"] = [_location(label, base) for label in diagnostic.related]
    return result


def _location(label: Label, base: Path) -> Json:
    physical: dict[str, Json] = {"artifactLocation": _artifact(label.place.file.path, base)}
    if label.place.span != WHOLE_FILE:
        physical["region"] = _region(label.place)
    location: dict[str, Json] = {"physicalLocation": physical}
    return location | {"message": {"text": label.text}} if label.text else location


def _artifact(path: Path, base: Path) -> Json:
    return {"uri": quote(shown(path, base))}


def _region(place: Place) -> Json:
    span = place.span
    return {
        "startLine": span.start.line,
        "startColumn": span.start.column,
        "endLine": span.end.line,
        "endColumn": span.end.column,
    }
