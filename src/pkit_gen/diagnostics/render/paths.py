"""How files and the user's own words are shown in every format."""

from __future__ import annotations

from os.path import relpath
from pathlib import Path


def shown(path: Path, base: Path) -> str:
    """Return a path relative to `base`, posix; as it is where there is no way from one to the other (another drive)."""
    if path.anchor != base.anchor:
        return path.as_posix()
    return Path(relpath(path, base)).as_posix()


def printable(text: str) -> str:
    r"""Return a text with each character that a terminal could act on spelled as an escape.

    >>> printable("a\x1b[31m")
    'a\\x1b[31m'
    """
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
