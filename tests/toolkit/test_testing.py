"""`pkit.testing`, in the tests of a host app."""

import shutil
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from fastapi import FastAPI
from servers import postgres
from university.entities import Course
from university.ids import CourseId
from university.repos import CourseRepository, Repositories, get_repo
from university.repos.providers import CourseRepositoryDep, lifespan, provide_course_repository

from pkit.testing import assert_up_to_date, override_provider, override_repositories, rolled_back

EXAMPLES = Path(__file__).parents[2] / "generated_examples"

ALGEBRA = Course(CourseId(uuid4()), "MA101", "Algebra", 6)

SUITE = """
import pytest
from university.repos import get_repo


def test_the_repositories_are_those_that_the_app_uses(repositories):
    assert get_repo("course") is repositories.course


@pytest.mark.parametrize("attempt", [1, 2])
def test_every_test_has_its_own(repositories, attempt):
    import asyncio
    assert asyncio.run(repositories.course.count()) == 0
    from university.entities import Course
    asyncio.run(repositories.course.add(Course(attempt and __import__("uuid").uuid4(), "MA101", "Algebra", 6)))
"""

pytest_plugins = ["pytester"]


@pytest.fixture
def suite(pytester: pytest.Pytester) -> pytest.Pytester:
    """Tests of a host app that use the plug-in."""
    pytester.makeconftest('pytest_plugins = ["pkit.testing"]')
    pytester.makepyfile(SUITE)
    return pytester


def test_the_fixture_gives_an_empty_memory_to_each_test(suite: pytest.Pytester) -> None:
    suite.makeini("[pytest]\npkit_repositories = university.repos")
    suite.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=3)


def test_the_fixture_says_which_option_it_needs(suite: pytest.Pytester) -> None:
    result = suite.runpytest_inprocess("-p", "no:cacheprovider")
    result.assert_outcomes(errors=3)
    result.stdout.fnmatch_lines(["*the fixture `repositories` needs the option pkit_repositories*"])


@pytest.fixture
def app() -> FastAPI:
    app = FastAPI()

    @app.get("/courses")
    async def count(courses: CourseRepositoryDep) -> int:
        return await courses.count()

    @app.post("/courses")
    async def add(courses: CourseRepositoryDep) -> None:
        await courses.add(ALGEBRA)

    return app


@asynccontextmanager
async def running(app: FastAPI) -> AsyncGenerator[httpx.AsyncClient]:
    """Give a client of the app during its lifespan."""
    async with lifespan(app), httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_an_app_uses_the_repositories_of_the_test_although_its_lifespan_opened_others(app: FastAPI) -> None:
    async with running(app) as client:
        with override_repositories(app, Repositories.memory()):
            (await client.post("/courses")).raise_for_status()
            assert (await client.get("/courses")).json() == 1
        assert (await client.get("/courses")).json() == 0


async def test_one_dependency_is_overridden_and_given_back(app: FastAPI) -> None:
    class ThreeCourses:
        async def count(self) -> int:
            return 3

    app.dependency_overrides[provide_course_repository] = before = lambda: ThreeCourses()
    with override_provider(app, provide_course_repository, ThreeCourses()):
        async with running(app) as client:
            assert (await client.get("/courses")).json() == 3
    assert app.dependency_overrides == {provide_course_repository: before}


@pytest.fixture
async def database() -> AsyncIterator[Repositories]:
    async with postgres.database() as url, Repositories.postgres(url) as repositories:
        await repositories.create_schema()
        yield repositories


async def add_algebra(courses: CourseRepository) -> int:
    await courses.add(ALGEBRA)
    return await courses.count()


async def test_what_a_test_writes_to_postgres_is_rolled_back(database: Repositories) -> None:
    async with rolled_back(database) as repositories:
        assert await add_algebra(get_repo("course")) == 1
        async with repositories.transaction() as nested:
            await nested.course.delete(ALGEBRA.id)
        assert await repositories.course.count() == 0
    assert await database.course.count() == 0


async def test_a_failure_in_the_test_is_not_swallowed() -> None:
    repositories = Repositories.memory()
    with pytest.raises(ValueError, match="wrong"):
        async with rolled_back(repositories) as transaction:
            await add_algebra(transaction.course)
            raise ValueError("wrong")
    assert await repositories.course.count() == 0


def test_a_stale_package_is_named(tmp_path: Path) -> None:
    project = shutil.copytree(EXAMPLES / "minimal", tmp_path / "minimal", ignore=shutil.ignore_patterns("__pycache__"))
    assert_up_to_date(project)
    memory = next(project.rglob("memory.py"))
    memory.write_text("")
    with pytest.raises(AssertionError, match=memory.relative_to(project).as_posix()):
        assert_up_to_date(project)
