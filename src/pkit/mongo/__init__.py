"""Repositories in MongoDB, over Motor or over PyMongo's AsyncMongoClient."""

from __future__ import annotations

from pkit.mongo import types
from pkit.mongo.driver import MongoDatabase
from pkit.mongo.entity import At, Document, Entity, Unique
from pkit.mongo.repository import MongoRepository
from pkit.mongo.session import Session

__all__ = ["At", "Document", "Entity", "MongoDatabase", "MongoRepository", "Session", "Unique", "types"]
