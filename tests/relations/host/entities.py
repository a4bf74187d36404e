"""A library. Ids are of several types; keys may be absent, and keys in lists may lead nowhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from uuid import UUID


class Genre(Enum):
    """What a book is."""

    NOVEL = "novel"
    ESSAY = "essay"


@dataclass(frozen=True)
class Place:
    """Where somebody lives."""

    city: str
    street: str | None = None


@dataclass
class Publisher:
    """Known by its code; books do not know its id."""

    id: UUID
    code: str
    name: str


@dataclass
class Author:
    """Somebody who writes, and may have learnt it from another author."""

    id: UUID
    name: str
    born: int | None = None
    place: Place | None = None
    mentor_id: UUID | None = None


@dataclass
class Tag:
    """A word that books are found by."""

    id: str
    weight: int = 0


@dataclass
class Book:
    """A book, which may be a sequel."""

    id: int
    title: str
    author_id: UUID | None = None
    publisher_code: str | None = None
    sequel_to: int | None = None
    tag_ids: list[str] = field(default_factory=list[str])
    shelf_tags: frozenset[str] | None = None
    genre: Genre = Genre.NOVEL
    price: Decimal = Decimal(0)
    keywords: list[str] = field(default_factory=list[str])


@dataclass
class Cover:
    """What a book looks like: at most one for each."""

    id: UUID
    book_id: int
    colour: str = "red"


@dataclass
class Reader:
    """Somebody who borrows books."""

    id: str
    name: str
    secret: str = "hash"
    places: list[Place] = field(default_factory=list[Place])


@dataclass
class Loan:
    """That somebody has borrowed a book, perhaps more than once."""

    id: int
    reader_id: str
    book_id: int
    days: int = 7
