"""Checking values: what passes is in its plain form, and passing again changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum
from pathlib import Path, PurePath
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from conformance.strategies import SCALARS, bounded, json_values
from hypothesis import given
from hypothesis import strategies as st

from pkit import values
from pkit.errors import InvalidValue

CHECKS: dict[str, Callable[[object, str], Any]] = {
    "text": values.text,
    "boolean": values.boolean,
    "integer": values.integer,
    "real": values.float_,
    "decimal": values.decimal,
    "uuid": values.uuid,
    "moment": values.datetime_,
    "day": values.date_,
    "hour": values.time_,
    "duration": values.timedelta_,
    "data": values.bytes_,
}


class Text(str):
    def __str__(self) -> str:
        return "something else"


class Number(int):
    pass


class Real(float):
    pass


class Exact(Decimal):
    pass


class Key(UUID):
    pass


class Data(bytes):
    pass


class Moment(datetime):
    pass


class Hour(time):
    pass


class Span(timedelta):
    pass


class Colour(Enum):
    RED = "red"


@pytest.mark.parametrize("name", CHECKS)
@bounded
@given(data=st.data())
def test_what_passes_is_equal_and_stays_as_it_is(name: str, data: st.DataObject) -> None:
    value = data.draw(SCALARS[name])
    checked = CHECKS[name](value, "field")
    assert checked == value
    again = CHECKS[name](checked, "field")
    assert (type(again), again) == (type(checked), checked)


@pytest.mark.parametrize(
    ("check", "value", "plain"),
    [
        (values.text, Text("a"), "a"),
        (values.integer, Number(1), 1),
        (values.integer, True, 1),
        (values.float_, Real(1.5), 1.5),
        (values.float_, 2, 2.0),
        (values.decimal, Exact("1.10"), Decimal("1.10")),
        (values.uuid, Key(int=1), UUID(int=1)),
        (values.bytes_, Data(b"a"), b"a"),
        (values.datetime_, Moment(2026, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)),
        (values.naive_datetime, Moment(2026, 1, 1), datetime(2026, 1, 1)),
        (values.naive_datetime, datetime(2026, 1, 1, fold=1), datetime(2026, 1, 1)),
        (values.time_, Hour(1, fold=1), time(1)),
        (values.timedelta_, Span(1), timedelta(1)),
        (values.path, Path("a/b"), "a/b"),
        (values.pure_path, PurePath("a"), "a"),
        (values.zone_info, ZoneInfo("UTC"), "UTC"),
    ],
)
def test_a_subclass_becomes_the_plain_class(check: Callable[[object, str], Any], value: Any, plain: Any) -> None:
    checked = check(value, "field")
    assert checked == plain
    assert type(checked) is type(plain)
    assert getattr(checked, "fold", 0) == 0


def test_moments_become_utc() -> None:
    checked = values.datetime_(datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2))), "field")
    assert (checked.tzinfo, checked.day, checked.hour) == (UTC, 31, 23)


@pytest.mark.parametrize(
    ("check", "value", "reason"),
    [
        (values.text, 1, "expected str, not int"),
        (values.text, "a\0", "NUL"),
        (values.text, "\ud800", "surrogate"),
        (values.integer, 2**63, "64 bits"),
        (values.float_, float("nan"), "NaN"),
        (values.float_, 10**400, "too large"),
        (values.decimal, Decimal("Infinity"), "infinity"),
        (values.decimal, Decimal("1" * 35), "34 digits"),
        (values.decimal, Decimal("1E+6112"), "exponent"),
        (values.decimal, Decimal("1E-6177"), "exponent"),
        (values.datetime_, datetime(2026, 1, 1), "time zone"),
        (values.datetime_, datetime.min.replace(tzinfo=timezone(timedelta(hours=1))), "out of range"),
        (values.datetime_, datetime.max.replace(tzinfo=timezone(timedelta(hours=-1))), "out of range"),
        (values.naive_datetime, datetime(2026, 1, 1, tzinfo=UTC), "time zone"),
        (values.date_, datetime(2026, 1, 1), "expected date, not datetime"),
        (values.time_, time(1, tzinfo=UTC), "time zone"),
        (values.timedelta_, timedelta.max, "out of range"),
        (values.json, {1: 1}, "expected str, not int"),
        (values.json, (1, 2), "expected a JSON value, not tuple"),
        (values.finite, float("inf"), "infinity"),
    ],
)
def test_what_some_database_cannot_hold_is_refused(
    check: Callable[[object, str], Any], value: Any, reason: str
) -> None:
    with pytest.raises(InvalidValue, match=reason) as error:
        check(value, "field")
    assert error.value.field == "field"


@bounded
@given(json_values)
def test_a_json_value_is_copied_to_the_leaves(value: Any) -> None:
    checked = values.json(value, "field")
    assert checked == value
    if isinstance(value, (list, dict)):
        assert checked is not value


def test_members_by_value() -> None:
    assert values.enum_value(Colour, Colour.RED, "field") == "red"
    assert values.member(Colour, "red", "field") is Colour.RED
    with pytest.raises(InvalidValue, match="not a value of Colour"):
        values.member(Colour, "green", "field")
    with pytest.raises(InvalidValue, match="expected Colour, not str"):
        values.enum_value(Colour, "red", "field")


def test_literals_tell_types_apart() -> None:
    allowed: frozenset[Any] = frozenset({1, "1"})
    assert values.literal(allowed, 1, "field") == 1
    for wrong in (True, 1.0, 2, "2", b"1"):
        with pytest.raises(InvalidValue):
            values.literal(allowed, wrong, "field")
