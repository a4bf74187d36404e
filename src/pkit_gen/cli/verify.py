"""`--verify`: mypy --strict over the generated package, in this process."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec

from pkit_gen.config import Config

OPTIONS = ("--strict", "--config-file=", "--namespace-packages", "--explicit-package-bases", "--follow-imports=silent")


@dataclass(frozen=True)
class Verification:
    """What mypy printed, and how many errors it found."""

    text: str
    errors: int


def is_available() -> bool:
    """Return whether mypy is installed."""
    return find_spec("mypy") is not None


def verify(config: Config) -> Verification:
    """Check the generated package with mypy --strict; RuntimeError when mypy itself fails."""
    from mypy import api

    with _search_path(config):
        text, failure, status = api.run([*OPTIONS, "--no-error-summary", str(config.output)])
    errors = sum(": error: " in line for line in text.splitlines())
    if status != 0 and errors == 0:
        raise RuntimeError(f"mypy failed: {failure or text}")
    return Verification(text, errors)


@contextmanager
def _search_path(config: Config) -> Generator[None]:
    """Have mypy look for modules where the run does; a package outside of the roots is found by its own folder."""
    roots = [str(root) for root in config.roots]
    if not any(config.output.is_relative_to(root) for root in config.roots):
        roots.append(str(config.output.parent))
    before = os.environ.get("MYPYPATH")
    os.environ["MYPYPATH"] = os.pathsep.join([*roots, before] if before else roots)
    try:
        yield
    finally:
        if before is None:
            del os.environ["MYPYPATH"]
        else:
            os.environ["MYPYPATH"] = before
