"""What one run keeps for the next, in a file of the user's cache folder. It has no influence on results: losing or damaging it costs time."""

from __future__ import annotations

import os
import pickle
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(eq=False)
class Kept:
    """Values by key. `format` names what they are and everything that decides on them: a file of another format is not read.

    Without a `path`, nothing is kept.
    """

    path: Path | None
    format: bytes
    _earlier: dict[str, bytes] = field(default_factory=dict[str, bytes])
    _now: dict[str, bytes] = field(default_factory=dict[str, bytes])

    def __post_init__(self) -> None:
        """Read what an earlier run kept."""
        if self.path is not None:
            self._earlier = _read(self.path, self.format)

    def get(self, key: str) -> bytes | None:
        """Return what the earlier run kept under a key."""
        return self._earlier.get(key)

    def put(self, key: str, value: bytes) -> None:
        """Keep a value for the next run."""
        self._now[key] = value

    def save(self) -> None:
        """Write down what this run put, where any is new, and forget it; silently not, where the file cannot be written."""
        if self.path is not None and not self._now.items() <= self._earlier.items():
            with suppress(OSError):
                _write(self.path, self.format, self._now)
        self._earlier, self._now = {}, {}


def _read(path: Path, format_: bytes) -> dict[str, bytes]:
    try:
        data = path.read_bytes()
        return pickle.loads(data[len(format_) :]) if data.startswith(format_) else {}
    except Exception:  # it is not there, or a pickle that is damaged, which can raise anything
        return {}


def _write(path: Path, format_: bytes, values: dict[str, bytes]) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f"{path.name}.{os.getpid()}")
    with temporary.open("wb") as file:
        file.write(format_)
        pickle.dump(values, file, pickle.HIGHEST_PROTOCOL)
    temporary.replace(path)
