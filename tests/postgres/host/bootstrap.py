"""How the entities are stored."""

from __future__ import annotations

from pkit import register_entity
from postgres.host.entities import Team, Worker


def register_defaults() -> None:
    """Register the entities."""
    register_entity(
        "team",
        {
            "entity": Team,
            "collection": 'Team\'s "own"',
            "unique": {"name": "name"},
            "relations": {
                "lead": {"local_field": "lead_id", "target": "worker"},
                "workers": {"target": "worker", "target_field": "team_id", "many": True},
            },
        },
    )
    register_entity(
        "worker",
        {
            "entity": Worker,
            "collection": "user",
            "unique": {"email": lambda worker: worker.email.lower(), "nickname": ("team_id", "nickname")},
            "relations": {
                "team": {"local_field": "team_id", "target": "team"},
                "friends_of": {"local_field": "friends", "target": "worker", "many": True},
            },
        },
    )
