"""A bar on the terminal for runs that take longer than a second."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import contextmanager
from threading import Lock, Timer
from typing import TextIO

DELAY = 1.0
"""Seconds without a bar: a short run must not flicker."""

WIDTH = 30
ERASE = "\r\x1b[K"


class Bar:
    """Shows how far a run is, once it has been shown; told by `move`, from the thread that runs."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.text = ""
        self.shown = False
        self.lock = Lock()

    def move(self, stage: str, done: int, total: int) -> None:
        """Tell the stage, and how many of its steps are done; 0 of 0 when that is not known."""
        filled = WIDTH * done // total if total else 0
        count = f"{done}/{total}" if total else ""
        with self.lock:
            self.text = f"{stage:<8} [{'#' * filled}{'.' * (WIDTH - filled)}] {count}"
            self._draw()

    def say(self, line: str) -> None:
        """Print a line; a bar that is shown goes on below it."""
        with self.lock:
            self.stream.write(f"{ERASE if self.shown else ''}{line}\n")
            self.stream.flush()
            self._draw()

    def show(self) -> None:
        """Draw from now on."""
        with self.lock:
            self.shown = True
            self._draw()

    def erase(self) -> None:
        """Draw no more, and leave the line as it was before."""
        with self.lock:
            if self.shown:
                self.stream.write(ERASE)
                self.stream.flush()
            self.shown = False

    def _draw(self) -> None:
        if self.shown and self.text:
            self.stream.write(f"{ERASE}{self.text}")
            self.stream.flush()


@contextmanager
def bar(wanted: bool) -> Generator[Bar]:
    """Give a bar that shows itself after a second, when it is wanted and stderr is a terminal."""
    made = Bar(sys.stderr)
    timer = Timer(DELAY, made.show)
    timer.daemon = True
    if wanted and sys.stderr.isatty():
        timer.start()
    try:
        yield made
    finally:
        timer.cancel()
        made.erase()
