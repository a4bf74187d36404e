"""FastAPI dependencies of a generated package, in a running app."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from container import packages
from pkit.container import override

ONE = UUID(int=1)


@pytest.fixture
def app(repos: Any, root: Path) -> FastAPI:
    """Give the host app `packages.APP`."""
    (root / "host" / "app.py").write_text(packages.APP, encoding="utf-8")
    made = import_module("host.app").app
    assert isinstance(made, FastAPI)
    return made


@asynccontextmanager
async def running(app: FastAPI) -> AsyncGenerator[AsyncClient]:
    async with (
        app.router.lifespan_context(app),
        AsyncClient(transport=ASGITransport(app), base_url="http://test") as client,
    ):
        yield client


async def test_a_request_that_succeeds_commits(app: FastAPI, repos: Any) -> None:
    async with running(app) as client:
        assert (await client.post("/users", params={"email": "ada@example.org"})).status_code == 200
        assert (await client.get("/users")).json() == 1
        assert await repos.get_repo("user").count() == 1


async def test_a_request_that_fails_rolls_back(app: FastAPI) -> None:
    async with running(app) as client:
        assert (await client.post("/users", params={"email": "ada"})).status_code == 422
        assert (await client.get("/users")).json() == 0
        assert (await client.get("/orgs")).json() == 0


async def test_a_conflict_at_the_end_of_a_transaction_reaches_the_client(app: FastAPI) -> None:
    async with running(app) as client:
        await client.post("/users", params={"email": "ada@example.org"})
        with pytest.raises(Exception, match="another entity has the same id"):
            await client.post("/users", params={"email": "alan@example.org"})
        assert (await client.get("/users")).json() == 1


async def test_each_provider_can_be_overridden(app: FastAPI, repos: Any, entities: Any) -> None:
    container = repos.Repositories.memory()
    await container.org.add(entities.Org(ONE, "lab"))
    app.dependency_overrides[repos.provide_repo("org")] = lambda: container.org
    async with running(app) as client:
        assert (await client.get("/orgs")).json() == 1
        assert (await client.get("/users")).json() == 0


async def test_overriding_the_repositories_overrides_what_depends_on_them(
    app: FastAPI, repos: Any, entities: Any
) -> None:
    providers = import_module("host.repos.providers")
    container = repos.Repositories.memory()
    app.dependency_overrides[providers.provide_repositories] = lambda: container
    async with running(app) as client:
        await client.post("/users", params={"email": "ada@example.org"})
    assert await container.user.get_by_email("ada@example.org") == entities.User(UUID(int=2), "ada@example.org", ONE)


async def test_a_container_can_be_given_without_the_lifespan(app: FastAPI, repos: Any, entities: Any) -> None:
    container = repos.Repositories.memory()
    await container.user.add(entities.User(ONE, "ada@example.org"))
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        with override(container):
            assert (await client.get("/users")).json() == 1
        assert (await client.get("/users")).json() == 0


def test_providers_add_no_parameters_to_the_api(app: FastAPI) -> None:
    paths = app.openapi()["paths"]
    assert "parameters" not in paths["/users"]["get"]
    assert "parameters" not in paths["/orgs"]["get"]
    assert [parameter["name"] for parameter in paths["/users"]["post"]["parameters"]] == ["email"]


def test_a_provider_is_one_function(repos: Any) -> None:
    providers = import_module("host.repos.providers")
    assert repos.provide_repo("user") is providers.provide_user_repository
