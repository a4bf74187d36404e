"""Repositories by key, whatever package they come from."""

from collections.abc import Iterator
from typing import Annotated, Any

import httpx
import pytest
from fastapi import Depends, FastAPI
from minimal.repos import Repositories as Minimal
from university import repos
from university.repos import Repositories, provide_repo

from pkit import Repository, container, repository_factory
from pkit.errors import ConfigurationError, UnknownEntity


@pytest.fixture(autouse=True)
def university() -> Iterator[Repositories]:
    with container.override(repositories := Repositories.memory()):
        yield repositories


def test_the_repository_is_that_of_the_generated_package(university: Repositories) -> None:
    assert repository_factory.get_repo("course") is university.course is repos.get_repo("course")


def test_the_view_repository_is_that_of_the_generated_package(university: Repositories) -> None:
    assert repository_factory.get_repo_view("schedule") is university.views.schedule


def test_the_dependencies_are_those_of_the_generated_package() -> None:
    assert repository_factory.provide_repo("course") is provide_repo("course")
    assert repository_factory.provide_view_repo("schedule") is repos.provide_view_repo("schedule")


async def test_a_dependency_works_in_an_app_and_is_overridden(university: Repositories) -> None:
    app = FastAPI()
    dependency = repository_factory.provide_repo("course")

    @app.get("/")
    async def count(courses: Annotated[Repository[Any, Any], Depends(dependency)]) -> str:
        return type(courses).__name__

    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        assert (await http.get("/")).json() == "MemoryCourseRepository"
        app.dependency_overrides[repository_factory.provide_repo("course")] = lambda: university.room
        assert (await http.get("/")).json() == "MemoryRoomRepository"


def test_a_key_that_no_package_has() -> None:
    with pytest.raises(UnknownEntity, match="no entity is registered as 'curse'"):
        repository_factory.get_repo("curse")


def test_a_key_that_two_packages_have(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Minimal, "__members__", {**Minimal.__members__, "course": Repositories.course})
    with pytest.raises(ConfigurationError, match=r"several generated packages have 'course': .*minimal\.repos"):
        repository_factory.get_repo("course")


def test_a_package_that_is_no_longer_imported_does_not_count() -> None:
    left = type(
        "Repositories",
        (Minimal,),
        {"__module__": "dropped.repos.container", "__members__": dict(Repositories.__members__)},
    )
    assert left in Minimal.__subclasses__()
    assert repository_factory.provide_repo("course") is provide_repo("course")


def test_no_package_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository_factory, "Container", type("Lonely", (container.Container,), {}))
    with pytest.raises(ConfigurationError, match="import get_repo from yours"):
        repository_factory.get_repo("course")


def test_an_entity_without_relations_has_no_views() -> None:
    for give in (repository_factory.get_repo_view, repository_factory.provide_view_repo):
        with pytest.raises(UnknownEntity, match="'professor'"):
            give("professor")
