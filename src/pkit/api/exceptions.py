"""Exceptions that FastAPI turns into responses.

BaseAPIException          any status
├── NotFoundException     404
├── ValidationException   400
├── BusinessRuleException 422
└── DatabaseException     500
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from fastapi import HTTPException


class BaseAPIException(HTTPException):
    """A response with a status and a detail.

    >>> raise BaseAPIException(410, "the course has ended")
    """

    def __init__(self, status_code: int, detail: Any = None, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status_code, detail, None if headers is None else dict(headers))


class _FixedStatus(BaseAPIException):
    """An exception whose class tells the status. A subclass may set `message` to say something else by default."""

    status: ClassVar[int]
    message: ClassVar[str]

    def __init__(self, detail: Any = None) -> None:
        super().__init__(self.status, self.message if detail is None else detail)


class NotFoundException(_FixedStatus):
    """404. `detail` replaces the text.

    >>> raise NotFoundException("there is no such course")
    """

    status = 404
    message = "Not found"


class ValidationException(_FixedStatus):
    """400. `detail` replaces the text."""

    status = 400
    message = "Invalid data"


class BusinessRuleException(_FixedStatus):
    """422. `detail` replaces the text."""

    status = 422
    message = "Business rule violated"


class DatabaseException(_FixedStatus):
    """500. `detail` replaces the text."""

    status = 500
    message = "Database error"
