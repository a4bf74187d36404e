"""The output folder: how each of its files stands to what a run gives."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from enum import Enum, auto
from pathlib import Path

from pkit_gen.formatting import is_same_code
from pkit_gen.manifest import Digest, Manifest


class Status(Enum):
    """How a file of the output folder stands to what a run gives."""

    CURRENT = auto()  # the same, or the same but for a formatter
    MISSING = auto()
    STALE = auto()  # as an earlier run wrote it
    EDITED = auto()  # not as an earlier run wrote it
    LEFTOVER = auto()  # as an earlier run wrote it, and no longer given
    EDITED_LEFTOVER = auto()  # no longer given, and not as an earlier run wrote it
    FOREIGN = auto()  # in the way, and not of an earlier run


@dataclass(frozen=True, slots=True)
class Change:
    """One file: its path below the output folder, what it is and what it is to be, None where there is no file, and the latter's digest."""

    path: str
    status: Status
    before: bytes | None = None
    after: bytes | None = None
    digest: Digest | None = None

    def without_texts(self) -> Change:
        """Return how the file stands, and no more."""
        return Change(self.path, self.status, digest=self.digest)


def compare(output: Path, files: Mapping[str, str], earlier: Manifest | None) -> Iterator[Change]:
    """Yield every file of this run as it is given, then those that only the earlier run gave; OSError when one cannot be read."""
    written: Mapping[str, Digest] = earlier.files if earlier else {}
    for path, text in files.items():
        yield _compare_given(output, path, text.encode(), written.get(path))
    for path in sorted(written.keys() - files.keys()):
        yield from _compare_gone(output, path, written[path])


def is_intact(output: Path, earlier: Manifest) -> bool:
    """Return whether every file of the earlier run is as it was written, byte by byte."""
    return all(
        (before := read(output / path)) is not None and digest.is_of(before) for path, digest in earlier.files.items()
    )


def _compare_given(output: Path, path: str, after: bytes, written: Digest | None) -> Change:
    digest = Digest.of(after, written)
    obstacle = _obstacle(output, path)
    if obstacle is not None:
        return Change(obstacle, Status.FOREIGN, None, after, digest)
    before = read(output / path)
    if before is None:
        return Change(path, Status.MISSING, None, after, digest)
    return Change(path, _status(before, after, written), before, after, digest)


def _status(before: bytes, after: bytes, written: Digest | None) -> Status:
    if before == after:
        return Status.CURRENT
    if written is None:
        return Status.CURRENT if is_same_code(before, after) else Status.FOREIGN
    if written.is_of(before):
        return Status.STALE
    if written.is_of(after):  # there is nothing new to write: what differs was done to the file
        return Status.CURRENT if is_same_code(before, after) else Status.EDITED
    return Status.STALE if written.is_nearly_of(before) or is_same_code(before, after) else Status.EDITED


def _compare_gone(output: Path, path: str, written: Digest) -> Iterator[Change]:
    before = read(output / path) if _obstacle(output, path) is None else None
    if before is not None:
        yield Change(path, Status.LEFTOVER if written.is_nearly_of(before) else Status.EDITED_LEFTOVER, before, None)


def _obstacle(output: Path, path: str) -> str | None:
    """Return what keeps `path` from being a file: something other than a folder above it, or other than a file in its place."""
    target = output / path
    for folder in [*target.parents[: len(Path(path).parts) - 1]][::-1]:
        if os.path.lexists(folder) and not folder.is_dir():
            return folder.relative_to(output).as_posix()
    return path if os.path.lexists(target) and not target.is_file() else None


def read(path: Path) -> bytes | None:
    """Return what a file holds; None where there is none."""
    try:
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None


def diff(changes: Iterable[Change], label: str) -> str:
    """Return a unified diff of what a run would change, with `label` for the output folder."""
    kept = {Status.CURRENT, Status.EDITED_LEFTOVER, Status.FOREIGN}
    return "".join(line for change in changes if change.status not in kept for line in _diff(change, label))


def _diff(change: Change, label: str) -> Iterator[str]:
    name = f"{label}/{change.path}"
    old, new = _lines(change.before), _lines(change.after)
    origin = "/dev/null" if change.before is None else f"a/{name}"
    target = "/dev/null" if change.after is None else f"b/{name}"
    for line in unified_diff(old, new, origin, target):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(data: bytes | None) -> list[str]:
    text = (data or b"").decode("utf-8", "backslashreplace")
    return re.findall(r"[^\n]*\n|[^\n]+", text)
