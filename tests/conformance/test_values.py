"""Every type that can be stored: its limits, hostile values, what is refused, and that each comes back as its class."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path, PurePath, PurePosixPath
from typing import Any, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from every_type import samples
from every_type.choices import Colour, Permission, Size
from every_type.collections import Place
from every_type.names import Code, Email, Key, Money
from every_type.scalars import OptionalScalars
from hypothesis import given
from hypothesis import strategies as st

from conformance import strategies
from conformance.backends import Backend
from conformance.strategies import bounded
from pkit.errors import InvalidValue

HOSTILE = [
    "",
    " ",
    "'",
    '"',
    "\\",
    "%_",
    "$1",
    "$where",
    "a.b",
    "null",
    "NULL",
    "\n\r\t\x01\x7f",
    "'; DROP TABLE users; --",
    "{{ 7*7 }}",
    "é",
    "e\u0301",
    "ß",
    "İı",
    "\u200b\ufeff",
    "\uffff\ufffe",
    "\U0001f468\u200d\U0001f469",
    "\U0010ffff",
    "x" * 100_000,
]
GOOD: dict[str, list[Any]] = {
    "text": HOSTILE,
    "boolean": [False, True],
    "integer": [0, -1, 2**31, 2**53 + 1, 2**63 - 1, -(2**63)],
    "real": [0.0, -0.0, 0.1, 5e-324, 1.7976931348623157e308, 2.0**53 + 1, math.inf, -math.inf, 3],
    "decimal": [
        *map(Decimal, ("0", "-0", "0.1", "1E+3", "1.10", "-1E-6176", "9E+6111", "0E-20")),
        Decimal("9" * 34),
        Decimal("0." + "9" * 34),
        Decimal("-123456789012345678.0123456789012345"),
    ],
    "uuid": [UUID(int=0), UUID(int=2**128 - 1), UUID(int=1)],
    "moment": [
        datetime(1, 1, 1, tzinfo=UTC),
        datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=ZoneInfo("Europe/Madrid")),
        datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=timezone(timedelta(hours=14))),
        datetime(1900, 1, 1, 12, tzinfo=timezone(timedelta(hours=-3, minutes=-7, seconds=-1))),
    ],
    "day": [date.min, date.max, date(1582, 10, 10), date(2024, 2, 29)],
    "hour": [time.min, time.max, time(12, 0, 0, 1), time(2, 30, fold=1)],
    "duration": [
        timedelta(0),
        timedelta(microseconds=2**63 - 1),
        timedelta(microseconds=-(2**63)),
        timedelta(days=-1, microseconds=1),
        timedelta(days=31, seconds=1),
    ],
    "data": [b"", b"\0", bytes(range(256)), b"\\x00", b"x" * 100_000],
    "path": [Path(), Path("/"), Path("a b/ñ'\\"), Path("/x/../y")],
    "pure_path": [PurePath(), PurePosixPath("a/b")],
    "address4": [IPv4Address(0), IPv4Address("255.255.255.255")],
    "address6": [IPv6Address(0), IPv6Address("::ffff:192.0.2.1"), IPv6Address(2**128 - 1)],
    "network4": [IPv4Network("0.0.0.0/0"), IPv4Network("192.0.2.1/32")],
    "network6": [IPv6Network("::/0"), IPv6Network("2001:db8::/32")],
    "zone": [ZoneInfo("UTC"), ZoneInfo("America/Argentina/Buenos_Aires")],
}
"""By the name of a field of `OptionalScalars`, values at the limits of what can be stored."""

_WRONG: Any = {"city": 1}
BAD: dict[str, list[Any]] = {
    "text": ["\0", "a\0b", "\ud800", "\udfff!", 1, b"x", ["x"]],
    "boolean": [1, 0, "true"],
    "integer": [2**63, -(2**63) - 1, 10**40, 1.0, "1", Decimal(1)],
    "real": [math.nan, "1.0", 10**400, Decimal("1.5"), 1j],
    "decimal": [Decimal("nan"), Decimal("-inf"), Decimal("snan"), Decimal("1" * 35), Decimal("1E+6112"), 1, 1.5, "1"],
    "uuid": ["00000000-0000-0000-0000-000000000000", 1, b"x" * 16],
    "moment": [datetime(2026, 1, 1), date(2026, 1, 1), "2026-01-01T00:00:00Z", 0],
    "day": [datetime(2026, 1, 1, tzinfo=UTC), "2026-01-01", 1],
    "hour": [time(1, tzinfo=UTC), "01:00", 1],
    "duration": [timedelta.max, timedelta.min, 1, "1 day"],
    "data": ["x", bytearray(b"x"), memoryview(b"x"), 1],
    "path": ["a/b", b"a", Path("\0")],
    "pure_path": ["a/b"],
    "address4": ["192.0.2.1", 1, IPv6Address(1)],
    "address6": ["::1", IPv4Address(1)],
    "network4": ["192.0.2.0/24", IPv6Network("::/0")],
    "network6": ["::/0", IPv4Network("0.0.0.0/0")],
    "zone": ["UTC", UTC],
}
"""By the name of a field of `OptionalScalars`, values that some database could not hold, or of other types."""


def kinds(value: object) -> Any:
    """Return the classes of a value and of everything in it."""
    if is_dataclass(value):
        return type(value), {item.name: kinds(getattr(value, item.name)) for item in fields(value)}
    if isinstance(value, Mapping):
        return dict, {key: kinds(item) for key, item in cast(Mapping[object, object], value).items()}
    if isinstance(value, (list, tuple)):
        return type(cast(object, value)), [kinds(item) for item in cast(list[object], value)]
    if isinstance(value, (set, frozenset)):
        return type(cast(object, value)), {kinds(item) for item in cast(set[object], value)}
    return (
        UUID if isinstance(value, UUID) and not isinstance(value, Key) else type(value)
    )  # drivers have classes of their own


async def round_trip(repository: Any, entity: Any) -> Any:
    """Return what an entity reads back as."""
    await repository.upsert(entity)
    return await repository.get(entity.id)


@pytest.mark.parametrize("field", GOOD)
async def test_a_value_at_the_limits_reads_back_equal_and_is_found(every: Any, backend: Backend, field: str) -> None:
    for value in GOOD[field]:
        await every.optional_scalars.upsert(OptionalScalars(1, **{field: value}))
        stored: Any = backend.stored(value)
        read = getattr(await every.optional_scalars.get(1), field)
        assert read == stored
        assert type(read) is (float if field == "real" else type(stored)) or (
            field == "uuid" and isinstance(read, UUID)
        )
        for criteria in ({field: value}, {field: {"in": [value]}}, {"not": {field: {"ne": value}}}):
            assert await every.optional_scalars.count_by_fields(criteria) == 1
        assert await every.optional_scalars.count_by_fields({field: None}) == 0


@pytest.mark.parametrize("field", BAD)
async def test_a_value_that_cannot_be_stored_is_refused_before_anything_is_written(every: Any, field: str) -> None:
    await every.optional_scalars.add(OptionalScalars(1))
    for value in BAD[field]:
        bad = OptionalScalars(2, **{field: value})
        for call in (
            every.optional_scalars.add(bad),
            every.optional_scalars.add_many([OptionalScalars(3), bad]),
            every.optional_scalars.update(replace(bad, id=1)),
            every.optional_scalars.upsert(replace(bad, id=1)),
            every.optional_scalars.patch(1, **{field: value}),
            every.optional_scalars.update_by_fields({}, **{field: value}),
        ):
            with pytest.raises(InvalidValue) as error:
                await call
            assert (error.value.entity, error.value.field) == ("optional_scalars", field)
    assert await every.optional_scalars.list() == [OptionalScalars(1)]


@pytest.mark.parametrize("text", HOSTILE[:-1])
async def test_hostile_text_can_be_an_id_a_key_and_an_item(repos: Any, every: Any, text: str) -> None:
    from conformance.host.entities import Word

    await repos.word.add(Word(text, meaning=text))
    assert await repos.word.get(text) == Word(text, meaning=text)
    assert await repos.word.get_many([text]) == {text: Word(text, meaning=text)}
    entity = replace(
        samples.DOCUMENTS,
        counts={text: 1},
        anything={text: {text: [text]}},
        by_name={text: samples.ADDRESS},
        pair=(text, 1),
    )
    assert await round_trip(every.documents, entity) == entity
    assert await every.documents.patch(entity.id, counts={text: 2}) == replace(entity, counts={text: 2})
    arrays = replace(samples.ARRAYS, names=[text, text], sequence=[text])
    assert await round_trip(every.arrays, arrays) == arrays
    assert await every.arrays.count_by_fields({"names": {"has": text}}) == 1


async def test_documents_may_have_keys_that_mean_something_to_a_database(every: Any) -> None:
    keys = [
        "$set",
        "$inc",
        "$where",
        "a.b",
        "a.0",
        "0",
        "_id",
        "id",
        ".",
        "..",
        "$",
        "a$b",
        "__proto__",
        "'",
        "?",
        ":a",
    ]
    anything = {key: {inner: index for index, inner in enumerate(keys)} for key in keys}
    entity = replace(samples.DOCUMENTS, anything=anything)
    assert await round_trip(every.documents, entity) == entity
    assert await every.documents.patch(entity.id, anything={"$inc": 1}) == replace(entity, anything={"$inc": 1})
    assert await every.documents.update_by_fields({}, anything=anything) == 1
    assert await every.documents.get(entity.id) == entity
    assert await every.documents.count_by_fields({"anything": {"eq": anything}}) == 1
    assert await every.documents.count_by_fields({"anything": {"eq": {"$set": 1}}}) == 0


@pytest.mark.parametrize(
    "value",
    [{"a": math.nan}, {"a": math.inf}, {"a": 2**63}, {"a": ["\0"]}, {"\0": 1}, {"a": {1}}, {1: 1}, {"a": ...}],
    ids=str,
)
async def test_a_document_holds_nothing_but_json(every: Any, value: Any) -> None:
    for change in ({"anything": value}, {"maybe_anything": value}):
        with pytest.raises(InvalidValue) as error:
            await every.documents.add(replace(samples.DOCUMENTS, **change))
        assert error.value.field == next(iter(change))
    assert await every.documents.count() == 0


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("choices", "colour", "red"),
        ("choices", "colour", Size.SMALL),
        ("choices", "permission", 1),
        ("choices", "word", "maybe"),
        ("choices", "number", True),
        ("choices", "colours", [Colour.RED, "green"]),
        ("choices", "with_none", "c"),
        ("arrays", "names", "text"),
        ("arrays", "names", ["a", None]),
        ("arrays", "names", ("a",)),
        ("arrays", "numbers", [1]),
        ("arrays", "keys", None),
        ("arrays", "moments", (datetime(2026, 1, 1),)),
        ("documents", "address", {"street": "x"}),
        ("documents", "address", None),
        ("documents", "address", replace(samples.ADDRESS, **_WRONG)),
        ("documents", "settings", {"theme": "dark"}),
        ("documents", "settings", {"theme": "dark", "volume": 1, "other": 1}),
        ("documents", "counts", {"a": "1"}),
        ("documents", "counts", {1: 1}),
        ("documents", "pair", ("a", 1, 2)),
        ("documents", "matrix", [[1], 2]),
        ("documents", "places", [Place(math.inf, 0.0)]),
        ("documents", "scores", {"a": Decimal("nan")}),
        ("account", "position", (math.nan, 0.0)),
        ("account", "age", 1.5),
    ],
)
async def test_a_value_of_another_type_is_refused(every: Any, name: str, field: str, value: Any) -> None:
    entity = replace(getattr(samples, name.upper()), **{field: value})
    with pytest.raises(InvalidValue) as error:
        await getattr(every, name).add(entity)
    assert error.value.field in (field, "Address.city", "Place.latitude")
    assert (error.value.entity, error.value.entity_id) == (name, entity.id)
    assert await getattr(every, name).count() == 0


@pytest.mark.parametrize(
    "name",
    [
        "scalars",
        "optional_scalars",
        "choices",
        "account",
        "arrays",
        "documents",
        "frozen",
        "keyword_only",
        "mixed",
        "computed",
        "invoice",
        "untyped",
    ],
)
async def test_every_field_comes_back_as_its_class(every: Any, name: str) -> None:
    entity = getattr(samples, name.upper())
    read = await round_trip(getattr(every, name), entity)
    assert read == entity
    assert kinds(read) == kinds(entity)


async def test_a_subclass_is_stored_as_its_scalar_and_comes_back_as_the_declared_class(every: Any) -> None:
    class Shout(str):
        def __str__(self) -> str:
            return self.upper()

    entity = replace(samples.ACCOUNT, email=Email("a@b"), balance=Money("1.50"), code=Code(Shout("abc")))
    read = await round_trip(every.account, entity)
    assert read == entity
    assert (type(read.email), type(read.balance), type(read.code)) == (Email, Money, str)


async def test_initialisers_do_not_run_again(every: Any) -> None:
    entity = replace(samples.COMPUTED, discount=5)
    entity.total = -1
    assert (entity.price, entity.revision) == (100, 2)
    read = await round_trip(every.computed, entity)
    assert (read.price, read.total, read.revision) == (100, -1, 2)


async def test_excluded_fields_come_back_as_their_default(every: Any) -> None:
    await every.order.add(samples.ORDER)
    first, second = await every.order.get(samples.ID), await every.order.get(samples.ID)
    assert (first.number, first.events, second.events) == (12, [], [])
    assert first.events is not second.events


async def test_flags_combine(every: Any) -> None:
    for value in (Permission(0), Permission.READ, Permission.READ | Permission.WRITE):
        entity = replace(samples.CHOICES, permission=value)
        assert await round_trip(every.choices, entity) == entity
        assert await every.choices.count_by_fields({"permission": value}) == 1


@pytest.mark.parametrize("name", strategies.ENTITIES)
@bounded
@given(data=st.data())
async def test_any_entity_reads_back_equal(every: Any, backend: Backend, name: str, data: st.DataObject) -> None:
    entity = data.draw(strategies.ENTITIES[name])
    expected = backend.stored(entity)
    assert await round_trip(getattr(every, name), entity) == expected
    assert await round_trip(getattr(every, name), expected) == expected


@bounded
@given(st.lists(strategies.optional_scalars, max_size=5, unique_by=lambda entity: entity.id))
async def test_any_entities_can_be_added_together(
    every: Any, backend: Backend, entities: list[OptionalScalars]
) -> None:
    await every.optional_scalars.delete_by_fields({})
    await every.optional_scalars.add_many(entities)
    expected = sorted((backend.stored(entity) for entity in entities), key=lambda entity: entity.id)
    assert await every.optional_scalars.list(limit=None) == expected


@pytest.mark.parametrize("field", strategies.SCALARS)
@bounded
@given(data=st.data())
async def test_any_value_is_found_by_itself(every: Any, field: str, data: st.DataObject) -> None:
    value = data.draw(strategies.SCALARS[field])
    await every.optional_scalars.upsert(OptionalScalars(1, **{field: value}))
    assert await every.optional_scalars.count_by_fields({field: value}) == 1
    assert await every.optional_scalars.count_by_fields({field: {"ne": value}}) == 0
    if field != "data":  # which has no order
        assert len(await every.optional_scalars.distinct_values(field)) == 1


class Title(str):
    """A text that is equal to a plain one, but of its own class."""


async def test_get_many_answers_by_the_first_of_equal_ids(repos: Any) -> None:
    from conformance.host.entities import Word

    await repos.word.add(Word("a", meaning="the first letter"))
    found = await repos.word.get_many([Title("a"), "a"])
    assert found == {"a": Word("a", meaning="the first letter")}
    assert [type(entity_id) for entity_id in found] == [Title]
