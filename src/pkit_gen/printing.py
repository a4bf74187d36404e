"""Printing the files. One that an earlier run printed of the same inputs, and that lies in the output folder as it was printed, is read
instead: a change of one entity in a large project prints the files around it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from hashlib import sha256

from pkit_gen import generator, templating
from pkit_gen.backends.base import Emit
from pkit_gen.config import Config
from pkit_gen.ir.model import Entity, Schema
from pkit_gen.kept import Kept


class Printer:
    """Prints files, and knows by path what the earlier run printed: the digest of the inputs, and that of the text."""

    def __init__(self, config: Config) -> None:
        self._output = config.output
        self._path = config.kept and config.kept.with_suffix(".files")
        self._entities: dict[str, bytes] = {}

    @cached_property
    def _kept(self) -> Kept:
        libraries = f"{templating.ENGINE}, Python {sys.version}"
        return Kept(self._path, f"pkit-files 1, {generator.digest()}, {libraries}\n".encode())

    def text(self, emit: Emit) -> str:
        """Return the text of a file."""
        if self._path is None:
            return templating.render(emit.template, emit.view())
        inputs = _joined(self._digest(value) for value in (emit.template, *emit.inputs))
        text = self._earlier(emit.path, inputs)
        if text is None:
            text = templating.render(emit.template, emit.view())
        self._kept.put(emit.path, inputs + _digest_of(text.encode()))
        return text

    def save(self) -> None:
        """Keep for the next run what this one printed."""
        if self._path is not None:
            self._kept.save()

    def _earlier(self, path: str, inputs: bytes) -> str | None:
        """Return the text in the output folder where it is what the earlier run printed of the same inputs."""
        known = self._kept.get(path)
        if known is None or not known.startswith(inputs):
            return None
        try:
            data = (self._output / path).read_bytes()
        except OSError:  # it is gone, or the run that writes will say what is wrong
            return None
        return data.decode() if known == inputs + _digest_of(data) else None

    def _digest(self, value: object) -> bytes:
        """Return a digest of inputs. Each entity is in those of many files, so its own is taken once."""
        match value:
            case Entity(key=key):
                if key not in self._entities:
                    self._entities[key] = _digest_of(repr(value).encode())
                return self._entities[key]
            case Schema(entities=entities, sources=sources, path_depth=depth):
                return _joined(self._digest(part) for part in (*entities, sources, depth))
            case _:
                return _digest_of(repr(value).encode())


class Files(Mapping[str, str]):
    """The text of each file by its path, printed when it is asked for: all at once would fill the memory.

    `tell` hears before each how many were asked for, and how many there are.
    """

    def __init__(self, emits: Sequence[Emit], printer: Printer, tell: Callable[[int, int], None]) -> None:
        self._emits = {emit.path: emit for emit in emits}
        self._printer = printer
        self._tell = tell
        self._asked = 0

    def __getitem__(self, path: str) -> str:
        """Return the text of a file."""
        self._tell(self._asked, len(self))
        self._asked += 1
        return self._printer.text(self._emits[path])

    def __iter__(self) -> Iterator[str]:
        """Yield the paths, in the order of the backends."""
        return iter(self._emits)

    def __len__(self) -> int:
        """Return how many files there are."""
        return len(self._emits)

    def save(self) -> None:
        """Keep for the next run what was printed, once all were asked for."""
        self._printer.save()


def _joined(digests: Iterable[bytes]) -> bytes:
    return _digest_of(b"".join(digests))


def _digest_of(data: bytes) -> bytes:
    return sha256(data).digest()
