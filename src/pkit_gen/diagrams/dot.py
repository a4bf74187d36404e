"""Diagrams in the language of Graphviz."""

from __future__ import annotations

from html import escape

from pkit_gen.diagrams.model import Box, Diagram, Line, Row

HEAD = """\
digraph entities {
    graph [rankdir=RL, nodesep=0.4, ranksep=1.2, fontname="Helvetica"];
    node [shape=plain, fontname="Helvetica", fontsize=11];
    edge [fontname="Helvetica", fontsize=9, dir=both];
"""


def dot(diagram: Diagram) -> str:
    """Return a directed graph whose nodes are tables of fields."""
    numbers = {box.key: number for number, box in enumerate(diagram.boxes)}
    boxes = "".join(_box(box, numbers[box.key]) for box in diagram.boxes)
    return HEAD + boxes + "".join(_line(line, numbers, diagram) for line in diagram.lines) + "}\n"


def _box(box: Box, number: int) -> str:
    pinned = f" ({box.database})" if box.database else ""
    title = f'<tr><td colspan="3" bgcolor="#e8eef7"><b>{escape(box.key + pinned)}</b></td></tr>'
    rows = "".join(_row(row, position) for position, row in enumerate(box.rows))
    return f'    e{number} [label=<<table border="0" cellborder="1" cellspacing="0">{title}{rows}</table>>];\n'


def _row(row: Row, position: int) -> str:
    type_ = escape(row.type + (" | None" if row.optional else ""))
    keys = escape(", ".join(row.keys)) or " "
    return (
        f'<tr><td align="left" port="f{position}">{escape(row.name)}</td>'
        f'<td align="left">{type_}</td><td>{keys}</td></tr>'
    )


def _line(line: Line, numbers: dict[str, int], diagram: Diagram) -> str:
    tail = "teetee" if line.single else "crowodot"
    head = "crowodot" if line.array else "teeodot" if line.optional else "teetee"
    style = ", style=dashed" if line.across else ""
    start, end = (
        _port(diagram, numbers, line.holder, line.field),
        _port(diagram, numbers, line.target, line.target_field),
    )
    return f"    {start} -> {end} [arrowtail={tail}, arrowhead={head}, label={_quoted(line.label)}{style}];\n"


def _port(diagram: Diagram, numbers: dict[str, int], key: str, field: str) -> str:
    rows = diagram.boxes[numbers[key]].rows
    return f"e{numbers[key]}:f{[row.name for row in rows].index(field)}"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
