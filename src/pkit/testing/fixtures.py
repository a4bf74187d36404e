"""The fixtures of the plug-in."""

from __future__ import annotations

from collections.abc import Generator
from importlib import import_module
from typing import Any

import pytest

from pkit.container import Container, override

OPTION = "pkit_repositories"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the option that names the generated package."""
    parser.addini(OPTION, "the generated package of repositories, as myapp.repos")


@pytest.fixture(scope="session")
def repositories_class(pytestconfig: pytest.Config) -> Any:
    """Give the class `Repositories` of the package that the option `pkit_repositories` names; redefine it to use another one."""
    package = str(pytestconfig.getini(OPTION))
    if not package:
        raise pytest.UsageError(f'the fixture `repositories` needs the option {OPTION}, as {OPTION} = "myapp.repos"')
    return import_module(package).Repositories


@pytest.fixture
def repositories(repositories_class: Any) -> Generator[Any]:
    """Give an empty container in memory, which `get_repo` and the dependencies use during the test."""
    container: Container = repositories_class.memory()
    with override(container):
        yield container
