"""What pkit-gen costs, beside two other generators: `make bench-gen`.

Every number is the processor's time of a process, as a multiple of that of `python -c pass`, which is measured in the same run; the least
of several runs counts. Memory is the peak of the process in MB.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from bench.projects import change_one_entity, write_project

BIN = Path(sys.executable).parent
PKIT_GEN = str(BIN / "pkit-gen")
SETTLED = 2.5
"""Seconds after which the times of files are believed."""

BACKENDS = ("memory", "mongo", "postgres")


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds of the processor, and the peak of its memory in MB."""

    seconds: float
    memory: float


def measure(command: list[str], folder: Path, *, times: int = 3, before: Callable[[], None] | None = None) -> Cost:
    """Return the least cost of a command that is run in a folder, each time after `before`."""
    costs: list[Cost] = []
    for _ in range(times):
        if before:
            before()
        costs.append(_run(command, folder))
    return min(costs, key=lambda cost: cost.seconds)


def _run(command: list[str], folder: Path) -> Cost:
    process = subprocess.Popen(
        command, cwd=folder, env=_environment(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    assert process.stderr is not None
    said = process.stderr.read()
    process.stderr.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}: {said.decode()[-2000:]}")
    return Cost(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _environment() -> dict[str, str]:
    """Return the environment of a user, whose modules are compiled when they are installed, or by the first run."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


# --- pkit-gen ---------------------------------------------------------------------------------------------------------


def measure_pkit(folder: Path, entities: int) -> dict[str, Cost]:
    """Return what the runs over a project of that size cost, by name."""
    write_project(folder, entities)
    _run([PKIT_GEN, "-q"], folder)  # compiles the generator's modules
    few = _times(entities)
    cold = measure([PKIT_GEN], folder, times=few, before=lambda: _forget(folder))
    _settle(folder)
    unchanged = measure([PKIT_GEN], folder, times=9)
    changed = measure([PKIT_GEN], folder, times=few, before=lambda: change_one_entity(folder))
    _settle(folder)
    checked = measure([PKIT_GEN, "--check"], folder, times=9)
    stale = measure([PKIT_GEN, "--check"], folder, times=few, before=_forget_answers)
    return {
        "no change": unchanged,
        "cold": cold,
        "one entity changed": changed,
        "--check": checked,
        "--check, all compared": stale,
    }


def _times(entities: int) -> int:
    """Return how often something long is measured: the machine is shared, and the least of few is not the least."""
    return 7 if entities <= 100 else 2


def _settle(folder: Path) -> None:
    for _ in range(2):
        subprocess.run([PKIT_GEN, "-q"], cwd=folder, check=True)
        time.sleep(SETTLED)


def _forget(folder: Path) -> None:
    shutil.rmtree(folder / "shop/repos", ignore_errors=True)
    _forget_answers()


def _forget_answers() -> None:
    shutil.rmtree(Path(os.environ["XDG_CACHE_HOME"]) / "pkit-gen", ignore_errors=True)


def lines(folder: Path, entities: int) -> dict[str, float]:
    """Return the lines that were generated for an entity, by the module's name."""
    output = folder / "shop/repos"
    counts = {name: _lines(output.glob(f"*/{name}.py")) / entities for name in ("contract", *BACKENDS)}
    shared = _lines(output.glob("*.py")) / entities
    return {name: count for name, count in counts.items() if count} | {"shared modules": shared}


def _lines(paths: Iterable[Path]) -> int:
    return sum(path.read_text("utf-8").count("\n") for path in paths)


CHECKED = range(1, 101)
"""Numbers of entities that mypy is measured at: it takes minutes for more, as it compares the overloads of a function in pairs."""


def measure_mypy(folder: Path, entities: int) -> float:
    """Return the seconds that mypy --strict takes for the output of an entity, from an empty cache."""
    command = [str(BIN / "mypy"), "--strict", "--cache-dir", os.devnull, "shop/repos"]
    whole = measure(command, folder, times=1).seconds
    return whole / entities


# --- the others -------------------------------------------------------------------------------------------------------

PROPERTIES: dict[str, dict[str, object]] = {
    "id": {"type": "string", "format": "uuid"},
    "name": {"type": "string"},
    "email": {"type": "string"},
    "age": {"type": "integer"},
    "price": {"type": "number"},
    "created_at": {"type": "string", "format": "date-time"},
    "active": {"type": "boolean", "default": True},
    "note": {"type": "string", "nullable": True},
    "tags": {"type": "array", "items": {"type": "string"}},
    "parent_id": {"type": "string", "format": "uuid", "nullable": True},
}


def write_openapi(path: Path, entities: int) -> None:
    """Write a description of an API with the same models as the host app, each with a path to get it."""
    schemas = {
        f"Entity{number}": {"type": "object", "required": [*PROPERTIES][:6], "properties": PROPERTIES}
        for number in range(entities)
    }
    paths = {f"/entities{number}": {"get": _operation(number)} for number in range(entities)}
    info = {"title": "shop", "version": "1"}
    path.write_text(json.dumps({"openapi": "3.0.3", "info": info, "paths": paths, "components": {"schemas": schemas}}))


def _operation(number: int) -> dict[str, object]:
    schema = {"$ref": f"#/components/schemas/Entity{number}"}
    content = {"application/json": {"schema": schema}}
    return {"operationId": f"get_{number}", "responses": {"200": {"description": "it", "content": content}}}


def measure_others(folder: Path, entities: int, tools: Path) -> dict[str, Cost]:
    """Return what the other generators cost for as many models, when they are installed in `tools`."""
    folder.mkdir()
    write_openapi(folder / "api.json", entities)
    commands = {
        "datamodel-code-generator": [str(tools / "datamodel-codegen"), "--input", "api.json", "--output", "models.py"],
        "openapi-python-client": [
            str(tools / "openapi-python-client"),
            "generate",
            "--path",
            "api.json",
            "--overwrite",
            "--meta",
            "none",
        ],
    }
    few = _times(entities)
    return {
        name: measure(command, folder, times=few) for name, command in commands.items() if Path(command[0]).exists()
    }


# --- the report -------------------------------------------------------------------------------------------------------

PAGE = Path(__file__).parents[2] / "docs" / "generator_benchmarks.md"
MARK = "<!-- results: written by `make bench-gen` -->"


@dataclass(frozen=True)
class Findings:
    """What was measured: a bare interpreter, one that imports pkit-gen's libraries, costs by number of entities and name of the run, lines
    for an entity, and seconds of mypy by number of entities.
    """

    bare: Cost
    imports: Cost
    costs: dict[int, dict[str, Cost]]
    lines: dict[str, float]
    mypy: dict[int, float]

    def times(self) -> list[tuple[str, ...]]:
        """Return a row of times per run, as multiples of `python -c pass`."""
        return self._rows(lambda cost: f"{cost.seconds / self.bare.seconds:.1f}")

    def memory(self) -> list[tuple[str, ...]]:
        """Return a row of peaks of memory per run, in MB."""
        return self._rows(lambda cost: f"{cost.memory:.0f}")

    def _rows(self, spell: Callable[[Cost], str]) -> list[tuple[str, ...]]:
        names = dict.fromkeys(name for found in self.costs.values() for name in found)
        columns = self.costs.values()
        return [(name, *(spell(found[name]) if name in found else "" for found in columns)) for name in names]

    def tables(self) -> Iterator[tuple[str, tuple[str, ...], list[tuple[str, ...]]]]:
        """Yield each table: its title, its head and its rows."""
        yield "Time, as a multiple of `python -c pass`", _sizes(self.costs), self.times()
        libraries = f"{self.imports.seconds / self.bare.seconds:.1f}"
        yield "Of that, importing the libraries", ("", "all sizes"), [("`import libcst, jinja2, click`", libraries)]
        yield "Peak memory, MB", _sizes(self.costs), self.memory()
        counts: list[tuple[str, ...]] = [(name, f"{count:.0f}") for name, count in self.lines.items()]
        yield f"For an entity, of {min(self.costs)}", ("", "lines"), counts
        checked = [f"{seconds / self.bare.seconds:.1f}" for seconds in self.mypy.values()]
        title = "Checking the output of an entity, as a multiple of `python -c pass`"
        yield title, _sizes(self.mypy), [("`mypy --strict`", *checked)]


def _sizes(numbers: Iterable[int]) -> tuple[str, ...]:
    return ("", *(f"{number} entities" for number in numbers))


def find(sizes: Sequence[int], tools: Path, tell: Callable[[str], None]) -> Findings:
    """Measure projects of those numbers of entities."""
    with tempfile.TemporaryDirectory() as name:
        top = Path(name)
        os.environ["XDG_CACHE_HOME"] = str(top / "cache")
        bare = measure([sys.executable, "-c", "pass"], top, times=15)
        imports = measure([sys.executable, "-c", "import libcst, jinja2, click"], top, times=9)
        costs: dict[int, dict[str, Cost]] = {}
        for size in sizes:
            costs[size] = measure_pkit(top / f"pkit{size}", size) | measure_others(top / f"others{size}", size, tools)
            tell(f"{size} entities measured")
        least = min(sizes)
        checked = {size: measure_mypy(top / f"pkit{size}", size) for size in sizes if size in CHECKED}
        return Findings(bare, imports, costs, lines(top / f"pkit{least}", least), checked)


def show(findings: Findings, console: Console) -> None:
    """Print the tables."""
    for title, head, rows in findings.tables():
        table = Table(*head, title=title)
        for row in rows:
            table.add_row(*row)
        console.print(table)


def write(findings: Findings, page: Path, command: str) -> None:
    """Put the tables after the mark in a page."""
    bare = f"`python -c pass` took {findings.bare.seconds * 1000:.1f} ms and {findings.bare.memory:.0f} MB"
    parts = [
        MARK,
        "",
        f"Made by `{command}` with CPython {platform.python_version()} on {platform.system()}; {bare}.",
        "",
    ]
    for title, head, rows in findings.tables():
        parts += [f"### {title}", "", _row(head), _row(["---"] * len(head)), *map(_row, rows), ""]
    text = page.read_text(encoding="utf-8").partition(MARK)[0] + "\n".join(parts)
    page.write_text(text.rstrip() + "\n", encoding="utf-8")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


@click.command()
@click.argument("tools", type=click.Path(exists=True, resolve_path=True, path_type=Path))
@click.argument("sizes", nargs=-1, type=int)
@click.option("--write", "writes", is_flag=True, help="Write the tables to docs/generator_benchmarks.md.")
def main(tools: Path, sizes: tuple[int, ...], writes: bool) -> None:
    """Measure pkit-gen beside the generators that are installed in the folder TOOLS, on projects of SIZES entities."""
    console = Console(width=120)
    findings = find(sizes or (10, 50, 100, 1000), tools, console.print)
    show(findings, console)
    if writes:
        write(findings, PAGE, f'make bench-gen SIZES="{" ".join([*map(str, sizes), "--write"])}"')


if __name__ == "__main__":
    main()
