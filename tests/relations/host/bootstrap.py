"""How the entities are stored and related."""

from __future__ import annotations

from pkit import register_entity
from relations.host.entities import Author, Book, Cover, Loan, Publisher, Reader, Tag


def register_defaults() -> None:
    """Register the entities."""
    register_entity("publisher", {"entity": Publisher, "collection": "publishers", "unique": {"code": "code"}})
    register_entity("tag", {"entity": Tag, "collection": "tags"})
    register_entity(
        "author",
        {
            "entity": Author,
            "collection": "authors",
            "unique": {"name": "name"},
            "relations": {
                "mentor": {"target": "author", "local_field": "mentor_id"},
                "pupils": {"target": "author", "target_field": "mentor_id", "many": True},
                "books": {"target": "book", "target_field": "author_id", "many": True},
            },
        },
    )
    register_entity(
        "book",
        {
            "entity": Book,
            "collection": "books",
            "unique": {"title": lambda book: book.title.lower()},
            "relations": {
                "author": {"target": "author", "local_field": "author_id"},
                "publisher": {"target": "publisher", "local_field": "publisher_code", "by": "code"},
                "prequel": {"target": "book", "local_field": "sequel_to"},
                "sequels": {"target": "book", "target_field": "sequel_to", "many": True},
                "cover": {"target": "cover", "target_field": "book_id"},
                "tags": {"target": "tag", "local_field": "tag_ids", "many": True},
                "shelf": {"target": "tag", "local_field": "shelf_tags", "many": True},
                "loans": {"target": "loan", "target_field": "book_id", "many": True},
                "readers": {
                    "target": "reader",
                    "through": "loan",
                    "source_field": "book_id",
                    "target_field": "reader_id",
                },
            },
            "views": {
                "shop": {
                    "include": ["author.mentor", "cover", "tags", "publisher"],
                    "exclude": ["keywords", "sequel_to"],
                },
                "lending": ["readers.books"],
            },
        },
    )
    register_entity(
        "cover",
        {
            "entity": Cover,
            "collection": "covers",
            "unique": {"book": "book_id"},
            "relations": {"book": {"target": "book", "local_field": "book_id"}},
        },
    )
    register_entity(
        "reader",
        {
            "entity": Reader,
            "collection": "readers",
            "relations": {
                "books": {
                    "target": "book",
                    "through": "loan",
                    "source_field": "reader_id",
                    "target_field": "book_id",
                },
            },
            "views": {"public": {"include": [], "exclude": ["secret"]}},
        },
    )
    register_entity(
        "loan",
        {
            "entity": Loan,
            "collection": "loans",
            "relations": {
                "reader": {"target": "reader", "local_field": "reader_id"},
                "book": {"target": "book", "local_field": "book_id"},
            },
        },
    )
