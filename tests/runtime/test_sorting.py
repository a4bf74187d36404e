"""Reading sort keys: the total order that they become."""

from __future__ import annotations

from typing import Any

import pytest

from pkit import values
from pkit.criteria import ARRAY, ORDER, CriteriaField, Fields, ToMany, ValueType
from pkit.errors import InvalidCriteria
from pkit.sorting import check_count, check_window, parse

INTEGER = ValueType(values.integer, ORDER)
FIELDS: Fields[str] = {
    "id": CriteriaField(INTEGER, "id", sortable=True),
    "age": CriteriaField(INTEGER, "age", optional=True, sortable=True),
    "org.name": CriteriaField(INTEGER, "org.name", sortable=True),
    "tags": CriteriaField(ValueType(values.text, ARRAY, INTEGER), "tags"),
    "orders": ToMany("orders", dict),
}


@pytest.mark.parametrize(
    ("sort_by", "sort_desc", "order"),
    [
        (None, False, ["id"]),
        (None, True, ["-id"]),
        ([], False, ["id"]),
        ("age", False, ["age", "id"]),
        ("-age", False, ["-age", "id"]),
        ("age", True, ["-age", "-id"]),
        (["-age", "org.name"], True, ["age", "-org.name", "-id"]),
        (["age", "-age"], False, ["age", "id"]),
        (["-id", "age"], False, ["-id"]),
        (("age", "id"), True, ["-age", "-id"]),
    ],
)
def test_every_order_ends_with_the_id(sort_by: Any, sort_desc: bool, order: list[str]) -> None:
    assert [str(key) for key in parse(sort_by, sort_desc, FIELDS)] == order


@pytest.mark.parametrize("name", ["agee", "", "-", "--age", "tags", "orders"])
def test_other_names_are_refused(name: str) -> None:
    with pytest.raises(InvalidCriteria, match=r"no such sort key;.* allowed: id, age, org\.name"):
        parse(["age", name], False, FIELDS)


def test_windows() -> None:
    check_window(0, None)
    check_window(3, 0)
    wrong: list[tuple[Any, Any]] = [(-1, 1), (0, -1), (True, 1), (0, 1.5), ("0", 1)]
    for offset, limit in wrong:
        with pytest.raises(InvalidCriteria):
            check_window(offset, limit)
    with pytest.raises(InvalidCriteria, match="limit: must not be less than 1"):
        check_count("limit", 0, 1)
