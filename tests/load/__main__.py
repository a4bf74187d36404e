"""Put load on the app and print what came of it. The exit status is 1 when a request failed or the memory grew."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass

import asyncpg
import click
import httpx
from rich.console import Console
from rich.table import Table

from load.callers import Seen, alone, call, prepare
from load.server import serving

GROWTH = 1.1
"""What the workers' memory may grow to from the second half on, as a multiple."""


@dataclass(frozen=True)
class Outcome:
    """What came of a run: memory in kilobytes in the middle and at the end, and a request alone, without and with a repository."""

    seen: Seen
    memory: tuple[int, int]
    alone: tuple[float, float]
    stored: int
    added: int

    @property
    def is_well(self) -> bool:
        return not self.seen.errors and self.stored == self.added and self.memory[1] <= self.memory[0] * GROWTH


async def load(seconds: float, callers: int, workers: int) -> Outcome:
    """Put load on the app: a first half that warms it up, and a second one that is measured."""
    async with serving(workers) as server:
        async with httpx.AsyncClient(base_url=server.url) as client:
            rooms = await prepare(client)
        warm = await call(server, rooms, callers, seconds / 2)
        middle = server.memory()
        seen = await call(server, rooms, callers, seconds / 2, first=callers)
        memory = middle, server.memory()
        single = await alone(server, rooms[0], 300)
        connection = await asyncpg.connect(server.database)
        stored = await connection.fetchval("SELECT count(*) FROM students")
        await connection.close()
        seen.errors[:0] = warm.errors
        return Outcome(seen, memory, single, int(stored), warm.students + seen.students)


def table(outcome: Outcome) -> Table:
    """Return the latencies as a table."""
    shown = Table("request", "count", "p50 ms", "p90 ms", "p99 ms")
    for name, seconds in sorted(outcome.seen.seconds.items()):
        shown.add_row(name, f"{len(seconds):,}", *(f"{value:.1f}" for value in outcome.seen.percentiles(name)))
    return shown


@click.command()
@click.option("--seconds", default=180.0, show_default=True)
@click.option("--callers", default=20, show_default=True)
@click.option("--workers", default=2, show_default=True)
def main(seconds: float, callers: int, workers: int) -> None:
    """Put load on the university's app under uvicorn, on PostgreSQL."""
    outcome = asyncio.run(load(seconds, callers, workers))
    console = Console(width=100)
    console.print(table(outcome))
    console.print(f"students added {outcome.added:,}, stored {outcome.stored:,}; errors {len(outcome.seen.errors)}")
    console.print(
        f"memory of {workers} workers: {outcome.memory[0]:,} kB in the middle, {outcome.memory[1]:,} kB at the end"
    )
    bare, calling = outcome.alone
    console.print(f"alone: {bare:.2f} ms without a repository, {calling - bare:.2f} ms more with one call of it")
    for error in outcome.seen.errors[:5]:
        console.print(error)
    sys.exit(not outcome.is_well)


if __name__ == "__main__":
    main()
