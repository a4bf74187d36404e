"""Nothing is missing in the reference, and nothing is in it that is not there."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from typing import Any, get_type_hints

import click
import pytest
from university import repos
from university.repos.container import Repositories

import pkit
from docs.pages import DOCS, first_column
from pkit import api, container, errors, operators, repository, repository_factory, testing
from pkit.settings import RepoSettings
from pkit_gen.cli.command import command
from pkit_gen.cli.tools import pkit as tools
from pkit_gen.options import OPTION_NAMES


def public(owner: type[Any]) -> set[str]:
    return {name for name, value in inspect.getmembers(owner) if name[0] != "_" and callable(value)}


def options(of: click.Command) -> set[str]:
    declared = (parameter for parameter in of.params if isinstance(parameter, click.Option))
    return {name for option in declared for name in (*option.opts, *option.secondary_opts)} | {"--help", "-h"}


def all_operators() -> set[str]:
    classes = [value for name, value in vars(operators).items() if name.endswith("Operators")]
    return {name for one in classes for name in get_type_hints(one)}


MEMBERS = {member.attribute for member in Repositories.__members__.values()} | {"views"}

EXPECTED: dict[str, Iterable[str]] = {
    "Options of pkit-gen": options(command),
    "Options in pyproject.toml": OPTION_NAMES,
    "Commands of pkit": tools.commands,
    "Environment": [name.upper() for name in RepoSettings.model_fields],
    "The container": public(Repositories) - MEMBERS,
    "Repositories": public(repository.Repository),
    "View repositories": public(repository.ViewRepository),
    "Operators": all_operators(),
    "Errors": [name for name, value in vars(errors).items() if inspect.isclass(value) and issubclass(value, Exception)],
    "pkit": pkit.__all__,
    "pkit.repository_factory": repository_factory.__all__,
    "pkit.testing": set(testing.__all__) - {"pytest_addoption"},
}


@pytest.mark.parametrize("heading", EXPECTED)
def test_a_table_has_every_name_and_no_other(heading: str) -> None:
    listed = first_column("reference.md", heading)
    assert sorted(listed) == sorted(set(listed)), "a name is listed twice"
    assert set(listed) == set(EXPECTED[heading])


def test_pkit_api_is_listed() -> None:
    listed = first_column("reference.md", "pkit.api")
    assert set(api.__all__) == {*listed, *(set(api.__all__) & set(pkit.__all__))}
    assert not set(listed) & set(pkit.__all__)


def test_pkit_container_is_listed() -> None:
    assert all(callable(getattr(container, name)) for name in first_column("reference.md", "pkit.container"))


def test_the_generated_names_are_those_of_an_entity() -> None:
    listed = first_column("reference.md", "The generated package")
    assert {name.replace("User", "Student") for name in listed} == {
        name for name in repos.__all__ if name.startswith("Student")
    }


@pytest.mark.parametrize("name", [name for name in vars(errors) if name.endswith(("Violation", "Criteria", "Value"))])
def test_the_status_of_an_error_is_the_listed_one(name: str) -> None:
    lines = (DOCS / "reference.md").read_text("utf-8").splitlines()
    (line,) = [line for line in lines if line.startswith(f"| `{name}` |") and line.split(" | ")[1].isdigit()]
    assert int(line.split(" | ")[1]) == getattr(errors, name).status
