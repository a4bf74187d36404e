"""What the views of a package can show, and what a caller asks of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias, cast

from pkit.criteria import unknown
from pkit.errors import InvalidCriteria
from pkit.relations import Relation, Relations


@dataclass(frozen=True, slots=True)
class Declared:
    """A view that the registration declares: the paths that it includes, all prefixes among them, and the fields that it leaves out."""

    include: tuple[str, ...]
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Viewed:
    """What views need to know of an entity. `fields` makes a dict of it; entities are named by key.

    `include` are the paths that callers may ask for, `unique` the fields of each unique index that compares exactly.
    """

    fields: Callable[[Any], Any]
    relations: Relations[str] = field(default_factory=dict[str, Relation[str]])
    include: tuple[str, ...] = ()
    declared: Mapping[str, Declared] = field(default_factory=dict[str, Declared])
    unique: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


Views: TypeAlias = Mapping[str, Viewed]
"""Every entity of a package by key."""


@dataclass(frozen=True, slots=True)
class Tree:
    """An entity and the relations to populate below it."""

    key: str
    branches: Mapping[str, Tree]


def tree(key: str, paths: Iterable[str], views: Views) -> Tree:
    """Return the tree of relation paths.

    >>> tree("schedule", ["room.academic_unit"], VIEWS).branches["room"].branches["academic_unit"].key
    'academic_unit'
    """
    below: dict[str, list[str]] = {}
    for path in paths:
        name, _, rest = path.partition(".")
        below.setdefault(name, []).extend([rest] if rest else [])
    relations = views[key].relations
    return Tree(key, {name: tree(relations[name].target, rest, views) for name, rest in below.items()})


def wanted(key: str, include: object, views: Views) -> Declared:
    """Return what a caller's `include` asks for: a declared view by its name, or a list or tuple of paths. Raises InvalidCriteria."""
    viewed = views[key]
    if isinstance(include, str):
        if include in viewed.declared:
            return viewed.declared[include]
        if include in viewed.include:
            views_there = ", ".join(viewed.declared) or "none"
            raise InvalidCriteria(f"is a path, not a view: write [{include!r}]; views: {views_there}", include)
        raise unknown("view", include, tuple(viewed.declared))
    if not isinstance(include, (list, tuple)):
        raise InvalidCriteria(f"takes the name of a view or a list of paths, not {type(include).__name__}", "include")
    paths = cast(Sequence[object], include)
    for path in paths:
        if path not in viewed.include:
            raise unknown("path to include", path, viewed.include)
    return Declared(tuple(dict.fromkeys(map(str, paths))))
