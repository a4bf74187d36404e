"""What the migration needs to know of the registered entities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pkit_gen.ir.model import Entity, Schema


@dataclass(frozen=True)
class Entities:
    """The entities of a schema, and `package`, the dotted name of the package that is generated from it."""

    package: str
    by_key: Mapping[str, Entity]

    @classmethod
    def of(cls, schema: Schema, package: str) -> Entities:
        """Return what is to be known of a schema."""
        return cls(package, {entity.key: entity for entity in schema.entities})

    def keys_of_class(self, qualified: str) -> list[str]:
        """Return the keys of a class by its qualified name, or by its last part where only that is known."""
        exact = [key for key, entity in self.by_key.items() if entity.ref.qualified == qualified]
        last = qualified.rpartition(".")[2]
        return exact or [key for key, entity in self.by_key.items() if entity.ref.name == last]

    def repository(self, key: str, view: bool) -> str | None:
        """Return the name of the generated class of repositories, None where there is no such class."""
        entity = self.by_key[key]
        if view and not (entity.relations or entity.views):
            return None
        return f"{entity.name}{'View' if view else ''}Repository"

    def lookup(self, key: str, index: str) -> str | None:
        """Return the name of the method that looks up one value in a unique index, None where there is no such index."""
        entity = self.by_key.get(key)
        found = [unique for unique in entity.unique if unique.name == index] if entity else []
        return f"get_by_{found[0].suffix}" if found and len(found[0].fields) == 1 else None
