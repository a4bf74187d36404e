"""Spelled expressions and functions, executed."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from datetime import UTC, date, timedelta
from decimal import Decimal
from ipaddress import IPv4Address
from types import ModuleType
from typing import Any
from uuid import UUID

import pytest

from backends.schemas import ADDRESS, ENTITIES, ORDER_FIELDS, POINT, WEEKDAY, ref
from pkit.errors import InvalidValue
from pkit_gen.backends.codecs import LOCALS, SUBCLASSES, Codec, Codecs, Speller, checked
from pkit_gen.backends.python import Imports
from pkit_gen.ir.types import (
    ArrayKind,
    ArrayType,
    DictType,
    FieldType,
    JsonType,
    ListType,
    NamedType,
    OptionalType,
    RecordField,
    RecordType,
    Scalar,
    ScalarType,
    TypedDictType,
)
from pkit_gen.source import ClassRef

COLUMNS = {scalar: checked(scalar) for scalar in Scalar} | {
    Scalar.PATH: Codec("values.path({value}, {field})", "Path({value})", (ClassRef("pathlib", "Path"),)),
    Scalar.ZONE_INFO: Codec(
        "values.zone_info({value}, {field})", "ZoneInfo({value})", (ClassRef("zoneinfo", "ZoneInfo"),)
    ),
    Scalar.IPV4_ADDRESS: Codec(
        "values.ipv4_address({value}, {field})", "IPv4Address({value})", (ClassRef("ipaddress", "IPv4Address"),)
    ),
}
DOCUMENTS = COLUMNS | {
    Scalar.DECIMAL: Codec(
        "str(values.decimal({value}, {field}))", "Decimal({value})", (ClassRef("decimal", "Decimal"),), ordered=False
    )
}
CODECS = Codecs(COLUMNS, DOCUMENTS)


class Spelled:
    """The expressions and functions of some fields, compiled as a module would hold them."""

    def __init__(self, fields: dict[str, FieldType], codecs: Codecs = CODECS) -> None:
        imports = Imports(reserved=LOCALS, pinned=codecs.names())
        speller = Speller(codecs, imports, fields.items())
        encode = [f"    {name!r}: lambda v: {speller.encode(t, 'v', repr(name))}," for name, t in fields.items()]
        decode = [f"    {name!r}: lambda v: {speller.decode(t, 'v', repr(name))}," for name, t in fields.items()]
        functions = ["\n    ".join((f.signature, *f.body)) for f in speller.functions()]
        tables = ["ENCODE = {", *encode, "}", "DECODE = {", *decode, "}"]
        text = "\n".join([*speller.constants(), *functions, *tables])
        self.space: dict[str, Any] = {}
        exec(f"{imports.text()}\n{text}", self.space)

    def encode(self, name: str, value: object) -> Any:
        return self.space["ENCODE"][name](value)

    def decode(self, name: str, value: object) -> Any:
        return self.space["DECODE"][name](value)

    def both(self, name: str, value: object) -> Any:
        return self.decode(name, self.encode(name, value))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ModuleType]:
    folder = tmp_path_factory.mktemp("host")
    (folder / "shop").mkdir()
    (folder / "shop/entities.py").write_text(ENTITIES)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "path", [str(folder), *sys.path])
        yield importlib.import_module("shop.entities")


@pytest.fixture(scope="module")
def spelled(shop: ModuleType) -> Spelled:
    return Spelled(ORDER_FIELDS)


def values(shop: ModuleType) -> dict[str, Any]:
    monday, sunday = shop.Weekday
    return {
        "id": UUID(int=7),
        "email": shop.Email("a@b"),
        "number": 3,
        "nickname": None,
        "weekday": sunday,
        "date": date(2024, 2, 29),
        "address": shop.Address("Main", shop.Geo(1.5, None), frozenset({monday, sunday}), city="X"),
        "tags": {"b", "a"},
        "days": (sunday, monday),
        "kind": "web",
        "labels": {"x": [1, 2], "y": []},
        "price": Decimal("1.50"),
        "span": timedelta(microseconds=5),
        "point": {"x": 1, "label": monday},
        "pair": (1, sunday),
        "extra": {"deep": [None, {"x": 1.5}]},
        "rights": shop.Right.READ | shop.Right.WRITE,
        "host": IPv4Address("10.0.0.1"),
    }


def test_every_value_comes_back_equal_and_of_its_class(shop: ModuleType, spelled: Spelled) -> None:
    for name, value in values(shop).items():
        back = spelled.both(name, value)
        assert (back, type(back)) == (value, type(value)), name


def test_the_stored_form_is_plain(shop: ModuleType, spelled: Spelled) -> None:
    given = values(shop)
    assert spelled.encode("tags", given["tags"]) == ("a", "b")
    assert spelled.encode("days", given["days"]) == ("sunday", "monday")
    assert spelled.encode("address", given["address"]) == {
        "street": "Main",
        "geo": {"lat": 1.5, "lon": None},
        "days": ["monday", "sunday"],
        "city": "X",
    }
    assert spelled.encode("pair", given["pair"]) == [1, "sunday"]
    assert type(spelled.encode("email", given["email"])) is str


def test_an_absent_value_stays_absent(spelled: Spelled) -> None:
    assert spelled.encode("address", None) is None
    assert spelled.decode("weekday", None) is None


def test_an_item_that_is_not_required_may_be_missing(spelled: Spelled) -> None:
    assert spelled.both("point", {"x": 1}) == {"x": 1}


WRONG: list[tuple[str, object]] = [
    ("tags", "text"),
    ("days", ["monday"]),
    ("kind", "mail"),
    ("labels", {"x": "12"}),
    ("labels", {1: [1]}),
    ("point", {"label": 1}),
    ("point", {"x": 1, "z": 2}),
    ("pair", (1,)),
    ("pair", [1, 2]),
    ("address", {"street": "Main"}),
    ("weekday", "sunday"),
    ("extra", {"x": object()}),
]


@pytest.mark.parametrize(("name", "value"), WRONG)
def test_a_value_of_another_type_is_refused(spelled: Spelled, name: str, value: object) -> None:
    with pytest.raises(InvalidValue):
        spelled.encode(name, value)


def test_a_stored_value_that_an_enum_has_no_longer_is_refused(spelled: Spelled) -> None:
    with pytest.raises(InvalidValue, match="weekday"):
        spelled.decode("weekday", "friday")


def test_what_comes_back_shares_no_containers(shop: ModuleType, spelled: Spelled) -> None:
    given = values(shop)["labels"]
    stored = spelled.encode("labels", given)
    back = spelled.decode("labels", stored)
    back["x"].append(3)
    assert stored["x"] == [1, 2] and given["x"] == [1, 2]


SUBCLASS_VALUES: list[tuple[Scalar, str, str]] = [
    (Scalar.TEXT, "Email", "Email('a@b')"),
    (Scalar.UUID, "Token", "Token(int=5)"),
    (Scalar.DATETIME, "Moment", "Moment(2024, 2, 29, 12, tzinfo=UTC)"),
    (Scalar.TIMEDELTA, "Pause", "Pause(days=-3, microseconds=7)"),
    (Scalar.ZONE_INFO, "Zone", "Zone('UTC')"),
]


@pytest.mark.parametrize(("scalar", "name", "spelling"), SUBCLASS_VALUES)
def test_a_subclass_comes_back_as_its_class(shop: ModuleType, scalar: Scalar, name: str, spelling: str) -> None:
    value = eval(spelling, vars(shop) | {"UTC": UTC})
    back = Spelled({"x": ScalarType(scalar, ref(name))}).both("x", value)
    assert type(back) is getattr(shop, name)
    assert str(back) == str(value)


def test_every_scalar_that_can_have_subclasses_is_rebuilt() -> None:
    assert set(Scalar) - set(SUBCLASSES) == {Scalar.BOOLEAN}


def test_a_class_without_a_constructor_is_set_attribute_by_attribute(shop: ModuleType) -> None:
    sealed = RecordType(ref("Sealed"), (RecordField("code", ScalarType(Scalar.TEXT)),), constructor=False)
    value = shop.Sealed()
    value.code = "x"
    back = Spelled({"sealed": sealed}).both("sealed", value)
    assert (type(back), back.code) == (shop.Sealed, "x")


def test_sets_without_an_order_are_stored_in_a_stable_one(shop: ModuleType) -> None:
    prices = ListType(ArrayKind.SET, OptionalType(ScalarType(Scalar.DECIMAL)))
    addresses = ListType(ArrayKind.FROZENSET, ADDRESS)
    spelled = Spelled({"prices": prices, "addresses": addresses})
    assert spelled.encode("prices", {Decimal(2), None, Decimal(1)}) == ["1", "2", None]
    given = frozenset({shop.Address(street, None, frozenset(), city="") for street in "bca"})
    assert [item["street"] for item in spelled.encode("addresses", given)] == ["a", "b", "c"]
    assert spelled.both("addresses", given) == given


def test_a_newtype_is_called_only_where_a_checker_would_ask_for_it(shop: ModuleType) -> None:
    named = NamedType(ref("OrderId"), ScalarType(Scalar.PATH), new_type=True)
    imports = Imports(reserved=LOCALS, pinned=CODECS.names())
    speller = Speller(CODECS, imports, [])
    assert speller.decode(named, "row[0]", '"x"') == "OrderId(Path(row[0]))"
    assert speller.decode(ORDER_FIELDS["id"], "row[0]", '"x"') == "row[0]"


def test_functions_come_innermost_first_under_names_that_do_not_clash() -> None:
    other = TypedDictType(ClassRef("shop.old", "Address"), (RecordField("a", ScalarType(Scalar.TEXT)),))
    fields: dict[str, FieldType] = {"address": ADDRESS, "old": DictType(other), "again": OptionalType(ADDRESS)}
    speller = Speller(CODECS, Imports(reserved=LOCALS, pinned=CODECS.names()), fields.items())
    assert [function.name for function in speller.functions()][::2] == [
        "_geo_to_document",
        "_address_to_document",
        "_address_2_to_document",
        "_old_to_document",
    ]
    assert speller.encoder(fields["again"]) == "_address_to_document"


def test_criteria_check_json_with_the_function_that_stores_it() -> None:
    codecs = Codecs(
        COLUMNS, DOCUMENTS, json=Codec("stored.json({value}, {field})", imports=(ClassRef("kept", "stored"),))
    )
    imports = Imports(reserved=LOCALS, pinned=codecs.names())
    assert Speller(codecs, imports, []).encoder(JsonType("dict")) == "stored.json"
    assert imports.text() == "from kept import stored"


def test_documents_pass_through_the_database_s_own_form(shop: ModuleType) -> None:
    text = Codec("json.dumps({value})", "json.loads({value})")
    spelled = Spelled({"point": OptionalType(POINT)}, Codecs(COLUMNS, DOCUMENTS, document=text))
    spelled.space["json"] = importlib.import_module("json")
    assert spelled.encode("point", {"x": 1}) == '{"x": 1}'
    assert spelled.both("point", {"x": 1, "label": shop.Weekday.MONDAY}) == {"x": 1, "label": shop.Weekday.MONDAY}
    assert spelled.both("point", None) is None


def test_an_array_is_rebuilt_as_each_kind_of_collection(shop: ModuleType) -> None:
    monday = shop.Weekday.MONDAY
    kinds: dict[ArrayKind, Any] = {
        ArrayKind.LIST: [monday],
        ArrayKind.TUPLE: (monday,),
        ArrayKind.SET: {monday},
        ArrayKind.FROZENSET: frozenset({monday}),
        ArrayKind.SEQUENCE: [monday],
    }
    for kind, value in kinds.items():
        back = Spelled({"x": ArrayType(kind, WEEKDAY)}).both("x", value)
        assert (back, type(back)) == (value, type(value))


class Day(date):
    """A date that is not exactly one."""


@pytest.mark.parametrize("type_", [ScalarType(Scalar.DATE), OptionalType(ScalarType(Scalar.DATE))], ids=str)
def test_a_plain_value_needs_no_call_where_that_is_spelled_out(type_: FieldType) -> None:
    columns = {Scalar.DATE: Codec("checked({value}, {field})", plain=ClassRef("datetime", "date"))}
    imports = Imports(reserved=LOCALS)
    expression = Speller(Codecs(columns, {}), imports, []).encode_inline(type_, "value", '"day"')
    called: list[object] = []

    def checked(value: object, field: str) -> None:
        called.append((value, field))

    space: dict[str, Any] = {"checked": checked}
    exec(f"{imports.text()}\ndef encode(value):\n    return {expression}", space)
    assert space["encode"](date(2024, 2, 29)) == date(2024, 2, 29)
    absent = isinstance(type_, OptionalType)
    for value in (Day(2024, 2, 29), None, 1):
        assert space["encode"](value) is None
    assert called == [(Day(2024, 2, 29), "day"), *([] if absent else [(None, "day")]), (1, "day")]


def test_a_subclass_is_never_plain(shop: ModuleType) -> None:
    codecs = Codecs({Scalar.TEXT: Codec("checked({value}, {field})", plain=ClassRef("builtins", "str"))}, {})
    email = ScalarType(Scalar.TEXT, ref("Email"))
    assert Speller(codecs, Imports(), []).encode_inline(email, "value", '"x"') == 'checked(value, "x")'


def test_a_stored_value_that_is_ready_needs_no_call_where_that_is_spelled_out() -> None:
    columns = {Scalar.INTEGER: Codec("", "slow({value})", ready="{value} > 0"), Scalar.TEXT: Codec("")}
    speller = Speller(Codecs(columns, {}), Imports(), [])

    def slow(value: object) -> object:
        return "slow", value

    space: dict[str, Any] = {"slow": slow}
    for type_ in (ScalarType(Scalar.INTEGER), OptionalType(ScalarType(Scalar.INTEGER))):
        exec(f"def decode(row):\n    return {speller.decode_inline(type_, 'row[0]', '')}", space)
        assert [space["decode"]((value,)) for value in (1, -1)] == [1, ("slow", -1)]
    assert space["decode"]((None,)) is None
    assert speller.decode_inline(ScalarType(Scalar.TEXT), "row[0]", "") == "row[0]"
    assert speller.decode_inline(ScalarType(Scalar.INTEGER, ref("Number")), "row[0]", "") == "Number(slow(row[0]))"
