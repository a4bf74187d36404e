"""Measuring contenders against each other.

A case has several contenders for one task, the reference first. In each round every contender is measured once, in an order that turns
from round to round, so that whatever slows the machine down for a while slows all of them. What counts is the median over the rounds of
the ratio to the reference of the same round.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any, TypeAlias

Measure: TypeAlias = Callable[[], Awaitable[float]]
"""Does the task of a case once and returns what it cost, in the case's unit."""

Batch: TypeAlias = Callable[[], Awaitable[Any]]
Clock: TypeAlias = Callable[[], float]

PKIT = "pkit"
"""The name of the contender that a target is for."""


@dataclass(frozen=True)
class Contender:
    """One way to do the task of a case."""

    name: str
    measure: Measure


@dataclass(frozen=True)
class Case:
    """A task with its contenders, the reference first. `target`: what pkit may cost, as a multiple of the reference.

    `exact`: what is measured does not vary, so one round is enough.
    """

    group: str
    name: str
    contenders: Sequence[Contender]
    target: float | None = None
    unit: str = "µs"
    exact: bool = False


@dataclass(frozen=True)
class Result:
    """What a contender cost in a case: the median over the rounds, and that of the ratios to the reference."""

    contender: str
    cost: float
    ratio: float


@dataclass(frozen=True)
class Report:
    """The results of a case, in the order of its contenders."""

    group: str
    name: str
    unit: str
    target: float | None
    results: tuple[Result, ...]

    @property
    def ratio(self) -> float:
        """What pkit costs as a multiple of the reference."""
        return next(result.ratio for result in self.results if result.contender == PKIT)

    @property
    def is_met(self) -> bool:
        return self.target is None or self.ratio <= self.target


async def nothing() -> None:
    """Prepare nothing."""


def timed(batch: Batch, calls: int, *, prepare: Batch = nothing, clock: Clock = time.perf_counter) -> Measure:
    """Return a measure of the microseconds per call of a batch of that many calls; `prepare` runs before each, unmeasured.

    With `clock=time.process_time` it is the CPU time of this process.
    """

    async def measure() -> float:
        await prepare()
        gc.collect()
        gc.disable()
        try:
            start = clock()
            await batch()
            return (clock() - start) / calls * 1e6
        finally:
            gc.enable()

    return measure


async def run(case: Case, rounds: int) -> Report:
    """Measure the contenders of a case, in so many rounds after one that does not count."""
    gc.freeze()  # what was there before costs no time to collect
    contenders = list(case.contenders)
    costs: dict[str, list[float]] = {contender.name: [] for contender in contenders}
    for turn in range(1 if case.exact else rounds + 1):
        first = turn % len(contenders)
        for contender in contenders[first:] + contenders[:first]:
            cost = await contender.measure()
            if turn > 0 or case.exact:
                costs[contender.name].append(cost)
    reference = costs[contenders[0].name]
    results = tuple(Result(name, median(values), _ratio(values, reference)) for name, values in costs.items())
    return Report(case.group, case.name, case.unit, case.target, results)


def _ratio(values: Iterable[float], reference: Iterable[float]) -> float:
    return median(value / other for value, other in zip(values, reference, strict=True))
