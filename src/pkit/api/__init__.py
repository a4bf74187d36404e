"""What a FastAPI app needs around its repositories: exceptions, error handlers, pagination, and a router made of modules."""

from __future__ import annotations

from pkit.api.exceptions import (
    BaseAPIException,
    BusinessRuleException,
    DatabaseException,
    NotFoundException,
    ValidationException,
)
from pkit.api.handlers import handle_repository_errors, handle_service_errors, install_error_handlers
from pkit.api.pagination import ApiError, pagination_params
from pkit.api.routes import build_api_router

__all__ = [
    "ApiError",
    "BaseAPIException",
    "BusinessRuleException",
    "DatabaseException",
    "NotFoundException",
    "ValidationException",
    "build_api_router",
    "handle_repository_errors",
    "handle_service_errors",
    "install_error_handlers",
    "pagination_params",
]
