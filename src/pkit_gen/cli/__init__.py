"""The command lines: `pkit-gen`, which generates (here), and `pkit`, the tools around it (`tools`). Only this package prints."""

from __future__ import annotations

import sys

from pkit_gen.recall import recall

CYCLES = 100_000
"""New objects after which the memory is searched for cycles. There are next to none: a search at the usual 700 takes a fifth of a run."""


def generate() -> None:
    """Run `pkit-gen` with the arguments of the process; a run that changes nothing is answered before anything is imported."""
    answer = recall(sys.argv[1:])
    if answer is None:
        import gc
        import signal  # only here: it brings more than an answer takes

        gc.set_threshold(CYCLES)

        from pkit_gen.cli.command import command

        signal.signal(
            signal.SIGTERM, lambda number, _: sys.exit(128 + number)
        )  # an orderly end: what was begun is undone
        command(prog_name="pkit-gen")
    else:
        sys.stdout.write(answer[0])
        sys.stderr.write(answer[1])
