from uuid import UUID

from fastapi import APIRouter, Depends
from persistence_kit import NotFoundException, handle_service_errors
from persistence_kit.repository_factory import get_repo, get_repo_view, provide_view_repo

from campus.entities import Booking

router = APIRouter(prefix="/bookings")


@router.post("", status_code=201)
async def add(body: dict) -> None:
    await get_repo("booking").add(Booking(UUID(body["id"]), UUID(body["room_id"]), body["owner"], body.get("note")))


@router.get("/of/{owner}")
@handle_service_errors
async def of(owner: str) -> dict:
    views = get_repo_view("booking")
    found = await views.get_by_index_with(index="owner", value=owner, include=["room.building"])
    if not found:
        raise NotFoundException("no booking")
    return found


@router.get("")
async def bookings(views=Depends(provide_view_repo("booking"))) -> list[dict]:
    return await views.list_with(include=["room"], sort_by="owner", limit=10)


@router.get("/owners")
async def owners() -> list[str]:
    return sorted(await get_repo("booking").distinct_values("owner"))
