"""What importing the runtime costs: no compiler, no driver."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

COMPILER = {"libcst", "jinja2", "click", "rich", "mypy", "pkit_gen"}
DRIVERS = {"sqlalchemy", "asyncpg", "motor", "pymongo", "fastapi", "starlette"}


def modules_after(statement: str) -> set[str]:
    """Return the top-level modules that a fresh interpreter has loaded after a statement."""
    program = f"{statement}\nimport json, sys\nprint(json.dumps([name.split('.')[0] for name in sys.modules]))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def test_importing_pkit_loads_no_compiler_and_no_driver() -> None:
    assert modules_after("import pkit") & (COMPILER | DRIVERS) == set()


@pytest.mark.parametrize("module", ["pkit_gen.cli", "pkit_gen.generation"])
def test_the_command_line_loads_neither_libcst_nor_jinja2(module: str) -> None:
    assert modules_after(f"import {module}") & {"libcst", "jinja2", "rich", "mypy", *DRIVERS} == set()
