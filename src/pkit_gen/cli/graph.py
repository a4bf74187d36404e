"""`pkit graph`: the entities and their relations as a diagram."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from pkit_gen.cli.failures import bugs_reported
from pkit_gen.cli.project import project_arguments, read_schema


@click.command()
@project_arguments
@click.option(
    "--format",
    "form",
    type=click.Choice(["mermaid", "svg", "dot"]),
    default="mermaid",
    show_default=True,
    help="The language of the diagram.",
)
def graph(sources: tuple[Path, ...], registrations: str | None, root: Path | None, verbose: bool, form: str) -> None:
    """Draw the entities with their fields and keys, and their relations with how many rows each end has.

    Without SOURCES, those of [tool.pkit] in pyproject.toml.
    """
    with bugs_reported(verbose):
        schema = read_schema(sources, registrations, root)
        if schema is None:
            sys.exit(1)
        from pkit_gen.diagrams import FORMATS, diagram

        click.echo(FORMATS[form](diagram(schema)), nl=False)
