"""The short ways of writing to committed tables in memory do what the steps of a transaction do, and leave nothing of what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from pkit.criteria import CriteriaField, Fields
from pkit.errors import EntityNotFound, ForeignKeyViolation, RepositoryError, UniqueViolation
from pkit.memory import At, Entity, Reference, Row, Session, Unique, operations, types
from pkit.memory.operations import Step


def entity(key: str, columns: tuple[str, ...], **more: Any) -> Entity[Any]:
    """Return an entity whose rows are stored as they are given."""
    fields: Fields[At] = {
        name: CriteriaField(types.array(types.INTEGER) if name == "tags" else types.INTEGER, column)
        for column, name in enumerate(columns)
    }
    return Entity(key, columns, fields, lambda row: row, lambda row: row, {}, **more)


TEAM = entity("team", ("id",))
MEMBER = entity(
    "member",
    ("id", "number", "seat", "floor", "team_id", "tags"),
    unique={"number": Unique(("number",)), "place": Unique(("seat", "floor"))},
    references=(Reference("team_id", "team"),),
    indexed=("team_id", "tags"),
)


def opened() -> Session:
    """Return a session with the teams 0, 1 and 2."""
    session = Session()
    for each in (TEAM, MEMBER):
        session.register(each)
    for number in range(3):
        session.insert("team", (number,))
    return session


def content(session: Session) -> Any:
    """Return all that is known of members: the rows, and the ids by key of each index."""
    table = session.tables["member"]
    places = [(number, seat, floor) for number in range(8) for seat in range(4) for floor in range(4)]
    unique = [(table.holder("number", n), table.holder("place", (seat, floor))) for n, seat, floor in places]
    return sorted(table.rows()), unique, [[table.find(column, n) for n in range(4)] for column in (4, 5)]


def outcome(write: Callable[..., None], *arguments: Any) -> Any:
    """Return the error of a write, or None."""
    try:
        write(*arguments)
    except RepositoryError as error:
        return type(error), str(error)
    return None


def some_row(random: Random) -> Row:
    tags = None if random.random() < 0.2 else tuple(random.choices(range(4), k=random.randrange(4)))
    seat = None if random.random() < 0.2 else random.randrange(4)
    team = None if random.random() < 0.2 else random.randrange(4)
    return (random.randrange(12), random.randrange(8), seat, random.randrange(4), team, tags)


@pytest.mark.parametrize("seed", range(20))
def test_the_short_way_and_the_steps_agree(seed: int) -> None:
    random, short, long = Random(seed), opened(), opened()
    errors = set[type[Exception]]()
    for _ in range(150):
        row = some_row(random)
        steps: list[tuple[Callable[..., None], Step]] = [
            (short.insert, operations.insert),
            (short.replace, operations.replace),
        ]
        write, step = random.choice(steps)
        found = outcome(write, "member", row)
        assert found == outcome(long.execute_one, "member", step, row)
        assert content(short) == content(long)
        errors.add(found and found[0])
    assert errors == {None, UniqueViolation, ForeignKeyViolation, EntityNotFound}


@pytest.mark.parametrize(
    "refused",
    [
        (1, 2, 2, 2, 0, ()),
        (2, 1, 2, 2, 0, ()),
        (2, 2, 1, 1, 0, ()),
        (2, 2, 2, 2, 9, ()),
    ],
    ids=["id", "first index", "second index", "reference"],
)
def test_a_refused_row_leaves_its_keys_free(refused: Row) -> None:
    session = opened()
    session.insert("member", (1, 1, 1, 1, 0, ()))
    before = content(session)
    with pytest.raises(RepositoryError):
        session.insert("member", refused)
    assert content(session) == before
    session.insert("member", (2, 2, 2, 2, 0, ()))
    assert len(session.tables["member"].find(4, 0)) == 2


def test_within_a_transaction_nothing_is_seen_before_its_end() -> None:
    session = opened()
    session.insert("member", (1, 1, 1, 1, 0, ()))
    before = content(session)
    inner = Session(session)
    inner.insert("member", (2, 2, 2, 2, 0, ()))
    inner.replace("member", (1, 1, 1, 1, 0, (3,)))
    inner.replace("member", (1, 1, 1, 1, 1, (3,)))
    assert content(session) == before
    assert [row[0] for row in content(inner)[0]] == [1, 2]
    with pytest.raises(UniqueViolation):
        inner.insert("member", (3, 2, 3, 3, 0, ()))
