"""Criteria: every operator over every type, logic, absent values, documents, arrays, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pytest
from every_type import samples
from every_type.choices import Colour
from hypothesis import example, given

from conformance import reference, table
from conformance.host.entities import Address, Level, Role
from conformance.samples import found, org, uid, user
from conformance.strategies import bounded
from pkit.errors import InvalidCriteria

ROWS = table.rows()


def expected(criteria: dict[str, Any]) -> list[int]:
    return sorted(row.id for row in ROWS if reference.matches(row, criteria))


async def check(every: Any, criteria: dict[str, Any]) -> None:
    """Hold what a backend finds to the reference."""
    assert await found(every.optional_scalars, criteria) == expected(criteria), criteria


@pytest.mark.parametrize("field", ["id", *table.POOLS])
async def test_every_operator_of_every_type(every: Any, field: str) -> None:
    await every.optional_scalars.add_many(ROWS)
    pool = table.values_of(field)
    for operator in table.operators_of(field):
        for position, value in enumerate(pool):
            other = pool[(position + 3) % len(pool)]
            operand = (value, other) if operator in ("in", "not_in", "between") else value
            await check(every, {field: {operator: operand}})


@pytest.mark.parametrize("field", table.POOLS)
async def test_absent_values(every: Any, field: str) -> None:
    await every.optional_scalars.add_many(ROWS)
    value = table.POOLS[field][0]
    wanteds: list[Any] = [
        None,
        value,
        [None],
        [value, None],
        [],
        {"eq": None},
        {"ne": None},
        {"ne": value},
        {"in": [None]},
        {"in": [None, value]},
        {"in": []},
        {"not_in": [None]},
        {"not_in": [None, value]},
        {"not_in": [value]},
        {"not_in": []},
    ]
    for wanted in wanteds:
        await check(every, {field: wanted})
        await check(every, {"not": {field: wanted}})


@pytest.mark.parametrize("text", ["%", "_", "\\", "100%", "a_c", ".*", "^a", "[a]", "(a|b)", "a", "", "é", "'", "Я"])
async def test_text_operators_take_text_literally(every: Any, text: str) -> None:
    await every.optional_scalars.add_many(ROWS)
    for operator in table.TEXT:
        await check(every, {"text": {operator: text}})
        await check(every, {"not": {"text": {operator: text}}})


LOGIC: list[dict[str, Any]] = [
    {},
    {"and": [{}]},
    {"or": [{}]},
    {"not": {}},
    {"not": {"not": {"boolean": True}}},
    {"boolean": True, "integer": {"gte": 0}},
    {"and": [{"boolean": True}, {"integer": {"gte": 0}}], "text": {"ne": "a"}},
    {"or": [{"boolean": True}, {"integer": None}], "text": {"ne": "a"}},
    {"or": [{"integer": 0}, {"integer": 1}, {"and": [{"integer": 9}, {"not": {"boolean": None}}]}]},
    {"not": {"or": [{"boolean": True}, {"integer": {"gt": 0}}]}},
    {"not": {"boolean": True, "integer": {"gt": 0}}},
    {"not": {"integer": {"gt": 0}}},
    {"integer": {"gte": 0, "lt": 10, "ne": 1}},
    {"integer": {"between": (10, 0)}},
    {"integer": {"between": [0, 10]}},
    {"id": []},
    {"or": [{"id": []}, {"id": 1}]},
    {"not": {"id": []}},
    {"and": ({"id": (1, 2, 3)}, {"id": {2, 3}}, {"id": frozenset({3, 4})})},
]


@pytest.mark.parametrize("criteria", LOGIC, ids=str)
async def test_logic(every: Any, criteria: dict[str, Any]) -> None:
    await every.optional_scalars.add_many(ROWS)
    await check(every, criteria)
    assert await every.optional_scalars.count_by_fields(criteria) == len(expected(criteria))
    assert await every.optional_scalars.exists_by_fields(criteria) is bool(expected(criteria))
    streamed = [row.id async for row in every.optional_scalars.stream(criteria, batch_size=7)]
    assert streamed == expected(criteria)


@pytest.fixture
async def filled(every: Any) -> Any:
    """Give the repositories of the example, with the rows."""
    await every.optional_scalars.add_many(ROWS)
    return every


@bounded
@example({"not": {"text": {"ne": None}}})
@example({"and": [{"real": float("inf")}, {"not": {"decimal": {"between": (Decimal(0), Decimal(1))}}}]})
@given(table.criteria)
async def test_any_criteria(filled: Any, criteria: dict[str, Any]) -> None:
    await check(filled, criteria)
    await check(filled, {"not": criteria})


async def test_deletes_and_updates_touch_what_criteria_match(every: Any) -> None:
    for criteria in LOGIC:
        await every.optional_scalars.delete_by_fields({})
        await every.optional_scalars.add_many(ROWS)
        wanted = expected(criteria)
        assert await every.optional_scalars.update_by_fields(criteria, text="touched") == len(wanted)
        assert await found(every.optional_scalars, {"text": "touched"}) == wanted
        assert await every.optional_scalars.delete_by_fields({"text": "touched"}) == len(wanted)
        assert await every.optional_scalars.count() == len(ROWS) - len(wanted)


async def test_membership_in_many_values(repos: Any) -> None:
    await repos.user.add_many([user(number, age=number) for number in range(20)])
    ages = list(range(10, 40_000))
    assert await found(repos.user, {"age": ages}) == list(range(10, 20))
    assert await found(repos.user, {"age": {"not_in": ages[:1000]}}) == list(range(10))


async def test_enums_compare_by_member(repos: Any) -> None:
    await repos.user.add_many([user(1, role=Role.WRITER, level=Level.HIGH), user(2)])
    assert await found(repos.user, {"role": Role.WRITER}) == [1]
    assert await found(repos.user, {"role": {"ne": Role.WRITER}}) == [2]
    assert await found(repos.user, {"level": [Level.HIGH, Level.LOW]}) == [1, 2]
    assert await found(repos.user, {"level": {"not_in": [Level.LOW]}}) == [1]


async def test_decimals_compare_by_value(every: Any) -> None:
    await every.optional_scalars.add(replace(samples.NOTHING, decimal=Decimal("1.10")))
    for same in ("1.1", "1.100", "11E-1", "1.1000000000000000000000000000000"):
        assert await found(every.optional_scalars, {"decimal": Decimal(same)}) == [0]
    assert await found(every.optional_scalars, {"decimal": Decimal("1.1000000000000000000000000000001")}) == []


async def test_moments_compare_as_instants(every: Any) -> None:
    moment = datetime(2026, 6, 1, 12, tzinfo=UTC)
    await every.optional_scalars.add(replace(samples.NOTHING, moment=moment))
    for zone in table.POOLS["zone"]:
        assert await found(every.optional_scalars, {"moment": moment.astimezone(zone)}) == [0]
        assert await found(every.optional_scalars, {"moment": {"gt": moment.astimezone(zone)}}) == []


async def test_fields_of_a_nested_dataclass_by_path(repos: Any) -> None:
    await repos.user.add_many(
        [
            user(1, address=Address("Paris", "rue")),
            user(2, address=Address("Rome")),
            user(3),
            user(4, address=Address("")),
        ]
    )
    assert await found(repos.user, {"address.city": "Paris"}) == [1]
    assert await found(repos.user, {"address.city": None}) == [3]
    assert await found(repos.user, {"address.city": {"ne": "Paris"}}) == [2, 3, 4]
    assert await found(repos.user, {"address.city": {"icontains": "r"}}) == [1, 2]
    assert await found(repos.user, {"address.city": ["Rome", None]}) == [2, 3]
    assert await found(repos.user, {"address.city": {"gte": "Q"}}) == [2]
    assert await found(repos.user, {"address.street": None}) == [2, 3, 4]
    assert await found(repos.user, {"not": {"address.street": "rue"}}) == [2, 3, 4]
    assert await found(repos.user, {"address": None}) == [3]


async def test_documents_compare_as_a_whole(repos: Any) -> None:
    await repos.user.add_many(
        [
            user(1, address=Address("Paris"), settings={"a": 1, "b": [1, None]}),
            user(2, settings={"b": [1, None], "a": 1}),
            user(3, settings={"a": 1}),
            user(4, settings={"a": True}),
        ]
    )
    assert await found(repos.user, {"settings": {"eq": {"b": [1, None], "a": 1}}}) == [1, 2]
    assert await found(repos.user, {"settings": {"eq": {"a": 1}}}) == [3]
    assert await found(repos.user, {"settings": {"eq": {"a": True}}}) == [4]
    assert await found(repos.user, {"settings": {"ne": {"a": 1}}}) == [1, 2, 4]
    assert await found(repos.user, {"settings": {"in": [{"a": 1}, {"a": True}]}}) == [3, 4]
    assert await found(repos.user, {"settings": {"eq": {}}}) == []
    assert await found(repos.user, {"address": Address("Paris")}) == [1]
    assert await found(repos.user, {"address": {"ne": Address("Paris")}}) == [2, 3, 4]
    assert await found(repos.user, {"address": [Address("Paris", "rue"), None]}) == [2, 3, 4]


ARRAYS: list[tuple[dict[str, Any], list[int]]] = [
    ({"names": {"has": "a"}}, [1, 2]),
    ({"names": {"has": "A"}}, []),
    ({"names": {"has_any": ["a", "c"]}}, [1, 2, 3]),
    ({"names": {"has_any": []}}, []),
    ({"names": {"has_all": ["a", "b"]}}, [1]),
    ({"names": {"has_all": ["a", "a"]}}, [1, 2]),
    ({"names": {"has_all": []}}, [1, 2, 3, 4]),
    ({"names": {"empty": True}}, [4]),
    ({"names": {"empty": False}}, [1, 2, 3]),
    ({"not": {"names": {"has": "a"}}}, [3, 4]),
    ({"numbers": {"has": 1}}, [1]),
    ({"numbers": {"has_any": {1, 2}}}, [1, 2]),
    ({"maybe_names": None}, [2, 3, 4]),
    ({"maybe_names": {"has": "x"}}, [1]),
    ({"maybe_names": {"empty": True}}, []),
    ({"maybe_names": {"has_all": []}}, [1]),
    ({"not": {"maybe_names": {"empty": True}}}, [1, 2, 3, 4]),
    ({"not": {"maybe_names": {"has_any": ["x"]}}}, [2, 3, 4]),
    ({"prices": {"has": Decimal("1.1")}}, [1, 2, 3, 4]),
    ({"days": {"has": samples.DAY}, "keys": {"has_all": [samples.ID, samples.OTHER_ID]}}, [1, 2, 3, 4]),
    ({"moments": {"has": samples.MOMENT}}, [1, 2, 3, 4]),
    ({"chunks": {"has_any": [b"", b"x"]}}, [1, 2, 3, 4]),
]


async def test_arrays(every: Any) -> None:
    base = samples.ARRAYS
    await every.arrays.add_many(
        [
            replace(base, id=uid(1), names=["a", "b"], numbers={1, 2}, maybe_names=["x"]),
            replace(base, id=uid(2), names=["a", "a", "d"], numbers={2}),
            replace(base, id=uid(3), names=["c"], numbers=set()),
            replace(base, id=uid(4), names=[], numbers={3}),
        ]
    )
    for criteria, numbers in ARRAYS:
        assert await found(every.arrays, criteria) == numbers, criteria


async def test_arrays_of_enums(every: Any) -> None:
    await every.choices.add(samples.CHOICES)
    for criteria, count in (
        ({"colours": {"has": Colour.RED}}, 1),
        ({"words": {"has": "yes"}}, 0),
        ({"words": {"has_any": ["yes", "no"]}}, 1),
        ({"maybe_colour": None}, 1),
        ({"with_none": [None, "b"]}, 1),
        ({"word": "yes", "number": [1, 3]}, 1),
        ({"number": {"ne": 3}}, 0),
    ):
        assert await every.choices.count_by_fields(criteria) == count, criteria


def _deep(levels: int) -> dict[str, Any]:
    criteria: dict[str, Any] = {"age": 1}
    for _ in range(levels):
        criteria = {"not": criteria}
    return criteria


REFUSED: list[tuple[Any, str | None]] = [
    (None, None),
    ([], None),
    ("age", None),
    ({"agee": 1}, "agee"),
    ({"": 1}, ""),
    ({1: 1}, "1"),
    ({"id; drop table users": 1}, "id; drop table users"),
    ({"$where": "1"}, "$where"),
    ({"_id": 1}, "_id"),
    ({"address.planet": "x"}, "address.planet"),
    ({"settings.a": 1}, "settings.a"),
    ({"org.namee": "x"}, "org.namee"),
    ({"age": "1"}, "age"),
    ({"age": 1.5}, "age"),
    ({"age": 2**63}, "age"),
    ({"age": {}}, "age"),
    ({"age": {"gtt": 1}}, "age"),
    ({"age": {"$gt": 1}}, "age"),
    ({"age": {"contains": "1"}}, "age"),
    ({"age": {"gt": None}}, "age"),
    ({"age": {"gt": [1]}}, "age"),
    ({"age": {"gt": {"$ne": 1}}}, "age"),
    ({"age": {"in": 1}}, "age"),
    ({"age": {"in": "12"}}, "age"),
    ({"age": {"in": [[1]]}}, "age"),
    ({"age": {"between": 1}}, "age"),
    ({"age": {"between": [1]}}, "age"),
    ({"age": {"between": [1, 2, 3]}}, "age"),
    ({"age": {"between": [None, 1]}}, "age"),
    ({"age": {"between": {1, 2}}}, "age"),
    ({"age": [1, "2"]}, "age"),
    ({"name": None}, "name"),
    ({"name": [None]}, "name"),
    ({"name": {"ne": None}}, "name"),
    ({"name": {"in": ["a", None]}}, "name"),
    ({"name": 1}, "name"),
    ({"name": b"x"}, "name"),
    ({"name": "\0"}, "name"),
    ({"name": {"contains": "\ud800"}}, "name"),
    ({"name": {"contains": None}}, "name"),
    ({"name": {"eq": {"$ne": None}}}, "name"),
    ({"active": 1}, "active"),
    ({"active": {"gt": False}}, "active"),
    ({"role": "reader"}, "role"),
    ({"role": {"gt": Role.READER}}, "role"),
    ({"level": 3}, "level"),
    ({"id": "1"}, "id"),
    ({"id": None}, "id"),
    ({"id": {"gt": uid(1)}}, "id"),
    ({"joined": datetime(2026, 1, 1)}, "joined"),
    ({"balance": 1.5}, "balance"),
    ({"balance": Decimal("nan")}, "balance"),
    ({"tags": "a"}, "tags"),
    ({"tags": ["a"]}, "tags"),
    ({"tags": None}, "tags"),
    ({"tags": {"has": 1}}, "tags"),
    ({"tags": {"has_any": "ab"}}, "tags"),
    ({"tags": {"has_any": [None]}}, "tags"),
    ({"tags": {"empty": 1}}, "tags"),
    ({"tags": {"eq": ["a"]}}, "tags"),
    ({"settings": {"a": 1}}, "settings"),
    ({"settings": {"eq": {"a": {1}}}}, "settings"),
    ({"address": {"city": "x"}}, "address"),
    ({"and": []}, "and"),
    ({"or": ()}, "or"),
    ({"or": {"age": 1}}, "or"),
    ({"and": None}, "and"),
    ({"not": [{"age": 1}]}, None),
    ({"not": None}, None),
    ({"and": [{"age": 1}, 1]}, None),
    ({"or": [{"agee": 1}]}, "agee"),
    ({"not": {"agee": 1}}, "agee"),
    (_deep(60), None),
]


@pytest.mark.parametrize(("criteria", "field"), REFUSED, ids=lambda part: str(part)[:40])
async def test_what_criteria_cannot_say_is_refused(repos: Any, criteria: Any, field: str | None) -> None:
    await repos.org.add(org(1))
    await repos.user.add(user(1, org_id=uid(1)))
    for call in (
        repos.user.list_by_fields(criteria),
        repos.user.page(criteria),
        anext(repos.user.stream(criteria)),
        repos.user.count_by_fields(criteria),
        repos.user.exists_by_fields(criteria),
        repos.user.distinct_values("age", criteria),
        repos.user.delete_by_fields(criteria),
        repos.user.update_by_fields(criteria, age=1),
    ):
        with pytest.raises(InvalidCriteria) as error:
            await call
        assert error.value.field == field
    assert await repos.user.list() == [user(1, org_id=uid(1))]


async def test_criteria_that_are_nested_without_end_are_refused(repos: Any) -> None:
    endless: dict[str, Any] = {}
    endless["and"] = [endless]
    for criteria in (_deep(100_000), endless):
        with pytest.raises(InvalidCriteria):
            await repos.user.count_by_fields(criteria)


async def test_an_unknown_field_is_told_with_the_closest(repos: Any) -> None:
    with pytest.raises(InvalidCriteria, match=r"did you mean 'nickname'\?"):
        await repos.user.count_by_fields({"nickame": "x"})
    with pytest.raises(InvalidCriteria, match=r"did you mean 'contains'\?.*icontains"):
        await repos.user.count_by_fields({"name": {"contain": "x"}})


async def test_criteria_are_any_mapping(repos: Any) -> None:
    await repos.user.add(user(1, age=1))
    assert await found(repos.user, MappingProxyType({"age": MappingProxyType({"gte": 1})})) == [1]
    assert await found(repos.user, _deep(40)) == [1]


async def test_values_of_a_dict_are_a_membership(repos: Any) -> None:
    await repos.user.add_many([user(1, age=1), user(2, age=2)])
    assert await found(repos.user, {"age": {"a": 2}.values()}) == [2]
    assert await found(repos.user, {"age": {2: "a"}.keys()}) == [2]
    assert await found(repos.user, {"age": range(2, 5)}) == [2]
