"""Running the type checkers as users do, and reading what they say."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

EXAMPLES = Path(__file__).parent.parent / "generated_examples"


@dataclass(frozen=True, order=True)
class Complaint:
    """An error of a type checker: the file's name, the line and what is said."""

    file: str
    line: int
    message: str


def mypy(root: Path, targets: Sequence[Path], cache: Path) -> list[Complaint]:
    """Return the errors of `mypy --strict` in `targets`, with `root` as the import root and its pyproject.toml as the configuration."""
    command = [sys.executable, "-m", "mypy", "--strict", "--output", "json", "--cache-dir", str(cache)]
    done = _run([*command, *map(str, targets)], root, {"MYPYPATH": str(root)})
    if done.returncode not in (0, 1) or done.stderr:
        raise RuntimeError(f"mypy failed: {done.stderr or done.stdout}")
    errors = [json.loads(line) for line in done.stdout.splitlines() if line]
    return sorted(
        Complaint(Path(error["file"]).name, error["line"], error["message"])
        for error in errors
        if error["severity"] == "error"
    )


def pyright(root: Path, targets: Sequence[Path], scratch: Path, ignore: Sequence[Path] = ()) -> list[Complaint]:
    """Return the errors and warnings of pyright in strict mode in `targets`, with `root` as the import root.

    What it says of the files in `ignore` does not count. Its configuration is written to the folder `scratch`.
    """
    configuration = scratch / "pyrightconfig.json"
    settings = {
        "typeCheckingMode": "strict",
        "include": [os.path.relpath(target, scratch) for target in targets],  # absolute ones match nothing
        "ignore": [os.path.relpath(path, scratch) for path in ignore],
        "exclude": [],  # the default leaves out folders whose name begins with a dot
        "extraPaths": [str(root)],
    }
    configuration.write_text(json.dumps(settings), encoding="utf-8")
    command = [sys.executable, "-m", "pyright", "--outputjson", "--pythonpath", sys.executable, "-p"]
    done = _run([*command, str(configuration)], root, {"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"})
    if done.returncode not in (0, 1):
        raise RuntimeError(f"pyright failed: {done.stderr or done.stdout}")
    report = json.loads(done.stdout)
    if report["summary"]["filesAnalyzed"] == 0:
        raise RuntimeError("pyright found no file to check")
    return sorted(
        Complaint(Path(error["file"]).name, error["range"]["start"]["line"] + 1, error["message"])
        for error in report["generalDiagnostics"]
    )


def _run(command: Sequence[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, check=False
    )
