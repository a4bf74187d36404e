"""Tests that leave a database as they found it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import TypeVar

from pkit.container import Container, override

C = TypeVar("C", bound=Container)


class _RollBack(Exception):
    """Ends the transaction of a test."""


@asynccontextmanager
async def rolled_back(repositories: C) -> AsyncGenerator[C]:
    """Give the repositories in a transaction that is rolled back at the end; `get_repo` and the dependencies use them too.

    Where the database nests transactions, as postgres does, the code under test may use its own. Raises TransactionUnsupported.

    >>> async with rolled_back(Repositories.postgres(url)) as repos: ...
    """
    try:
        async with repositories.transaction() as transaction:
            with override(transaction):
                yield transaction
            raise _RollBack
    except _RollBack:
        return
