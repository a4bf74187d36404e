"""The output folder: comparing it with what a run gives, and replacing it all or not at all. The only writer."""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from difflib import unified_diff
from enum import Enum, auto
from hashlib import sha256
from pathlib import Path

from pkit_gen import manifest
from pkit_gen.formatting import is_same_code
from pkit_gen.manifest import Digest, Manifest
from pkit_gen.pyproject import is_list, is_table
from pkit_gen.recall import STAGING

JOURNAL = "journal.json"


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


# --- comparing --------------------------------------------------------------------------------------------------------


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
        (before := _read(output / path)) is not None and digest.is_of(before) for path, digest in earlier.files.items()
    )


def _compare_given(output: Path, path: str, after: bytes, written: Digest | None) -> Change:
    digest = Digest.of(after, written)
    obstacle = _obstacle(output, path)
    if obstacle is not None:
        return Change(obstacle, Status.FOREIGN, None, after, digest)
    before = _read(output / path)
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
    before = _read(output / path) if _obstacle(output, path) is None else None
    if before is not None:
        yield Change(path, Status.LEFTOVER if written.is_nearly_of(before) else Status.EDITED_LEFTOVER, before, None)


def _obstacle(output: Path, path: str) -> str | None:
    """Return what keeps `path` from being a file: something other than a folder above it, or other than a file in its place."""
    target = output / path
    for folder in [*target.parents[: len(Path(path).parts) - 1]][::-1]:
        if os.path.lexists(folder) and not folder.is_dir():
            return folder.relative_to(output).as_posix()
    return path if os.path.lexists(target) and not target.is_file() else None


def _read(path: Path) -> bytes | None:
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


# --- writing ----------------------------------------------------------------------------------------------------------


WRITTEN = {Status.MISSING, Status.STALE, Status.EDITED}


@contextmanager
def replacing(output: Path) -> Generator[Replacement]:
    """Give what changes the output folder: all or nothing. Without a `commit`, or with any exception, OSError among them, it stays as it was.

    >>> with replacing(folder) as new:
    ...     for change in compare(folder, files, earlier):
    ...         new.take(change)
    ...     new.commit(record)
    """
    with ExitStack() as undo:
        new = Replacement(output, undo)
        try:
            yield new
        finally:
            new.discard()


class Replacement:
    """The new files of a run, which wait in a folder beside the old ones, so that moving each into its place is atomic."""

    def __init__(self, output: Path, undo: ExitStack) -> None:
        self._output = output
        self._undo = undo
        self._staging: Path | None = None
        self._new: dict[str, str] = {}  # the digest of each file, by its path
        self._gone: list[str] = []

    def take(self, change: Change) -> None:
        """Prepare what a change asks for; files that are current keep their time."""
        if change.status in WRITTEN and change.after is not None:
            self._put(change.path, change.after)
        elif change.status is Status.LEFTOVER:
            self._gone.append(change.path)

    def commit(self, record: Manifest) -> None:
        """Move all files into their places, and record them."""
        text = record.to_text().encode()
        if _read(self._output / manifest.NAME) != text:
            self._put(manifest.NAME, text)
        if not self._new and not self._gone:
            return
        _replace(self._output, self._folder(), self._new, self._gone)
        self._undo.pop_all()
        self.discard()
        with suppress(OSError):  # the files are in place; what is left over is compiled code or an empty folder
            _tidy(self._output, self._gone)

    def discard(self) -> None:
        """Remove what waits."""
        if self._staging is not None:
            _discard(self._staging)
            self._staging = None

    def _put(self, path: str, data: bytes) -> None:
        _stage(self._folder() / f"new-{len(self._new)}", data)
        self._new[path] = sha256(data).hexdigest()

    def _folder(self) -> Path:
        if self._staging is None:
            _create(self._output, self._undo)
            self._staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=self._output))
        return self._staging


def _discard(staging: Path) -> None:
    (staging / JOURNAL).unlink(missing_ok=True)  # first: from here on there is nothing to take back
    shutil.rmtree(staging)


def _replace(output: Path, staging: Path, new: Mapping[str, str], gone: Sequence[str]) -> None:
    _note(staging, new, gone)
    with ExitStack() as undo:
        for number, path in enumerate(gone):
            _move(output / path, staging / f"gone-{number}")
            undo.callback(_move, staging / f"gone-{number}", output / path)
        for number, path in enumerate(new):
            _create((output / path).parent, undo)
            _put(staging / f"new-{number}", output / path, staging / f"old-{number}", undo)
        undo.pop_all()


def _stage(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _put(new: Path, target: Path, old: Path, undo: ExitStack) -> None:
    """Move `new` to `target`, which is there at every moment if it was there before; `old` keeps what it was."""
    if target.exists():
        shutil.copymode(target, new)
        _link(target, old)
        undo.callback(_move, old, target)
    else:
        undo.callback(target.unlink, missing_ok=True)
    _move(new, target)


def _link(target: Path, link: Path) -> None:
    try:
        os.link(target, link)
    except OSError:  # a file system without hard links
        _move(Path(shutil.copy2(target, link.with_suffix(".part"))), link)


def _move(origin: Path, target: Path) -> None:
    origin.replace(target)


def _create(folder: Path, undo: ExitStack) -> None:
    """Make a folder and those above it; `undo` removes the ones that are new."""
    if not folder.exists():
        _create(folder.parent, undo)
        folder.mkdir(exist_ok=True)
        undo.callback(folder.rmdir)


def _tidy(output: Path, removed: Iterable[str]) -> None:
    """Remove the compiled form of the modules that are gone, and the folders that are empty now."""
    for path in removed:
        module = output / path
        for compiled in (module.parent / "__pycache__").glob(f"{module.stem}.*.pyc"):
            compiled.unlink(missing_ok=True)
        for folder in (module.parent / "__pycache__", *module.parents):
            if folder == output or (folder.is_dir() and any(folder.iterdir())):
                break
            if folder.is_dir():
                folder.rmdir()


# --- mending what a killed run left -----------------------------------------------------------------------------------


def _note(staging: Path, new: Mapping[str, str], gone: Sequence[str]) -> None:
    """Write down what is about to be moved, for `mend`."""
    text = json.dumps({"new": [*new.items()], "gone": gone})
    _move(_stage(staging / f"{JOURNAL}.part", text.encode()), staging / JOURNAL)


def is_interrupted(output: Path) -> bool:
    """Return whether a run was killed, or is, while it moves files, so that old ones and new ones may be mixed."""
    return any(output.glob(f"{STAGING}*/{JOURNAL}"))


def is_unfinished(output: Path) -> bool:
    """Return whether a run was killed or is going on: it has new files beside the old ones."""
    return any(output.glob(f"{STAGING}*"))


def mend(output: Path) -> None:
    """Take back what killed runs moved, and remove what they left; only while no other run writes (`exclusive`).

    It can be killed too: the next call goes on.
    """
    for staging in sorted(output.glob(f"{STAGING}*")):
        if (staging / JOURNAL).exists():
            new, gone = _read_journal(staging / JOURNAL)
            _take_back(output, staging, new, gone)
        _discard(staging)


def _read_journal(path: Path) -> tuple[list[tuple[str, str]], list[str]]:
    """Return the files that were to be written, with their digests, and those that were to go; none when it is damaged."""
    try:
        raw: object = json.loads(path.read_bytes())
        new, gone = (raw.get("new"), raw.get("gone")) if is_table(raw) else (None, None)
        pairs = [(str(pair[0]), str(pair[1])) for pair in new if is_list(pair)] if is_list(new) else []
        paths = [str(path) for path in gone] if is_list(gone) else []
        for name in (*paths, *(name for name, _ in pairs)):
            manifest.inside(name)
    except (ValueError, IndexError, manifest.UnreadableManifest):
        return [], []
    return pairs, paths


def _take_back(output: Path, staging: Path, new: Sequence[tuple[str, str]], gone: Sequence[str]) -> None:
    created: list[str] = []
    for number, (path, digest) in enumerate(new):
        if (staging / f"old-{number}").exists():
            _move(staging / f"old-{number}", output / path)
        elif not (staging / f"new-{number}").exists() and _is_of(output / path, digest):
            (output / path).unlink()
            created.append(path)
    for number, path in enumerate(gone):
        if (staging / f"gone-{number}").exists():
            _move(staging / f"gone-{number}", output / path)
    _tidy(output, created)


def _is_of(path: Path, digest: str) -> bool:
    data = _read(path)
    return data is not None and sha256(data).hexdigest() == digest


# --- runs at the same time ---------------------------------------------------------------------------------------------


@contextmanager
def exclusive(output: Path) -> Generator[None]:
    """Hold a lock on the output folder, so that runs at the same time write it one after the other."""
    name = f"pkit-gen-{sha256(os.fsencode(output)).hexdigest()[:16]}-{_user()}.lock"
    descriptor = os.open(Path(tempfile.gettempdir()) / name, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _lock(descriptor)
        yield
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _user() -> str:
        return "user"  # the folder of temporary files is the user's own

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _user() -> str:
        return str(os.getuid())

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
