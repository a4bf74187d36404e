"""How the entities are stored."""

from __future__ import annotations

from conformance.host.entities import Blob, Org, User, Word
from pkit import register_entity


def register_defaults() -> None:
    """Register the entities."""
    register_entity("org", {"entity": Org, "collection": "orgs", "unique": {"name": "name"}})
    register_entity(
        "user",
        {
            "entity": User,
            "collection": "users",
            "unique": {
                "email": lambda user: user.email.lower(),
                "nickname": "nickname",
                "badge": ("org_id", "badge"),
            },
            "relations": {
                "org": {"local_field": "org_id", "target": "org"},
                "manager": {"local_field": "manager_id", "target": "user"},
            },
        },
    )
    register_entity("word", {"entity": Word, "collection": "words"})
    register_entity("blob", {"entity": Blob, "collection": "blobs"})
