"""Diagrams as SVG, drawn without another program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from itertools import pairwise

from pkit_gen.diagrams.layout import CHARACTER, PADDING, ROW, TITLE, Layout, Placed, place
from pkit_gen.diagrams.model import Box, Diagram, Line

STYLE = """\
<style>
text { font: 12px ui-monospace, Menlo, Consolas, monospace; fill: #1f2933; }
.title { font-weight: bold; } .type, .label { fill: #616e7c; } .key { fill: #9a3412; font-size: 10px; }
.label { font-size: 10px; paint-order: stroke; stroke: white; stroke-width: 4px; }
rect { fill: white; stroke: #7b8794; } .head { fill: #e8eef7; }
path { fill: none; stroke: #52606d; stroke-width: 1.2; } .across { stroke-dasharray: 5 4; }
</style>"""
LOOP, REACH, FOOT = 46, 10, 5


def svg(diagram: Diagram) -> str:
    """Return a drawing: boxes in columns, lines from each reference to what it holds, with crow's feet for many."""
    layout = place(diagram)
    boxes = {box.key: box for box in diagram.boxes}
    width, height = f"{layout.width:.0f}", f"{layout.height:.0f}"
    routes = [_route(line, layout, boxes) for line in diagram.lines]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}">',
        STYLE,
        f'<rect x="0" y="0" width="{width}" height="{height}" style="stroke: none"/>',
        *(part for route in routes for part in _line(route)),
        *(part for box in diagram.boxes for part in _box(box, layout.boxes[box.key])),
        *(_label(route) for route in routes),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _box(box: Box, placed: Placed) -> Iterator[str]:
    x, y = placed.x, placed.y
    title = f"{box.key} · {box.database}" if box.database else box.key
    yield f'<rect x="{x:.0f}" y="{y:.0f}" width="{placed.width:.0f}" height="{placed.height:.0f}" rx="4"/>'
    yield f'<rect class="head" x="{x:.0f}" y="{y:.0f}" width="{placed.width:.0f}" height="{TITLE - 4}" rx="4"/>'
    yield _text("title", x + PADDING, y + 16, title)
    for row in box.rows:
        height = _row(box, placed, row.name) + 4
        yield _text("name", x + PADDING, height, row.name)
        type_ = f"{row.type}?" if row.optional else row.type
        yield _text("type", x + PADDING + (len(row.name) + 1.5) * CHARACTER, height, type_)
        if row.keys:
            yield _text("key", x + placed.width - PADDING, height, " ".join(row.keys), anchor="end")


def _row(box: Box, placed: Placed, field: str) -> float:
    """Return the height of the middle of a field's row."""
    return placed.y + TITLE + ROW * ([row.name for row in box.rows].index(field) + 0.5)


def _text(kind: str, x: float, y: float, text: str, *, anchor: str = "start") -> str:
    return f'<text class="{kind}" x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}">{escape(text)}</text>'


@dataclass(frozen=True, slots=True)
class Route:
    """The way of a line: through which points, and on which side it leaves its holder and enters its target (-1 left, 1 right)."""

    line: Line
    points: tuple[tuple[float, float], ...]
    leaves: int
    enters: int


def _route(line: Line, layout: Layout, boxes: Mapping[str, Box]) -> Route:
    holder, target = layout.boxes[line.holder], layout.boxes[line.target]
    start, end = _row(boxes[line.holder], holder, line.field), _row(boxes[line.target], target, line.target_field)
    if holder.x == target.x:
        right = holder.x + holder.width
        return Route(line, ((right, start), (right, end)), 1, 1)
    leftward = holder.x > target.x
    passages = layout.passages[line] if leftward else reversed(layout.passages[line])
    between: list[tuple[float, float]] = []
    for passage in passages:
        entry, way_out = (passage.x, passage.middle), (passage.x + passage.width, passage.middle)
        between += [way_out, entry] if leftward else [entry, way_out]
    first = (holder.x if leftward else holder.x + holder.width, start)
    last = (target.x + target.width if leftward else target.x, end)
    return Route(line, (first, *between, last), -1 if leftward else 1, 1 if leftward else -1)


def _line(route: Route) -> Iterator[str]:
    line, (first, *_), last = route.line, route.points, route.points[-1]
    kind = ' class="across"' if line.across else ""
    yield f'<path{kind} d="M {first[0]:.0f} {first[1]:.0f}{"".join(_curves(route))}"/>'
    yield _foot(*first, route.leaves, not line.single, False)
    yield _foot(*last, route.enters, line.array, line.optional and not line.array)


def _curves(route: Route) -> Iterator[str]:
    side = route.leaves
    for (x1, y1), (x2, y2) in pairwise(route.points):
        bend = LOOP if route.leaves == route.enters else abs(x2 - x1) / 2
        back = side if route.leaves == route.enters else -side
        yield f" C {x1 + side * bend:.0f} {y1:.0f}, {x2 + back * bend:.0f} {y2:.0f}, {x2:.0f} {y2:.0f}"


def _foot(x: float, y: float, side: int, many: bool, optional: bool) -> str:
    """Return the end of a line: three toes for many, a ring for one or none, a bar for one."""
    reach = x + side * REACH
    if many:
        return f'<path d="M {x:.0f} {y - FOOT:.0f} L {reach:.0f} {y:.0f} L {x:.0f} {y + FOOT:.0f}"/>'
    if optional:
        return f'<circle cx="{reach:.0f}" cy="{y:.0f}" r="3" fill="white" stroke="#52606d"/>'
    return f'<path d="M {reach:.0f} {y - FOOT:.0f} L {reach:.0f} {y + FOOT:.0f}"/>'


def _label(route: Route) -> str:
    """Return the names of a line beside its holder, where no two lines start at one height."""
    x, y = route.points[0]
    anchor = "start" if route.leaves > 0 else "end"
    return _text("label", x + route.leaves * (REACH + 4), y - 4, route.line.label, anchor=anchor)
