"""Replacing files of the output folder: all or none, and one run at a time. The only writer."""

from __future__ import annotations

import json
import os
import shutil
import stat
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from hashlib import sha256
from itertools import count
from pathlib import Path

from pkit_gen import manifest
from pkit_gen.manifest import Manifest
from pkit_gen.output import Change, Status, read
from pkit_gen.pyproject import is_list, is_table
from pkit_gen.recall import STAGING

JOURNAL = "journal.json"
WRITTEN = {Status.MISSING, Status.STALE, Status.EDITED}


class Disturbed(Exception):
    """Somebody else wrote the file `path` of the output while a run compared and printed: it is as `status` says now."""

    def __init__(self, path: str, status: Status) -> None:
        super().__init__(path)
        self.path = path
        self.status = status


@contextmanager
def replacing(output: Path) -> Generator[Replacement]:
    """Give what changes the output folder, which is there: all or nothing.

    Without a `commit`, or with any exception, OSError and Disturbed among them, it stays as it was.

    >>> with replacing(folder) as new:
    ...     for change in compare(folder, files, earlier):
    ...         new.take(change)
    ...     new.commit(record)
    """
    new = Replacement(output)
    try:
        yield new
    finally:
        new.discard()


class Replacement:
    """The new files of a run, which wait in a folder beside the old ones, so that moving each into its place is atomic."""

    def __init__(self, output: Path) -> None:
        self._output = output
        self._staging: Path | None = None
        self._new: dict[str, str] = {}
        self._gone: list[str] = []
        self._before: dict[str, str | None] = {}
        """The digest of what is in the place of each of these; None where nothing is."""

    def take(self, change: Change) -> None:
        """Prepare what a change asks for; files that are current keep their time."""
        if change.status in WRITTEN and change.after is not None:
            self._put(change.path, change.before, change.after)
        elif change.status is Status.LEFTOVER:
            self._gone.append(change.path)
            self._before[change.path] = _digest(change.before)

    def commit(self, record: Manifest) -> None:
        """Move all files into their places, and record them."""
        before, after = read(self._output / manifest.NAME), record.to_text().encode()
        if before != after:
            self._put(manifest.NAME, before, after)
        if not self._new and not self._gone:
            return
        self._replace(self._folder())
        self.discard()
        with suppress(OSError):  # the files are in place; what is left over is compiled code or an empty folder
            _tidy(self._output, self._gone)

    def discard(self) -> None:
        """Remove what waits."""
        if self._staging is not None:
            _discard(self._staging)
            self._staging = None

    def _put(self, path: str, before: bytes | None, after: bytes) -> None:
        _stage(self._folder() / f"new-{len(self._new)}", after)
        self._new[path] = sha256(after).hexdigest()
        self._before[path] = _digest(before)

    def _folder(self) -> Path:
        if self._staging is None:
            self._staging = Path(tempfile.mkdtemp(prefix=STAGING, dir=self._output))
        return self._staging

    def _replace(self, staging: Path) -> None:
        _note(staging, self._new, self._gone)
        with ExitStack() as undo:
            for number, path in enumerate(self._gone):
                self._expect(path, Status.EDITED)
                _move(self._output / path, staging / f"gone-{number}")
                undo.callback(_move, staging / f"gone-{number}", self._output / path)
            for number, path in enumerate(self._new):
                self._expect(path, Status.FOREIGN if self._before[path] is None else Status.EDITED)
                _create((self._output / path).parent, undo)
                _put(staging / f"new-{number}", self._output / path, staging / f"old-{number}", undo)
            undo.pop_all()

    def _expect(self, path: str, otherwise: Status) -> None:
        """Disturbed when a file is no longer what it was compared as: printing the others takes its time."""
        if _digest(read(self._output / path)) != self._before[path]:
            raise Disturbed(path, otherwise)


def _digest(data: bytes | None) -> str | None:
    return None if data is None else sha256(data).hexdigest()


def _stage(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def _discard(staging: Path) -> None:
    (staging / JOURNAL).unlink(missing_ok=True)  # first: from here on there is nothing to take back
    shutil.rmtree(staging, ignore_errors=True)  # the next run tries again


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
    """Make a folder and those above it; `undo` removes the ones that are new, unless there is something in them."""
    if not folder.exists():
        _create(folder.parent, undo)
        folder.mkdir(exist_ok=True)
        undo.callback(_remove_empty, folder)


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):  # it is not empty
        folder.rmdir()


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
    return any((staging / JOURNAL).exists() for staging in _left(output))


def is_unfinished(output: Path) -> bool:
    """Return whether a run was killed or is going on: it has new files beside the old ones."""
    return any(_left(output))


def _left(output: Path) -> Iterator[Path]:
    return (staging for staging in output.glob(f"{STAGING}*") if staging.is_dir())


def mend(output: Path) -> None:
    """Take back what killed runs moved, and remove what they left; only while no other run writes (`exclusive`).

    It can be killed too: the next call goes on.
    """
    for staging in sorted(_left(output)):
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
    except (ValueError, IndexError, RecursionError, manifest.UnreadableManifest):
        return [], []
    return pairs, paths


def _take_back(output: Path, staging: Path, new: Sequence[tuple[str, str]], gone: Sequence[str]) -> None:
    created: list[str] = []
    for number, (path, digest) in enumerate(new):
        if (staging / f"old-{number}").exists():
            _move(staging / f"old-{number}", output / path)
        elif not (staging / f"new-{number}").exists() and _digest(read(output / path)) == digest:
            (output / path).unlink()
            created.append(path)
    for number, path in enumerate(gone):
        if (staging / f"gone-{number}").exists():
            _move(staging / f"gone-{number}", output / path)
    _tidy(output, created)


# --- runs at the same time ---------------------------------------------------------------------------------------------

PAUSE = 0.05
"""Seconds between two attempts to get the lock."""

PATIENCE = 1.0
"""Seconds after which a run says that it waits."""


@contextmanager
def exclusive(output: Path, *, create: bool = True, waiting: Callable[[], None] = lambda: None) -> Generator[None]:
    """Hold the output folder, so that runs at the same time use it one after the other. `waiting` is called once when that takes its time.

    A folder that is not there is made, and removed again when it stays empty; without `create`, there is nothing to hold.
    """
    with ExitStack() as lock, ExitStack() as undo:
        if create or output.exists():
            lock.callback(os.close, _held(output, undo, waiting))
        yield


def _held(output: Path, undo: ExitStack, waiting: Callable[[], None]) -> int:
    """Return a descriptor that holds the lock of the folder, which another run may make or remove meanwhile."""
    while True:
        _create(output, undo)
        with suppress(FileNotFoundError):
            descriptor = _lock(_lockable(output), waiting)
            if _is_of(descriptor, output):
                return descriptor
            os.close(descriptor)


def _lockable(output: Path) -> int:
    """Return a descriptor of the folder, or of a file for it where the system opens or locks no folders."""
    try:
        descriptor = os.open(output, os.O_RDONLY)
        try:
            _try_lock(descriptor)
        except OSError:
            os.close(descriptor)
            raise
    except FileNotFoundError:
        raise
    except OSError:
        name = f"pkit-gen-{sha256(os.fsencode(output)).hexdigest()[:16]}-{_user()}.lock"
        return os.open(Path(tempfile.gettempdir()) / name, os.O_RDWR | os.O_CREAT, 0o600)
    return descriptor


def _is_of(descriptor: int, output: Path) -> bool:
    held = os.fstat(descriptor)
    try:
        return not stat.S_ISDIR(held.st_mode) or os.path.samestat(held, output.stat())
    except FileNotFoundError:
        return False


def _lock(descriptor: int, waiting: Callable[[], None]) -> int:
    """Return a descriptor once it has the lock; it is closed on any exception."""
    attempts = count()
    try:
        while not _try_lock(descriptor):
            if next(attempts) == PATIENCE // PAUSE:
                waiting()
            time.sleep(PAUSE)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


if sys.platform == "win32":
    import msvcrt

    def _user() -> str:
        return "user"  # the folder of temporary files is the user's own

    def _try_lock(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except PermissionError:
            return False
        return True

else:
    import fcntl

    def _user() -> str:
        return str(os.getuid())

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
