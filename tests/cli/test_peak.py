"""The memory that a run takes at its peak, which the texts of all files at once would make."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from bench.projects import write_project

PROGRAM = "from pkit_gen.cli import generate; generate()"
UNIT = 1 if sys.platform == "darwin" else 1024
"""Bytes in which the system counts."""

FEW, MANY = 20, 220


def peak(folder: Path, entities: int) -> float:
    """Return what a first run over a project of that size takes, in MB."""
    write_project(folder, entities)
    environment = {**os.environ, "XDG_CACHE_HOME": str(folder / "cache")}
    process = subprocess.Popen([sys.executable, "-c", PROGRAM, "-q"], cwd=folder, env=environment)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_maxrss * UNIT / 1e6


def test_an_entity_adds_little(tmp_path: Path) -> None:
    """Measured: 0.1 MB an entity, of which its texts alone would be a third more; each entity has some 1,100 lines of output."""
    added = (peak(tmp_path / "many", MANY) - peak(tmp_path / "few", FEW)) / (MANY - FEW)
    assert added < 0.15
