"""The entities, registered one by one."""

from persistence_kit.repository_factory import register_entity

from . import entities

register_entity(
    "customer",
    {
        "entity": entities.Customer,
        "collection": "customers",
        "unique": {"email": "email"},
        "relations": {"orders": {"local_field": "id", "target": "order", "target_field": "customer_id", "many": True}},
    },
)
register_entity("product", {"entity": entities.Product, "collection": "products", "unique": {"sku": "sku"}})
register_entity(
    "order",
    {
        "entity": entities.Order,
        "collection": "orders",
        "relations": {
            "customer": {"local_field": "customer_id", "target": "customer"},
            "product": {"local_field": "product_id", "target": "product"},
        },
    },
)
