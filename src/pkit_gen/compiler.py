"""The whole pipeline: from source text to the files of the generated package, as values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from pkit_gen.analysis import analyse
from pkit_gen.backends import chosen
from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.frontend import parse
from pkit_gen.ir.model import Schema
from pkit_gen.printing import Files, Printer


@dataclass(frozen=True)
class Result:
    """What a run gives: the text of each file by its path below the output folder, none when there is an error, and what decided on it.

    A text is printed each time that it is asked for.
    `inputs` are the files that were read, with the digest of what was read; `words` and `inferred` are as in `ProjectDecl`.
    """

    files: Files
    diagnostics: Diagnostics
    inputs: Mapping[Path, str]
    words: tuple[str, ...]
    inferred: bool


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
    printed = () if diagnostics.has_errors else backends  # all or nothing
    emits = [emit for backend in printed for emit in backend.emit(schema, config)]
    files = Files(emits, Printer(config), partial(tell, "writing"))
    return Result(files, diagnostics, project.inputs, project.words, project.inferred)


def load_schema(config: Config, diagnostics: Diagnostics) -> Schema:
    """Return what the user's declarations mean; what is wrong with them is in `diagnostics`."""
    return analyse(parse(config, diagnostics), config, diagnostics)
