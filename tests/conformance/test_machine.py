"""Any sequence of calls, on a backend and in memory side by side: the same results, the same errors, the same rows."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, ClassVar, TypeAlias, cast

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from conformance.backends import BACKENDS, Backend
from conformance.host.entities import Address, Level, Org, Role, User
from conformance.samples import uid
from pkit.errors import ForeignKeyViolation, InvalidCriteria, InvalidValue, RepositoryError, UniqueViolation

MEMORY = BACKENDS[0]
BOUNDED = settings(max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Call: TypeAlias = tuple[str, str, tuple[Any, ...], dict[str, Any]]
"""A repository, a method, its arguments."""

ids = st.integers(1, 5).map(uid)
org_ids = st.integers(1, 3).map(uid)
orgs = st.builds(Org, org_ids, st.sampled_from(["a", "b", "A"]), st.sampled_from([None, "x", "y"]))
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    "email": st.sampled_from(["a@x", "A@X", "b@x", "c@x", "é@x", "É@x"]),
    "name": st.sampled_from(["", "a", "B", "100%", "é"]),
    "nickname": st.sampled_from([None, None, "n", "N", "m"]),
    "joined": st.sampled_from([datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2)]),
    "role": st.sampled_from(Role),
    "level": st.sampled_from(Level),
    "age": st.sampled_from([None, 0, 1, 2, 10]),
    "balance": st.sampled_from([Decimal(0), Decimal("0.10"), Decimal("-1E+3")]),
    "active": st.booleans(),
    "tags": st.lists(st.sampled_from(["x", "y", "X"]), max_size=2),
    "address": st.sampled_from([None, Address("Paris"), Address("Rome", "via")]),
    "settings": st.sampled_from([{}, {"a": 1}, {"a": True}, {"$b": [None, 1.5]}]),
    "org_id": st.none() | org_ids,
    "badge": st.sampled_from([None, None, 1, 2]),
    "manager_id": st.none() | ids,
}
users = st.builds(User, ids, **FIELDS)
changes = st.fixed_dictionaries({}, optional=FIELDS)
conditions: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.sampled_from(
        [
            {},
            {"age": None},
            {"age": {"gte": 1}, "active": True},
            {"age": [0, 10, None]},
            {"age": {"ne": 1}},
            {"name": {"icontains": "É"}},
            {"name": {"startswith": "100%"}},
            {"tags": {"has": "x"}},
            {"tags": {"empty": True}},
            {"address.city": {"ne": "Paris"}},
            {"address": None},
            {"settings": {"eq": {"a": 1}}},
            {"or": [{"role": Role.WRITER}, {"not": {"nickname": {"in": ["n", None]}}}]},
            {"balance": {"between": (Decimal("0.1"), Decimal(5))}},
            {"org.name": {"gt": "A"}},
            {"not": {"manager.age": {"lt": 5}}},
            {"manager.org.city": None},
            {"ag": 1},
        ]
    ),
)
orders: st.SearchStrategy[list[str]] = st.lists(
    st.sampled_from(["age", "-age", "name", "-nickname", "role", "balance", "-joined", "org.name", "-manager.age"]),
    max_size=2,
)


def calls(
    name: str,
    method: str,
    *arguments: st.SearchStrategy[Any],
    keywords: st.SearchStrategy[dict[str, Any]] | None = None,
) -> st.SearchStrategy[Call]:
    none: dict[str, Any] = {}
    return st.tuples(
        st.just(name), st.just(method), st.tuples(*arguments), st.just(none) if keywords is None else keywords
    )


listing = st.fixed_dictionaries(
    {"sort_by": orders, "sort_desc": st.booleans()},
    optional={"offset": st.integers(0, 3), "limit": st.none() | st.integers(0, 3)},
)
paging = st.fixed_dictionaries({"sort_by": orders, "limit": st.integers(1, 3)})
streaming = st.fixed_dictionaries({"sort_by": orders, "batch_size": st.integers(1, 3)})
excluding = st.fixed_dictionaries({}, optional={"excluding": ids})
WRITES = st.one_of(
    calls("org", "add", orgs),
    calls("org", "upsert", orgs),
    calls("org", "delete", org_ids),
    calls("user", "add", users),
    calls("user", "add_many", st.lists(users, max_size=3)),
    calls("user", "update", users),
    calls("user", "patch", ids, keywords=changes),
    calls("user", "upsert", users),
    calls("user", "upsert_by_email", users),
    calls("user", "upsert_by_nickname", users),
    calls("user", "upsert_by_org_id_and_badge", users),
    calls("user", "delete", ids),
    calls("user", "delete_by_fields", conditions),
    calls("user", "update_by_fields", conditions, keywords=changes),
)
READS = st.one_of(
    calls("user", "get", ids),
    calls("user", "get_many", st.lists(ids, max_size=4)),
    calls("user", "get_by_email", FIELDS["email"]),
    calls("user", "get_by_org_id_and_badge", org_ids, st.integers(1, 2)),
    calls("user", "exists_by_email", FIELDS["email"], keywords=excluding),
    calls("user", "list", keywords=listing),
    calls("user", "list_by_fields", conditions, keywords=listing),
    calls("user", "page", conditions, keywords=paging),
    calls("user", "stream", conditions, keywords=streaming),
    calls("user", "count"),
    calls("user", "count_by_fields", conditions),
    calls("user", "exists_by_fields", conditions),
    calls("user", "distinct_values", st.sampled_from(["age", "name", "role", "org_id", "tags"]), conditions),
)


NOTHING: dict[str, Any] = {"org_id": None, "manager_id": None}


def without_references(call: Call) -> Call:
    """Return the call with nothing that refers to another entity."""
    name, method, arguments, keywords = call
    if method == "add_many":
        arguments = ([replace(entity, **NOTHING) for entity in arguments[0]],)
    elif arguments and isinstance(arguments[0], User):
        arguments = (replace(arguments[0], **NOTHING),)
    return name, method, arguments, {name: value for name, value in keywords.items() if name not in NOTHING}


async def result_of(repositories: Any, call: Call) -> Any:
    """Return what a call gives, in a form that compares."""
    name, method, arguments, keywords = call
    given = getattr(getattr(repositories, name), method)(*arguments, **keywords)
    if method == "stream":
        return [row async for row in given]
    result = await given
    if method == "page":
        return list(result.items), result.next_cursor is None
    return list(result) if method in ("list", "list_by_fields", "distinct_values") else result


def said_by(error: RepositoryError) -> tuple[Any, ...]:
    """Return what an error says."""
    match error:
        case UniqueViolation():
            return UniqueViolation, error.entity, error.index, error.fields
        case ForeignKeyViolation():
            return ForeignKeyViolation, error.entity, error.field, error.target
        case InvalidCriteria() | InvalidValue():
            return type(error), error.field, error.reason
        case _:
            return type(error), str(error)


async def outcome_of(repositories: Any, call: Call) -> Any:
    try:
        return await result_of(repositories, call)
    except RepositoryError as error:
        return said_by(error)


async def outcome_of_transaction(repositories: Any, steps: Sequence[Call], commit: bool) -> list[Any]:
    """Return what each step gives, up to the first that fails, after which nothing is left of any."""
    outcomes: list[Any] = []
    try:
        async with repositories.transaction() as tx:
            for call in steps:
                outcomes.append(await result_of(tx, call))
            if not commit:
                raise RepositoryError("undo")
    except RepositoryError as error:
        outcomes.append(said_by(error))
    return outcomes


def _has_transactions(machine: RuleBasedStateMachine) -> bool:
    return isinstance(machine, SideBySide) and machine.backend.transactions


def without_index(outcome: object) -> object:
    """Leave open which index is told of: where two are violated, a transaction of MongoDB's that failed cannot look for the other."""
    if isinstance(outcome, list):
        return [without_index(item) for item in cast(list[object], outcome)]
    return UniqueViolation if _tells_of_an_index(outcome) else outcome


def _tells_of_an_index(outcome: object) -> bool:
    return isinstance(outcome, tuple) and UniqueViolation in cast(tuple[object, ...], outcome)


class SideBySide(RuleBasedStateMachine):
    """Makes each call on a backend and in memory."""

    backend: ClassVar[Backend]
    packages: ClassVar[Sequence[Any]]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.sides: list[Any] = []

    @initialize()
    def open(self) -> None:
        for backend in (MEMORY, self.backend):
            containers = self.runner.run(self.stack.enter_async_context(backend.open(self.packages)))
            self.sides.append(containers[0])

    @rule(call=WRITES)
    def write(self, call: Call) -> None:
        call = call if self.backend.references else without_references(call)
        self.compare([self.runner.run(outcome_of(side, call)) for side in self.sides])
        self.compare_rows()

    @rule(call=READS)
    def read(self, call: Call) -> None:
        expected, found = [self.runner.run(outcome_of(side, call)) for side in self.sides]
        assert found == expected

    @precondition(_has_transactions)
    @rule(steps=st.lists(WRITES | READS, max_size=4), commit=st.booleans())
    def transact(self, steps: list[Call], commit: bool) -> None:
        steps = steps if self.backend.references else [without_references(call) for call in steps]
        self.compare([self.runner.run(outcome_of_transaction(side, steps, commit)) for side in self.sides])
        self.compare_rows()

    def compare(self, outcomes: list[object]) -> None:
        expected, found = outcomes if self.backend.savepoints else map(without_index, outcomes)
        assert found == expected

    def compare_rows(self) -> None:
        for name in ("org", "user"):
            call: Call = (name, "list", (), {"limit": None})
            expected, found = [self.runner.run(result_of(side, call)) for side in self.sides]
            assert found == expected

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()


@pytest.mark.parametrize("given", BACKENDS[1:], ids=lambda backend: backend.name)
def test_every_backend_does_the_same(given: Backend, packages: Sequence[Any]) -> None:
    class Machine(SideBySide):
        backend = given

    Machine.packages = packages
    run_state_machine_as_test(Machine, settings=BOUNDED)
