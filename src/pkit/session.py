"""What a container asks of a database: the protocol that `Session` of every backend fulfils."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any, Protocol


class Session(Protocol):
    """A handle on one database, which repositories are made on: a pool of connections, or one transaction.

    A backend's class also has `from_settings(settings: RepoSettings) -> Session`, which connects on first use.
    """

    def transaction(self) -> AbstractAsyncContextManager[Session]:
        """Return a context manager that gives a session bound to one transaction: committed at the end, undone on any exception.

        Raises TransactionUnsupported on entering where the database has none.
        """
        ...

    async def create_schema(self, entities: Sequence[Any], /, *, validators: bool = False) -> None:
        """Create what is missing for the entities (the `entity` of each repository class). Raises SchemaMismatch.

        `validators`: a database whose columns have no types, as MongoDB, is to check what is stored.
        """
        ...

    async def ping(self) -> None:
        """Make one round trip. Raises BackendUnavailable."""
        ...

    async def close(self) -> None:
        """Release what the session opened itself; a connection that the host handed over stays open."""
        ...
