"""What the app is about."""

from dataclasses import dataclass
from uuid import UUID


@dataclass
class User:
    """Somebody who signed up."""

    id: UUID
    email: str
    age: int
