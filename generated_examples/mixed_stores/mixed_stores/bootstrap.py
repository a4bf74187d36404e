"""Where the entities are stored and how they are related."""

from pkit import register_entity

from mixed_stores.entities import Cart, Customer, Order, Product, Review, Wish


def register_defaults() -> None:
    """Register the entities."""
    _register_sales()
    _register_catalogue()
    _register_carts()


def _register_sales() -> None:
    register_entity(
        "customer",
        {
            "entity": Customer,
            "collection": "customers",
            "database": "postgres",
            "unique": {"email": "email"},
            "relations": {
                "orders": {
                    "target": "order",
                    "target_field": "customer_id",
                    "many": True,
                },
                "reviews": {
                    "target": "review",
                    "target_field": "customer_id",
                    "many": True,
                },
                "cart": {"target": "cart", "target_field": "customer_id"},
                "wished": {
                    "target": "product",
                    "through": "wish",
                    "source_field": "customer_id",
                    "target_field": "product_id",
                },
            },
            "views": {
                "profile": {
                    "include": ["orders.products", "reviews.product", "wished", "cart"],
                    "exclude": ["password_hash"],
                },
            },
        },
    )
    register_entity(
        "order",
        {
            "entity": Order,
            "collection": "orders",
            "database": "postgres",
            "relations": {
                "customer": {"target": "customer", "local_field": "customer_id"},
                "products": {
                    "target": "product",
                    "local_field": "product_ids",
                    "many": True,
                },
            },
            "views": {"receipt": ["customer", "products"]},
        },
    )
    register_entity(
        "wish",
        {
            "entity": Wish,
            "collection": "wishes",
            "database": "postgres",
            "unique": {"wish": ("customer_id", "product_id")},
            "relations": {
                "customer": {"target": "customer", "local_field": "customer_id"},
            },
        },
    )


def _register_catalogue() -> None:
    register_entity(
        "product",
        {
            "entity": Product,
            "collection": "products",
            "database": "mongo",
            "relations": {
                "reviews": {
                    "target": "review",
                    "target_field": "product_id",
                    "many": True,
                },
                "fans": {
                    "target": "customer",
                    "through": "wish",
                    "source_field": "product_id",
                    "target_field": "customer_id",
                },
            },
            "views": {"page": ["reviews.customer"]},
        },
    )
    register_entity(
        "review",
        {
            "entity": Review,
            "collection": "reviews",
            "database": "mongo",
            "unique": {"opinion": ("product_id", "customer_id")},
            "relations": {
                "product": {"target": "product", "local_field": "product_id"},
                "customer": {"target": "customer", "local_field": "customer_id"},
            },
        },
    )


def _register_carts() -> None:
    register_entity(
        "cart",
        {
            "entity": Cart,
            "collection": "carts",
            "database": "memory",
            "unique": {"customer": "customer_id"},
            "relations": {
                "customer": {"target": "customer", "local_field": "customer_id"},
                "products": {
                    "target": "product",
                    "local_field": "product_ids",
                    "many": True,
                },
            },
        },
    )
