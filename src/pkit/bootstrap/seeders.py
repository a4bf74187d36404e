"""Seeds: the first data of an app, put in place once and in order."""

from __future__ import annotations

from asyncio import Lock
from collections.abc import Callable, Iterable
from inspect import isawaitable
from typing import ClassVar, Protocol, TypeAlias, cast, runtime_checkable


@runtime_checkable
class Seeder(Protocol):
    """Puts data in place."""

    async def run(self) -> None:
        """Put the data in place. It may run in several processes, so it checks what is there."""
        ...


Seed: TypeAlias = Seeder | Callable[[], object]
"""A seeder, or a function that seeds; it may be async."""


class SeederProvider:
    """The seeds of the process: every `SeederProvider()` is the same object.

    >>> SeederProvider().register([RolesSeeder(), seed_admin])
    >>> await SeederProvider().run_all()
    """

    _instance: ClassVar[SeederProvider | None] = None
    _seeds: list[Seed]
    _done: int
    _running: Lock

    def __new__(cls) -> SeederProvider:
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance._start_over()
        return cls._instance

    def register(self, seeder: Seed | Iterable[Seed]) -> None:
        """Add a seeder, an async or plain function, or several of them; one that was added before is not added again.

        Raises TypeError for anything else.
        """
        if isinstance(seeder, Seeder) or callable(seeder):
            if not any(known is seeder for known in self._seeds):
                self._seeds.append(seeder)
            return
        if not isinstance(cast(object, seeder), Iterable):
            raise TypeError(f"a seeder has an async run(), or is a function; {type(seeder).__name__} is neither")
        for one in seeder:
            self.register(one)

    async def run_all(self) -> None:
        """Run what has not run yet, in the order of registration. After a failure, the next call goes on with the one that failed."""
        async with self._running:
            while self._done < len(self._seeds):
                await _run(self._seeds[self._done])
                self._done += 1

    def reset(self) -> None:
        """Forget all seeds, for tests."""
        self._start_over()

    def _start_over(self) -> None:
        self._seeds = []
        self._done = 0
        self._running = Lock()


async def _run(seed: Seed) -> None:
    result = seed.run() if isinstance(seed, Seeder) else seed()
    if isawaitable(result):
        await result
