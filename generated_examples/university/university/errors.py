"""Answers to requests that a repository refuses."""

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pkit.errors import RepositoryError


def install_error_handler(app: FastAPI) -> None:
    """Make what repositories raise the status that fits it: 404, 409, 400, 503."""
    app.add_exception_handler(RepositoryError, _answer)


async def _answer(_: Request, error: Exception) -> JSONResponse:
    status = error.status if isinstance(error, RepositoryError) else 500
    return JSONResponse({"detail": str(error)}, status_code=status)
