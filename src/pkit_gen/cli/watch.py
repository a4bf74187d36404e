"""`--watch`: run again when a file that matters has changed, until interrupted."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Generator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import watchfiles

TICK = 100
"""Milliseconds between two looks at what the system sends no notice of."""

DEBOUNCE = 200
"""Milliseconds in which changes count as one at most: an editor writes a file in several steps."""


@dataclass(frozen=True)
class Watched:
    """What a run depends on: the Python files below `folders` but not below `ignored`, and single `files` elsewhere."""

    folders: frozenset[Path]
    files: frozenset[Path]
    ignored: Path

    @classmethod
    def nothing(cls) -> Watched:
        """Return what is watched before anything is known."""
        return cls(frozenset(), frozenset(), Path())

    def counts(self, path: Path) -> bool:
        """Return whether a change of `path`, which is below a folder, asks for another run."""
        return path.suffix in {".py", ".pyi"} and not path.is_relative_to(self.ignored)


def watch(watched: Callable[[Watched], Watched], run: Callable[[Collection[Path]], None]) -> None:
    """Call `run` at first without a change, then with the files that changed each time that some did; return on Ctrl-C.

    `watched` is asked before every run, with what it said before: a change of pyproject.toml may lead to other folders.
    """
    try:
        found, changed = watched(Watched.nothing()), frozenset[Path]()
        notices = _listen(found)
        while True:
            run(changed)
            changed = next(batch for batch in notices if batch)
            if found != (found := watched(found)) or changed & found.folders:  # of a folder of old, notices end
                notices.close()
                notices = _listen(found)
    except KeyboardInterrupt:
        return


def _listen(watched: Watched) -> Generator[frozenset[Path]]:
    """Return the changes from now on, empty batches among them; nothing that changes during a run is missed."""
    notices = _notices(watched)
    next(notices)
    return notices


def _notices(watched: Watched) -> Generator[frozenset[Path]]:
    before = _looks(watched)
    batches = watchfiles.watch(
        *sorted(folder for folder in watched.folders if folder.is_dir()),
        watch_filter=lambda _, path: watched.counts(Path(path)),
        debounce=DEBOUNCE,
        rust_timeout=TICK,
        yield_on_timeout=True,
    )
    for batch in batches:
        now = _looks(watched)
        yield frozenset(Path(path) for _, path in batch) | {path for path in now if now[path] != before[path]}
        before = now


def _looks(watched: Watched) -> dict[Path, tuple[int, int] | None]:
    """Return the times of the single files, and which folder each is, as there is no notice of one that another replaces."""
    files = {path: found and (found.st_mtime_ns, found.st_size) for path, found in _stats(watched.files)}
    folders = {path: found and (found.st_dev, found.st_ino) for path, found in _stats(watched.folders)}
    return files | folders


def _stats(paths: Iterable[Path]) -> Iterator[tuple[Path, os.stat_result | None]]:
    for path in paths:
        try:
            yield path, path.stat()
        except OSError:
            yield path, None
