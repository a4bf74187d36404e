"""Options of the whole suite."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import settings

settings.register_profile("suite", derandomize="PKIT_FUZZ_EXAMPLES" not in os.environ, print_blob=True)
settings.load_profile("suite")  # the same examples in every run; `make fuzz` looks for others

for number, usual in ((signal.SIGINT, signal.default_int_handler), (signal.SIGQUIT, signal.SIG_DFL)):
    if (
        signal.getsignal(number) is signal.SIG_IGN
    ):  # in the background of a shell: what tests interrupt would inherit that
        signal.signal(number, usual)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update`, with which expected output is written instead of compared."""
    parser.addoption("--update", action="store_true", help="write what is printed into the pages of the diagnostics")
