"""Diagrams in Mermaid, which GitHub and GitLab draw in Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pkit_gen.diagrams.model import Box, Diagram, Line, Row


def mermaid(diagram: Diagram) -> str:
    """Return an entity-relationship diagram."""
    lines = ["erDiagram"]
    for box in diagram.boxes:
        lines += _box(box)
    lines += [_line(line) for line in diagram.lines]
    return "\n".join(lines) + "\n"


def _box(box: Box) -> Iterator[str]:
    yield f"    {_name(box.key)} {{"
    yield from (f"        {_row(row)}" for row in box.rows)
    yield "    }"


def _row(row: Row) -> str:
    keys = f" {', '.join(row.keys)}" if row.keys else ""
    return f"{_type(row.type)} {row.name}{keys}" + (' "optional"' if row.optional else "")


def _line(line: Line) -> str:
    held = "|o" if line.single else "}o"
    target = "o{" if line.array else "o|" if line.optional else "||"
    stroke = ".." if line.across else "--"
    return f'    {_name(line.holder)} {held}{stroke}{target} {_name(line.target)} : "{line.label}"'


def _name(key: str) -> str:
    return key if re.fullmatch(r"\w+", key, re.ASCII) else f'"{key.replace(chr(34), chr(39))}"'


def _type(spelled: str) -> str:
    """Return a type with what Mermaid does not take in one replaced."""
    return re.sub(r"[^\w\[\]]+", "_", spelled, flags=re.ASCII).strip("_") or "object"
