"""How the entities are stored."""

from pkit import register_entity

from minimal.entities import User


def register_defaults() -> None:
    """Register the entities."""
    register_entity(
        "user",
        {
            "entity": User,
            "collection": "users",
            "unique": {"email": "email"},
        },
    )
