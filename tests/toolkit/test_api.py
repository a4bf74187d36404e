"""FastAPI apps around the toolkit, asked over HTTP."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import AsyncIterator, Iterator
from inspect import signature
from pathlib import Path
from typing import Annotated, Any
from uuid import uuid4

import httpx
import pytest
from compiled import forget
from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel

from pkit import errors
from pkit.api import (
    ApiError,
    BaseAPIException,
    BusinessRuleException,
    DatabaseException,
    NotFoundException,
    ValidationException,
    build_api_router,
    handle_repository_errors,
    handle_service_errors,
    install_error_handlers,
    pagination_params,
)

SECRET = "hunter2"


def client(app: FastAPI) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://test")


class Model(BaseModel):
    age: int


RAISED: dict[str, Exception] = {
    "not-found": NotFoundException(),
    "not-found-detail": NotFoundException("no such course"),
    "validation": ValidationException(),
    "rule": BusinessRuleException(),
    "database": DatabaseException(),
    "teapot": BaseAPIException(418, {"tea": True}, {"X-Tea": "yes"}),
    "forbidden": HTTPException(403, "not yours"),
    "lookup": LookupError("no seat left"),
    "value": ValueError("the term is over"),
    "key": KeyError(SECRET),
    "index": IndexError(SECRET),
    "unicode": UnicodeDecodeError("utf-8", SECRET.encode(), 0, 1, SECRET),
    "runtime": RuntimeError(SECRET),
    "unique": errors.UniqueViolation("user", "email", ["email"]),
    "absent": errors.EntityNotFound("user", 7),
    "criteria": errors.InvalidCriteria("no such field", "agee"),
    "cursor": errors.InvalidCursor(),
    "mismatch": errors.SchemaMismatch([SECRET]),
    "down": errors.BackendUnavailable(SECRET),
}

ANSWERS: dict[str, tuple[int, object]] = {
    "not-found": (404, "Not found"),
    "not-found-detail": (404, "no such course"),
    "validation": (400, "Invalid data"),
    "rule": (422, "Business rule violated"),
    "database": (500, "Database error"),
    "teapot": (418, {"tea": True}),
    "forbidden": (403, "not yours"),
    "lookup": (404, "no seat left"),
    "value": (400, "the term is over"),
    "key": (500, "Internal server error"),
    "index": (500, "Internal server error"),
    "unicode": (400, "Invalid data"),
    "runtime": (500, "Internal server error"),
    "unique": (409, "user: another entity has the same email (unique index 'email')"),
    "absent": (404, "there is no user with the id 7"),
    "criteria": (400, "agee: no such field"),
    "cursor": (400, "the cursor was not made for this query"),
    "mismatch": (500, "Internal server error"),
    "down": (503, "The database cannot be reached"),
    "pydantic": (400, "Invalid data"),
}


@handle_service_errors
async def service(name: str) -> str:
    if name == "pydantic":
        Model.model_validate({"age": SECRET})
    if name in RAISED:
        raise RAISED[name]
    return name


@pytest.mark.parametrize("name", ANSWERS)
async def test_a_service_answers_errors_and_leaks_nothing(name: str) -> None:
    app = FastAPI()
    app.get("/{name}")(service)
    async with client(app) as http:
        response = await http.get(f"/{name}")
    assert (response.status_code, response.json()["detail"]) == ANSWERS[name]
    assert SECRET not in response.text


async def test_headers_of_an_exception_are_sent() -> None:
    app = FastAPI()
    app.get("/{name}")(service)
    async with client(app) as http:
        assert (await http.get("/teapot")).headers["X-Tea"] == "yes"
        assert (await http.get("/fine")).json() == "fine"


@pytest.mark.parametrize(
    ("name", "level"), [("not-found", "WARNING"), ("rule", "WARNING"), ("database", "ERROR"), ("runtime", "ERROR")]
)
async def test_what_a_service_raises_is_logged(name: str, level: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "pkit.api"), pytest.raises(HTTPException):
        await service(name)
    (record,) = caplog.records
    assert record.levelname == level
    assert (record.exc_info is not None) == (name == "runtime")


def test_fastapi_sees_the_parameters_of_a_decorated_function() -> None:
    @handle_repository_errors
    async def users(age: int, *, name: str = "") -> list[str]:
        return [name] * age

    assert list(signature(users).parameters) == ["age", "name"]
    assert users.__name__ == "users"


@pytest.mark.parametrize("decorate", [handle_service_errors, handle_repository_errors])
def test_only_async_functions_are_decorated(decorate: Any) -> None:
    def plain() -> None: ...

    with pytest.raises(TypeError, match="plain is not an async function"):
        decorate(plain)


@pytest.mark.parametrize("decorate", [handle_service_errors, handle_repository_errors])
async def test_cancelling_passes(decorate: Any) -> None:
    async def forever() -> None:
        await asyncio.sleep(3600)

    task = asyncio.create_task(decorate(forever)())
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("name", ["not-found", "forbidden", "unique", "down"])
async def test_a_repository_s_own_errors_pass(name: str) -> None:
    @handle_repository_errors
    async def find() -> None:
        raise RAISED[name]

    with pytest.raises(type(RAISED[name])) as caught:
        await find()
    assert caught.value is RAISED[name]


@pytest.mark.parametrize("name", ["runtime", "key", "value", "lookup"])
async def test_other_errors_of_a_repository_tell_nothing(name: str) -> None:
    @handle_repository_errors
    async def find() -> None:
        raise RAISED[name]

    with pytest.raises(DatabaseException) as caught:
        await find()
    assert caught.value.detail == "Database error"
    assert caught.value.__cause__ is RAISED[name]


@pytest.mark.parametrize("name", ["unique", "absent", "criteria", "cursor", "mismatch", "down"])
async def test_an_app_answers_errors_of_repositories(name: str) -> None:
    app = FastAPI()
    install_error_handlers(app)

    @app.get("/")
    async def route() -> None:
        raise RAISED[name]

    async with client(app) as http:
        response = await http.get("/")
    assert (response.status_code, response.json()) == (ANSWERS[name][0], {"detail": ANSWERS[name][1]})


def test_all_exceptions_are_caught_as_those_of_fastapi() -> None:
    for error in (NotFoundException, ValidationException, BusinessRuleException, DatabaseException):
        assert issubclass(error, BaseAPIException) and issubclass(error, HTTPException)
        assert error(detail="of its own").detail == "of its own"


def test_a_subclass_has_its_own_text() -> None:
    class NoSeat(BusinessRuleException):
        message = "No seat left"

    assert (NoSeat().status_code, NoSeat().detail) == (422, "No seat left")


# --- pagination -------------------------------------------------------------------------------------------------------


@pytest.fixture
async def paged() -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()

    @app.get("/", responses={404: {"model": ApiError}})
    async def route(window: Annotated[tuple[int, int], Depends(pagination_params)]) -> tuple[int, int]:
        return window

    async with client(app) as http:
        yield http


@pytest.mark.parametrize(
    ("query", "window"),
    [("", [0, 50]), ("?offset=3&limit=1", [3, 1]), ("?limit=200", [0, 200])],
)
async def test_pagination(paged: httpx.AsyncClient, query: str, window: list[int]) -> None:
    assert (await paged.get(f"/{query}")).json() == window


@pytest.mark.parametrize("query", ["?offset=-1", "?limit=0", "?limit=201", "?limit=x"])
async def test_pagination_out_of_range_is_422(paged: httpx.AsyncClient, query: str) -> None:
    assert (await paged.get(f"/{query}")).status_code == 422


async def test_api_error_is_a_model_of_responses(paged: httpx.AsyncClient) -> None:
    schemas = (await paged.get("/openapi.json")).json()["components"]["schemas"]
    assert schemas["ApiError"]["required"] == ["detail"]


# --- routes -----------------------------------------------------------------------------------------------------------

ROUTE = (
    "from fastapi import APIRouter\nrouter = APIRouter({})\n@router.get('/{}')\nasync def route() -> str: return '{}'\n"
)


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An empty package of routes, under a name of its own."""
    folder = tmp_path / f"routes_{uuid4().hex}"
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    yield folder
    forget(folder.name)


def add_route(package: Path, name: str, prefix: str = "") -> None:
    path = package / f"{name}.py"
    path.parent.mkdir(exist_ok=True)
    (path.parent / "__init__.py").touch()
    last = path.stem
    path.write_text(ROUTE.format(f"prefix={prefix!r}" if prefix else "", last, name))


async def paths_of(package: Path, **options: Any) -> list[str]:
    app = FastAPI(docs_url=None, redoc_url=None)
    app.include_router(build_api_router(package.name, **options))
    async with client(app) as http:
        return list((await http.get("/openapi.json")).json()["paths"])


async def test_routers_of_modules_are_included_in_the_order_of_their_names(package: Path) -> None:
    for name in ("users", "courses", "admin/roles", "_private"):
        add_route(package, name)
    (package / "helper.py").write_text("router = 'no router'")
    assert await paths_of(package) == ["/api/roles", "/api/courses", "/api/users"]


async def test_prefix_and_exclusions(package: Path) -> None:
    for name in ("users", "courses", "rooms", "admin/roles"):
        add_route(package, name)
    excluded = [f"{package.name}.users", "courses", "admin"]
    assert await paths_of(package, prefix="", excluded_modules=excluded) == ["/roles", "/rooms"]


async def test_a_package_that_includes_its_modules_does_not_show_them_twice(package: Path) -> None:
    add_route(package, "admin/roles", "/roles")
    (package / "admin/__init__.py").write_text(
        "from fastapi import APIRouter\nfrom .roles import router as roles\n"
        "router = APIRouter(prefix='/admin')\nrouter.include_router(roles)\n"
    )
    assert await paths_of(package) == ["/api/admin/roles/roles"]


def test_a_broken_module_fails_loudly(package: Path) -> None:
    (package / "broken.py").write_text("1 / 0")
    with pytest.raises(ZeroDivisionError) as caught:
        build_api_router(package.name)
    assert caught.value.__notes__ == [f"while importing the routes of {package.name}.broken"]


async def test_a_broken_module_is_skipped_when_asked(package: Path, caplog: pytest.LogCaptureFixture) -> None:
    add_route(package, "users")
    (package / "broken.py").write_text("1 / 0")
    assert await paths_of(package, skip_broken=True) == ["/api/users"]
    assert f"the routes of {package.name}.broken are left out" in caplog.text


def test_what_is_no_package_is_refused() -> None:
    with pytest.raises(ValueError, match=r"'json\.decoder' is a module, not a package of routes"):
        build_api_router("json.decoder")
    with pytest.raises(ModuleNotFoundError):
        build_api_router("no_such_package")
