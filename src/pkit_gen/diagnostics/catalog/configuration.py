"""PK5xx: mistakes in pyproject.toml and `[tool.pkit]`."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from pkit_gen.diagnostics.catalog.registry import mistake
from pkit_gen.diagnostics.model import Diagnostic, Label
from pkit_gen.diagnostics.suggest import closest
from pkit_gen.source import Place


@mistake("PK501", "an unknown option in [tool.pkit]")
def unknown_option(code: str, option: str, known: Collection[str], place: Place) -> Diagnostic:
    """`option` is a key of [tool.pkit] that pkit does not have."""
    meant = closest(option, known)
    advice = f'write "{meant}"' if meant else f"use one of {', '.join(sorted(known))}"
    return Diagnostic(code, f'[tool.pkit] has no option "{option}"', Label(place, "no such option"), help=advice)


@mistake("PK502", "an option of the wrong type")
def wrong_type(code: str, option: str, expected: str, place: Place) -> Diagnostic:
    """The value of `option` is not `expected`, as "a list of strings"."""
    message = f'the option "{option}" is not {expected}'
    return Diagnostic(code, message, Label(place, f"not {expected}"), help=f"write {expected}")


@mistake("PK503", "an option with a value that is not allowed")
def unknown_value(code: str, option: str, value: str, allowed: Collection[str], place: Place) -> Diagnostic:
    """`value` is none of those that `option` allows."""
    meant = closest(value, allowed)
    advice = f'write "{meant}"' if meant else f"use {_either(allowed)}"
    message = f'the option "{option}" does not allow "{value}"'
    return Diagnostic(code, message, Label(place, f"not {_either(allowed)}"), help=advice)


@mistake("PK504", "pyproject.toml is not valid TOML")
def invalid_toml(code: str, reason: str, place: Place) -> Diagnostic:
    """The parser refused pyproject.toml because of `reason`."""
    return Diagnostic(code, f"pyproject.toml is not valid TOML: {reason}", Label(place), help="correct the syntax")


@mistake("PK505", "pyproject.toml cannot be read")
def unreadable_pyproject(code: str, reason: str, path: Path) -> Diagnostic:
    """pyproject.toml is there, but reading it fails with `reason`."""
    advice = "make it a readable file, encoded in UTF-8"
    return Diagnostic(code, f"pyproject.toml cannot be read: {reason}", help=advice, path=path)


@mistake("PK506", "an option names a path that does not exist")
def missing_path(code: str, option: str, value: str, place: Place) -> Diagnostic:
    """`option` names the file or folder `value`, which is not there."""
    message = f'the option "{option}" names "{value}", which does not exist'
    advice = "write a path that exists, relative to the folder of pyproject.toml"
    return Diagnostic(code, message, Label(place, "no such file or folder"), help=advice)


@mistake("PK507", "an option names a path of the wrong kind")
def wrong_kind_of_path(code: str, option: str, value: str, expected: str, place: Place) -> Diagnostic:
    """`option` names `value`, which is there but is not `expected`, as "a folder"."""
    message = f'the option "{option}" names "{value}", which is not {expected}'
    return Diagnostic(code, message, Label(place, f"not {expected}"), help=f"name {expected}")


def _either(values: Collection[str]) -> str:
    *others, last = [f'"{value}"' for value in values]
    return f"{', '.join(others)} or {last}" if others else last
