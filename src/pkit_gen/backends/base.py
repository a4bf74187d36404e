"""What a backend is: a name, the files that it emits for a schema, and what it cannot do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Schema


@dataclass(frozen=True, slots=True)
class Emit:
    """One file to print: its path below the output folder (posix), the template's path below `templates/`, and how to make what it prints.

    `inputs` are all that `make` reads, values with a repr that tells them apart: where they are the same, so is the file.

    >>> Emit("user/memory.py", "memory/memory.py.jinja", memory_view, (neighbourhood, user))
    """

    path: str
    template: str
    make: Callable[..., object]
    inputs: tuple[object, ...]

    def view(self) -> object:
        """Return what the template prints."""
        return self.make(*self.inputs)


@dataclass(frozen=True, slots=True)
class Backend:
    """A part of the output that is chosen as a whole.

    `emit` gives every file, and is called only when the run has no error. `check` reports what this backend cannot store or express.
    """

    name: str
    emit: Callable[[Schema, Config], list[Emit]]
    check: Callable[[Schema, Diagnostics], None]
