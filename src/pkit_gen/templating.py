"""The Jinja environment, and `render`, which compiles what it printed.

A template prints one view, under the name `view`, with loops and prints only. Values reach Python through the filter `py`, which spells a
literal as black prints it; names were checked before they came into the view.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import PurePosixPath
from symtable import symtable

import jinja2
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pkit_gen import resources
from pkit_gen.literals import literal

__all__ = ["ENGINE", "BrokenTemplate", "environment", "literal", "render"]


ENGINE = f"jinja2 {jinja2.__version__}"
"""What prints the templates."""


PIECE = 50_000
_BREAK = re.compile(r"\n(?=\n+[\w@]|@overload\n)")


class BrokenTemplate(Exception):
    """A template printed what is not Python: a bug of pkit, never of its user."""


def render(template: str, view: object) -> str:
    """Return what `template` prints of `view`; BrokenTemplate when a template of a Python file prints no Python.

    >>> render("memory/memory.py.jinja", view)
    """
    text = environment().get_template(template).render(view=view)
    if ".py" in PurePosixPath(template).suffixes:
        _check(template, text)
    return text


def _check(template: str, text: str) -> None:
    try:
        for piece in _pieces(text):
            _parse(piece, template)
    except SyntaxError:
        _check_whole(template, text)


def _check_whole(template: str, text: str) -> None:
    try:
        _parse(text, template)
    except SyntaxError as error:
        line = text.splitlines()[error.lineno - 1] if error.lineno else ""
        raise BrokenTemplate(f"{template} printed line {error.lineno}, {line!r}: {error.msg}") from error


def _parse(text: str, name: str) -> None:
    symtable(text, name, "exec")  # two thirds of what compiling takes, or a tree of Python's objects


def _pieces(text: str) -> Iterator[str]:
    """Yield a text in pieces of some size, each of whole definitions as a rule: parsing takes eighty times the memory of what it parses."""
    start = 0
    while end := _BREAK.search(text, start + PIECE):
        yield text[start : end.end()]
        start = end.end()
    yield text[start:]


@cache
def environment() -> Environment:
    """Return the one environment of all templates."""
    made = Environment(
        loader=FileSystemLoader(resources.folder("templates")),
        undefined=StrictUndefined,
        autoescape=False,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.filters["py"] = literal
    return made
