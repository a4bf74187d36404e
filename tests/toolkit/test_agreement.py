"""`assert_agreement` over the examples' entities."""

from __future__ import annotations

import warnings
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

import every_type.repos
import pytest
import university.repos
from hypothesis.errors import HypothesisWarning
from servers import mongo, postgres
from university.entities import Course
from university.ids import CourseId

from pkit.testing.agreement import assert_agreement

PACKAGES: list[Any] = [university.repos, every_type.repos]


@pytest.fixture(params=PACKAGES, ids=lambda package: package.__name__)
def package(request: pytest.FixtureRequest) -> Any:
    warnings.simplefilter("ignore", HypothesisWarning)  # there is but one PurePath
    return request.param


@pytest.fixture(params=["memory", "mongo", "postgres"])
async def database(request: pytest.FixtureRequest, package: Any) -> AsyncIterator[tuple[Any, bool]]:
    """Give an empty container, and whether it enforces references."""
    async with AsyncExitStack() as stack:
        repositories = package.Repositories.memory()
        if request.param == "mongo":
            repositories = package.Repositories.mongo(await stack.enter_async_context(mongo.database()))
        elif request.param == "postgres":
            repositories = package.Repositories.postgres(await stack.enter_async_context(postgres.database()))
        await stack.enter_async_context(repositories)
        await repositories.create_schema()
        yield repositories, request.param != "mongo"


async def test_every_database_agrees_with_memory(database: tuple[Any, bool]) -> None:
    repositories, enforces_references = database
    await assert_agreement(repositories, examples=10, enforces_references=enforces_references)


async def test_a_difference_is_told_with_the_call_and_both_results() -> None:
    repositories = university.repos.Repositories.memory()
    await repositories.course.add(Course(CourseId(UUID(int=1)), "MA1", "Sets", 5))
    with pytest.raises(AssertionError) as caught:
        await assert_agreement(repositories, examples=3)
    told = str(caught.value).splitlines()
    assert told[0] == "course: count() gives"
    assert told[1].endswith(" in memory, and")
    assert told[2].endswith(" in the database")


async def test_references_that_are_not_enforced_are_a_difference() -> None:
    async with mongo.database() as documents, university.repos.Repositories.mongo(documents) as repositories:
        await repositories.create_schema()
        with pytest.raises(AssertionError, match="ForeignKeyViolation'> in memory"):
            await assert_agreement(repositories, examples=10)
