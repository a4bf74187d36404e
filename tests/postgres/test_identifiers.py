"""Names in the database: quoted, shortened, and never the same twice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pkit_gen.backends.postgres.identifiers import Names, quoted, shortened
from pkit_gen.backends.postgres.scalars import COLUMNS, DOCUMENTS, SQL
from pkit_gen.backends.postgres.statements import constant
from pkit_gen.compiler import load_schema
from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Entity, Schema, UniqueIndex
from pkit_gen.ir.types import Scalar

TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="module")
def schema() -> Schema:
    """Give the schema of the host app."""
    config = Config((TESTS / "postgres" / "host",), TESTS / "repos", (TESTS,))
    return load_schema(config, Diagnostics())


def of(schema: Schema, *named: tuple[str, str]) -> tuple[Schema, list[tuple[Entity, UniqueIndex]]]:
    """Return a schema of teams in other collections, each with an index of another name, and those."""
    team = schema.entity("team")
    pairs: list[tuple[Entity, UniqueIndex]] = []
    for collection, index_name in named:
        index = replace(team.unique[0], name=index_name)
        pairs.append((replace(team, key=collection, collection=collection, unique=(index,), relations=()), index))
    return replace(schema, entities=tuple(entity for entity, _ in pairs)), pairs


@pytest.mark.parametrize(
    ("name", "spelled"),
    [
        ("email", "email"),
        ("order", '"order"'),
        ("Email", '"Email"'),
        ('a"b', '"a""b"'),
        ("é", '"é"'),
        ("between", '"between"'),
    ],
)
def test_a_name_is_quoted_where_it_must_be(name: str, spelled: str) -> None:
    assert quoted(name) == spelled


def test_a_long_name_ends_with_a_digest() -> None:
    names = ["x" * 63, "x" * 64, "x" * 65, "é" * 32]
    short = [shortened(name) for name in names]
    assert short[0] == names[0]
    assert len(set(short)) == 4
    assert all(len(name.encode()) <= 63 for name in short)


def test_names_that_run_together_are_told_apart(schema: Schema) -> None:
    together, ((one, a), (other, b)) = of(schema, ("a_b", "c"), ("a", "b_c"))
    names = Names.of(together)
    assert names.unique(one, a) != names.unique(other, b)
    assert names.unique(one, a) == Names.of(together).unique(one, a)
    assert names.primary_key(one) == "pk_a_b"


def test_an_index_called_as_a_table_is_told_apart(schema: Schema) -> None:
    together, ((one, _), (table, _)) = of(schema, ("a", "b"), ("pk_a", "b"))
    assert Names.of(together).primary_key(one) != table.collection


@pytest.mark.parametrize("table", [SQL, COLUMNS, DOCUMENTS], ids=["SQL", "COLUMNS", "DOCUMENTS"])
def test_every_scalar_has_a_row(table: dict[Scalar, object]) -> None:
    assert set(table) == set(Scalar)


@pytest.mark.parametrize(
    "statement", ['SELECT "a""" FROM x', "SELECT '\\\\' FROM \"\\\"", 'FROM "\x07\u200b"', 'a """" b']
)
def test_a_statement_is_read_back_as_it_was(statement: str) -> None:
    space: dict[str, str] = {}
    exec(constant("TEXT", statement), space)
    assert space["TEXT"] == f"\n{statement}\n"
