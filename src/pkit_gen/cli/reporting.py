"""How a run is told to the user: diagnostics in the format that was asked for, and one line of summary."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from pkit_gen.diagnostics.model import Diagnostic, Diagnostics, Severity
from pkit_gen.output import Change, Status

FORMATS = ("text", "json", "github", "sarif")
VERBS = {
    Status.MISSING: "added",
    Status.STALE: "updated",
    Status.EDITED: "overwritten",
    Status.LEFTOVER: "removed",
    Status.CURRENT: "unchanged",
}


def report(diagnostics: Diagnostics, form: str, quiet: bool) -> None:
    """Print the diagnostics: text to stderr, the formats for machines to stdout; only errors when `quiet`."""
    items = [item for item in diagnostics.sorted() if not quiet or item.severity is Severity.ERROR]
    if form == "text":
        if items:
            click.echo(rendered(items, form), err=True, nl=False, color=is_coloured())
    else:
        click.echo(rendered(items, form), nl=False)


def is_coloured() -> bool:
    """Return whether stderr takes colours: it is a terminal, unless NO_COLOR or FORCE_COLOR say otherwise."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stderr.isatty()


def summarise(changes: Sequence[Change], output: Path, verbose: bool) -> None:
    """Say to stderr what was written, each file by name when `verbose`."""
    label = display(output)
    counts = Counter(VERBS[change.status] for change in changes if change.status in VERBS)
    if verbose:
        for change in changes:
            click.echo(f"{VERBS.get(change.status, 'kept'):<11} {label}/{change.path}", err=True)
    if counts.keys() <= {"unchanged"}:
        click.echo(f"{label} is up to date", err=True)
    else:
        parts = [f"{counts[verb]} {verb}" for verb in VERBS.values() if counts[verb]]
        click.echo(f"{label}: {', '.join(parts)}", err=True)


def display(path: Path) -> str:
    """Return a path relative to the working folder where it is below it, posix."""
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else path.as_posix()


def rendered(items: Sequence[Diagnostic], form: str) -> str:
    from pkit_gen.diagnostics import render  # a run without findings needs none of it

    base = Path.cwd()
    match form:
        case "json":
            return render.json(items, base)
        case "github":
            return render.github(items, base)
        case "sarif":
            return render.sarif(items, base)
        case _:
            return render.text(items, base, color=is_coloured())
