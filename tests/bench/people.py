"""The data of the benchmarks. It needs nothing of pkit, so that others can be measured with it, too."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from bench.host.entities import Org, Person, Role, Site

ORGS = 100
SITES = 10
_START = datetime(2026, 1, 1, tzinfo=UTC)


def sites() -> list[Site]:
    """Return the sites."""
    return [Site(UUID(int=2**100 + i), f"site {i}", "IT" if i % 2 else "ES") for i in range(SITES)]


def orgs() -> list[Org]:
    """Return the organisations, in turn at each of the sites."""
    return [Org(UUID(int=2**101 + i), f"org {i}", UUID(int=2**100 + i % SITES)) for i in range(ORGS)]


def person(number: int) -> Person:
    """Return somebody, who differs for each number."""
    return Person(
        UUID(int=(number + 1) * 0x9E3779B97F4A7C15F39CC0605CEDC835 % 2**128),
        f"person{number}@example.org",
        f"Name {number * 7919 % 1000}",
        number % 90,
        number * 0.5,
        _START + timedelta(minutes=number),
        Role.WRITER if number % 3 else Role.READER,
        number % 2 == 0,
        None if number % 4 else "likes numbers",
        UUID(int=2**101 + number % ORGS),
    )


def people(first: int, count: int) -> Sequence[Person]:
    """Return as many different people, numbered from `first`."""
    return [person(number) for number in range(first, first + count)]


def some_of(stored: Sequence[Person]) -> Sequence[Person]:
    """Return about 50 people, evenly from all."""
    return stored[:: max(1, len(stored) // 50)]
