"""Syntax trees, those of unchanged files from the memory of an earlier run: reading one is six times as fast as parsing."""

from __future__ import annotations

import os
import pickle
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import libcst as cst

FORMAT = f"pkit-trees 1, libcst {version('libcst')}, Python {sys.version}\n".encode()


@dataclass(eq=False)
class Trees:
    """Parses texts. With a `path`, the trees are kept in that file, for the next run; a file that is damaged only costs time."""

    path: Path | None = None
    _earlier: dict[str, bytes] = field(default_factory=dict[str, bytes])
    _kept: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def __post_init__(self) -> None:
        """Read what an earlier run kept."""
        if self.path is not None:
            self._earlier = _read(self.path)

    def parse(self, text: str) -> cst.Module:
        """Return the tree of a text; libcst's exceptions when it is no Python."""
        if self.path is None:
            return cst.parse_module(text)
        digest = sha256(text.encode(errors="surrogatepass")).hexdigest()
        pickled = self._earlier.get(digest)
        tree = cst.parse_module(text) if pickled is None else _unpickled(pickled, text)
        with suppress(RecursionError):  # it nests too deeply to be kept
            self._kept[digest] = pickled or pickle.dumps(tree, pickle.HIGHEST_PROTOCOL)
        return tree

    def keep(self) -> None:
        """Keep the trees of this run, where any is new; silently not, where the file cannot be written."""
        if self.path is not None and self._kept.keys() - self._earlier.keys():
            with suppress(OSError):
                _write(self.path, FORMAT + pickle.dumps(self._kept, pickle.HIGHEST_PROTOCOL))


def _unpickled(data: bytes, text: str) -> cst.Module:
    try:
        tree: object = pickle.loads(data)
    except Exception:  # a pickle that is damaged can raise anything
        return cst.parse_module(text)
    return tree if isinstance(tree, cst.Module) else cst.parse_module(text)


def _read(path: Path) -> dict[str, bytes]:
    try:
        data = path.read_bytes()
        return pickle.loads(data[len(FORMAT) :]) if data.startswith(FORMAT) else {}
    except Exception:  # it is not there, or damaged
        return {}


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    temporary.write_bytes(data)
    temporary.replace(path)
