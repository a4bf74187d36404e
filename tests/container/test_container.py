"""Containers: members, transactions, and the one that `get_repo` uses."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from container import packages
from pkit import memory
from pkit.container import current, override, reset
from pkit.errors import ConfigurationError, ForeignKeyViolation, TransactionUnsupported, UnknownEntity
from pkit_gen.ir.model import Database

ONE, TWO = UUID(int=1), UUID(int=2)


async def test_a_member_is_made_once_and_keeps_what_is_stored(repos: Any, entities: Any) -> None:
    container = repos.Repositories.memory()
    await container.user.add(entities.User(ONE, "ada@example.org"))
    assert container.user is container.user
    assert type(container.user).__name__ == "MemoryUserRepository"
    assert await container.user.get_by_email("ada@example.org") == entities.User(ONE, "ada@example.org")
    assert await repos.Repositories.memory().user.get(ONE) is None


async def test_a_transaction_commits_all_members_together(repos: Any, entities: Any) -> None:
    container = repos.Repositories.memory()
    async with container.transaction() as tx:
        await tx.org.add(entities.Org(ONE, "lab"))
        await tx.user.add(entities.User(TWO, "ada@example.org", ONE))
        assert await container.user.count() == 0
    assert await container.user.count() == 1
    assert await container.org.count() == 1


async def test_an_exception_undoes_the_transaction_of_all_members(repos: Any, entities: Any) -> None:
    container = repos.Repositories.memory()
    with pytest.raises(LookupError):
        async with container.transaction() as tx:
            await tx.org.add(entities.Org(ONE, "lab"))
            await tx.user.add(entities.User(TWO, "ada@example.org", ONE))
            raise LookupError
    assert (await container.org.count(), await container.user.count()) == (0, 0)


async def test_a_reference_to_nothing_is_refused(repos: Any, entities: Any) -> None:
    container = repos.Repositories.memory()
    with pytest.raises(ForeignKeyViolation):
        await container.user.add(entities.User(TWO, "ada@example.org", ONE))


def test_a_transaction_over_several_databases_raises_at_once(pinned: Any) -> None:
    container = pinned.Repositories({"memory": memory.Session(), "mongo": memory.Session()}, "memory")
    with pytest.raises(TransactionUnsupported, match="mongo holds org; memory holds user"):
        container.transaction()


async def test_memory_keeps_pinned_entities_too(pinned: Any, entities: Any) -> None:
    container = pinned.Repositories.memory()
    async with container.transaction() as tx:
        await tx.org.add(entities.Org(ONE, "lab"))
    assert await container.org.get(ONE) == entities.Org(ONE, "lab")


def test_an_entity_pinned_to_a_database_that_is_not_open_is_named(pinned: Any) -> None:
    container = pinned.Repositories({"memory": memory.Session()}, "memory")
    with pytest.raises(ConfigurationError, match="org lives in mongo"):
        _ = container.org


def test_an_unknown_key_is_a_key_error_that_names_the_closest_one(repos: Any) -> None:
    with pytest.raises(KeyError) as caught:
        repos.get_repo("usr")
    assert isinstance(caught.value, UnknownEntity)
    assert str(caught.value) == "no entity is registered as 'usr'; did you mean 'user'?"
    with pytest.raises(UnknownEntity, match="did you mean 'user'"):
        repos.provide_repo("usr")


def test_get_repo_makes_one_container_from_the_environment(repos: Any) -> None:
    assert repos.get_repo("user") is repos.get_repo("user")
    assert type(repos.get_repo("org")).__name__ == "MemoryOrgRepository"


async def test_only_an_opened_container_is_the_one_that_get_repo_uses(repos: Any) -> None:
    implicit = repos.get_repo("user")
    async with repos.Repositories.memory():
        assert repos.get_repo("user") is implicit
    async with repos.Repositories.open() as opened:
        assert repos.get_repo("user") is opened.user
        async with repos.Repositories.open() as inner:
            assert repos.get_repo("user") is inner.user
        assert repos.get_repo("user") is opened.user
    assert repos.get_repo("user") is implicit


def test_override_and_reset_choose_the_container_in_tests(repos: Any) -> None:
    container = repos.Repositories.memory()
    implicit = current(repos.Repositories)
    with override(container):
        assert repos.get_repo("user") is container.user
        reset(repos.Repositories)
        assert repos.get_repo("user") is not container.user
    assert current(repos.Repositories) is not implicit


def test_packages_of_one_process_have_containers_of_their_own(repos: Any, root: Path) -> None:
    packages.write(root, "other", packages.schema("other"))
    other = import_module("other.repos")
    container = repos.Repositories.memory()
    with override(container):
        assert repos.get_repo("user") is container.user
        assert type(other.get_repo("user")).__module__ == "other.repos.user.memory"


async def test_a_closed_implicit_container_is_made_anew(repos: Any) -> None:
    before = current(repos.Repositories)
    await before.close()
    assert current(repos.Repositories) is not before


def test_a_backend_that_was_not_generated_is_named(repos: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REPO_DATABASE", "postgres")
    with pytest.raises(ConfigurationError, match=r"'postgres' is asked for.*generated for memory"):
        repos.get_repo("user")


def test_a_database_that_does_not_exist_is_refused_without_its_value(
    repos: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REPO_DATABASE", "oracle")
    with pytest.raises(ConfigurationError, match="REPO_DATABASE") as caught:
        repos.get_repo("user")
    assert "oracle" not in str(caught.value)


def test_a_package_shows_what_its_modules_define(repos: Any) -> None:
    modules = [import_module(f"host.repos.{name}") for name in ("container", "org.contract", "user.contract", "views")]
    for name in repos.__all__:
        places = [module for module in modules if hasattr(module, name)]
        assert name.islower() or getattr(repos, name) is getattr(places[0], name)


@pytest.mark.parametrize("name", ["UserCriterias", "UserReposit", "__wrapped__"])
def test_a_package_shows_nothing_else(repos: Any, name: str) -> None:
    with pytest.raises(AttributeError, match=f"module 'host.repos' has no attribute '{name}'"):
        getattr(repos, name)


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("host.repos", ("libcst", "jinja2", "sqlalchemy", "asyncpg", "motor", "pymongo", "fastapi", "pydantic")),
        ("host.repos", ("host.repos.user", "host.repos.org")),
        ("host.repos.container", ("pkit.memory", "pkit.mongo", "host.repos.user.memory")),
        ("host.repos.user.memory", ("libcst", "jinja2", "sqlalchemy", "asyncpg", "motor", "pymongo", "fastapi")),
    ],
)
def test_importing_a_package_imports_no_more_than_it_needs(root: Path, module: str, absent: tuple[str, ...]) -> None:
    packages.write(root, "host", packages.schema("host"), Database.MEMORY)
    program = f"import sys; import {module}; print(*sorted(sys.modules), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", program], cwd=root, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert module in loaded
    assert loaded.isdisjoint(absent)
