"""Academic units and rooms."""

from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel, Field
from typing_extensions import TypedDict

from university.entities import AcademicUnit, Address, Room, RoomKind
from university.ids import AcademicUnitId, RoomId
from university.repos.providers import AcademicUnitRepositoryDep, RoomRepositoryDep
from university.repos.room.contract import RoomCriteria, RoomSortKey

router = APIRouter(tags=["campus"])


class NewAcademicUnit(BaseModel):
    """What a client says of a new academic unit."""

    name: Annotated[str, Field(min_length=1)]
    address: Address


class NewRoom(BaseModel):
    """What a client says of a new room."""

    academic_unit_id: AcademicUnitId
    block_number: str
    number: str
    capacity: Annotated[int, Field(gt=0)]
    kind: RoomKind = RoomKind.LECTURE


class RoomChange(TypedDict, total=False):
    """What a client may change of a room."""

    capacity: Annotated[int, Field(gt=0)]
    kind: RoomKind


@router.post("/academic-units", status_code=201)
async def add_academic_unit(
    body: NewAcademicUnit, units: AcademicUnitRepositoryDep
) -> AcademicUnit:
    """Add an academic unit; 409 when the name is taken."""
    unit = AcademicUnit(AcademicUnitId(uuid4()), body.name, body.address)
    await units.add(unit)
    return unit


@router.post("/rooms", status_code=201)
async def add_room(body: NewRoom, rooms: RoomRepositoryDep) -> Room:
    """Add a room; 409 when there is one in that place, or no such academic unit."""
    room = Room(
        RoomId(uuid4()),
        body.academic_unit_id,
        body.block_number,
        body.number,
        body.capacity,
        body.kind,
    )
    await rooms.add(room)
    return room


@router.get("/rooms")
async def list_rooms(
    rooms: RoomRepositoryDep,
    kind: RoomKind | None = None,
    seats: int = 0,
    city: str | None = None,
    sort: Annotated[list[RoomSortKey] | None, Query()] = None,
) -> list[Room]:
    """List rooms of a kind, with that many seats, in a city."""
    criteria: RoomCriteria = {"capacity": {"gte": seats}}
    if kind is not None:
        criteria["kind"] = kind
    if city is not None:
        criteria["academic_unit.address.city"] = {"icontains": city}
    return list(await rooms.list_by_fields(criteria, sort_by=sort or "capacity"))


@router.get("/rooms/{room_id}")
async def get_room(room_id: RoomId, rooms: RoomRepositoryDep) -> Room:
    """Return a room, or 404."""
    room = await rooms.get(room_id)
    if room is None:
        raise HTTPException(404, "there is no such room")
    return room


@router.patch("/rooms/{room_id}")
async def change_room(
    room_id: RoomId, changes: RoomChange, rooms: RoomRepositoryDep
) -> Room:
    """Change some of a room; 404 when there is none."""
    return await rooms.patch(room_id, **changes)


@router.delete("/rooms/{room_id}", status_code=204)
async def delete_room(room_id: RoomId, rooms: RoomRepositoryDep) -> None:
    """Delete a room; 404 when there is none, 409 while it is used."""
    if not await rooms.delete(room_id):
        raise HTTPException(404, "there is no such room")
