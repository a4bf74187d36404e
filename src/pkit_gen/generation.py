"""One run: compile when the inputs have changed, compare, and check or write. Everything it finds is a value; it prints nothing."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial
from keyword import iskeyword
from pathlib import Path
from typing import TYPE_CHECKING

from pkit_gen import manifest, output, staging
from pkit_gen.config import Config
from pkit_gen.diagnostics.catalog import output as mistakes
from pkit_gen.diagnostics.model import Diagnostic, Diagnostics
from pkit_gen.fingerprint import decisive, digests, fingerprint, package_files, relative, telling
from pkit_gen.manifest import Manifest
from pkit_gen.output import Change, Status
from pkit_gen.recall import STAGING

if TYPE_CHECKING:
    from pkit_gen.compiler import Result


WAITING = "waiting"
"""The stage that is told while another run holds the output folder."""


class Mode(Enum):
    """What a run does with the files: write them, report how the output folder differs, or neither."""

    WRITE = auto()
    CHECK = auto()
    COMPARE = auto()


@dataclass(frozen=True)
class Outcome:
    """What a run found. `changes` says how each file stands, and is empty when nothing had to be compared or something is wrong."""

    diagnostics: Diagnostics
    changes: Sequence[Change] = ()
    is_current: bool = False
    """Whether the output folder, with its manifest, is what the sources give now."""


DIFFERENCES: Mapping[Status, Callable[[str, Path], Diagnostic]] = {
    Status.FOREIGN: mistakes.foreign_file,
    Status.MISSING: mistakes.missing_file,
    Status.STALE: mistakes.stale_file,
    Status.EDITED: mistakes.edited_file,
    Status.LEFTOVER: mistakes.leftover_file,
    Status.EDITED_LEFTOVER: mistakes.edited_leftover,
}
REPORTED = {
    Mode.WRITE: {Status.FOREIGN, Status.EDITED_LEFTOVER},
    Mode.COMPARE: {Status.FOREIGN, Status.EDITED_LEFTOVER},
    Mode.CHECK: set(DIFFERENCES),
}


def run(
    config: Config,
    mode: Mode,
    tell: Callable[[str, int, int], None] = lambda stage, done, total: None,
    *,
    with_texts: bool = False,
) -> Outcome:
    """Bring the output folder up to date, or say how it is not. With any error in the outcome, nothing was written.

    `tell` hears how far a compilation is, as in `compile_project`, and that the run is `WAITING`. The changes hold the texts of the files
    only when asked for `with_texts`: all at once fill the memory.
    """
    diagnostics = Diagnostics()
    waiting = partial(tell, WAITING, 0, 0)
    with _reporting(config.output, diagnostics):
        if staging.is_unfinished(config.output):
            with staging.exclusive(config.output, create=False, waiting=waiting):
                _settle_unfinished(config.output, mode, diagnostics)
        earlier = None if diagnostics.has_errors else manifest.read(config.output)
        if earlier is not None and is_up_to_date(config, earlier):
            return Outcome(diagnostics, is_current=True)
    if diagnostics.has_errors:
        return Outcome(diagnostics)

    from pkit_gen.compiler import compile_project  # only here: it brings libcst and jinja2

    before = digests(list(package_files(config))) if mode is Mode.WRITE else {}
    result = compile_project(config, tell)
    if result.diagnostics.has_errors:
        return Outcome(result.diagnostics)
    if not config.output.name.isidentifier() or iskeyword(config.output.name):
        result.diagnostics.report(mistakes.unimportable_output(config.output))
    lock = staging.exclusive(config.output, create=mode is Mode.WRITE, waiting=waiting)
    with _reporting(config.output, result.diagnostics), lock:
        return _settle(config, mode, result, before, with_texts)
    return Outcome(result.diagnostics)


def _settle_unfinished(folder: Path, mode: Mode, diagnostics: Diagnostics) -> None:
    """Take back what a run did that was killed, or report it where nothing is to be written; a run that was going on has ended."""
    if mode is Mode.WRITE:
        staging.mend(folder)
    elif staging.is_interrupted(folder):
        diagnostics.report(mistakes.interrupted_run(folder))


def is_up_to_date(config: Config, earlier: Manifest) -> bool:
    """Return whether the earlier run had the same inputs and its files are as it wrote them."""
    return _has_same_inputs(config, earlier) and output.is_intact(config.output, earlier)


def _has_same_inputs(config: Config, earlier: Manifest) -> bool:
    return fingerprint(config, digests(decisive(config, earlier))) == earlier.fingerprint


def _settle(config: Config, mode: Mode, result: Result, before: Mapping[Path, str], with_texts: bool) -> Outcome:
    """Compare the output folder with what was compiled and, in the mode for it, make it the same.

    `before` are the digests of the files of the packages before it was compiled.
    """
    if mode is Mode.WRITE:
        staging.mend(config.output)  # of a run that was killed in the meantime
    earlier = manifest.read(config.output)
    is_current = False
    with staging.replacing(config.output) as new:
        take = new.take if mode is Mode.WRITE else _leave
        changes = _compared(output.compare(config.output, result.files, earlier), take, with_texts)
        result.files.save()
        _report(changes, config.output, mode, result.diagnostics)
        if mode is Mode.WRITE and not result.diagnostics.has_errors:
            new.commit(_record(config, result, changes, before))
            is_current = True
    if mode is not Mode.WRITE and earlier is not None and _are_current(changes):  # formatted since
        is_current = _has_same_inputs(config, earlier)
    return Outcome(result.diagnostics, changes, is_current and not result.diagnostics.has_errors)


def _compared(changes: Iterable[Change], take: Callable[[Change], None], with_texts: bool) -> Sequence[Change]:
    """Have each change taken as soon as it is known, which is when the file is printed, and return all, sorted by path."""
    found: list[Change] = []
    for change in changes:
        take(change)
        found.append(change if with_texts else change.without_texts())
    return sorted(found, key=lambda change: change.path)


def _leave(_change: Change) -> None:
    """Take nothing, where nothing is to be written."""


def _are_current(changes: Sequence[Change]) -> bool:
    return all(change.status is Status.CURRENT for change in changes)


@contextmanager
def _reporting(folder: Path, diagnostics: Diagnostics) -> Generator[None]:
    """Report what the output folder refuses."""
    try:
        yield
    except manifest.UnreadableManifest as error:
        diagnostics.report(mistakes.unreadable_manifest(str(error), folder / manifest.NAME))
    except staging.Disturbed as error:
        diagnostics.report(DIFFERENCES[error.status](error.path, folder))
    except BrokenPipeError:
        raise  # of who listens, not of the folder
    except OSError as error:
        diagnostics.report(mistakes.unusable_output(error, _refused(error, folder)))


def _refused(error: OSError, folder: Path) -> Path:
    """Return the path that the system refused; one of a file that waits beside the others says nothing to the user."""
    paths = [Path(name) for name in (error.filename2, error.filename) if isinstance(name, str)]
    return next((path for path in paths if not any(part.startswith(STAGING) for part in path.parts)), folder)


def _report(changes: Sequence[Change], folder: Path, mode: Mode, diagnostics: Diagnostics) -> None:
    for change in changes:
        if change.status in REPORTED[mode]:
            diagnostics.report(DIFFERENCES[change.status](change.path, folder))


def _record(config: Config, result: Result, changes: Sequence[Change], before: Mapping[Path, str]) -> Manifest:
    """Return the manifest of a run. What was saved since it began counts as it was, so that the next run compiles it."""
    names = tuple(sorted({relative(config, path) for path in result.inputs}))
    files = {change.path: change.digest for change in changes if change.digest is not None}
    record = Manifest("", names, files, result.words, result.inferred)
    told = {path: before[path] for path in telling(config, record, before.keys())}
    return replace(record, fingerprint=fingerprint(config, {**told, **result.inputs}))
