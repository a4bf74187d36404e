"""What the tests of a host app need: repositories in memory, overridden dependencies, transactions that are rolled back.

In the root `conftest.py`, and `pkit_repositories = "myapp.repos"` in pytest's options:

    pytest_plugins = ["pkit.testing"]

Then a test that takes the fixture `repositories` has an empty container in memory, which `get_repo` and the dependencies use too.
"""

from __future__ import annotations

from pkit.testing.fixtures import pytest_addoption, repositories, repositories_class
from pkit.testing.overriding import override_provider, override_repositories
from pkit.testing.staleness import assert_up_to_date
from pkit.testing.transactions import rolled_back

__all__ = [
    "assert_up_to_date",
    "override_provider",
    "override_repositories",
    "pytest_addoption",
    "repositories",
    "repositories_class",
    "rolled_back",
]
