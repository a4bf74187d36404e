"""The university's app, and a route that answers without a repository: what a request costs by itself."""

from __future__ import annotations

from uuid import UUID

from university.app import app
from university.entities import Room
from university.ids import AcademicUnitId, RoomId

__all__ = ["app"]

ROOM = Room(RoomId(UUID(int=1)), AcademicUnitId(UUID(int=2)), "A", "1", 30)


@app.get("/constant")
async def constant() -> Room:
    """Return the same room each time."""
    return ROOM
