"""The way over from persistence-kit: its imports, annotations and calls, rewritten to a generated package.

What cannot be decided from the source is listed, never guessed. Files that do not name persistence-kit are left alone.
"""

from __future__ import annotations

from pkit_gen.migrate.entities import Entities
from pkit_gen.migrate.files import Migration, migrate_file, python_files
from pkit_gen.migrate.findings import Finding
from pkit_gen.migrate.renames import renames

__all__ = ["Entities", "Finding", "Migration", "migrate_file", "python_files", "renames"]
