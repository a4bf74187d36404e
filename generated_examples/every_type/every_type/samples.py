"""One entity of each kind, with a value in every field."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path, PurePath
from uuid import UUID
from zoneinfo import ZoneInfo

from every_type.choices import (
    Choices,
    Colour,
    Level,
    Mode,
    Permission,
    Priority,
    Size,
    Status,
)
from every_type.collections import Address, Arrays, Documents, Place
from every_type.names import Account, AccountId, Age, Code, Email, Key, Money, Year
from every_type.options import (
    Computed,
    Event,
    Frozen,
    Invoice,
    KeywordOnly,
    Mixed,
    Order,
)
from every_type.scalars import OptionalScalars, Scalars
from every_type.untyped import Untyped

ID = UUID("c8b5f0a2-4a0f-4f4c-9a51-1d0c0a3b8f11")
OTHER_ID = UUID("00000000-0000-4000-8000-000000000001")
MOMENT = datetime(2026, 2, 28, 12, 30, 15, 250_000, tzinfo=UTC)
DAY = date(2026, 2, 28)
ADDRESS = Address("Kings Parade", "Cambridge", Colour.RED, Place(52.2, 0.12), DAY)

SCALARS = Scalars(
    id=ID,
    text="naïve 100% _x_ \\ 'quoted'",
    boolean=True,
    integer=2**63 - 1,
    real=-0.1,
    decimal=Decimal("12.50"),
    uuid=OTHER_ID,
    moment=MOMENT,
    day=DAY,
    hour=time(23, 59, 59, 999_999),
    duration=timedelta(days=-1, microseconds=1),
    data=b"\x00\xff",
    path=Path("/var/lib"),
    pure_path=PurePath("a/b"),
    address4=IPv4Address("192.0.2.1"),
    address6=IPv6Address("2001:db8::1"),
    network4=IPv4Network("192.0.2.0/24"),
    network6=IPv6Network("2001:db8::/32"),
    zone=ZoneInfo("Europe/Madrid"),
)
NOTHING = OptionalScalars(id=0)
OPTIONAL_SCALARS = OptionalScalars(
    id=1,
    text="",
    boolean=False,
    integer=0,
    real=float("inf"),
    decimal=Decimal(0),
    uuid=OTHER_ID,
    moment=MOMENT,
    day=DAY,
    hour=time(0),
    duration=timedelta(0),
    data=b"",
    path=Path("."),
    pure_path=PurePath("."),
    address4=IPv4Address(0),
    address6=IPv6Address(0),
    network4=IPv4Network("0.0.0.0/0"),
    network6=IPv6Network("::/0"),
    zone=ZoneInfo("UTC"),
)
CHOICES = Choices(
    id=ID,
    colour=Colour.GREEN,
    priority=Priority.HIGH,
    status=Status.DRAFT,
    level=Level.TWO,
    size=Size.LARGE,
    permission=Permission.READ | Permission.WRITE,
    mode=Mode.OWNER,
    word="yes",
    number=3,
    maybe_permission=Permission(0),
    with_none="b",
    colours=[Colour.GREEN, Colour.RED],
    words=frozenset({"no"}),
)
ACCOUNT = Account(
    id=AccountId(Key(int=7)),
    email=Email("Ada@Example.org"),
    balance=Money("0.10"),
    age=Age(36),
    year=Year(1843),
    code=Code("A1"),
    share=50,
    limit=Decimal("1E+3"),
    position=(1.5, -2.5),
    backup_email=Email("lovelace@example.org"),
    tags=["first"],
    emails=[Email("ada@example.org")],
    years={Year(1842), Year(1843)},
    birthday=date(1815, 12, 10),
)
ARRAYS = Arrays(
    id=ID,
    names=["b", "a", "b"],
    numbers={3, 1, 2},
    keys=frozenset({ID, OTHER_ID}),
    days=(DAY,),
    sequence=["x", "y"],
    prices=[Decimal("1.10"), Decimal("-2.25")],
    moments=(MOMENT,),
    chunks=[b"", b"\x00"],
    maybe_numbers=set(),
)
DOCUMENTS = Documents(
    id=ID,
    address=ADDRESS,
    settings={"theme": "dark", "volume": 7},
    counts={"a": 1},
    pair=("left", 2),
    addresses=[ADDRESS, Address("Main St", "Springfield", Colour.GREEN)],
    matrix=[[1, 2], []],
    scores={"ada": Decimal("9.5")},
    places=[Place(0.0, 0.0)],
    by_name={"home": ADDRESS},
    anything={"a": [1, None, {"b": True}], "c": 1.5},
    history={"ada": [DAY]},
    steps=((1, "one"), (2, "two")),
    maybe_settings={"theme": "light", "volume": 0, "zoom": 1.25},
    maybe_pair=("", 0),
    sparse=[1, None],
)
FROZEN = Frozen(ID, "ice")
KEYWORD_ONLY = KeywordOnly(id=ID, name="named")
MIXED = Mixed(1, "mixed", rank=3, note="noted")
COMPUTED = Computed(ID, 100, 30)
INVOICE = Invoice(Year(2026), "rent", created_at=MOMENT)
ORDER = Order(ID, 12, [Event("placed")])
UNTYPED = Untyped(ID, [1, "two", None], {"three": [4.5]})
