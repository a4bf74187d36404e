"""Repositories in memory: for tests, for first steps, and as the measure of what the databases must do."""

from __future__ import annotations

from pkit.memory import types
from pkit.memory.entity import At, Entity, Reference, Row, Unique
from pkit.memory.repository import MemoryRepository
from pkit.memory.session import Session

__all__ = ["At", "Entity", "MemoryRepository", "Reference", "Row", "Session", "Unique", "types"]
