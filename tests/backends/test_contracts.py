"""Emitted contracts: what linters, formatters and type checkers say of them, and of their right and wrong uses."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from checkers import Complaint, mypy, pyright

from backends.schemas import ENTITIES, SCHEMA
from pkit_gen.backends.contracts import BACKEND
from pkit_gen.config import Config
from pkit_gen.templating import render

PROJECT = '[project]\nname = "shop"\nversion = "1"\nrequires-python = ">=3.11"\n'
USES = """
from collections.abc import Sequence
from datetime import timedelta
from typing import assert_type
from uuid import uuid4

from shop.entities import Address, Email, Order, OrderId, Span, Weekday
from shop.repos.flat.contract import FlatRepository
from shop.repos.order.contract import OrderRepository


async def right(orders: OrderRepository, order: Order, flats: FlatRepository) -> None:
    await orders.list_by_fields({"number": {"gte": 3, "in": {1, 2}, "between": [1, 2]}}, sort_by=["-number", "id"])
    await orders.list_by_fields({"weekday": [Weekday.MONDAY, None], "nickname": None, "kind": "web"})
    await orders.list_by_fields({"nickname": ["a", None], "value": ("a", "b"), "email": Email("x")})
    await orders.list_by_fields({"address.street": {"icontains": "x"}, "address.geo.lat": {"gt": 1.5}})
    await orders.list_by_fields({"tags": {"has": "x", "has_any": ["y"]}, "days": {"has": Weekday.MONDAY, "empty": False}})
    await orders.list_by_fields({"or": [{"self": "x"}, {"not": {"criteria": True}}], "labels": {"eq": {"a": [1]}}})
    assert_type(await orders.distinct_values("weekday"), Sequence[Weekday])
    assert_type(await orders.distinct_values("id", {"number": 3}), Sequence[OrderId])
    assert_type(await orders.get_by_index("email", Email("x")), Order | None)
    assert_type(await orders.get_by_index("self_and_excluding", ("x", "y")), Order | None)
    await orders.get_by_self_and_excluding("a", "b")
    await orders.exists_by_self_and_excluding("a", "b", excluding=order.id)
    await orders.patch(order.id, self="x", excluding="y", value="z", criteria=True, entity_id=b"", nickname=None)
    await orders.update_by_fields({}, span=Span(timedelta(1)), address=Address("x", None, frozenset()))
    await flats.get(b"")


async def wrong(orders: OrderRepository, order: Order, flats: FlatRepository) -> None:
    await orders.get(uuid4())  # expected "OrderId"
    await orders.list_by_fields({"numbr": 1})  # Extra key "numbr" for TypedDict "OrderCriteria"
    await orders.list_by_fields({"price": 1.5})  # TypedDict item "price" has type
    await orders.list_by_fields({"weekday": 1})  # TypedDict item "weekday" has type
    await orders.list_by_fields({"number": {"gtt": 1}})  # Dict entry 0 has incompatible type
    await orders.list_by_fields({"number": None})  # TypedDict item "number" has type
    await orders.list_by_fields({"kind": "mail"})  # TypedDict item "kind" has type
    await orders.list_by_fields({"value": [1]})  # List item 0 has incompatible type
    await orders.list_by_fields({"value": {"in": "abc"}})  # TypedDict item "value" has type
    await orders.list_by_fields({"tags": "x"})  # TypedDict item "tags" has type
    await orders.list_by_fields({"days": {"has": "monday"}})  # TypedDict item "has" has type
    await orders.list_by_fields({"address.street": 1})  # TypedDict item "address.street" has type
    await orders.list_by_fields({"address.stret": "x"})  # Extra key "address.stret"
    await orders.list_by_fields({"or": [{"numbr": 1}]})  # Extra key "numbr"
    await orders.list_by_fields(None)  # incompatible type "None"
    await orders.list_by_fields({}, sort_by="tags")  # incompatible type "Literal['tags']"
    await orders.list_by_fields({}, sort_by=["numbr"])  # has incompatible type
    await orders.patch(order.id, numbr=3)  # Unexpected keyword argument "numbr"
    await orders.patch(order.id, number="3")  # expected "int"
    await orders.patch(order.id, id=order.id)  # Unexpected keyword argument "id"
    await orders.distinct_values("foo")  # No overload variant
    await orders.distinct_values("tags")  # No overload variant
    await orders.get_by_index("emial", Email("x"))  # No overload variant
    await orders.get_by_index("self_and_excluding", "x")  # No overload variant
    await orders.get_by_email("x")  # expected "Email"
    await flats.get_by_index("x", "y")  # expected "Never"
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("project")
    files = {f"shop/repos/{e.path}": render(e.template, e.view()) for e in BACKEND.emit(SCHEMA, Config((), root, ()))}
    files |= {"pyproject.toml": PROJECT, "shop/entities.py": ENTITIES, "uses.py": USES.lstrip()}
    for path, text in {**files, "shop/__init__.py": "", "shop/repos/__init__.py": ""}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


COMMANDS = [
    "ruff check",
    "ruff check --select I,UP,F,E --ignore E501",
    "ruff format --check --diff",
    "black --check --diff -q",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_a_contract_needs_no_formatter_and_has_nothing_to_lint(project: Path, command: str) -> None:
    line = [sys.executable, "-m", *command.split(), "shop/repos"]
    done = subprocess.run(line, cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def mypy_complaints(project: Path) -> list[Complaint]:
    return mypy(project, [project / "shop/repos", project / "uses.py"], project / ".cache")


@pytest.fixture(scope="module")
def pyright_complaints(project: Path) -> list[Complaint]:
    return pyright(
        project, [project / "shop/repos", project / "uses.py"], project, ignore=[project / "shop/entities.py"]
    )


def expected(project: Path) -> dict[int, str]:
    """Return what mypy is to say on each line of the wrong uses."""
    lines = (project / "uses.py").read_text().splitlines()
    return {number: line.split("  # ")[1] for number, line in enumerate(lines, 1) if "  # " in line}


def test_mypy_accepts_the_contract_and_refuses_each_wrong_use(project: Path, mypy_complaints: list[Complaint]) -> None:
    wanted = expected(project)
    assert [c for c in mypy_complaints if c.file != "uses.py" or c.line not in wanted] == []
    for line, text in wanted.items():
        assert any(c.line == line and text in c.message for c in mypy_complaints), (line, text, mypy_complaints)


def test_pyright_accepts_the_contract_and_refuses_each_wrong_use(
    project: Path, pyright_complaints: list[Complaint]
) -> None:
    refused = {c.line for c in pyright_complaints if c.file == "uses.py"}
    assert [c for c in pyright_complaints if c.file != "uses.py"] == []
    assert refused == set(expected(project))
