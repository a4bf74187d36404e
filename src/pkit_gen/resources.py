"""The files that come with the package but are no Python: templates and the pages of the diagnostics."""

from __future__ import annotations

from pathlib import Path


def folder(name: str) -> Path:
    """Return the folder of that name: inside the installed package, or at the top of a checkout; FileNotFoundError without either.

    >>> folder("templates")
    """
    package = Path(__file__).parent
    for candidate in (package / name, package.parents[1] / name):
        if candidate.is_dir():
            return candidate
    raise FileNotFoundError(f"pkit-gen is installed without its folder {name!r}")
