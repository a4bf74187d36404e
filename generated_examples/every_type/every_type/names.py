"""Types with a name of their own: subclasses of scalars, NewTypes, aliases, Annotated."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Annotated, NewType, TypeAlias
from uuid import UUID


class Email(str):
    """A text that comes back as its class."""


class Money(Decimal):
    """A decimal that comes back as its class."""


class Age(int):
    """An integer that comes back as its class."""


class Key(UUID):
    """An id that comes back as its class."""


AccountId = NewType("AccountId", Key)
Year = NewType("Year", int)
Code = NewType("Code", str)
Tags: TypeAlias = list[str]
Point = tuple[float, float]
Percent = Annotated[int, "from 0 to 100"]


@dataclass
class Account:
    """One field of each way to name a type."""

    id: AccountId
    email: Email
    balance: Money
    age: Age
    year: Year
    code: Code
    share: Percent
    limit: Annotated[Decimal, "positive"]
    position: Point
    backup_email: Email | None = None
    closed_in: Year | None = None
    tags: Tags = field(default_factory=list[str])
    emails: list[Email] = field(default_factory=list[Email])
    years: set[Year] = field(default_factory=set[Year])
    birthday: Annotated[date | None, "unknown to most"] = None
