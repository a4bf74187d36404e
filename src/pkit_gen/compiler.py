"""The whole pipeline: from source text to the files of the generated package, as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pkit_gen.analysis import analyse
from pkit_gen.backends import chosen
from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.frontend import parse
from pkit_gen.ir.model import Schema
from pkit_gen.printing import Printer


@dataclass(frozen=True)
class Result:
    """What a run gives: the text of each file by its path below the output folder, none when there is an error, and what decided on it.

    `inputs` are the files that were read, with the digest of what was read; `words` and `inferred` are as in `ProjectDecl`.
    """

    files: Mapping[str, str]
    diagnostics: Diagnostics
    inputs: Mapping[Path, str] = field(default_factory=dict[Path, str])
    words: tuple[str, ...] = ()
    inferred: bool = False


def _untold(stage: str, done: int, total: int) -> None:
    """Tell nobody."""


def compile_project(config: Config, tell: Callable[[str, int, int], None] = _untold) -> Result:
    """Compile the project that `config` describes. Mistakes of the user's come back as diagnostics; an exception is a bug of pkit.

    `tell` hears how far it is: the stage, the steps that are done and how many there are, 0 when that is not known.
    """
    diagnostics = Diagnostics()
    tell("reading", 0, 0)
    project = parse(config, diagnostics)
    schema = analyse(project, config, diagnostics)
    backends = chosen(config)
    for backend in backends:
        backend.check(schema, diagnostics)
    if diagnostics.has_errors:
        return Result({}, diagnostics)  # all or nothing
    emits = [emit for backend in backends for emit in backend.emit(schema, config)]
    printer = Printer(config)
    files: dict[str, str] = {}
    for emit in emits:
        tell("writing", len(files), len(emits))
        files[emit.path] = printer.text(emit)
    printer.save()
    return Result(files, diagnostics, project.inputs, project.words, project.inferred)


def load_schema(config: Config, diagnostics: Diagnostics) -> Schema:
    """Return what the user's declarations mean; what is wrong with them is in `diagnostics`."""
    return analyse(parse(config, diagnostics), config, diagnostics)
