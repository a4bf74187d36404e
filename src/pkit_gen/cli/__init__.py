"""The command lines: `pkit-gen`, which generates (`generate`), and `pkit`, the tools around it (`run_tools`). Only this package prints."""

from __future__ import annotations

import os
import sys

from pkit_gen.recall import recall

CYCLES = 100_000
"""New objects after which the memory is searched for cycles. There are next to none: a search at the usual 700 takes a fifth of a run."""


def generate() -> None:
    """Run `pkit-gen` with the arguments of the process; a run that changes nothing is answered before anything is imported."""
    _ready()
    answer = recall(sys.argv[1:])
    if answer is None:
        import gc

        gc.set_threshold(CYCLES)
        _end_orderly()

        from pkit_gen.cli.command import command

        command(prog_name="pkit-gen")
    else:
        sys.stdout.write(answer[0])
        sys.stderr.write(answer[1])


def run_tools() -> None:
    """Run `pkit` with the arguments of the process."""
    _ready()

    from pkit_gen.cli.tools import pkit

    pkit(prog_name="pkit")


def _ready() -> None:
    """Give a process whose streams are closed some that lead nowhere, and end one whose working folder is gone."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
    try:
        os.getcwd()
    except OSError:
        sys.stderr.write("Error: the working folder is gone: change to one that is there.\n")
        sys.exit(2)


def _end_orderly() -> None:
    """Have a run that is told to end take back what it began."""
    import signal  # only here: it brings more than an answer takes

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)  # not every system has both
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, lambda number, _: sys.exit(128 + number))
