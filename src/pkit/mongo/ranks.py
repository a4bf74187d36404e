"""Orders over relations to one. Where the related side has few rows, they are read once, in order, and what is sorted gets their ranks; to
join each of many rows with its one takes many times as long.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pkit.mongo import stored
from pkit.mongo.entity import DOCUMENT_ID, At, Document, Reach, document_key
from pkit.mongo.queries import Query, reader
from pkit.mongo.session import Session
from pkit.sorting import SortKey

FEW = 500
"""So many related rows are ranked: the place of each row's key among them is searched one after the other."""


async def add_ranks(order: Sequence[SortKey[At]], query: Query, session: Session) -> None:
    """Add to a query the ranks of the related rows that an order asks for, where these are few."""
    for key in order:
        if isinstance(key.field.at, Reach):
            ranks = await _ranks(key.field.at, session)
            if ranks is not None:
                query.rank(key.field.at, *ranks)


async def _ranks(at: Reach, session: Session) -> tuple[list[Any], list[int]] | None:
    """Return the keys of the rows at the first hop of a path, with the rank of each; None where there are too many of them."""
    hop, beyond = at.hops[0], Query()
    remote = document_key(hop.remote)
    path = beyond.path(Reach(at.hops[1:], at.path) if at.hops[1:] else str(at.path))
    projection = {DOCUMENT_ID: 1, remote: 1, path: 1}
    found = await session.collection(hop.entity).all(
        {remote: {"$ne": None}}, beyond.stages, sort={path: 1}, limit=FEW + 1, projection=projection
    )
    return None if len(found) > FEW else _numbered(found, remote, path)


def _numbered(found: Sequence[Document], remote: str, path: str) -> tuple[list[Any], list[int]]:
    """Return the keys of documents in order, and a rank for each: 0 for nothing, one and the same for equal values."""
    read, last, number = reader(path), None, 0
    ranks: list[int] = []
    for document in found:
        value = stored.plain(read(document))
        if value is not None and value != last:
            last, number = value, number + 1
        ranks.append(0 if value is None else number)
    return [*map(reader(remote), found)], ranks
