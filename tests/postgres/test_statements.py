"""What is sent to the server, and how names and letters are taken."""

from __future__ import annotations

import asyncio
import json
import random
import unicodedata
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from servers import postgres as servers

from pkit.errors import InvalidCriteria, RepositoryError, UniqueViolation
from pkit.text import lower
from pkit_gen.backends.postgres.identifiers import RESERVED
from postgres.host.entities import Address, Team, Worker

TEAM = UUID(int=1)


class Spy:
    """Counts what the connections of a container send."""

    def __init__(self, repos: Any) -> None:
        self.queries: list[str] = []
        self._pool: Any = repos.worker._connections.pool

    async def __aenter__(self) -> Spy:
        connection = await self._pool.acquire()
        connection.add_query_logger(self._log)
        self._pool.release(connection)
        return self

    def _log(self, record: Any) -> None:
        self.queries.append(record.query)

    async def __aexit__(self, *_: object) -> None:
        await asyncio.sleep(0)  # loggers are called soon


CALLS: dict[str, Callable[[Any], Awaitable[Any]]] = {
    "add": lambda r: r.add(Worker(2, "b@x")),
    "get": lambda r: r.get(1),
    "get_many": lambda r: r.get_many([1, 2]),
    "get_by_email": lambda r: r.get_by_email("A@X"),
    "exists_by_email": lambda r: r.exists_by_email("A@X", excluding=1),
    "update": lambda r: r.update(Worker(1, "a@x", order=3)),
    "patch": lambda r: r.patch(1, order=4, extra={"a": 1}),
    "upsert": lambda r: r.upsert(Worker(1, "a@x")),
    "upsert_by_email": lambda r: r.upsert_by_email(Worker(9, "a@x")),
    "list": lambda r: r.list(),
    "list_by_fields": lambda r: r.list_by_fields({"team.name": "x"}, sort_by="-team.name"),
    "page": lambda r: r.page({}),
    "count": lambda r: r.count(),
    "count_by_fields": lambda r: r.count_by_fields({"order": 1}),
    "exists_by_fields": lambda r: r.exists_by_fields({"order": 1}),
    "distinct_values": lambda r: r.distinct_values("order"),
    "update_by_fields": lambda r: r.update_by_fields({"team.name": "x"}, order=1),
    "delete_by_fields": lambda r: r.delete_by_fields({"team.name": "x"}),
    "delete": lambda r: r.delete(1),
}


@pytest.mark.parametrize("method", CALLS)
async def test_a_method_sends_one_statement(repos: Any, method: str) -> None:
    await repos.worker.add(Worker(1, "a@x"))
    async with Spy(repos) as spy:
        await CALLS[method](repos.worker)
    assert len(spy.queries) == 1, spy.queries


async def test_names_of_sql_are_names_like_any_other(repos: Any) -> None:
    await repos.team.add(Team(TEAM, "red"))
    worker = Worker(1, "a@x", order=3, select="s", table="c", team_id=TEAM, friends=[1])
    await repos.worker.add_many([worker])
    assert await repos.worker.list_by_fields({"order": 3, "select": "s", "table": "c", "team.name": "red"}) == [worker]
    assert await repos.worker.update_by_fields({"table": "c"}, table="d", select=None) == 1
    assert await repos.worker.distinct_values("table") == ["d"]
    assert await repos.team.count_by_fields({"workers": {"some": {"friends_of": {"every": {"order": 3}}}}}) == 1


async def test_reserved_words_are_those_of_the_server() -> None:
    async with servers.administrator() as connection:
        rows = await connection.fetch("SELECT word FROM pg_get_keywords() WHERE catcode <> 'U'")
    assert {row["word"] for row in rows} <= RESERVED


@pytest.mark.parametrize(
    ("stored", "asked"),
    [
        ("STRASSE@X", "strasse@x"),
        ("ÄÖÜ@x", "äöü@X"),
        ("ΣΑΣ@x", "σασ@x"),
        ("Ж@x", "ж@x"),
        ("ǅ@x", "ǆ@x"),
        ("Ა@x", "ა@x"),
    ],
)
async def test_case_is_ignored_by_unicode(repos: Any, stored: str, asked: str) -> None:
    await repos.worker.add(Worker(1, stored))
    assert await repos.worker.get_by_email(asked) is not None
    assert await repos.worker.count_by_fields({"email": {"istartswith": asked[:2]}}) == 1
    with pytest.raises(UniqueViolation) as caught:
        await repos.worker.add(Worker(2, asked))
    assert (caught.value.index, caught.value.fields) == ("email", ("email",))
    assert (await repos.worker.upsert_by_email(Worker(3, asked))).id == 1


TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6) | st.sampled_from(
    ["%", "_", "\\", "'", '"', "$1", "{}", "a%b", "'; DROP TABLE x; --", "\\'", "::text", "?"]
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS, before=TEXTS, after=TEXTS)
async def test_text_is_taken_literally(repos: Any, text: str, before: str, after: str) -> None:
    whole = before + text + after
    await repos.worker.upsert(Worker(1, whole))
    for operator, wanted in (("contains", text), ("startswith", before), ("endswith", after), ("eq", whole)):
        assert await repos.worker.count_by_fields({"email": {operator: wanted}}) == 1
    for operator in ("icontains", "istartswith", "iendswith", "gt", "between"):
        value = [text, text] if operator == "between" else text
        await repos.worker.count_by_fields({"email": {operator: value}})


async def test_more_values_than_a_statement_takes_are_refused(repos: Any) -> None:
    with pytest.raises(InvalidCriteria, match="32767"):
        await repos.worker.count_by_fields({"or": [{"order": n} for n in range(32768)]})
    assert await repos.worker.count_by_fields({"order": list(range(100_000))}) == 0


async def test_a_key_that_is_too_long_for_an_index_is_an_invalid_value(repos: Any) -> None:
    text = random.Random(1).randbytes(20_000).hex()
    with pytest.raises(RepositoryError, match="too long") as caught:
        await repos.worker.add(Worker(1, text))
    assert text[:20] not in str(caught.value)
    assert await repos.worker.count() == 0


async def test_a_document_of_the_hosts_pool_is_no_text(package: Any, url: str) -> None:
    """A host that has its own codec for jsonb stores and reads the same documents as anybody."""

    async def set_codec(connection: Any) -> None:
        await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")

    worker = Worker(1, "a@x", extra={"a": [1, {"b": None}]}, address=Address("Rome", datetime(2026, 1, 1, tzinfo=UTC)))
    async with asyncpg.create_pool(url, init=set_codec, min_size=1, max_size=2) as pool:
        theirs = package.Repositories.postgres(pool)
        await theirs.create_schema()
        await theirs.worker.add(worker)
        await theirs.worker.add_many([Worker(2, "b@x", extra={"c": 1})])
        assert await theirs.worker.get(1) == worker
    async with package.Repositories.postgres(url) as ours:
        assert await ours.worker.get(1) == worker
        assert await ours.worker.count_by_fields({"extra": {"eq": {"c": 1}}}) == 1
        assert (
            await ours.worker.count_by_fields({"address.city": "Rome", "address.since": {"lt": datetime.now(UTC)}}) == 1
        )


async def test_equal_decimals_in_documents_are_equal(repos: Any) -> None:
    await repos.worker.add(Worker(1, "a@x", balance=Decimal("1.50"), extra={"big": 1e300, "n": 10**18, "f": 2.0}))
    assert (
        await repos.worker.count_by_fields(
            {"balance": Decimal("1.5"), "extra": {"eq": {"big": 1e300, "n": 10**18, "f": 2}}}
        )
        == 1
    )
    found = await repos.worker.get(1)
    assert str(found.balance) == "1.50"
    assert found.extra == {"big": 1e300, "n": 10**18, "f": 2.0}


async def test_case_agrees_with_memory_on_every_letter(url: str) -> None:
    """Letters that are newer than Python's tables apart, and the one whose lower case has two characters."""
    known = [c for c in map(chr, range(1, 0x110000)) if unicodedata.category(c) not in ("Cn", "Cs", "Co")]
    connection = await asyncpg.connect(url)
    lowered = await connection.fetchval(
        "SELECT array_agg(lower(c COLLATE pg_c_utf8) ORDER BY n) FROM unnest($1::text[]) WITH ORDINALITY AS l (c, n)",
        known,
    )
    await connection.close()
    assert [c for c, low in zip(known, lowered, strict=True) if low != lower(c)] == [
        "\N{LATIN CAPITAL LETTER I WITH DOT ABOVE}"
    ]
