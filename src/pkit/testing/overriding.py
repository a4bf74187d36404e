"""Putting something else in place of what an app's dependencies give."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from fastapi import FastAPI

    from pkit.container import Container


@contextmanager
def override_repositories(app: FastAPI, repositories: Container) -> Generator[None]:
    """Make every dependency of the container's package give what is in this container, also after the app's lifespan has opened another.

    >>> with override_repositories(app, repositories), TestClient(app) as client: ...
    """
    package = type(repositories).__module__.rpartition(".")[0]
    provide: Callable[..., Any] = import_module(f"{package}.providers").provide_repositories
    with override_provider(app, provide, repositories):
        yield


@contextmanager
def override_provider(app: FastAPI, provider: Callable[..., Any], value: object) -> Generator[None]:
    """Make one dependency give `value`; afterwards, what it gave before.

    >>> with override_provider(app, provide_user_repository, BrokenUsers()): ...
    """
    before = dict(app.dependency_overrides)
    app.dependency_overrides[provider] = lambda: value
    try:
        yield
    finally:
        app.dependency_overrides.clear()
        app.dependency_overrides.update(before)
