"""Importing a generated package of 100 entities, per entity, against importing the modules of the entities themselves."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import AsyncGenerator
from compileall import compile_dir
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from compiled import write_package

from bench.harness import PKIT, Case, Contender, Measure
from pkit_gen.ir.model import Database

HEAD = """from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid4

"""
ENTITY = '''
@dataclass
class Thing{n}:
    """The thing of number {n}."""

    id: UUID = field(default_factory=uuid4)
    name: str = ""
    email: str = ""
    size: int = 0
    price: Decimal = Decimal(0)
    weight: float = 0.0
    made_at: datetime | None = None
    active: bool = True
    note: str | None = None
    other_id: UUID | None = None
'''
MEASURE = """
import sys, time
import dataclasses, datetime, decimal, enum, uuid{before}
start = time.process_time()
{imports}
print((time.process_time() - start) * 1e6)
"""


@asynccontextmanager
async def cases(scale: float) -> AsyncGenerator[list[Case]]:
    """Give the cases: the package alone, with every contract, and with every repository in memory."""
    count = max(10, int(100 * scale))
    with TemporaryDirectory(prefix="pkit-bench-") as folder:
        root = Path(folder)
        _write(root, count)
        entities = [f"import host.thing{n}" for n in range(count)]
        before = "\n" + "\n".join([*entities, "import pkit, pkit.container, pkit.memory, pkit.repository"])
        package = ["import host.repos"]
        contracts = [*package, *(f"import host.repos.thing{n}.contract" for n in range(count))]
        repositories = [*package, *(f"import host.repos.thing{n}.memory" for n in range(count))]
        by_hand = Contender("entities", _measure(root, "", entities, count))
        yield [
            Case("imports", f"a package of {count} entities", [by_hand, _pkit(root, before, package, count)], 1.0),
            Case("imports", "and every contract", [by_hand, _pkit(root, before, contracts, count)]),
            Case("imports", "and every repository in memory", [by_hand, _pkit(root, before, repositories, count)]),
        ]


def _write(root: Path, count: int) -> None:
    host = root / "host"
    host.mkdir()
    (host / "__init__.py").touch()
    for n in range(count):
        (host / f"thing{n}.py").write_text(HEAD + ENTITY.format(n=n), encoding="utf-8")
    calls = "".join(
        f"    register_entity('thing{n}', {{'entity': host.thing{n}.Thing{n}, 'collection': 'things{n}', 'unique': {{'email': 'email'}}, "
        f"'relations': {{'other': {{'local_field': 'other_id', 'target': 'thing{(n + 1) % count}'}}}}}})\n"
        for n in range(count)
    )
    modules = "".join(f"import host.thing{n}\n" for n in range(count))
    text = f"from pkit import register_entity\n{modules}\n\ndef register() -> None:\n{calls}"
    (host / "bootstrap.py").write_text(text, encoding="utf-8")
    write_package(host / "repos", host, root, (Database.MEMORY,))
    compile_dir(root, quiet=1)


def _pkit(root: Path, before: str, imports: list[str], count: int) -> Contender:
    return Contender(PKIT, _measure(root, before, imports, count))


def _measure(root: Path, before: str, imports: list[str], count: int) -> Measure:
    """Return a measure of the CPU time of imports, from compiled files, per entity."""
    text = MEASURE.format(before=before, imports="\n".join(imports))

    async def measure() -> float:
        done = subprocess.run([sys.executable, "-c", text], cwd=root, capture_output=True, text=True, check=True)
        return float(done.stdout) / count

    return measure
