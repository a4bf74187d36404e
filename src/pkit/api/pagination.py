"""Parameters and models that routes share."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from pydantic import BaseModel


class ApiError(BaseModel):
    """The body of a failed request, as a response model.

    >>> @router.get("/{user_id}", responses={404: {"model": ApiError}})
    """

    detail: str


def pagination_params(
    offset: Annotated[int, Query(ge=0)] = 0, limit: Annotated[int, Query(ge=1, le=200)] = 50
) -> tuple[int, int]:
    """Return the offset (0 or more) and the limit (1 to 200) of a request, as a dependency; FastAPI answers 422 to other values.

    >>> async def users(window: Annotated[tuple[int, int], Depends(pagination_params)]) -> list[User]: ...
    """
    return offset, limit
