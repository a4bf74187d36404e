"""The contracts: what the repository of each entity can do, as types. One folder per entity."""

from __future__ import annotations

from pkit_gen.backends.base import Backend, Emit
from pkit_gen.backends.contracts.view import contract_view, package_view
from pkit_gen.backends.neighbourhoods import neighbourhoods
from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Schema


def emit(schema: Schema, config: Config) -> list[Emit]:
    """Return the package marker and the contract of every entity."""
    return [
        file
        for entity, part in neighbourhoods(schema)
        for file in (
            Emit(f"{entity.module}/__init__.py", "contracts/__init__.py.jinja", package_view, (entity,)),
            Emit(f"{entity.module}/contract.py", "contracts/contract.py.jinja", contract_view, (part, entity)),
        )
    ]


def check(schema: Schema, diagnostics: Diagnostics) -> None:
    """Report nothing: whatever the schema holds has a contract."""


BACKEND = Backend("contracts", emit, check)
