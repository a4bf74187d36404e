"""A short run of the load on the app: no request fails, and all that was added is stored."""

from __future__ import annotations

from load.__main__ import load


async def test_under_load_no_request_fails_and_nothing_is_lost() -> None:
    outcome = await load(seconds=4, callers=8, workers=2)
    assert outcome.seen.errors == []
    assert outcome.stored == outcome.added > 0
