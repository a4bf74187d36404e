"""What an unexpected exception looks like: it is a bug of pkit, and says so."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Generator
from contextlib import contextmanager

import click

BUG = 70
"""The exit status of a bug of pkit, EX_SOFTWARE of sysexits.h."""


@contextmanager
def bugs_reported(verbose: bool) -> Generator[None]:
    """End the process with a short message on any exception that is not one of click's own; with the traceback when `verbose`.

    An OSError that names no file is of the stream that was printed to: what output folders refuse is a diagnostic.
    """
    try:
        yield
    except (click.ClickException, click.Abort, click.exceptions.Exit, BrokenPipeError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and error.filename is None:
            _give_up_printing()
            raise click.ClickException(f"this cannot be printed: {error.strerror}") from error
        if verbose:
            traceback.print_exc()
        click.echo(f"internal error: {type(error).__name__}: {error}", err=True)
        advice = "" if verbose else " with what `-v` prints"
        click.echo(f"This is a bug of pkit, not of your code. Please report it{advice}.", err=True)
        sys.exit(BUG)


def _give_up_printing() -> None:
    """Lead stdout to nowhere: the interpreter would try to print the rest at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
