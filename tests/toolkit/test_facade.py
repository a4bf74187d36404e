"""The names that `pkit` offers."""

from __future__ import annotations

import subprocess
import sys
from types import ModuleType

import pytest

import pkit
from pkit import repository_factory

PREDECESSOR = {
    "Repository",
    "ViewRepository",
    "ApiError",
    "pagination_params",
    "split_csv_list",
    "ConfigRegistry",
    "configuration",
    "Database",
    "RepoSettings",
    "BaseAPIException",
    "NotFoundException",
    "ValidationException",
    "BusinessRuleException",
    "DatabaseException",
    "handle_service_errors",
    "handle_repository_errors",
    "build_api_router",
    "Seeder",
    "SeederProvider",
    "set_config_package",
    "is_duplicate_startup_error",
    "run_startup_bootstrap",
    "dataclass_field_names",
    "upsert_entity",
}
"""What `persistence_kit` 2.0 exports."""


def test_everything_that_the_predecessor_exports_is_there_and_more() -> None:
    assert set(pkit.__all__) >= PREDECESSOR
    assert {name: getattr(pkit, name) for name in pkit.__all__}.keys() == set(pkit.__all__)


def test_the_factory_has_the_predecessor_s_names() -> None:
    assert set(repository_factory.__all__) == {
        "EntityConfig",
        "Relation",
        "register_entity",
        "get_repo",
        "get_repo_view",
        "provide_repo",
        "provide_view_repo",
        "set_registry_initializer",
    }


@pytest.mark.parametrize("module", [pkit, repository_factory], ids=lambda module: module.__name__)
def test_a_name_that_is_not_there_is_an_attribute_error(module: ModuleType) -> None:
    with pytest.raises(AttributeError, match="has no attribute 'get_repository'"):
        getattr(module, "get_" + "repository")


@pytest.mark.parametrize("name", sorted(pkit.__all__))
def test_each_name_can_be_imported_by_itself(name: str) -> None:
    loaded = "import sys; print(*{module.partition('.')[0] for module in sys.modules})"
    program = f"from pkit import {name}; {loaded}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    assert not modules & {"libcst", "jinja2", "click", "rich", "mypy", "sqlalchemy", "asyncpg", "motor", "pymongo"}
    assert ("fastapi" in modules) == (getattr(pkit, name).__module__.startswith("pkit.api"))
