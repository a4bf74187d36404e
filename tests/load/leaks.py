"""What requests to the app leave behind in its memory: `python -m load.leaks REQUESTS`, which prints the bytes.

In this process, without sockets: what a worker's resident memory shows as well is the allocator's, and settles only after minutes.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import tracemalloc
from collections.abc import Sequence

import httpx

from load.app import app
from load.callers import Caller, Seen, prepare

CALLERS = 10


async def left_behind(requests: int) -> int:
    """Return how many bytes more Python holds after so many requests than before them, when as many have been made to warm up."""
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://app") as client:
        seen, rooms = Seen(), await prepare(client)
        callers = [Caller(client, seen, rooms, number) for number in range(1, CALLERS + 1)]
        held: list[int] = []
        tracemalloc.start()
        try:
            for _ in range(2):
                await _make(callers, requests)
                seen.seconds.clear()
                gc.collect()
                held.append(tracemalloc.get_traced_memory()[0])
        finally:
            tracemalloc.stop()
    assert not seen.errors, seen.errors[:3]
    return held[1] - held[0]


async def _make(callers: Sequence[Caller], requests: int) -> None:
    await asyncio.gather(*(caller.make(requests // len(callers)) for caller in callers))


async def main(requests: int) -> None:
    """Print what so many requests leave behind."""
    async with app.router.lifespan_context(app):
        print(await left_behind(requests))


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
