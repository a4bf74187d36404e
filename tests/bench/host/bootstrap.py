"""How the entities are stored."""

from __future__ import annotations

from bench.host.entities import Org, Person, Site
from pkit import register_entity


def register_defaults() -> None:
    """Register the entities: contacts are people without relations."""
    register_entity(
        "site",
        {
            "entity": Site,
            "collection": "sites",
            "relations": {"orgs": {"target": "org", "target_field": "site_id", "many": True}},
        },
    )
    register_entity(
        "org",
        {
            "entity": Org,
            "collection": "orgs",
            "relations": {"site": {"local_field": "site_id", "target": "site"}},
        },
    )
    register_entity("contact", {"entity": Person, "collection": "contacts", "unique": {"email": "email"}})
    register_entity(
        "person",
        {
            "entity": Person,
            "collection": "people",
            "unique": {"email": "email"},
            "relations": {"org": {"local_field": "org_id", "target": "org"}},
        },
    )
