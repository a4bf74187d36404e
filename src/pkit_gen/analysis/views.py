"""Declared views: their paths along relations, and what they leave out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pkit_gen.analysis.linking import Linked
from pkit_gen.analysis.naming import camel_case, is_name
from pkit_gen.declarations import ViewDecl, Written
from pkit_gen.diagnostics.catalog import registrations as catalog
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Relation, View


def views(
    linked: Linked, relations: Mapping[str, Sequence[Relation]], path_depth: int, diagnostics: Diagnostics
) -> tuple[View, ...]:
    """Return the declared views of an entity by name; `relations` are those of every key. Wrong views are reported and left out."""
    declared = sorted(linked.registration.views, key=lambda view: view.name.value)
    resolved = [_view(view, linked, relations, path_depth, diagnostics) for view in declared]
    return tuple(view for view in resolved if view is not None)


def _view(
    declared: ViewDecl,
    linked: Linked,
    relations: Mapping[str, Sequence[Relation]],
    path_depth: int,
    diagnostics: Diagnostics,
) -> View | None:
    name = declared.name.value
    named = is_name(name) and bool(camel_case(name))
    if not named:
        diagnostics.report(catalog.not_an_identifier("view", name, declared.name.place))
    paths = [_path(name, written, linked.key, relations, path_depth, diagnostics) for written in declared.include]
    excluded = [_excluded(name, written, linked, diagnostics) for written in declared.exclude]
    if not named or not all(paths) or not all(excluded):
        return None
    include = sorted({prefix for written in declared.include for prefix in _prefixes(written.value)})
    exclude = tuple(sorted({written.value for written in declared.exclude}))
    return View(name, tuple(include), exclude, declared.name.place)


def _prefixes(path: str) -> list[str]:
    """Return a path with all that lead to it.

    >>> _prefixes("room.academic_unit")
    ['room', 'room.academic_unit']
    """
    steps = path.split(".")
    return [".".join(steps[: length + 1]) for length in range(len(steps))]


def _path(
    view: str,
    written: Written[str],
    key: str,
    relations: Mapping[str, Sequence[Relation]],
    path_depth: int,
    diagnostics: Diagnostics,
) -> bool:
    """Return whether a path can be walked; a step that cannot, or a path that is too long, is reported."""
    steps = written.value.split(".")
    if len(steps) > path_depth:
        report = catalog.long_path(view, written.value, len(steps), path_depth, written.place)
        diagnostics.report(report)
        return False
    here = key
    for step in steps:
        known = {relation.name: relation for relation in relations[here]}
        if step not in known:
            report = catalog.unknown_path(view, written.value, step, here, list(known), written.place)
            diagnostics.report(report)
            return False
        here = known[step].target
    return True


def _excluded(view: str, written: Written[str], linked: Linked, diagnostics: Diagnostics) -> bool:
    """Return whether a field can be left out of the view."""
    at = linked.excluded_at(written.value)
    if at is not None:
        diagnostics.report(catalog.excluded_field(f'view "{view}"', written.value, at, written.place))
        return False
    known = linked.field_places
    if written.value not in known:
        report = catalog.unknown_view_field(view, written.value, linked.class_name, list(known), written.place)
        diagnostics.report(report)
    return written.value in known
