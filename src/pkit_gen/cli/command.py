"""`pkit-gen`: from arguments and `[tool.pkit]` to a run, its report and its exit status."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pkit_gen import generation, manifest, output, recall
from pkit_gen.cli import memory, reporting, verify
from pkit_gen.cli.failures import bugs_reported
from pkit_gen.cli.progress import bar
from pkit_gen.config import Config
from pkit_gen.diagnostics.catalog.output import failed_verification
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.fingerprint import inputs, top_levels
from pkit_gen.generation import Mode, Outcome
from pkit_gen.ir.model import Database
from pkit_gen.options import Options, configure, is_function_path, is_source, read_options
from pkit_gen.pyproject import Project, find_project

if TYPE_CHECKING:
    from pkit_gen.cli.watch import Watched


@dataclass(frozen=True)
class Switches:
    """How a run behaves, beside what it compiles."""

    mode: Mode
    verified: bool
    form: str
    quiet: bool
    verbose: bool
    once: bool = True


def _check_sources(_context: click.Context, _parameter: click.Parameter, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    for path in paths:
        if not is_source(path):
            raise click.BadParameter(f"'{path}' is neither a folder nor a Python file")
    return paths


def _check_output(_context: click.Context, _parameter: click.Parameter, path: Path | None) -> Path | None:
    for above in path.absolute().parents if path else ():
        if _is_file(above):
            raise click.BadParameter(f"'{above}' is a file, so there can be no folder in it")
    return path


def _is_file(path: Path) -> bool:
    """Return whether `path` is a file; False for what the system refuses to look up, as a name that is too long."""
    try:
        return path.is_file()
    except OSError:
        return False


def _check_registrations(_context: click.Context, _parameter: click.Parameter, value: str | None) -> str | None:
    if value is not None and not is_function_path(value):
        raise click.BadParameter(f"'{value}' is not of the form module:function")
    return value


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("sources", nargs=-1, type=click.Path(exists=True, path_type=Path), callback=_check_sources)
@click.option(
    "-o",
    "--output",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    callback=_check_output,
    help="The folder of the generated package.",
)
@click.option(
    "--backend",
    "backends",
    multiple=True,
    type=click.Choice([database.value for database in Database]),
    help="Generate for this database; repeatable.  [default: all]",
)
@click.option(
    "--registrations",
    metavar="MODULE:FUNCTION",
    callback=_check_registrations,
    help="The function whose registrations count.",
)
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 when the output is stale, missing or edited by hand."
)
@click.option("--diff", is_flag=True, help="Write nothing; print a unified diff of what would change.")
@click.option("--verify", "verified", is_flag=True, help="Then run mypy --strict over the output.")
@click.option("--watch", "watched", is_flag=True, help="Generate again on every change, until interrupted.")
@click.option(
    "--format",
    "form",
    default="text",
    show_default=True,
    type=click.Choice(reporting.FORMATS),
    help="How diagnostics are printed: text to stderr, the others to stdout.",
)
@click.option("--providers/--no-providers", default=None, help="FastAPI providers.  [default: providers]")
@click.option(
    "--root",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The import root, when it cannot be told from pyproject.toml.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print errors only.")
@click.option("-v", "--verbose", is_flag=True, help="Name every file; show the traceback of a bug.")
@click.version_option(package_name="pkit-gen", prog_name="pkit-gen")
def command(
    sources: tuple[Path, ...],
    folder: Path | None,
    backends: tuple[str, ...],
    registrations: str | None,
    check: bool,
    diff: bool,
    verified: bool,
    watched: bool,
    form: str,
    providers: bool | None,
    root: Path | None,
    quiet: bool,
    verbose: bool,
) -> None:
    """Generate typed repositories from the dataclasses that SOURCES register.

    SOURCES are files or packages. They and every option can stand in [tool.pkit] of pyproject.toml; the command line wins.
    """
    if (diff and verified) or (watched and (check or diff)):
        raise click.UsageError("--diff goes with neither --verify nor --watch, and --watch not with --check")
    if verified and not verify.is_available():
        raise click.UsageError("--verify needs mypy: install pkit-gen[verify]")
    given = Options(
        sources=tuple(source.resolve() for source in sources) or None,
        output=Path(os.path.realpath(folder)) if folder else None,
        backends=tuple(Database(name) for name in backends) or None,
        providers=providers,
        registrations=registrations,
        root=root.resolve() if root else None,
    )
    mode = Mode.CHECK if check else Mode.COMPARE if diff else Mode.WRITE
    switches = Switches(mode, verified, form, quiet, verbose, once=not (watched or verified))
    with bugs_reported(verbose):
        if watched:
            _watch(given, switches)
        else:
            sys.exit(0 if _run(given, switches, show=diff) else 1)


def _watch(given: Options, switches: Switches) -> None:
    from pkit_gen.cli.watch import watch  # only here: it brings a library

    watch(lambda last: _watched(given, last), lambda changed: _watched_run(given, switches, changed))


def _watched_run(given: Options, switches: Switches, changed: Collection[Path]) -> None:
    """Run once, and say before what changed."""
    if not changed:
        _run(given, switches, show=False)
        if not switches.quiet:
            click.echo("watching for changes; Ctrl-C ends", err=True)
        return
    if not switches.quiet:
        names = ", ".join(reporting.display(path) for path in sorted(changed))
        click.echo(f"{names} changed", err=True)
    try:
        _run(given, switches, show=False)
    except click.UsageError as error:  # the options are being edited
        error.show()


def _watched(given: Options, last: Watched) -> Watched:
    """Return what a run depends on; what the `last` one did where the options cannot be used, so that what is mended is noticed."""
    from pkit_gen.cli.watch import Watched

    project, options = _options(given, Diagnostics())
    single = {project.folder / "pyproject.toml"}
    if not options.sources or options.output is None:
        gone = frozenset(folder for folder in last.folders if not folder.is_dir())
        return Watched(last.folders - gone, last.files | gone | single, last.ignored)
    config = configure(options, project)
    tops = {*top_levels(config), *(path.parent for path in _earlier_inputs(config))}
    folders = {top for top in tops if top.is_dir() and not any(above in tops for above in top.parents)}
    return Watched(frozenset(folders), frozenset(single | {top for top in tops if not top.is_dir()}), config.output)


def _earlier_inputs(config: Config) -> list[Path]:
    """Return what the earlier run read: it may be in other packages than the sources."""
    try:
        record = manifest.read(config.output)
    except (manifest.UnreadableManifest, OSError):
        return []
    return sorted(inputs(config, record)) if record else []


def _options(given: Options, diagnostics: Diagnostics) -> tuple[Project, Options]:
    """Return the project and the options, those of the command line before those of `[tool.pkit]`."""
    first = given.sources[0] if given.sources else Path.cwd()
    project = find_project(first if first.is_dir() else first.parent, Path.cwd(), diagnostics)
    return project, given.over(read_options(project, diagnostics))


def _run(given: Options, switches: Switches, show: bool) -> bool:
    """Run once and report; return whether all is well."""
    diagnostics = Diagnostics()
    project, options = _options(given, diagnostics)
    if diagnostics.has_errors:
        reporting.report(diagnostics, switches.form, switches.quiet)
        return False
    config = _configure(options, project)
    started = time.time_ns()
    with bar(not switches.quiet and switches.form == "text") as progress:

        def tell(stage: str, done: int, total: int) -> None:
            if stage == generation.WAITING and not switches.quiet:
                progress.say(f"waiting for another run of pkit-gen on {reporting.display(config.output)}")
            progress.move(stage, done, total)

        outcome = generation.run(config, switches.mode, tell, with_texts=show)
    if switches.verified and not outcome.diagnostics.has_errors:
        _verify(config, outcome.diagnostics)
    _tell(config, outcome, switches, show)
    if outcome.is_current and switches.once:
        memory.keep(project, config, switches.form, started)
    return not outcome.diagnostics.has_errors


def _configure(options: Options, project: Project) -> Config:
    if not options.sources:
        raise click.UsageError("no sources: name files or packages, or set `sources` in [tool.pkit] of pyproject.toml")
    if options.output is None:
        raise click.UsageError("no output folder: give -o DIR, or set `output` in [tool.pkit] of pyproject.toml")
    inside = [source for source in options.sources if source.is_relative_to(options.output)]
    if inside:
        source, folder = reporting.display(inside[0]), reporting.display(options.output)
        raise click.UsageError(
            f"the source '{source}' is in the output folder '{folder}': choose another folder with -o"
        )
    config = configure(options, project)
    return replace(config, kept=Path(recall.kept(str(config.output))))


def _verify(config: Config, diagnostics: Diagnostics) -> None:
    found = verify.verify(config)
    click.echo(found.text, err=True, nl=False)
    if found.errors:
        diagnostics.report(failed_verification(config.output))


def _tell(config: Config, outcome: Outcome, switches: Switches, show: bool) -> None:
    if show:
        click.echo(output.diff(outcome.changes, reporting.display(config.output)), nl=False)
    reporting.report(outcome.diagnostics, switches.form, switches.quiet)
    if not (show or switches.quiet or outcome.diagnostics.has_errors):
        reporting.summarise(outcome.changes, config.output, switches.verbose)
