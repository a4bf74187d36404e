"""What a backend is: a name, the files that it emits for a schema, and what it cannot do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Schema


@dataclass(frozen=True, slots=True)
class Emit:
    """One file to print: its path below the output folder (posix), the template's path below `templates/`, and the view it prints.

    >>> Emit("user/memory.py", "memory/memory.py.jinja", view)
    """

    path: str
    template: str
    view: object


@dataclass(frozen=True, slots=True)
class Backend:
    """A part of the output that is chosen as a whole.

    `emit` gives every file, and is called only when the run has no error. `check` reports what this backend cannot store or express.
    """

    name: str
    emit: Callable[[Schema, Config], list[Emit]]
    check: Callable[[Schema, Diagnostics], None]
