from dataclasses import asdict
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from persistence_kit import (
    NotFoundException,
    Repository,  # the protocol
    handle_service_errors,
    pagination_params,
)
from persistence_kit.repository_factory import provide_repo

from campus.entities import Building

router = APIRouter(prefix="/buildings")

Buildings = Annotated[Repository[Building, UUID], Depends(provide_repo("building"))]


@router.get("")
async def buildings(repo: Buildings, window: tuple[int, int] = Depends(pagination_params)) -> list[dict]:
    offset, limit = window
    return [asdict(row) for row in await repo.list(offset=offset, limit=limit, sort_by="name")]


@router.get("/by-name/{name}")
@handle_service_errors
async def by_name(name: str, repo: Buildings) -> dict:
    found = await repo.get_by_index("name", name)
    if found is None:
        raise NotFoundException(f"there is no building {name}")
    return asdict(found)


@router.post("", status_code=201)
async def add(body: dict, repo: Buildings) -> None:
    await repo.add(Building(UUID(body["id"]), body["name"], body["floors"]))


@router.get("/count")
async def count(repo: Buildings, floors: int) -> int:
    return await repo.count_by_fields(criteria={"floors": {"gte": floors}})
