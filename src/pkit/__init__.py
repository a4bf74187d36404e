"""What host apps and generated repositories import."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from pkit.registration import EntityConfig, Relation, register_entity, set_registry_initializer
from pkit.repository import Page, Repository, ViewRepository

if TYPE_CHECKING:
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
        pagination_params,
    )
    from pkit.bootstrap import (
        ConfigRegistry,
        Seeder,
        SeederProvider,
        configuration,
        is_duplicate_startup_error,
        run_startup_bootstrap,
        set_config_package,
    )
    from pkit.settings import Database, RepoSettings, split_csv_list
    from pkit.upsert import dataclass_field_names, upsert_entity

__all__ = [
    "ApiError",
    "BaseAPIException",
    "BusinessRuleException",
    "ConfigRegistry",
    "Database",
    "DatabaseException",
    "EntityConfig",
    "NotFoundException",
    "Page",
    "Relation",
    "RepoSettings",
    "Repository",
    "Seeder",
    "SeederProvider",
    "ValidationException",
    "ViewRepository",
    "build_api_router",
    "configuration",
    "dataclass_field_names",
    "handle_repository_errors",
    "handle_service_errors",
    "is_duplicate_startup_error",
    "pagination_params",
    "register_entity",
    "run_startup_bootstrap",
    "set_config_package",
    "set_registry_initializer",
    "split_csv_list",
    "upsert_entity",
]

_LATE = {
    "pkit.api": (
        "ApiError",
        "BaseAPIException",
        "BusinessRuleException",
        "DatabaseException",
        "NotFoundException",
        "ValidationException",
        "build_api_router",
        "handle_repository_errors",
        "handle_service_errors",
        "pagination_params",
    ),
    "pkit.bootstrap": (
        "ConfigRegistry",
        "Seeder",
        "SeederProvider",
        "configuration",
        "is_duplicate_startup_error",
        "run_startup_bootstrap",
        "set_config_package",
    ),
    "pkit.settings": ("Database", "RepoSettings", "split_csv_list"),
    "pkit.upsert": ("dataclass_field_names", "upsert_entity"),
}
"""Names by the module that they are imported from when they are first asked for, so that each app pays only for what it uses."""

_MODULES = {name: module for module, names in _LATE.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_MODULES[name]), name)
