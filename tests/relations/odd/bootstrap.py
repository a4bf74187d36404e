"""How the entities are stored and related."""

from __future__ import annotations

from pkit import register_entity
from relations.odd.entities import Sequence, Street


def register_defaults() -> None:
    """Register the entities."""
    register_entity(
        "sequence",
        {
            "entity": Sequence,
            "collection": "sequences",
            "unique": {"value": "str", "index": ("include", "criteria")},
            "relations": {
                "TypedDict": {"target": "sequence", "local_field": "relations"},
                "NotRequired": {"target": "address", "local_field": "address_id"},
                "int": {"target": "sequence", "local_field": "list", "many": True},
                "VIEWS": {"target": "sequence", "target_field": "relations", "many": True},
            },
            "views": {
                "int": ["int.NotRequired"],
                "self": {"include": ["TypedDict"], "exclude": ["str", "list", "label"]},
            },
        },
    )
    register_entity("address", {"entity": Street, "collection": "addresses"})
