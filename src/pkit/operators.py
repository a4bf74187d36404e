"""The operator dictionaries and filters that criteria take, one per built-in type; `Optional…` where the field may be None.

They are types for checkers: at run time `pkit.criteria.parse` checks what it is given. Generated contracts define their own for enums,
Literals, NewTypes and the rarer types.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Generic, TypeAlias, TypedDict, TypeVar
from uuid import UUID

X = TypeVar("X")

Texts: TypeAlias = list[str] | tuple[str, ...] | set[str] | frozenset[str]
"""Membership among texts: a str is itself a Collection[str], so that must not be the type."""

OptionalTexts: TypeAlias = Texts | list[str | None] | tuple[str | None, ...] | set[str | None] | frozenset[str | None]
"""Membership among texts where None matches absent values."""


class ArrayOperators(TypedDict, Generic[X], total=False):
    """What criteria ask of an array: one item, any or all of some, whether it is empty."""

    has: X
    has_any: Collection[X]
    has_all: Collection[X]
    empty: bool


class ToManyOperators(TypedDict, Generic[X], total=False):
    """What criteria ask of the related rows: whether some, none or every one of them meets criteria of their own."""

    some: X
    none: X
    every: X


class TextArrayOperators(TypedDict, total=False):
    """What criteria ask of an array of texts."""

    has: str
    has_any: Texts
    has_all: Texts
    empty: bool


TextOperators = TypedDict(
    "TextOperators",
    {
        "eq": str,
        "ne": str,
        "in": Texts,
        "not_in": Texts,
        "gt": str,
        "gte": str,
        "lt": str,
        "lte": str,
        "between": tuple[str, str] | list[str],
        "contains": str,
        "icontains": str,
        "startswith": str,
        "istartswith": str,
        "endswith": str,
        "iendswith": str,
    },
    total=False,
)
OptionalTextOperators = TypedDict(
    "OptionalTextOperators",
    {
        "eq": str | None,
        "ne": str | None,
        "in": OptionalTexts,
        "not_in": OptionalTexts,
        "gt": str,
        "gte": str,
        "lt": str,
        "lte": str,
        "between": tuple[str, str] | list[str],
        "contains": str,
        "icontains": str,
        "startswith": str,
        "istartswith": str,
        "endswith": str,
        "iendswith": str,
    },
    total=False,
)
BooleanOperators = TypedDict(
    "BooleanOperators",
    {
        "eq": bool,
        "ne": bool,
        "in": Collection[bool],
        "not_in": Collection[bool],
    },
    total=False,
)
OptionalBooleanOperators = TypedDict(
    "OptionalBooleanOperators",
    {
        "eq": bool | None,
        "ne": bool | None,
        "in": Collection[bool | None],
        "not_in": Collection[bool | None],
    },
    total=False,
)
IntegerOperators = TypedDict(
    "IntegerOperators",
    {
        "eq": int,
        "ne": int,
        "in": Collection[int],
        "not_in": Collection[int],
        "gt": int,
        "gte": int,
        "lt": int,
        "lte": int,
        "between": tuple[int, int] | list[int],
    },
    total=False,
)
OptionalIntegerOperators = TypedDict(
    "OptionalIntegerOperators",
    {
        "eq": int | None,
        "ne": int | None,
        "in": Collection[int | None],
        "not_in": Collection[int | None],
        "gt": int,
        "gte": int,
        "lt": int,
        "lte": int,
        "between": tuple[int, int] | list[int],
    },
    total=False,
)
FloatOperators = TypedDict(
    "FloatOperators",
    {
        "eq": float,
        "ne": float,
        "in": Collection[float],
        "not_in": Collection[float],
        "gt": float,
        "gte": float,
        "lt": float,
        "lte": float,
        "between": tuple[float, float] | list[float],
    },
    total=False,
)
OptionalFloatOperators = TypedDict(
    "OptionalFloatOperators",
    {
        "eq": float | None,
        "ne": float | None,
        "in": Collection[float | None],
        "not_in": Collection[float | None],
        "gt": float,
        "gte": float,
        "lt": float,
        "lte": float,
        "between": tuple[float, float] | list[float],
    },
    total=False,
)
DecimalOperators = TypedDict(
    "DecimalOperators",
    {
        "eq": Decimal,
        "ne": Decimal,
        "in": Collection[Decimal],
        "not_in": Collection[Decimal],
        "gt": Decimal,
        "gte": Decimal,
        "lt": Decimal,
        "lte": Decimal,
        "between": tuple[Decimal, Decimal] | list[Decimal],
    },
    total=False,
)
OptionalDecimalOperators = TypedDict(
    "OptionalDecimalOperators",
    {
        "eq": Decimal | None,
        "ne": Decimal | None,
        "in": Collection[Decimal | None],
        "not_in": Collection[Decimal | None],
        "gt": Decimal,
        "gte": Decimal,
        "lt": Decimal,
        "lte": Decimal,
        "between": tuple[Decimal, Decimal] | list[Decimal],
    },
    total=False,
)
UuidOperators = TypedDict(
    "UuidOperators",
    {
        "eq": UUID,
        "ne": UUID,
        "in": Collection[UUID],
        "not_in": Collection[UUID],
    },
    total=False,
)
OptionalUuidOperators = TypedDict(
    "OptionalUuidOperators",
    {
        "eq": UUID | None,
        "ne": UUID | None,
        "in": Collection[UUID | None],
        "not_in": Collection[UUID | None],
    },
    total=False,
)
DatetimeOperators = TypedDict(
    "DatetimeOperators",
    {
        "eq": datetime,
        "ne": datetime,
        "in": Collection[datetime],
        "not_in": Collection[datetime],
        "gt": datetime,
        "gte": datetime,
        "lt": datetime,
        "lte": datetime,
        "between": tuple[datetime, datetime] | list[datetime],
    },
    total=False,
)
OptionalDatetimeOperators = TypedDict(
    "OptionalDatetimeOperators",
    {
        "eq": datetime | None,
        "ne": datetime | None,
        "in": Collection[datetime | None],
        "not_in": Collection[datetime | None],
        "gt": datetime,
        "gte": datetime,
        "lt": datetime,
        "lte": datetime,
        "between": tuple[datetime, datetime] | list[datetime],
    },
    total=False,
)
DateOperators = TypedDict(
    "DateOperators",
    {
        "eq": date,
        "ne": date,
        "in": Collection[date],
        "not_in": Collection[date],
        "gt": date,
        "gte": date,
        "lt": date,
        "lte": date,
        "between": tuple[date, date] | list[date],
    },
    total=False,
)
OptionalDateOperators = TypedDict(
    "OptionalDateOperators",
    {
        "eq": date | None,
        "ne": date | None,
        "in": Collection[date | None],
        "not_in": Collection[date | None],
        "gt": date,
        "gte": date,
        "lt": date,
        "lte": date,
        "between": tuple[date, date] | list[date],
    },
    total=False,
)
TimeOperators = TypedDict(
    "TimeOperators",
    {
        "eq": time,
        "ne": time,
        "in": Collection[time],
        "not_in": Collection[time],
        "gt": time,
        "gte": time,
        "lt": time,
        "lte": time,
        "between": tuple[time, time] | list[time],
    },
    total=False,
)
OptionalTimeOperators = TypedDict(
    "OptionalTimeOperators",
    {
        "eq": time | None,
        "ne": time | None,
        "in": Collection[time | None],
        "not_in": Collection[time | None],
        "gt": time,
        "gte": time,
        "lt": time,
        "lte": time,
        "between": tuple[time, time] | list[time],
    },
    total=False,
)
TimedeltaOperators = TypedDict(
    "TimedeltaOperators",
    {
        "eq": timedelta,
        "ne": timedelta,
        "in": Collection[timedelta],
        "not_in": Collection[timedelta],
        "gt": timedelta,
        "gte": timedelta,
        "lt": timedelta,
        "lte": timedelta,
        "between": tuple[timedelta, timedelta] | list[timedelta],
    },
    total=False,
)
OptionalTimedeltaOperators = TypedDict(
    "OptionalTimedeltaOperators",
    {
        "eq": timedelta | None,
        "ne": timedelta | None,
        "in": Collection[timedelta | None],
        "not_in": Collection[timedelta | None],
        "gt": timedelta,
        "gte": timedelta,
        "lt": timedelta,
        "lte": timedelta,
        "between": tuple[timedelta, timedelta] | list[timedelta],
    },
    total=False,
)
BytesOperators = TypedDict(
    "BytesOperators",
    {
        "eq": bytes,
        "ne": bytes,
        "in": Collection[bytes],
        "not_in": Collection[bytes],
    },
    total=False,
)
OptionalBytesOperators = TypedDict(
    "OptionalBytesOperators",
    {
        "eq": bytes | None,
        "ne": bytes | None,
        "in": Collection[bytes | None],
        "not_in": Collection[bytes | None],
    },
    total=False,
)

# --- what criteria take for a field: a value, several of them, or operators ---------------------------------------------

TextFilter: TypeAlias = str | Texts | TextOperators
OptionalTextFilter: TypeAlias = str | OptionalTexts | OptionalTextOperators | None
BooleanFilter: TypeAlias = bool | Collection[bool] | BooleanOperators
OptionalBooleanFilter: TypeAlias = bool | Collection[bool | None] | OptionalBooleanOperators | None
IntegerFilter: TypeAlias = int | Collection[int] | IntegerOperators
OptionalIntegerFilter: TypeAlias = int | Collection[int | None] | OptionalIntegerOperators | None
FloatFilter: TypeAlias = float | Collection[float] | FloatOperators
OptionalFloatFilter: TypeAlias = float | Collection[float | None] | OptionalFloatOperators | None
DecimalFilter: TypeAlias = Decimal | Collection[Decimal] | DecimalOperators
OptionalDecimalFilter: TypeAlias = Decimal | Collection[Decimal | None] | OptionalDecimalOperators | None
UuidFilter: TypeAlias = UUID | Collection[UUID] | UuidOperators
OptionalUuidFilter: TypeAlias = UUID | Collection[UUID | None] | OptionalUuidOperators | None
DatetimeFilter: TypeAlias = datetime | Collection[datetime] | DatetimeOperators
OptionalDatetimeFilter: TypeAlias = datetime | Collection[datetime | None] | OptionalDatetimeOperators | None
DateFilter: TypeAlias = date | Collection[date] | DateOperators
OptionalDateFilter: TypeAlias = date | Collection[date | None] | OptionalDateOperators | None
TimeFilter: TypeAlias = time | Collection[time] | TimeOperators
OptionalTimeFilter: TypeAlias = time | Collection[time | None] | OptionalTimeOperators | None
TimedeltaFilter: TypeAlias = timedelta | Collection[timedelta] | TimedeltaOperators
OptionalTimedeltaFilter: TypeAlias = timedelta | Collection[timedelta | None] | OptionalTimedeltaOperators | None
BytesFilter: TypeAlias = bytes | Collection[bytes] | BytesOperators
OptionalBytesFilter: TypeAlias = bytes | Collection[bytes | None] | OptionalBytesOperators | None
