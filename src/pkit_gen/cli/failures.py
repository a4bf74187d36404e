"""What an unexpected exception looks like: it is a bug of pkit, and says so."""

from __future__ import annotations

import errno
import os
import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager
from typing import TypeGuard

import click

BUG = 70
"""The exit status of a bug of pkit, EX_SOFTWARE of sysexits.h."""


FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}
"""What a stream fails with when its disk is full or broken."""


@contextmanager
def bugs_reported(verbose: bool) -> Generator[None]:
    """End the process with a short message on any exception that is not one of click's own; with the traceback when `verbose`."""
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as error:
        if _is_of_stdout(error):
            _give_up_printing()
            raise click.ClickException(f"this cannot be printed: {os.strerror(error.errno or 0)}") from error
        if verbose:
            traceback.print_exc()
        click.echo(f"internal error: {type(error).__name__}: {error}", err=True)
        advice = "" if verbose else " with what `-v` prints"
        click.echo(f"This is a bug of pkit, not of your code. Please report it{advice}.", err=True)
        sys.exit(BUG)


def _is_of_stdout(error: Exception) -> TypeGuard[OSError]:
    """Return whether an exception tells that nothing more can be printed: then it names no file."""
    return isinstance(error, OSError) and error.filename is None and error.errno in FULL


def _give_up_printing() -> None:
    """Lead stdout to nowhere: the interpreter would try to print the rest at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
