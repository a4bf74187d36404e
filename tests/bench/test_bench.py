"""The harness measures what it says, and every benchmark runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from servers.mongo import DRIVERS, Commands, Driver

from bench import mongo, relations, report
from bench.__main__ import measure
from bench.harness import PKIT, Case, Contender, run, timed
from bench.postgres import HAND

NUMBERS = ("lsid", "txnNumber", "$clusterTime")
"""What differs between equal commands."""


def _of(*values: float) -> Contender:
    remaining = list(values)

    async def measure() -> float:
        return remaining.pop(0)

    return Contender(PKIT, measure)


async def _reference() -> float:
    return 2.0


async def test_a_ratio_is_the_median_over_the_rounds_and_the_first_round_does_not_count() -> None:
    case = Case("group", "case", [Contender("by hand", _reference), _of(900, 2, 800, 4)], target=2)
    found = await run(case, rounds=3)
    assert (found.ratio, found.results[1].cost, found.is_met) == (2, 4, True)


async def test_a_case_over_its_target_is_told() -> None:
    found = await run(Case("group", "case", [Contender("by hand", _reference), _of(0, 5)], target=2), rounds=1)
    assert not found.is_met


async def test_a_batch_is_measured_without_its_preparation() -> None:
    async def batch() -> None:
        await asyncio.sleep(0.01)

    async def prepare() -> None:
        await asyncio.sleep(0.2)

    assert 1000 <= await timed(batch, 10, prepare=prepare)() < 10_000


def test_a_page_keeps_its_head(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text(f"# Head\n\n{report.MARK}\nold\n")
    report.write([], page, "make bench")
    text = page.read_text()
    assert text.startswith(f"# Head\n\n{report.MARK}\n\nMade by `make bench`")
    assert "old" not in text


@pytest.mark.parametrize(
    "module",
    ["mapping", "imports", "memory", "postgres", "relations", "mongo"],
)
async def test_every_case_runs(module: str) -> None:
    reports = await measure((module,), rounds=1, only="", scale=0.01)
    assert reports
    assert all(found.ratio > 0 for found in reports)


async def test_by_hand_and_pkit_find_the_same_over_relations() -> None:
    async with relations.opened(0.02) as (_, contenders):
        for method, argument in {"view": None, "nested": 20, "nested_view": 20, "children": None}.items():
            by_hand, by_pkit = [await getattr(contenders[name], method)(argument) for name in (HAND, PKIT)]
            assert len(by_hand) == 50, method
            assert by_hand == by_pkit, method


@pytest.mark.parametrize("driver", DRIVERS)
async def test_by_hand_and_pkit_send_the_same_to_mongodb_and_find_the_same(driver: Driver) -> None:
    commands = Commands()
    async with mongo.opened(driver, 100, commands) as there:
        for task in mongo.tasks(there, 3):
            by_hand, by_pkit = [await _observed(commands, task, there.contenders[name]) for name in (driver, PKIT)]
            assert by_pkit == by_hand, task.name


async def _observed(commands: Commands, task: mongo.Task, contender: Any) -> tuple[object, Sequence[Mapping[str, Any]]]:
    """Return what a task gives, and the commands that it sends but for their numbers."""
    await task.prepare()
    commands.sent.clear()
    found = await getattr(contender, task.method)(task.arguments[0])
    return found, [{k: v for k, v in sent.items() if k not in NUMBERS} for sent in commands.sent]
