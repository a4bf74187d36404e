"""Imports and annotations of generated modules."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from backends.schemas import KIND, NICKNAME, ORDER_FIELDS, ORDER_ID, WEEKDAY
from pkit_gen.backends.python import Imports, annotation, snake
from pkit_gen.ir.types import (
    ArrayKind,
    DictType,
    FieldType,
    JsonType,
    ListType,
    OptionalType,
    Scalar,
    ScalarType,
    TupleType,
)
from pkit_gen.source import ClassRef

NAMES = [
    ("uuid", "UUID"),
    ("uuid", "uuid4"),
    ("collections.abc", "Sequence"),
    ("typing", "Protocol"),
    ("typing", "overload"),
    ("typing", "TypeAlias"),
    ("pkit.operators", "TextOperators"),
    ("pkit", "values"),
    ("pkit", "Repository"),
    ("typing_extensions", "NotRequired"),
    ("sqlalchemy", "Table"),
    ("shop.entities", "Order"),
    ("shop.entities", "A10"),
    ("shop.entities", "A9"),
    ("shop.staff", "Order"),
    ("shop.Staff", "Clerk"),
    ("shop.staff", "a_very_long_name_that_stands_for_one_of_the_entities"),
    ("shop.staff", "another_very_long_name_that_stands_for_one_of_them"),
    (".contract", "OrderRepository"),
    ("..views", "OrderView"),
]


@pytest.fixture
def imports() -> Imports:
    made = Imports(reserved=["list"])
    for module, name in NAMES:
        made.name(ClassRef(module, name))
    made.name(ClassRef("builtins", "list"))
    return made


def test_ruff_and_black_leave_the_imports_as_they_are(imports: Imports, tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.ruff.lint]\nselect = ["I"]\n')
    for folder in ("shop", "shop/repos", "shop/repos/order"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "__init__.py").write_text("")
    module = tmp_path / "shop/repos/order/memory.py"
    module.write_text(imports.text() + "\n")
    for command in (["ruff", "check"], ["ruff", "format", "--check"], ["black", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", *command, str(module)], cwd=tmp_path, capture_output=True, text=True
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_a_name_that_is_taken_gets_an_alias() -> None:
    imports = Imports()
    assert [imports.name(ClassRef(module, "User")) for module in ("shop.users", "shop.staff", "shop.old.staff")] == [
        "User",
        "StaffUser",
        "StaffUser2",
    ]
    assert "from shop.staff import User as StaffUser" in imports.text()


def test_a_name_that_the_module_defines_or_python_has_is_not_hidden() -> None:
    imports = Imports(reserved=["UserRepository"], pinned=[ClassRef("pkit", "values")])
    assert imports.name(ClassRef("shop.users", "UserRepository")) == "UsersUserRepository"
    assert imports.name(ClassRef("shop.users", "property")) == "UsersProperty"
    assert imports.name(ClassRef("shop.users", "values")) == "UsersValues"
    assert imports.name(ClassRef("pkit", "values")) == "values"


def test_a_nested_class_is_reached_through_its_outer_one() -> None:
    imports = Imports()
    assert imports.name(ClassRef("shop.orders", "Order.State")) == "Order.State"
    assert imports.text() == "from shop.orders import Order"


TEXT = ScalarType(Scalar.TEXT)
SPELLINGS: list[tuple[FieldType, str]] = [
    (ORDER_ID, "OrderId"),
    (OptionalType(NICKNAME), "Nickname | None"),
    (KIND, 'Literal["web", "shop"]'),
    (ListType(ArrayKind.TUPLE, OptionalType(WEEKDAY)), "tuple[Weekday | None, ...]"),
    (ListType(ArrayKind.SEQUENCE, TEXT), "Sequence[str]"),
    (DictType(TEXT, mapping=True), "Mapping[str, str]"),
    (TupleType((TEXT, WEEKDAY)), "tuple[str, Weekday]"),
    (TupleType(()), "tuple[()]"),
    (JsonType("Mapping"), "Mapping[str, Any]"),
    (JsonType("list"), "list[Any]"),
    (JsonType("Any"), "Any"),
    (ORDER_FIELDS["email"], "Email"),
]


@pytest.mark.parametrize(("type_", "spelled"), SPELLINGS)
def test_a_type_is_spelled_as_its_author_would(type_: FieldType, spelled: str) -> None:
    assert annotation(type_, Imports()) == spelled


def test_a_builtin_that_the_module_hides_is_reached_through_builtins() -> None:
    imports = Imports(reserved=["str"])
    assert annotation(TEXT, imports) == "builtins.str"
    assert imports.text() == "import builtins"


def test_names_of_classes_become_names_of_functions() -> None:
    assert [snake(name) for name in ("Order.LineItem", "HTTPServer", "_Private", "A1B")] == [
        "order_line_item",
        "http_server",
        "private",
        "a1_b",
    ]
