"""`pkit migrate`: from persistence-kit to a generated package."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pkit_gen.cli import reporting, verify
from pkit_gen.cli.failures import bugs_reported
from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Schema
from pkit_gen.options import Options, configure, read_options
from pkit_gen.pyproject import find_project

if TYPE_CHECKING:
    from pkit_gen.migrate import Entities, Migration

REQUIREMENTS = ("pyproject.toml", "setup.cfg", "setup.py", "requirements*.txt")


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--repos", "package", required=True, metavar="PKG", help="The generated package, as myapp.repos.")
@click.option("--write", is_flag=True, help="Change the files; without, a unified diff is printed.")
@click.option(
    "--check-types", is_flag=True, help="With --write: then run mypy over PATH, which shows typos of the old code."
)
@click.option(
    "--sql", is_flag=True, help="Only print the statements that rename what persistence-kit created in PostgreSQL."
)
@click.option("-v", "--verbose", is_flag=True, help="Show the traceback of a bug.")
def migrate(path: Path, package: str, write: bool, check_types: bool, sql: bool, verbose: bool) -> None:
    """Rewrite a host app of persistence-kit to the package that pkit-gen generates.

    Imports, annotations and calls of the Python files below PATH are rewritten, formatting and comments are kept. What cannot be decided is
    listed with its place and advice. Run it again at any time: what is done is left alone.
    """
    if not all(part.isidentifier() for part in package.split(".")):
        raise click.BadParameter(f"'{package}' is no dotted name", param_hint="--repos")
    if check_types and not write:
        raise click.UsageError("--check-types goes with --write")
    if sql and write:
        raise click.UsageError("--sql goes without --write")
    if check_types and not verify.is_available():
        raise click.UsageError("--check-types needs mypy: install pkit-gen[verify]")
    with bugs_reported(verbose):
        if sql:
            _print_renames(_configure(path.resolve(), package))
        else:
            sys.exit(_run(path.resolve(), package, write, check_types))


def _run(path: Path, package: str, write: bool, check_types: bool) -> int:
    from pkit_gen.migrate import migrate_file, python_files  # libcst takes its time

    config = _configure(path, package)
    entities = _entities(config, package)
    found = (migrate_file(file, entities) for file in python_files(path, config.output))
    migrations = [migration for migration in found if migration is not None]
    changed = [migration for migration in migrations if migration.after != migration.before]
    for migration in changed:
        _write(migration) if write else _show(migration)
    left = _list(migrations) + _list_requirements(path)
    click.echo(f"{len(changed)} files {'changed' if write else 'to change'}, {left} places to look at", err=True)
    if write and not config.output.exists():
        click.echo(f"next: pkit-gen {reporting.display(path)} -o {reporting.display(config.output)}", err=True)
    return _check_types(path) if check_types else 0


def _configure(path: Path, package: str) -> Config:
    """Return the options of a run of pkit-gen over the host app whose output is the package."""
    folder = path if path.is_dir() else path.parent
    diagnostics = Diagnostics()
    project = find_project(folder, folder, diagnostics)
    options = read_options(project, diagnostics)
    root = _root(folder, package, configure(Options((path,), path), project).roots)
    given = Options(sources=options.sources or (path,), output=root.joinpath(*package.split(".")))
    return configure(given.over(options), project)


def _root(folder: Path, package: str, roots: Sequence[Path]) -> Path:
    """Return the import root in which the package is or will be: the one that holds its parent."""
    top = package.partition(".")[0]
    for root in (*roots, folder, folder.parent):
        if (root / top).exists():
            return root
    return roots[0]


def _entities(config: Config, package: str) -> Entities:
    """Return what is registered. What is wrong with it is reported; the rest is migrated all the same."""
    from pkit_gen.migrate import Entities

    return Entities.of(_schema(config), package)


def _schema(config: Config) -> Schema:
    from pkit_gen.compiler import load_schema

    diagnostics = Diagnostics()
    schema = load_schema(config, diagnostics)
    reporting.report(diagnostics, "text", quiet=False)
    return schema


def _print_renames(config: Config) -> None:
    from pkit_gen.migrate import renames

    click.echo(renames(_schema(config)), nl=False)


def _write(migration: Migration) -> None:
    migration.path.write_bytes(migration.after)
    click.echo(f"changed {reporting.display(migration.path)}", err=True)


def _show(migration: Migration) -> None:
    name = reporting.display(migration.path)
    before, after = (
        data.decode(errors="replace").splitlines(keepends=True) for data in (migration.before, migration.after)
    )
    for line in difflib.unified_diff(before, after, f"a/{name}", f"b/{name}"):
        click.echo(line, nl=line.endswith("\n") is False)


def _list(migrations: Sequence[Migration]) -> int:
    """Print what is left to the user, and return how much that is."""
    places = [(migration.path, finding) for migration in migrations for finding in migration.findings]
    for path, finding in places:
        click.echo(
            f"{reporting.display(path)}:{finding.line}:{finding.column}: {finding.message}; {finding.advice}", err=True
        )
    return len(places)


def _list_requirements(path: Path) -> int:
    """Print where the project requires persistence-kit, and return in how many lines."""
    folder = path if path.is_dir() else path.parent
    files = {file for base in (folder, folder.parent) for pattern in REQUIREMENTS for file in base.glob(pattern)}
    lines = [(file, number) for file in sorted(files) for number in _requiring(file)]
    for file, number in lines:
        advice = "require pkit-gen, with the extras of its databases"
        click.echo(f"{reporting.display(file)}:{number}:1: persistence-kit is required; {advice}", err=True)
    return len(lines)


def _requiring(file: Path) -> list[int]:
    lines = file.read_text("utf-8", errors="replace").splitlines()
    return [number for number, line in enumerate(lines, 1) if "persistence-kit" in line or "persistence_kit" in line]


def _check_types(path: Path) -> int:
    from mypy import api

    text, failure, status = api.run(
        ["--no-error-summary", "--namespace-packages", "--explicit-package-bases", str(path)]
    )
    click.echo(text + failure, nl=False)
    return status
