"""Where the entities are stored: rooms in PostgreSQL, bookings in MongoDB."""

from persistence_kit import Database
from persistence_kit.repository_factory import EntityConfig, register_entity, set_registry_initializer

from campus.entities import Booking, Building, Room


def _register(key: str, entity: type, collection: str, database: Database, unique: dict, relations: dict) -> None:
    config: EntityConfig = {
        "entity": entity,
        "collection": collection,
        "database": database,
        "unique": unique,
        "relations": relations,
    }
    register_entity(key, config)


def register_defaults() -> None:
    """Register the entities."""
    _register("building", Building, "buildings", Database.POSTGRES, {"name": "name"}, {})
    _register(
        "room",
        Room,
        "rooms",
        Database.POSTGRES,
        {},
        {"building": {"local_field": "building_id", "target": "building", "by": "id"}},
    )
    _register(
        "booking",
        Booking,
        "bookings",
        Database.MONGO,
        {"owner": "owner"},  # one booking each
        {"room": {"local_field": "room_id", "target": "room"}},
    )


set_registry_initializer(register_defaults)
