"""Where the boxes of a diagram stand: in columns, each to the right of what it refers to, with room for the lines that pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pkit_gen.diagrams.model import Box, Diagram, Line

CHARACTER, SMALL, ROW, TITLE, PADDING = 7.3, 6.2, 18, 26, 10
GAP, LANE, MARGIN, PASSAGE = 28, 60, 24, 14
TALLEST = 7
"""Boxes in a column, at most: more go into another one beside it."""

PASSES = 12

Node: TypeAlias = str | Line
"""What takes room in a column: the box of a key, or a line that passes."""


@dataclass(frozen=True, slots=True)
class Placed:
    """A box, or the passage of a line, with its place and size in pixels."""

    x: float
    y: float
    width: float
    height: float

    @property
    def middle(self) -> float:
        """Return the height of the middle."""
        return self.y + self.height / 2


@dataclass(frozen=True, slots=True)
class Layout:
    """Every box by key, and the passages of each line from its holder to its target."""

    boxes: Mapping[str, Placed]
    passages: Mapping[Line, Sequence[Placed]]
    width: float
    height: float


def place(diagram: Diagram) -> Layout:
    """Return where everything stands."""
    columns = _ordered(_with_passages(_columns(diagram), diagram), diagram)
    boxes = {box.key: box for box in diagram.boxes}
    total = max((_height(column, boxes) for column in columns), default=0)
    placed: dict[str, Placed] = {}
    passages: dict[Line, list[Placed]] = {line: [] for line in diagram.lines}
    x = MARGIN + _lane([], columns[0] if columns else [], diagram)
    for number, column in enumerate(columns):
        y = MARGIN + (total - _height(column, boxes)) / 2
        width = max((_width(boxes[node]) for node in column if isinstance(node, str)), default=0)
        for node in column:
            height = _size(node, boxes)
            if isinstance(node, str):
                placed[node] = Placed(x, y, width, height)
            else:
                passages[node].insert(0, Placed(x, y, width, height))
            y += height + GAP
        x += width + _lane(column, columns[number + 1] if number + 1 < len(columns) else [], diagram)
    return Layout(placed, passages, x + MARGIN, total + 2 * MARGIN)


def _lane(left: Sequence[Node], right: Sequence[Node], diagram: Diagram) -> float:
    """Return the room between two columns: the names of the lines that start at the right one, and of those within the left one."""
    start = [line.label for line in diagram.lines if line.holder in right and line.target not in right]
    within = [line.label for line in diagram.lines if line.holder in left and line.target in left]
    return (LANE if left else 0) + SMALL * sum(max(map(len, labels), default=0) for labels in (start, within))


def _size(node: Node, boxes: Mapping[str, Box]) -> float:
    return TITLE + ROW * len(boxes[node].rows) + PADDING if isinstance(node, str) else PASSAGE


def _height(column: Sequence[Node], boxes: Mapping[str, Box]) -> float:
    return sum(_size(node, boxes) + GAP for node in column) - GAP


def _width(box: Box) -> float:
    title = len(box.key) + len(box.database or "") + 4
    rows = [len(row.name) + len(row.type) + row.optional + 3 + 3 * len(row.keys) for row in box.rows]
    return max(title, *rows) * CHARACTER + 2 * PADDING


# --- columns ----------------------------------------------------------------------------------------------------------


def _columns(diagram: Diagram) -> list[list[str]]:
    """Return the keys in columns, every one to the right of what it refers to unless they go in a circle."""
    targets: dict[str, list[str]] = {box.key: [] for box in diagram.boxes}
    for line in diagram.lines:
        targets[line.holder].append(line.target)
    ranks: dict[str, int] = {}
    for key in targets:
        _rank(key, targets, ranks, ())
    _move_close(ranks, targets)
    columns: dict[int, list[str]] = {}
    for key, rank in ranks.items():
        columns.setdefault(rank, []).append(key)
    return [part for rank in sorted(columns) for part in _divided(sorted(columns[rank]))]


def _rank(key: str, targets: Mapping[str, Sequence[str]], ranks: dict[str, int], above: tuple[str, ...]) -> int:
    if key not in ranks:
        below = [target for target in targets[key] if target not in (*above, key)]  # a circle is cut where it closes
        ranks[key] = 1 + max((_rank(target, targets, ranks, (*above, key)) for target in below), default=-1)
    return ranks[key]


def _move_close(ranks: dict[str, int], targets: Mapping[str, Sequence[str]]) -> None:
    """Move what refers to nothing beside the first that refers to it."""
    for key in ranks:
        holders = [ranks[holder] for holder, held in targets.items() if key in held and holder != key]
        if holders and not set(targets[key]) - {key}:
            ranks[key] = max(0, min(holders) - 1)


def _divided(column: list[str]) -> list[list[str]]:
    parts = -(-len(column) // TALLEST)
    size = -(-len(column) // parts)
    return [column[start : start + size] for start in range(0, len(column), size)]


def _with_passages(columns: list[list[str]], diagram: Diagram) -> list[list[Node]]:
    """Return the columns with the lines that pass through each."""
    number = {key: position for position, column in enumerate(columns) for key in column}
    nodes: list[list[Node]] = [[*column] for column in columns]
    for line in diagram.lines:
        first, last = sorted((number[line.holder], number[line.target]))
        for between in range(first + 1, last):
            nodes[between].append(line)
    return nodes


# --- the order within a column ----------------------------------------------------------------------------------------


def _ordered(columns: list[list[Node]], diagram: Diagram) -> list[list[Node]]:
    """Return the columns with everything near the middle of what it is joined to, so that few lines cross."""
    beside: dict[str, list[str]] = {box.key: [] for box in diagram.boxes}
    for line in diagram.lines:
        beside[line.holder].append(line.target)
        beside[line.target].append(line.holder)
    for _ in range(PASSES):
        heights = {
            node: (position + 0.5) / len(column)
            for column in columns
            for position, node in enumerate(column)
            if isinstance(node, str)
        }
        columns = [sorted(column, key=lambda node: _wish(node, beside, heights)) for column in columns]
    return columns


def _wish(node: Node, beside: Mapping[str, Sequence[str]], heights: Mapping[str, float]) -> tuple[float, str]:
    """Return where a node would like to stand, from 0 to 1, and a name that decides between equals."""
    if isinstance(node, Line):
        return (heights[node.holder] + heights[node.target]) / 2, node.label
    others = [heights[other] for other in beside[node] if other != node]
    return (sum(others) / len(others) if others else heights[node]), node
