"""Cursors: every value that can be sorted by goes there and back, and nothing else comes back."""

from __future__ import annotations

from typing import Any

import pytest
from conformance.strategies import SCALARS, bounded
from hypothesis import given
from hypothesis import strategies as st

from pkit.errors import InvalidCursor
from pkit.paging import decode_cursor, encode_cursor

NAMES = ("text", "boolean", "integer", "real", "decimal", "uuid", "moment", "day", "hour", "duration", "data")
anything = st.none() | st.one_of([SCALARS[name] for name in NAMES])


@bounded
@given(st.lists(anything, min_size=1, max_size=4))
def test_values_go_there_and_back(values: list[Any]) -> None:
    sort = tuple(f"field{number}" for number in range(len(values)))
    cursor = encode_cursor("user", sort, values)
    assert cursor.isascii()
    back = decode_cursor(cursor, "user", sort)
    assert back == tuple(values)
    assert [type(value) for value in back] == [type(value) for value in values]


@bounded
@given(st.text(max_size=60))
def test_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursor):
        decode_cursor(text, "user", ("id",))


def test_a_cursor_belongs_to_its_entity_and_order() -> None:
    cursor = encode_cursor("user", ("age", "id"), [1, 2])
    for entity, sort in (("org", ("age", "id")), ("user", ("-age", "id")), ("user", ("id", "age")), ("user", ("age",))):
        with pytest.raises(InvalidCursor):
            decode_cursor(cursor, entity, sort)
    with pytest.raises(InvalidCursor):
        decode_cursor(encode_cursor("user", ("a",), [1, 2]), "user", ("a",))
