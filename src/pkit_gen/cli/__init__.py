"""The command lines: `pkit-gen`, which generates (here), and `pkit`, the tools around it (`tools`). Only this package prints."""

from __future__ import annotations

import sys

from pkit_gen.recall import recall


def generate() -> None:
    """Run `pkit-gen` with the arguments of the process; a run that changes nothing is answered before anything is imported."""
    answer = recall(sys.argv[1:])
    if answer is None:
        import signal  # only here: it brings more than an answer takes

        from pkit_gen.cli.command import command

        signal.signal(
            signal.SIGTERM, lambda number, _: sys.exit(128 + number)
        )  # an orderly end: what was begun is undone
        command(prog_name="pkit-gen")
    else:
        sys.stdout.write(answer[0])
        sys.stderr.write(answer[1])
