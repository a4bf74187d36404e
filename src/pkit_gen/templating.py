"""The Jinja environment, and `render`, which compiles what it printed.

A template prints one view, under the name `view`, with loops and prints only. Values reach Python through the filter `py`, which spells a
literal as black prints it; names were checked before they came into the view.
"""

from __future__ import annotations

from functools import cache
from pathlib import PurePosixPath

import jinja2
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pkit_gen import resources
from pkit_gen.literals import literal

__all__ = ["ENGINE", "BrokenTemplate", "environment", "literal", "render"]


ENGINE = f"jinja2 {jinja2.__version__}"
"""What prints the templates."""


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
        # half as dear as building a tree of Python's objects, and without its docstrings a fifth less
        compile(text, template, "exec", dont_inherit=True, optimize=2)
    except SyntaxError as error:
        line = text.splitlines()[error.lineno - 1] if error.lineno else ""
        raise BrokenTemplate(f"{template} printed line {error.lineno}, {line!r}: {error.msg}") from error


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
