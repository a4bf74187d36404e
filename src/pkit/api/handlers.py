"""From errors to responses, in which nothing internal shows."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Coroutine
from functools import wraps
from inspect import iscoroutinefunction
from json import JSONDecodeError
from typing import Any, ParamSpec, TypeVar

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from pydantic import ValidationError
from starlette.exceptions import HTTPException as AnyHTTPException

from pkit.api.exceptions import DatabaseException, NotFoundException, ValidationException
from pkit.errors import BackendUnavailable, RepositoryError

P = ParamSpec("P")
R = TypeVar("R")

logger = logging.getLogger(__name__)

INTERNAL = "Internal server error"
UNAVAILABLE = "The database cannot be reached"
BUGS = (KeyError, IndexError)
"""Lookups that fail without anybody having meant to say "not found"."""
FROM_LIBRARIES = (ValidationError, UnicodeError, JSONDecodeError)
"""Values that are wrong, in texts that show what is inside."""


def handle_service_errors(function: Callable[P, Awaitable[R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Return the async function with its errors turned into `HTTPException`s; FastAPI sees the same signature.

    HTTP exceptions pass as they are, a `RepositoryError` gets its own status, `LookupError` 404 and `ValueError` 400 with their text.
    Everything else, and a `KeyError` or `IndexError`, is logged with its traceback and becomes a 500 that tells nothing.

    Raises TypeError for a function that is not async.

    >>> @router.get("/{user_id}")
    ... @handle_service_errors
    ... async def user(user_id: UUID) -> User: ...
    """
    return _translating(function, _service_error)


def handle_repository_errors(function: Callable[P, Awaitable[R]]) -> Callable[P, Coroutine[Any, Any, R]]:
    """Return the async function with its unforeseen errors logged and turned into a `DatabaseException` that tells nothing.

    HTTP exceptions and `RepositoryError` pass, for services to decide. Raises TypeError for a function that is not async.

    >>> @handle_repository_errors
    ... async def recent_orders() -> list[Order]: ...
    """
    return _translating(function, _repository_error)


def install_error_handlers(app: FastAPI) -> None:
    """Make the app answer a `RepositoryError` with its status, and with its message unless that is the server's own business (5xx).

    >>> install_error_handlers(app)
    """
    app.add_exception_handler(RepositoryError, _respond)


async def _respond(_request: Request, error: Exception) -> JSONResponse:
    status, detail = _status(error), _detail(error)
    if status >= 500:
        logger.error("%s", type(error).__name__, exc_info=error)
    return JSONResponse({"detail": detail}, status)


def _status(error: Exception) -> int:
    return error.status if isinstance(error, RepositoryError) else 500


def _detail(error: Exception) -> str:
    if isinstance(error, BackendUnavailable):
        return UNAVAILABLE
    return str(error) if _status(error) < 500 else INTERNAL


def _translating(
    function: Callable[P, Awaitable[R]], translate: Callable[[Exception], Exception]
) -> Callable[P, Coroutine[Any, Any, R]]:
    if not iscoroutinefunction(function):
        raise TypeError(f"{getattr(function, '__qualname__', function)} is not an async function")

    @wraps(function)
    async def translated(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return await function(*args, **kwargs)
        except Exception as error:
            instead = translate(error)
            if instead is error:
                raise
            raise instead from error

    return translated


def _service_error(error: Exception) -> Exception:
    match error:
        case AnyHTTPException():
            _log_refusal(error)
            return error
        case RepositoryError():
            return _from_repository(error)
        case LookupError() if not isinstance(error, BUGS):
            return NotFoundException(str(error) or None)
        case ValueError() if isinstance(error, FROM_LIBRARIES):
            return ValidationException()
        case ValueError():
            return ValidationException(str(error) or None)
        case _:
            return _unforeseen(error)


def _log_refusal(error: AnyHTTPException) -> None:
    level = logging.ERROR if error.status_code >= 500 else logging.WARNING
    logger.log(level, "%s: %s", type(error).__name__, error.detail)


def _from_repository(error: RepositoryError) -> Exception:
    if error.status >= 500:
        logger.error("%s", type(error).__name__, exc_info=error)
    return HTTPException(error.status, _detail(error))


def _unforeseen(error: Exception) -> Exception:
    logger.error("unforeseen %s", type(error).__name__, exc_info=error)
    return HTTPException(500, INTERNAL)


def _repository_error(error: Exception) -> Exception:
    if isinstance(error, (AnyHTTPException, RepositoryError)):
        return error
    logger.error("unforeseen %s in a repository", type(error).__name__, exc_info=error)
    return DatabaseException()
