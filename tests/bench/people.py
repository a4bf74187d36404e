"""The data of the benchmarks and the package that is generated for them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import UUID

from compiled import import_from, write_package

from bench.host.entities import Org, Person, Role, Site
from pkit_gen.ir.model import Database

TESTS = Path(__file__).parents[1]
ORGS = 100
SITES = 10
_START = datetime(2026, 1, 1, tzinfo=UTC)
_FOLDER = TemporaryDirectory(prefix="pkit-bench-")


def package(database: Database) -> Any:
    """Return the generated package of `bench.host` for a database."""
    name = f"bench_{database.value}"
    if name not in sys.modules:
        folder = Path(_FOLDER.name)
        write_package(folder / name, TESTS / "bench" / "host", TESTS, (database,))
        return import_from(folder, name)
    return sys.modules[name]


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
