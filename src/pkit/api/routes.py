"""A router made of the modules of a package."""

from __future__ import annotations

import logging
from collections.abc import Collection, Iterable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from types import ModuleType

from fastapi import APIRouter
from starlette.routing import BaseRoute

logger = logging.getLogger(__name__)


def build_api_router(
    routes_package: str,
    *,
    prefix: str = "/api",
    excluded_modules: Collection[str] | None = None,
    skip_broken: bool = False,
) -> APIRouter:
    """Return a router that includes the `router` of every module below a package, in the order of their names.

    Modules whose name begins with "_" are left out, and so are the `excluded_modules`, by full or last name, but not what is inside of them.
    Routes that a package's own `router` already includes are not included twice. A module that fails to import raises its error, with a note
    that names the module; with `skip_broken` it is logged and left out.

    Raises ValueError when `routes_package` is a module, ModuleNotFoundError when it is not there.

    >>> app.include_router(build_api_router("myapp.routes", excluded_modules=["internal"]))
    """
    package = import_module(routes_package)
    if not hasattr(package, "__path__"):
        raise ValueError(f"{routes_package!r} is a module, not a package of routes")
    router = APIRouter(prefix=prefix)
    included: set[object] = set()
    for module in _modules(package, frozenset(excluded_modules or ()), skip_broken):
        _include(router, module, included)
    return router


def _include(router: APIRouter, module: ModuleType, included: set[object]) -> None:
    found = getattr(module, "router", None)
    if not isinstance(found, APIRouter):
        return
    endpoints = set(_endpoints(found.routes))
    if not endpoints <= included:
        router.include_router(found)
        included |= endpoints


def _endpoints(routes: Iterable[BaseRoute]) -> Iterator[object]:
    """Yield what answers the routes, those of included routers too, which newer versions of FastAPI keep as they are."""
    for route in routes:
        inner: APIRouter | None = getattr(route, "original_router", None)
        if inner is None:
            yield getattr(route, "endpoint", route)
        else:
            yield from _endpoints(inner.routes)


def _modules(package: ModuleType, excluded: frozenset[str], skip_broken: bool) -> Iterator[ModuleType]:
    """Yield the modules whose routers count, a package before what is inside of it."""
    for found in iter_modules(package.__path__, f"{package.__name__}."):
        counts = not _is_left_out(found.name, excluded)
        if not counts and not found.ispkg:
            continue
        module = _import(found.name, skip_broken)
        if module is None:
            continue
        if counts:
            yield module
        if found.ispkg:
            yield from _modules(module, excluded, skip_broken)


def _is_left_out(name: str, excluded: frozenset[str]) -> bool:
    last = name.rpartition(".")[2]
    return last.startswith("_") or name in excluded or last in excluded


def _import(name: str, skip_broken: bool) -> ModuleType | None:
    try:
        return import_module(name)
    except Exception as error:
        error.add_note(f"while importing the routes of {name}")
        if not skip_broken:
            raise
        logger.exception("the routes of %s are left out", name)
        return None
