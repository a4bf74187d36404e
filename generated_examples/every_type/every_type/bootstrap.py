"""How the entities are stored."""

from pkit import register_entity

from every_type.choices import Choices
from every_type.collections import Arrays, Documents
from every_type.names import Account
from every_type.options import (
    Computed,
    Frozen,
    Invoice,
    KeywordOnly,
    Mixed,
    Order,
)
from every_type.scalars import OptionalScalars, Scalars
from every_type.untyped import Untyped


def register_defaults() -> None:
    """Register the entities."""
    for key, entity in (
        ("scalars", Scalars),
        ("optional_scalars", OptionalScalars),
        ("choices", Choices),
        ("arrays", Arrays),
        ("documents", Documents),
        ("frozen", Frozen),
        ("keyword_only", KeywordOnly),
        ("mixed", Mixed),
        ("computed", Computed),
        ("invoice", Invoice),
        ("untyped", Untyped),
    ):
        register_entity(key, {"entity": entity, "collection": f"every_{key}"})
    register_entity(
        "account",
        {
            "entity": Account,
            "collection": "accounts",
            "unique": {"email": lambda e: e.email.lower(), "place": ("code", "year")},
        },
    )
    register_entity(
        "order", {"entity": Order, "collection": "orders", "exclude": ["events"]}
    )
