"""The methods of a repository's class that depend on its entity: the same for every database, whose base class does the work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pkit_gen.backends.layout import bracketed, exploded, signature, wrap
from pkit_gen.backends.paths import present
from pkit_gen.backends.python import Imports, annotation
from pkit_gen.ir.model import Entity, UniqueIndex
from pkit_gen.literals import literal
from pkit_gen.source import ClassRef


@dataclass(frozen=True, slots=True)
class Implementation:
    """A method: its signature with the colon, laid out at an indentation of 4, and its only statement, at one of 8."""

    signature: str
    statement: str


def contract_types(entity: Entity) -> tuple[ClassRef, ...]:
    """Return what a repository's module imports from the contract: pin them in `Imports`."""
    suffixes = ("Changes", "Criteria", "Repository", "SortKey")
    return tuple(ClassRef(".contract", f"{entity.name}{suffix}") for suffix in suffixes)


def class_statement(name: str, base: str, entity: Entity, imports: Imports) -> str:
    """Return the first line of the class `name`, which derives from the database's generic `base` and from the contract."""
    imports.names(".contract", f"{entity.name}Criteria", f"{entity.name}Repository", f"{entity.name}SortKey")
    arguments = [
        imports.name(entity.ref),
        annotation(entity.id.type, imports),
        f"{entity.name}Criteria",
        f"{entity.name}SortKey",
    ]
    generic = f"{base}[{', '.join(arguments)}]"
    if len(f"    {generic},") > 88:
        generic = exploded(f"{base}[", arguments, "]", indent=4)
    return bracketed(f"class {name}(", [generic, f"{entity.name}Repository"], "):")


def implementations(entity: Entity, imports: Imports, *, awaits: bool = True) -> tuple[Implementation, ...]:
    """Return the methods of an entity's class, in the order in which they are printed.

    `awaits`: what they call in the base class are coroutines.
    """
    get = "get_by_index" if awaits else "_get_by"
    of_indexes = (method for index in entity.unique for method in _of_index(entity, index, imports, get))
    return tuple(method.implementation(awaits) for method in (*of_indexes, *_changes(entity, imports)))


@dataclass(frozen=True, slots=True)
class _Method:
    name: str
    parameters: Sequence[str]
    returns: str
    call: str

    def implementation(self, awaits: bool) -> Implementation:
        spelled = signature(f"async def {self.name}", ["self", *self.parameters], self.returns, indent=4)
        return Implementation(spelled, wrap(self.call, prefix="return await " if awaits else "return ", indent=8))


def _of_index(entity: Entity, index: UniqueIndex, imports: Imports, get: str) -> Iterator[_Method]:
    cls, names = imports.name(entity.ref), index.parameters
    types = [annotation(present(entity.field(field).type), imports) for field in index.fields]
    parameters = [*(f"{name}: {type_}" for name, type_ in zip(names, types, strict=True)), "/"]
    value = names[0] if len(names) == 1 else f"({', '.join(names)})"
    excluding = f"excluding: {annotation(entity.id.type, imports)} | None = None"
    called = literal(index.name)
    yield _Method(f"get_by_{index.suffix}", parameters, f"{cls} | None", f"self.{get}({called}, {value})")
    yield _Method(
        f"exists_by_{index.suffix}",
        [*parameters, "*", excluding],
        "bool",
        f"self._exists_by({called}, {value}, excluding)",
    )
    yield _Method(f"upsert_by_{index.suffix}", [f"entity: {cls}", "/"], cls, f"self._upsert_by({called}, entity)")


def _changes(entity: Entity, imports: Imports) -> Iterator[_Method]:
    imports.names("typing", "Unpack")
    imports.names(".contract", f"{entity.name}Changes", f"{entity.name}Criteria")
    changes = f"**changes: Unpack[{entity.name}Changes]"
    identity = f"entity_id: {annotation(entity.id.type, imports)}"
    yield _Method("patch", [identity, "/", changes], imports.name(entity.ref), "self._patch(entity_id, changes)")
    criteria = f"criteria: {entity.name}Criteria"
    yield _Method("update_by_fields", [criteria, "/", changes], "int", "self._update_by_fields(criteria, changes)")
