"""Generated repositories, on each backend in turn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence
from typing import Any

import pytest

from conformance.backends import BACKENDS, DATABASES, Backend, drop_prepared
from conformance.packages import generate


@pytest.fixture(scope="session")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Any, Any]]:
    """Give the generated packages of the host app and of the example of every type."""
    yield generate(tmp_path_factory.mktemp("generated"), DATABASES)
    drop_prepared()


@pytest.fixture(params=BACKENDS, ids=lambda backend: backend.name)
def backend(request: pytest.FixtureRequest) -> Backend:
    """Give each backend."""
    given: Backend = request.param
    return given


@pytest.fixture
async def containers(backend: Backend, packages: Sequence[Any]) -> AsyncIterator[Sequence[Any]]:
    """Give a container of each package over a database without rows."""
    async with backend.open(packages) as opened:
        yield opened


@pytest.fixture
def repos(containers: Sequence[Any]) -> Any:
    """Give the repositories of `conformance.host`, empty."""
    return containers[0]


@pytest.fixture
def every(containers: Sequence[Any]) -> Any:
    """Give the repositories of the example of every type, empty."""
    return containers[1]


@pytest.fixture
def references(backend: Backend) -> None:
    """Let the test run where foreign keys are enforced."""
    if not backend.references:
        pytest.skip(f"{backend.name} enforces no foreign keys")


@pytest.fixture
def transactions(backend: Backend) -> None:
    """Let the test run where there are transactions."""
    if not backend.transactions:
        pytest.skip(f"{backend.name} has no transactions here")


@pytest.fixture
def savepoints(backend: Backend) -> None:
    """Let the test run where a transaction can be undone in part."""
    if not backend.savepoints:
        pytest.skip(f"{backend.name} has no savepoints")
