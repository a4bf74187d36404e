"""Run the benchmarks and print, or write, what they gave."""

from __future__ import annotations

import asyncio
from importlib import import_module
from pathlib import Path

import click
from rich.console import Console

from bench import report
from bench.harness import Report, run

BACKENDS = ("mapping", "imports", "memory", "postgres", "relations", "mongo")
PAGE = Path(__file__).parents[2] / "docs" / "benchmarks.md"


async def measure(backends: tuple[str, ...], rounds: int, only: str, scale: float) -> list[Report]:
    """Return a report per case of the modules `bench.<backend>` whose name has `only` in it.

    Each module has `cases(scale)`, a context manager that gives its cases; `scale` multiplies the number of their calls and rows.
    """
    reports: list[Report] = []
    for backend in backends:
        async with import_module(f"bench.{backend}").cases(scale) as cases:
            for case in cases:
                if only in case.name:
                    reports.append(await run(case, rounds))
                    Console(stderr=True).print(f"{case.group}: {case.name}: {reports[-1].ratio:.2f}")
    return reports


@click.command()
@click.argument("backends", nargs=-1, type=click.Choice(BACKENDS))
@click.option("--rounds", default=15, show_default=True, help="How often each contender is measured.")
@click.option("--only", default="", help="Measure only the cases whose name has this in it.")
@click.option("--scale", default=1.0, show_default=True, help="Multiplies the number of calls and rows.")
@click.option("--write", is_flag=True, help="Write docs/benchmarks.md and its plot.")
def main(backends: tuple[str, ...], rounds: int, only: str, scale: float, write: bool) -> None:
    """Measure pkit against code written by hand, on each backend or on those given."""
    reports = asyncio.run(measure(backends or BACKENDS, rounds, only, scale))
    Console(width=160).print(report.table(reports))
    if write:
        options = f"--rounds {rounds} --scale {scale:g} --write"
        report.write(reports, PAGE, f"make bench BENCH='{' '.join((*backends, options))}'")


if __name__ == "__main__":
    main()
