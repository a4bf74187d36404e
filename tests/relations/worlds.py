"""Libraries to ask: many absent keys, values that are easily mistaken for one another, rows that share targets."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from random import Random
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from relations.host.entities import Author, Book, Cover, Genre, Loan, Place, Publisher, Reader, Tag
from relations.reference import RELATIONS

ORDER = ("publisher", "tag", "author", "book", "cover", "reader", "loan")
"""Such that what a row refers to is stored before it."""

NAMES = ["", "a", "A", "ab", "b", "Ä", "a%"]
CITIES = ["Rome", "rome", "Oslo"]
NUMBERS = [-1, 0, 1, 7, 7, 10]


def uid(number: int) -> UUID:
    """Return the id of that number; the order of the ids is not that of the numbers."""
    return UUID(int=(number * 7919) % 1000)


def world(seed: int, size: int = 8) -> dict[str, list[Any]]:
    """Return a library; the same seed gives the same one."""
    random = Random(seed)
    publishers = [Publisher(uid(n), f"p{n}", random.choice(NAMES)) for n in range(3)]
    tags = [Tag(f"t{n}", random.choice(NUMBERS)) for n in range(5)]
    authors = [_author(n, random) for n in range(size)]
    books = [_book(n, size, random) for n in range(size * 2)]
    covered = random.sample(books, size)
    covers = [Cover(uid(500 + n), book.id, random.choice(["red", "blue"])) for n, book in enumerate(covered)]
    readers = [_reader(n, random) for n in range(size // 2)]
    loans = [
        Loan(n, random.choice(readers).id, random.choice(books).id, random.choice(NUMBERS)) for n in range(size * 2)
    ]
    return {
        "publisher": publishers,
        "tag": tags,
        "author": authors,
        "book": books,
        "cover": covers,
        "reader": readers,
        "loan": loans,
    }


def _author(number: int, random: Random) -> Author:
    place = random.choice([None, Place(random.choice(CITIES), random.choice([None, "Main"]))])
    mentor = uid(random.randrange(number)) if number and random.random() < 0.6 else None
    return Author(uid(number), f"{random.choice(NAMES)}{number}", random.choice([None, *NUMBERS]), place, mentor)


def _book(number: int, authors: int, random: Random) -> Book:
    return Book(
        number,
        f"{random.choice(NAMES)}-{number}",
        random.choice([None, *(uid(n) for n in range(authors))]),
        random.choice([None, "p0", "p1"]),
        random.randrange(number) if number and random.random() < 0.5 else None,
        random.choices(["t0", "t1", "t2", "t3", "missing"], k=random.randrange(4)),
        random.choice([None, frozenset(random.sample(["t4", "t2", "t0", "nowhere"], k=random.randrange(4)))]),
        random.choice(list(Genre)),
        random.choice([Decimal(0), Decimal("1.5"), Decimal(10)]),
        random.choices(["x", "y"], k=random.randrange(3)),
    )


def _reader(number: int, random: Random) -> Reader:
    places = [Place(random.choice(CITIES)) for _ in range(random.randrange(3))]
    return Reader(f"r{number}", random.choice(NAMES), places=places)


async def store(repositories: Any, library: dict[str, list[Any]]) -> None:
    """Store a library."""
    for key in ORDER:
        await getattr(repositories, key).add_many(library[key])


# --- criteria and orders over it --------------------------------------------------------------------------------------

TEXTS = st.sampled_from([*NAMES, "t0", "p1", "red"])
INTEGERS = st.sampled_from(NUMBERS)
FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "publisher": {"code": TEXTS, "name": TEXTS},
    "tag": {"id": TEXTS, "weight": INTEGERS},
    "author": {"name": TEXTS, "born": INTEGERS, "id": st.integers(0, 8).map(uid), "place.city": TEXTS},
    "book": {
        "id": st.integers(0, 16),
        "title": TEXTS,
        "author_id": st.integers(0, 8).map(uid),
        "price": st.sampled_from([Decimal(0), Decimal("1.50"), Decimal(3)]),
        "genre": st.sampled_from(list(Genre)),
    },
    "cover": {"colour": TEXTS, "book_id": st.integers(0, 16)},
    "reader": {"id": st.sampled_from(["r0", "r1", "r9"]), "name": TEXTS},
    "loan": {"days": INTEGERS, "id": st.integers(0, 16)},
}
OPTIONAL = {"born", "place.city", "author_id"}
"""Fields that may be absent without a relation being so."""

ORDERED = ("gt", "gte", "lt", "lte")
TEXTUAL = ("contains", "icontains", "startswith", "istartswith", "endswith")


def sort_keys(key: str, depth: int = 2) -> list[str]:
    """Return what an entity can be sorted by here."""
    own = [name for name in FIELDS[key] if "." not in name]
    one = [(name, meaning) for name, meaning in RELATIONS[key].items() if not meaning.many]
    over = [f"{name}.{path}" for name, meaning in one for path in sort_keys(meaning.target, depth - 1)] if depth else []
    return [*own, *over]


@cache
def orders(key: str) -> st.SearchStrategy[list[str]]:
    """Return orders over paths."""
    spelled = [spelling for name in sort_keys(key) for spelling in (name, f"-{name}")]
    return st.lists(st.sampled_from(spelled), max_size=3)


@cache
def criteria(key: str, depth: int = 2, nested: int = 2) -> st.SearchStrategy[dict[str, Any]]:
    """Return criteria on an entity: over its fields, over paths of `depth` relations, and `nested` levels into relations to many."""
    leaves = st.lists(entries(key, depth, nested), max_size=2).map(dict)
    return st.recursive(leaves, _logic, max_leaves=4)


@st.composite
def queries(draw: st.DrawFn, key: str) -> tuple[dict[str, Any], list[str], bool]:
    """Return criteria, an order and whether to reverse it."""
    return draw(criteria(key)), draw(orders(key)), draw(st.booleans())


def _logic(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    several = st.lists(inner, min_size=1, max_size=2)
    return st.one_of(
        several.map(lambda branches: {"and": branches}),
        several.map(lambda branches: {"or": branches}),
        inner.map(lambda branch: {"not": branch}),
    )


@cache
def entries(key: str, depth: int, nested: int, prefix: str = "") -> st.SearchStrategy[tuple[str, Any]]:
    """Return entries of criteria on an entity, whose names begin with `prefix`."""
    choices = [
        st.tuples(st.just(prefix + name), _operand(values, bool(prefix) or name in OPTIONAL))
        for name, values in FIELDS[key].items()
    ]
    for name, meaning in RELATIONS[key].items() if depth else ():
        path = prefix + name
        if not meaning.many:
            choices.append(entries(meaning.target, depth - 1, nested, f"{path}."))
        elif nested:
            words, inner = st.sampled_from(["some", "none", "every"]), criteria(meaning.target, 1, nested - 1)
            choices.append(st.tuples(st.just(path), st.dictionaries(words, inner, min_size=1, max_size=2)))
    return st.one_of(choices)


def _operand(values: st.SearchStrategy[Any], optional: bool) -> st.SearchStrategy[Any]:
    one = st.one_of(values, st.none()) if optional else values
    return st.one_of(
        one,
        st.lists(one, max_size=3),
        one.map(lambda value: {"eq": value}),
        one.map(lambda value: {"ne": value}),
        st.lists(one, max_size=2).map(lambda items: {"in": items}),
        st.lists(one, max_size=2).map(lambda items: {"not_in": items}),
        values.flatmap(_ordered),
    )


def _ordered(value: Any) -> st.SearchStrategy[Any]:
    if isinstance(value, str):
        return st.sampled_from([*ORDERED, *TEXTUAL]).map(lambda operator: {operator: value})
    if isinstance(value, (int, Decimal)):
        return st.sampled_from(ORDERED).map(lambda operator: {operator: value})
    return st.just({"eq": value})
