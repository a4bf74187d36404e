"""Generated packages to import."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from compiled import forget

from container import packages
from pkit_gen.ir.model import Database


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give a folder that modules are imported from, and forget those afterwards."""
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delenv("REPO_DATABASE", raising=False)
    yield tmp_path
    forget("host", "other")


@pytest.fixture
def repos(root: Path) -> ModuleType:
    """Give a package generated for memory."""
    packages.write(root, "host", packages.schema("host"))
    return import_module("host.repos")


@pytest.fixture
def pinned(root: Path) -> ModuleType:
    """Give a package whose orgs live in mongo, generated for memory and mongo."""
    described = packages.schema("host", org_in=Database.MONGO)
    packages.write(root, "host", described, Database.MEMORY, Database.MONGO)
    return import_module("host.repos")


@pytest.fixture
def entities(root: Path) -> Any:
    """Give the entities' module, once one of the packages is there."""
    return import_module("host.entities")
