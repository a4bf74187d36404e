"""The options of a run, from the command line and `[tool.pkit]`, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from pkit_gen.ir.model import Database


class Datetimes(Enum):
    """Whether the project's datetimes carry a zone."""

    AWARE = "aware"
    NAIVE = "naive"


@dataclass(frozen=True, slots=True)
class Config:
    """What to compile and how. Paths are absolute; `roots` are import roots, in the order in which they are searched.

    `registrations` is "module:function" or None. `path_depth` bounds the relations in a path of criteria, sort keys and includes.
    `kept` is the path, but for its suffix, of the files in which a run keeps something for the next, if any; they have no influence on
    the result.
    """

    sources: tuple[Path, ...]
    output: Path
    roots: tuple[Path, ...]
    backends: tuple[Database, ...] = (Database.MEMORY, Database.MONGO, Database.POSTGRES)
    registrations: str | None = None
    datetimes: Datetimes = Datetimes.AWARE
    providers: bool = True
    path_depth: int = 2
    kept: Path | None = None
