"""Reading criteria: what expression a dict becomes, and in whose stored form its values are."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, cast

import pytest

from pkit import values
from pkit.criteria import (
    ARRAY,
    EQUALITY,
    ORDER,
    TEXT,
    All,
    AnyOf,
    Compare,
    CriteriaField,
    Expression,
    Fields,
    IsAbsent,
    Not,
    Some,
    ToMany,
    ValueType,
    parse,
)
from pkit.errors import InvalidCriteria


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


def _colour(value: object, field: str) -> str:
    stored: str = values.enum_value(Colour, value, field)
    return stored


INTEGER = ValueType(values.integer, ORDER)
ID = CriteriaField(INTEGER, "id")
AGE = CriteriaField(INTEGER, "age", optional=True)
NAME = CriteriaField(ValueType(values.text, TEXT), "name")
COLOUR = CriteriaField(ValueType(_colour, EQUALITY), "colour")
TAGS = CriteriaField(ValueType(values.text, ARRAY, ValueType(values.text, TEXT)), "tags", optional=True)
ORDERS = ToMany("orders", lambda: {"id": ID, "age": AGE})
FIELDS: Fields[str] = {"id": ID, "age": AGE, "name": NAME, "colour": COLOUR, "tags": TAGS, "orders": ORDERS}


def read(criteria: Mapping[str, Any]) -> Expression[str]:
    return parse(criteria, FIELDS)


def _spelled(value: object) -> str:
    return str(cast(object, value)) if isinstance(value, dict) else ""


@pytest.mark.parametrize(
    ("criteria", "expression"),
    [
        ({}, All(())),
        ({"age": 1}, Compare(AGE, "eq", 1)),
        ({"age": None}, IsAbsent(AGE)),
        ({"age": [1, 2]}, Compare(AGE, "in", (1, 2))),
        ({"age": (1, None)}, AnyOf((Compare(AGE, "in", (1,)), IsAbsent(AGE)))),
        ({"age": []}, AnyOf(())),
        ({"age": [None]}, AnyOf((AnyOf(()), IsAbsent(AGE)))),
        ({"age": {"eq": None}}, IsAbsent(AGE)),
        ({"age": {"ne": None}}, Not(IsAbsent(AGE))),
        ({"age": {"ne": 1}}, Compare(AGE, "ne", 1)),
        ({"age": {"not_in": []}}, All(())),
        ({"age": {"not_in": [1, None]}}, All((Compare(AGE, "not_in", (1,)), Not(IsAbsent(AGE))))),
        ({"age": {"gt": 1, "lt": 5}}, All((Compare(AGE, "gt", 1), Compare(AGE, "lt", 5)))),
        ({"age": {"between": [1, 5]}}, Compare(AGE, "between", (1, 5))),
        ({"name": {"contains": "%"}}, Compare(NAME, "contains", "%")),
        ({"colour": Colour.RED}, Compare(COLOUR, "eq", "red")),
        ({"colour": {Colour.BLUE}}, Compare(COLOUR, "in", ("blue",))),
        ({"tags": {"has": "a"}}, Compare(TAGS, "has", "a")),
        ({"tags": {"has_any": ["a"]}}, Compare(TAGS, "has_any", ("a",))),
        ({"tags": {"has_any": []}}, AnyOf(())),
        ({"tags": {"has_all": []}}, Not(IsAbsent(TAGS))),
        ({"tags": {"empty": True}}, Compare(TAGS, "empty", True)),
        ({"tags": None}, IsAbsent(TAGS)),
        ({"and": [{"age": 1}]}, All((Compare(AGE, "eq", 1),))),
        ({"or": [{}, {"age": 1}]}, AnyOf((All(()), Compare(AGE, "eq", 1)))),
        ({"not": {"age": 1}}, Not(Compare(AGE, "eq", 1))),
        ({"id": 1, "age": 2}, All((Compare(ID, "eq", 1), Compare(AGE, "eq", 2)))),
        ({"orders": {"some": {"age": 1}}}, Some(ORDERS, Compare(AGE, "eq", 1))),
        ({"orders": {"none": {"age": 1}}}, Not(Some(ORDERS, Compare(AGE, "eq", 1)))),
        ({"orders": {"every": {"age": 1}}}, Not(Some(ORDERS, Not(Compare(AGE, "eq", 1))))),
        (
            {"orders": {"some": {}, "none": {"id": 1}}},
            All((Some(ORDERS, All(())), Not(Some(ORDERS, Compare(ID, "eq", 1))))),
        ),
    ],
    ids=_spelled,
)
def test_what_a_dict_becomes(criteria: dict[str, Any], expression: Expression[str]) -> None:
    assert read(criteria) == expression


@pytest.mark.parametrize(
    ("criteria", "message"),
    [
        (
            {"agee": 1},
            "agee: there is no such field; did you mean 'age'? allowed: id, age, name, colour, tags, orders, and, or, not",
        ),
        ({"id": None}, "id: is never None"),
        (
            {"age": {}},
            "age: a dict of operators must not be empty; allowed: eq, ne, in, not_in, gt, gte, lt, lte, between",
        ),
        ({"name": {"has": "x"}}, "name: no such operator 'has'; allowed: "),
        ({"age": {"in": 1}}, "age: expected a collection of values, not int"),
        ({"age": {"between": 1}}, "age: 'between' takes a pair of bounds, not int"),
        ({"age": {"between": [1]}}, "age: 'between' takes two bounds, not 1"),
        ({"tags": ["a"]}, "tags: an array takes a dict of operators: has, has_any, has_all, empty"),
        ({"tags": {"empty": 1}}, "tags: 'empty' takes a bool, not int"),
        ({"tags": {"has_any": [None]}}, "tags: an array holds no None"),
        ({"colour": "red"}, "colour: expected Colour, not str"),
        ({"orders": {}}, "orders: a relation to many takes a dict of some, none, every"),
        ({"orders": {"any": {}}}, "orders: no such quantifier 'any'; allowed: some, none, every"),
        ({"orders": {"some": {"name": "x"}}}, "name: there is no such field"),
        ({"orders": 1}, "orders: a relation to many takes a dict"),
        ({"or": {}}, "or: takes a list of criteria, not dict"),
        ({"or": []}, "or: takes at least one dict of criteria"),
        ({"not": 1}, "criteria are a dict, not int"),
    ],
    ids=str,
)
def test_what_is_wrong_is_said(criteria: dict[str, Any], message: str) -> None:
    with pytest.raises(InvalidCriteria) as error:
        read(criteria)
    assert str(error.value).startswith(message)


def test_nesting_ends_at_fifty() -> None:
    criteria: dict[str, Any] = {"age": 1}
    for _ in range(50):
        criteria = {"and": [criteria]}
    read(criteria)
    with pytest.raises(InvalidCriteria, match="more than 50 deep"):
        read({"and": [criteria]})
