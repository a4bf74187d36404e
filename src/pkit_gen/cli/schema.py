"""`pkit schema`: what the databases are told of the entities, as text."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

import click

from pkit_gen.cli.failures import bugs_reported
from pkit_gen.cli.project import project_arguments, read_schema

PRINTERS = {
    "mongo": "pkit_gen.backends.mongo.statements",
    "postgres": "pkit_gen.backends.postgres.ddl",
}
"""Per backend, the module whose `schema_text(schema)` spells the schema."""


@click.command()
@project_arguments
@click.option("--backend", required=True, type=click.Choice([*PRINTERS]), help="The database.")
def schema(
    sources: tuple[Path, ...], registrations: str | None, root: Path | None, verbose: bool, backend: str
) -> None:
    """Print the DDL of PostgreSQL, or the indexes and validators of MongoDB.

    Without SOURCES, those of [tool.pkit] in pyproject.toml.
    """
    with bugs_reported(verbose):
        found = read_schema(sources, registrations, root)
        if found is None:
            sys.exit(1)
        click.echo(import_module(PRINTERS[backend]).schema_text(found))
