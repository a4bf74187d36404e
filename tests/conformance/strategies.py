"""Values of every type that can be stored, for hypothesis; and entities that are full of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path, PurePath
from typing import Any
from zoneinfo import ZoneInfo

from every_type.choices import Choices, Colour, Level, Mode, Permission, Priority, Size, Status
from every_type.collections import Address, Arrays, Documents, Place
from every_type.names import Account, AccountId, Age, Code, Email, Key, Money, Year
from every_type.options import Invoice, Mixed
from every_type.scalars import OptionalScalars
from every_type.untyped import Untyped
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from pkit.values import MAX_INTEGER, MIN_INTEGER

bounded = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
"""How much to try: the whole suite has to be quick, on servers as well."""

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
integers = st.integers(MIN_INTEGER, MAX_INTEGER)
floats = st.floats(allow_nan=False)
finite = st.floats(allow_nan=False, allow_infinity=False)
uuids = st.uuids()
dates = st.dates()
times = st.times()
durations = st.timedeltas(timedelta(microseconds=MIN_INTEGER), timedelta(microseconds=MAX_INTEGER))
chunks = st.binary(max_size=12)
zones = st.sampled_from(["UTC", "Europe/Madrid", "America/New_York", "Asia/Kathmandu", "Etc/GMT+12"]).map(ZoneInfo)
offsets = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
networks4 = st.builds(IPv4Network, st.tuples(st.integers(0, 2**32 - 1), st.integers(0, 32)), st.just(False))
networks6 = st.builds(IPv6Network, st.tuples(st.integers(0, 2**128 - 1), st.integers(0, 128)), st.just(False))
addresses4 = st.ip_addresses(v=4)
addresses6 = st.ip_addresses(v=6)
paths = st.lists(texts.filter(lambda part: part not in ("..", "")), max_size=3).map(lambda parts: Path(*parts))
pure_paths = paths.map(PurePath)


def _decimal(digits: int, exponent: int, negative: bool) -> Decimal:
    return Decimal(f"{'-' if negative else ''}{digits}E{exponent}")


decimals = st.one_of(
    st.builds(_decimal, st.integers(0, 10**34 - 1), st.integers(-40, 10), st.booleans()),
    st.builds(_decimal, st.integers(0, 10**34 - 1), st.integers(-6176, 6111), st.booleans()),
)


@st.composite
def _moments(draw: st.DrawFn) -> datetime:
    low, high = datetime(1, 1, 2), datetime(9999, 12, 30)  # such that every offset leaves it in range
    return draw(st.datetimes(low, high)).replace(tzinfo=draw(st.just(UTC) | offsets))


moments = _moments()
_leaves = st.none() | st.booleans() | integers | finite | texts
json_values: st.SearchStrategy[Any] = st.recursive(
    _leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
json_objects = st.dictionaries(texts, json_values, max_size=4)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Return None or a value."""
    return st.none() | values


SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "text": texts,
    "boolean": st.booleans(),
    "integer": integers,
    "real": floats,
    "decimal": decimals,
    "uuid": uuids,
    "moment": moments,
    "day": dates,
    "hour": times,
    "duration": durations,
    "data": chunks,
    "path": paths,
    "pure_path": pure_paths,
    "address4": addresses4,
    "address6": addresses6,
    "network4": networks4,
    "network6": networks6,
    "zone": zones,
}
"""By the name of a field of `OptionalScalars`, the values that it may hold, without None."""

optional_scalars = st.builds(OptionalScalars, integers, **{name: maybe(values) for name, values in SCALARS.items()})

colours = st.sampled_from(Colour)
permissions = st.integers(0, 3).map(Permission)
words: st.SearchStrategy[Any] = st.sampled_from(["yes", "no"])
choices = st.builds(
    Choices,
    uuids,
    colours,
    st.sampled_from(Priority),
    st.sampled_from(Status),
    st.sampled_from(Level),
    st.sampled_from(Size),
    permissions,
    st.integers(0, 3).map(lambda bits: Mode(bits * 2)),
    words,
    st.sampled_from([1, 2, 3]),
    maybe(colours),
    maybe(permissions),
    maybe(words),
    st.sampled_from(["a", "b", None]),
    st.lists(colours, max_size=3),
    st.frozensets(words),
)
arrays = st.builds(
    Arrays,
    uuids,
    st.lists(texts, max_size=3),
    st.sets(integers, max_size=3),
    st.frozensets(uuids, max_size=3),
    st.lists(dates, max_size=3).map(tuple),
    st.lists(texts, max_size=3),
    st.lists(decimals, max_size=3),
    st.lists(moments, max_size=3).map(tuple),
    st.lists(chunks, max_size=3),
    maybe(st.lists(texts, max_size=3)),
    maybe(st.sets(integers, max_size=3)),
    maybe(st.lists(dates, max_size=3).map(tuple)),
)
places = st.builds(Place, finite, finite)
addresses = st.builds(Address, texts, texts, colours, maybe(places), maybe(dates))
_settings: st.SearchStrategy[Any] = st.fixed_dictionaries(
    {"theme": texts, "volume": integers}, optional={"zoom": finite}
)
pairs = st.tuples(texts, integers)
documents = st.builds(
    Documents,
    uuids,
    addresses,
    _settings,
    st.dictionaries(texts, integers, max_size=3),
    pairs,
    st.lists(addresses, max_size=2),
    st.lists(st.lists(integers, max_size=2), max_size=2),
    st.dictionaries(texts, decimals, max_size=2),
    st.lists(places, max_size=2),
    st.dictionaries(texts, addresses, max_size=2),
    json_objects,
    st.dictionaries(texts, st.lists(dates, max_size=2), max_size=2),
    st.lists(st.tuples(integers, texts), max_size=2).map(tuple),
    maybe(addresses),
    maybe(_settings),
    maybe(st.dictionaries(texts, integers, max_size=2)),
    maybe(pairs),
    maybe(json_objects),
    st.lists(maybe(integers), max_size=3),
)
accounts = st.builds(
    Account,
    uuids.map(lambda value: AccountId(Key(int=value.int))),
    uuids.map(lambda value: Email(f"{value}@example.org")),
    decimals.map(Money),
    integers.map(Age),
    integers.map(Year),
    uuids.map(lambda value: Code(str(value))),
    integers,
    decimals,
    st.tuples(finite, finite),
    maybe(texts.map(Email)),
    maybe(integers.map(Year)),
    st.lists(texts, max_size=3),
    st.lists(texts.map(Email), max_size=3),
    st.sets(integers.map(Year), max_size=3),
    maybe(dates),
)
mixed = st.builds(Mixed, integers, texts, rank=integers, note=maybe(texts))
invoices = st.builds(Invoice, integers.map(Year), texts, st.booleans(), created_at=moments)
untyped = st.builds(Untyped, uuids, st.lists(json_values, max_size=3), json_objects, maybe(st.lists(json_values)))

ENTITIES: dict[str, st.SearchStrategy[Any]] = {
    "optional_scalars": optional_scalars,
    "choices": choices,
    "arrays": arrays,
    "documents": documents,
    "account": accounts,
    "mixed": mixed,
    "invoice": invoices,
    "untyped": untyped,
}
"""By its attribute in the container, entities of each kind."""
