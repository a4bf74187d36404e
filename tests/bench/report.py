"""What the benchmarks gave, as tables and as a plot."""

from __future__ import annotations

import platform
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.metadata import version
from itertools import groupby
from pathlib import Path
from typing import Any

from rich.table import Table

from bench.harness import PKIT, Report

MARK = "<!-- results: written by `make bench` -->"
PACKAGES = ("asyncpg", "motor", "pymongo", "sqlalchemy", "beanie")


def table(reports: Sequence[Report]) -> Table:
    """Return a table for the terminal."""
    shown = Table("case", "by hand", "pkit", "ratio", "target", "others")
    for report in reports:
        style = None if report.is_met else "red"
        shown.add_row(f"{report.group}: {report.name}", *_cells(report), style=style)
    return shown


def _cells(report: Report) -> tuple[str, str, str, str, str]:
    reference, pkit = report.results[0], next(r for r in report.results if r.contender == PKIT)
    others = [r for r in report.results[1:] if r.contender != PKIT]
    return (
        f"{_number(reference.cost)} {report.unit}",
        f"{_number(pkit.cost)} {report.unit}",
        f"{pkit.ratio:.2f}",
        "" if report.target is None else f"{report.target:.2f}",
        ", ".join(f"{other.contender} {_number(other.ratio)}" for other in others),
    )


def _number(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:,.0f}"


def markdown(reports: Iterable[Report]) -> str:
    """Return one table per group."""
    parts: list[str] = []
    for group, members in groupby(reports, key=lambda report: report.group):
        parts += [
            f"### {group}",
            "",
            "| case | by hand | pkit | ratio | target | others, as ratios |",
            "|---|---|---|---|---|---|",
        ]
        parts += [f"| {' | '.join((report.name, *_cells(report)))} |" for report in members]
        parts.append("")
    return "\n".join(parts)


def machine() -> str:
    """Return what the measurements were made with."""
    packages = ", ".join(f"{name} {version(name)}" for name in PACKAGES)
    return f"CPython {platform.python_version()}, {platform.system()} {platform.machine()}; {packages}."


def write(reports: Sequence[Report], page: Path, command: str) -> None:
    """Put the tables after the mark in a page, and the plot beside it."""
    head = page.read_text(encoding="utf-8").partition(MARK)[0]
    body = f"{MARK}\n\nMade by `{command}` with {machine()}\n\n{markdown(reports)}"
    page.write_text(head + body.rstrip() + "\n", encoding="utf-8")
    plot(reports, page.with_suffix(".svg"))


def plot(reports: Sequence[Report], path: Path) -> None:
    """Draw the ratio of each case beside its target."""
    matplotlib: Any = import_module("matplotlib")  # whose own types are incomplete
    matplotlib.use("svg")
    matplotlib.rcParams["svg.hashsalt"] = "pkit"  # the same drawing is the same file
    pyplot: Any = import_module("matplotlib.pyplot")
    figure, axes = pyplot.subplots(figsize=(9, 0.28 * len(reports) + 1), layout="constrained")
    rows = range(len(reports))
    axes.barh(rows, [r.ratio for r in reports], color=["#4878a8" if r.is_met else "#c85a4a" for r in reports])
    targets = [(row, report.target) for row, report in enumerate(reports) if report.target is not None]
    axes.plot(
        [target for _, target in targets], [row for row, _ in targets], "|", color="black", markersize=9, label="target"
    )
    axes.set_yticks(rows, [f"{report.group}: {report.name}" for report in reports], fontsize=8)
    axes.axvline(1, color="grey", linewidth=0.8)
    axes.invert_yaxis()
    axes.set_xlabel("cost as a multiple of code written by hand")
    axes.legend(loc="lower right")
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
