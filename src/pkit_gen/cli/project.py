"""The arguments by which the tools find a project, and reading its schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from pkit_gen.cli import reporting
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Schema
from pkit_gen.options import Options, configure, read_options
from pkit_gen.pyproject import find_project

F = TypeVar("F", bound=Callable[..., Any])

ARGUMENTS: tuple[Callable[[Any], Any], ...] = (
    click.argument("sources", nargs=-1, type=click.Path(exists=True, path_type=Path)),
    click.option("--registrations", metavar="MODULE:FUNCTION", help="The function whose registrations count."),
    click.option(
        "--root", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR", help="The import root."
    ),
    click.option("-v", "--verbose", is_flag=True, help="Show the traceback of a bug."),
)


def project_arguments(command: F) -> F:
    """Give a command the arguments `sources`, `registrations`, `root` and `verbose`."""
    for argument in reversed(ARGUMENTS):
        command = argument(command)
    return command


def read_schema(sources: tuple[Path, ...], registrations: str | None, root: Path | None) -> Schema | None:
    """Return what the project declares, or None after its errors have been printed. Without sources, those of [tool.pkit]."""
    from pkit_gen.compiler import load_schema  # libcst takes its time

    given = Options(
        sources=tuple(source.resolve() for source in sources) or None,
        registrations=registrations,
        root=root.resolve() if root else None,
    )
    diagnostics = Diagnostics()
    first = given.sources[0] if given.sources else Path.cwd()
    project = find_project(first if first.is_dir() else first.parent, Path.cwd(), diagnostics)
    options = given.over(read_options(project, diagnostics)).over(Options(output=Path.cwd() / "repos"))
    if not options.sources:
        raise click.UsageError("no sources: name files or packages, or set `sources` in [tool.pkit] of pyproject.toml")
    found = load_schema(configure(options, project), diagnostics)
    reporting.report(diagnostics, "text", quiet=False)
    return None if diagnostics.has_errors else found
