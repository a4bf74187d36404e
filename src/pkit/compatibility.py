"""Whether a generated package and the installed pkit fit together.

A generated package imports the name of the contract that it was generated for, before anything else of pkit. A pkit that keeps another
contract raises IncompatiblePackage there, which names the package and the command to run, rather than fail later on a member that is gone.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final, NoReturn

__all__ = ["CONTRACT_1", "CURRENT", "IncompatiblePackage"]

CONTRACT_1: Final = 1
CURRENT: Final = CONTRACT_1
"""The contract that this pkit keeps. It changes when generated code of before would not run, or would not do the same."""


class IncompatiblePackage(ImportError):
    """A generated package expects another contract than the installed pkit keeps; `name` is the package."""

    def __init__(self, package: str, expected: str) -> None:
        advice = "Run `pkit-gen` in the host app's project"
        if expected.isdecimal() and int(expected) > CURRENT:
            advice = f"Install the release of pkit-gen that generated it, or r{advice[1:]} to generate it with the installed one"
        message = (
            f"{package} was generated for contract {expected} of pkit, and the installed pkit keeps contract {CURRENT}"
        )
        super().__init__(f"{message}. {advice}.", name=package)


if not TYPE_CHECKING:  # checkers see that the name is gone

    def __getattr__(name: str) -> NoReturn:
        """Explain what a package of another contract asks for."""
        if name.startswith("CONTRACT_"):
            package = sys._getframe(1).f_globals.get("__name__", "the generated package")
            raise IncompatiblePackage(package, name.removeprefix("CONTRACT_"))
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
