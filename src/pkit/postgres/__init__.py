"""Repositories in PostgreSQL, on asyncpg or on what SQLAlchemy gives."""

from __future__ import annotations

from pkit.postgres import documents, types
from pkit.postgres.entity import At, Column, Entity, Index, Reference, Row, Statements, Unique
from pkit.postgres.repository import PostgresRepository
from pkit.postgres.session import PostgresConnectable, Session

__all__ = [
    "At",
    "Column",
    "Entity",
    "Index",
    "PostgresConnectable",
    "PostgresRepository",
    "Reference",
    "Row",
    "Session",
    "Statements",
    "Unique",
    "documents",
    "types",
]
