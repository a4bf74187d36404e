"""What relations mean, in plain Python over lists: the definition that backends are held to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, TypeAlias

from conformance import reference

Rows: TypeAlias = Mapping[str, Sequence[Any]]
"""Every entity by the key of its registration."""


@dataclass(frozen=True)
class Meaning:
    """A relation: where it leads to, and which rows that are. `unordered` ones are listed by id, the others as they come."""

    target: str
    related: Callable[[Any, Rows], Iterable[Any]]
    many: bool = True
    unordered: bool = True


def forward(local: str, target: str, remote: str = "id") -> Meaning:
    return Meaning(
        target, lambda row, rows: [r for r in rows[target] if getattr(r, remote) == getattr(row, local)], False
    )


def reverse(target: str, remote: str, *, many: bool = True) -> Meaning:
    return Meaning(target, lambda row, rows: [r for r in rows[target] if getattr(r, remote) == row.id], many)


def listed(local: str, target: str, *, unordered: bool = False) -> Meaning:
    def related(row: Any, rows: Rows) -> list[Any]:
        return [found for key in getattr(row, local) or () for found in rows[target] if found.id == key]

    return Meaning(target, related, unordered=unordered)


def through(target: str, middle: str, source: str, onward: str) -> Meaning:
    def related(row: Any, rows: Rows) -> list[Any]:
        keys = {getattr(between, onward) for between in rows[middle] if getattr(between, source) == row.id}
        return [found for found in rows[target] if found.id in keys]

    return Meaning(target, related)


RELATIONS: dict[str, dict[str, Meaning]] = {
    "publisher": {},
    "tag": {},
    "author": {
        "mentor": forward("mentor_id", "author"),
        "pupils": reverse("author", "mentor_id"),
        "books": reverse("book", "author_id"),
    },
    "book": {
        "author": forward("author_id", "author"),
        "publisher": forward("publisher_code", "publisher", "code"),
        "prequel": forward("sequel_to", "book"),
        "sequels": reverse("book", "sequel_to"),
        "cover": reverse("cover", "book_id", many=False),
        "tags": listed("tag_ids", "tag"),
        "shelf": listed("shelf_tags", "tag", unordered=True),
        "loans": reverse("loan", "book_id"),
        "readers": through("reader", "loan", "book_id", "reader_id"),
    },
    "cover": {"book": forward("book_id", "book")},
    "reader": {"books": through("book", "loan", "reader_id", "book_id")},
    "loan": {"reader": forward("reader_id", "reader"), "book": forward("book_id", "book")},
}


@dataclass(frozen=True)
class Node:
    """A row whose relations to one are attributes as well, so that dotted paths can be walked."""

    key: str
    row: Any
    rows: Rows

    def __getattr__(self, name: str) -> Any:
        meaning = RELATIONS[self.key].get(name)
        if meaning is None:
            return getattr(self.row, name)
        return next(iter(self.related(name)), None)

    def related(self, name: str) -> list[Node]:
        meaning = RELATIONS[self.key][name]
        found = list(meaning.related(self.row, self.rows))
        if meaning.unordered:
            found.sort(key=lambda row: reference.sort_value(row.id))
        return [Node(meaning.target, row, self.rows) for row in found]


def nodes(key: str, rows: Rows) -> list[Node]:
    """Return every row of an entity."""
    return [Node(key, row, rows) for row in rows[key]]


def matches(node: Node, criteria: Mapping[str, Any]) -> bool:
    """Return whether a row meets criteria."""
    return all(_holds(node, name, wanted) for name, wanted in criteria.items())


def _holds(node: Node, name: str, wanted: Any) -> bool:
    match name:
        case "and":
            return all(matches(node, branch) for branch in wanted)
        case "or":
            return any(matches(node, branch) for branch in wanted)
        case "not":
            return not matches(node, wanted)
        case _:
            pass
    path, _, last = name.rpartition(".")
    holder = reference.value_of(node, path) if path else node
    many = many_of(node.key, name)
    if not many:
        return reference.matches(node, {name: wanted})
    related = [] if holder is None else holder.related(last)
    return all(_quantified(word, [matches(other, inner) for other in related]) for word, inner in wanted.items())


def _quantified(word: str, found: list[bool]) -> bool:
    return {"some": any(found), "none": not any(found), "every": all(found)}[word]


def many_of(key: str, path: str) -> bool:
    """Return whether a path leads to many."""
    for step in path.split("."):
        meaning = RELATIONS[key].get(step)
        if meaning is None or meaning.many:
            return meaning is not None
        key = meaning.target
    return False


def found(key: str, rows: Rows, criteria: Mapping[str, Any], sort_by: Sequence[str] = (), **order: Any) -> list[Node]:
    """Return the rows that meet criteria, in order."""
    return reference.in_order([node for node in nodes(key, rows) if matches(node, criteria)], sort_by, **order)


def view(node: Node, include: Iterable[str]) -> dict[str, Any]:
    """Return a row as a dict with the relations at some paths."""
    shown = asdict(node.row)
    below: dict[str, list[str]] = {}
    for path in include:
        name, _, rest = path.partition(".")
        below.setdefault(name, []).extend([rest] if rest else [])
    for name, paths in below.items():
        related = [view(other, paths) for other in node.related(name)]
        shown[name] = related if RELATIONS[node.key][name].many else next(iter(related), None)
    return shown
