from dataclasses import asdict
from uuid import UUID

from fastapi import APIRouter, Depends
from persistence_kit import Repository, ValidationException, ViewRepository, handle_service_errors
from persistence_kit.repository_factory import provide_repo, provide_view_repo

from campus.entities import Kind, Room

router = APIRouter(prefix="/rooms")


class RoomService:
    """What can be done with rooms."""

    def __init__(self, rooms: "Repository[Room, UUID]", views: ViewRepository[Room, UUID]) -> None:
        self._rooms = rooms
        self._views = views

    @handle_service_errors
    async def add(self, body: dict) -> None:
        if body.get("seats", 1) < 1:
            raise ValidationException("a room needs a seat")
        room = Room(UUID(body["id"]), UUID(body["building_id"]), body["number"], Kind(body["kind"]), body.get("seats"))
        await self._rooms.add(room)

    @handle_service_errors
    async def change(self, room_id: UUID, seats: int) -> dict:
        room = await self._rooms.get(entity_id=room_id)
        if room is None:
            raise LookupError("no such room")
        room.seats = seats
        await self._rooms.update(room)
        return asdict(room)

    async def in_building(self, name: str) -> list[dict]:
        return await self._views.list_by_fields({"building.name": name}, include=["building"], sort_by="number")


def provide_rooms(
    rooms: Repository[Room, UUID] = Depends(provide_repo("room")),
    views: ViewRepository[Room, UUID] = Depends(provide_view_repo("room")),
) -> RoomService:
    return RoomService(rooms, views)


@router.post("", status_code=201)
async def add(body: dict, service: RoomService = Depends(provide_rooms)) -> None:
    await service.add(body)


@router.patch("/{room_id}")
async def change(room_id: UUID, seats: int, service: RoomService = Depends(provide_rooms)) -> dict:
    return await service.change(room_id, seats)


@router.get("/in/{name}")
async def in_building(name: str, service: RoomService = Depends(provide_rooms)) -> list[dict]:
    return await service.in_building(name)


@router.get("/search")
async def search(
    kind: Kind, seats: int | None = None, repo: Repository[Room, UUID] = Depends(provide_repo("room"))
) -> list[dict]:
    criteria: dict = {"kind": kind.value}
    if seats is not None:
        criteria["seats"] = {"gte": seats}
    return [asdict(room) for room in await repo.list_by_fields(criteria, sort_by="number")]


@router.delete("/{room_id}", status_code=204)
async def delete(room_id: UUID, repo: Repository[Room, UUID] = Depends(provide_repo("room"))) -> None:
    await repo.delete(room_id)
