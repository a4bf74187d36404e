"""Spelling values as Python literals, as black prints them. The only way for a user's text into generated code, beside checked names."""

from __future__ import annotations

import math
from typing import TypeAlias

Spellable: TypeAlias = (
    "bool | int | float | str | bytes | tuple[Spellable, ...] | list[Spellable] | dict[str, Spellable] | None"
)


def literal(value: Spellable) -> str:
    """Return `value` as a Python literal in black's spelling; TypeError for what has none, infinities among them.

    >>> literal(("it's", 1, None))
    '("it\\'s", 1, None)'
    """
    match value:
        case None | bool() | int():
            return repr(value)
        case float() if math.isfinite(value):
            return repr(value)
        case str() | bytes():
            return _double_quoted(repr(value))
        case tuple():
            return f"({', '.join(literal(item) for item in value)}{',' * (len(value) == 1)})"
        case list():
            return f"[{', '.join(literal(item) for item in value)}]"
        case dict():
            return f"{{{', '.join(f'{literal(key)}: {literal(item)}' for key, item in value.items())}}}"
        case _:
            raise TypeError(f"{value!r} has no literal")


def _double_quoted(spelled: str) -> str:
    """Return a literal as `repr` gave it in double quotes, unless that takes more backslashes."""
    if "\\" not in spelled and '"' not in spelled:  # nearly always
        return spelled.replace("'", '"')
    prefix, quote = ("b", spelled[1]) if spelled.startswith("b") else ("", spelled[0])
    body = spelled[len(prefix) + 1 : -1]
    if quote == '"':
        return spelled
    turned = body.replace("\\'", "'").replace('"', '\\"')
    return f'{prefix}"{turned}"' if turned.count("\\") <= body.count("\\") else spelled
