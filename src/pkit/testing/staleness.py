"""A test that the generated package is current."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

CHECK = "import sys; from pkit_gen.cli import generate; sys.argv[0] = 'pkit-gen'; generate()"


def assert_up_to_date(project: str | Path = ".", *arguments: str) -> None:
    """Raise AssertionError, naming each file, unless the output of `pkit-gen` is what it would write now.

    `project` is the folder of pyproject.toml with its `[tool.pkit]`; `arguments` are further ones for `pkit-gen`.

    >>> def test_repositories_are_up_to_date() -> None:
    ...     assert_up_to_date()
    """
    command = [sys.executable, "-c", CHECK, "--check", *arguments]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"the generated package is not up to date; run pkit-gen\n{done.stdout}{done.stderr}")
