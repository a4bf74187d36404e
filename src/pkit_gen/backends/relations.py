"""Relations as backends see them: the hops of each, what they need of their fields, and the function that declares them in a module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import assert_never

from pkit_gen.backends.codecs import Function
from pkit_gen.backends.layout import COLUMNS, entry, exploded, signature
from pkit_gen.backends.python import ANY, Imports, camel, natural, relative
from pkit_gen.ir.model import (
    Entity,
    ForwardRelation,
    ListRelation,
    Relation,
    ReverseRelation,
    Schema,
    ThroughRelation,
)
from pkit_gen.literals import literal
from pkit_gen.source import ClassRef

RELATIONS = ClassRef("pkit", "relations")
FUNCTION = "_relations"
DEFAULT_DEPTH = 2


@dataclass(frozen=True, slots=True)
class Hop:
    """From a row of `source` to the rows of `target` whose `remote` equals `local`, or with `array` one of its items. Entities by key."""

    source: str
    local: str
    target: str
    remote: str
    array: bool = False


def hops(entity: Entity, relation: Relation) -> tuple[Hop, ...]:
    """Return the hops of a relation of `entity`: one, or two for `through`."""
    match relation:
        case ForwardRelation() | ReverseRelation():
            return (Hop(entity.key, relation.local_field, relation.target, relation.target_field),)
        case ListRelation():
            return (Hop(entity.key, relation.local_field, relation.target, relation.target_field, array=True),)
        case ThroughRelation():
            return (
                Hop(entity.key, relation.source_by, relation.through, relation.source_field),
                Hop(relation.through, relation.target_field, relation.target, relation.target_by),
            )
        case _:
            assert_never(relation)


def is_many(relation: Relation) -> bool:
    """Return whether a relation can lead to more than one row."""
    match relation:
        case ForwardRelation():
            return False
        case ReverseRelation(many=many):
            return many
        case ListRelation() | ThroughRelation():
            return True
        case _:
            assert_never(relation)


def relation_fields(schema: Schema, entity: Entity) -> tuple[str, ...]:
    """Return the fields of an entity that relations of any entity start from or lead to, in the order of the fields.

    The id and fields that are unique by themselves are left out: they have an index.
    """
    touching = (
        (other, relation)
        for other in schema.entities
        for relation in other.relations
        if _touches(other, relation, entity.key)
    )
    used = {name for other, relation in touching for hop in hops(other, relation) for name in _ends(hop, entity.key)}
    indexed = {"id", *(index.fields[0] for index in entity.unique if len(index.fields) == 1 and not index.lower)}
    return tuple(field.name for field in entity.fields if field.name in used - indexed)


def _touches(entity: Entity, relation: Relation, key: str) -> bool:
    """Return whether a relation of `entity` may start from, lead to or go through the entity of that key."""
    through = relation.through if isinstance(relation, ThroughRelation) else None
    return key in (entity.key, relation.target, through)


def _ends(hop: Hop, key: str) -> Iterator[str]:
    if hop.source == key:
        yield hop.local
    if hop.target == key:
        yield hop.remote


def local_relations(entity: Entity) -> tuple[Relation, ...]:
    """Return the relations that stay within one database."""
    return tuple(relation for relation in entity.relations if relation.same_database)


def relation_arguments(schema: Schema, entity: Entity) -> list[str]:
    """Return the arguments by which a backend's `Entity` learns of relations."""
    if not local_relations(entity):
        return []
    depth = [f"path_depth={schema.path_depth}"] if schema.path_depth != DEFAULT_DEPTH else []
    return [f"relations={FUNCTION}", *depth]


def indexed_argument(schema: Schema, entity: Entity) -> list[str]:
    """Return the argument by which a backend's `Entity` learns of the fields that relations look up; none without any."""
    fields = relation_fields(schema, entity)
    return [entry(literal(fields), prefix="indexed=", indent=4)] if fields else []


def relations_function(schema: Schema, entity: Entity, backend: str, imports: Imports) -> Function | None:
    """Return the function that gives the relations of an entity on a backend, or None when it has none.

    It imports the other entities' modules when it is called, because entities refer to each other in circles.
    """
    related = local_relations(entity)
    if not related:
        return None
    imports.names("pkit", "relations")
    returns = f"relations.Relations[{backend}.Entity[{imports.name(ANY)}]]"
    keys = {hop.target for relation in related for hop in hops(entity, relation)} - {entity.key}
    entries = [
        relation_entry(relation, entity, lambda key: f"{_class(schema.entity(key), backend)}.entity", 8)
        for relation in related
    ]
    table = exploded("return {", entries, "}", indent=4)
    local = _local_imports([schema.entity(key) for key in keys], backend)
    return Function(FUNCTION, signature(f"def {FUNCTION}", [], returns), (*local, table))


def _class(entity: Entity, backend: str) -> str:
    return f"{camel(backend)}{entity.name}Repository"


def _local_imports(entities: list[Entity], backend: str) -> list[str]:
    """Return the imports of the entities' classes as one statement that ends with an empty line; none without entities."""
    modules = {relative(entity.module, backend, up=2): _class(entity, backend) for entity in entities}
    statements = [
        _import(module, modules[module]) for module in sorted(modules, key=lambda name: natural(name.lower()))
    ]
    return ["\n    ".join(statements) + "\n"] if statements else []


def _import(module: str, name: str) -> str:
    line = f"from {module} import {name}"
    return line if len(line) + 4 <= COLUMNS else exploded(f"from {module} import (", [name], ")", indent=4)


def relation_entry(relation: Relation, entity: Entity, spell: Callable[[str], str], indent: int) -> str:
    """Return the entry of a relation in a dict at an indentation; `spell` gives the expression of an entity by its key."""
    way = [_arguments(hop, spell(hop.target)) for hop in hops(entity, relation)]
    if is_many(relation):
        call = f"relations.to_many({', '.join(f'relations.Hop({hop})' for hop in way)})"
    else:
        call = f"relations.to_one({way[0]})"
    return entry(call, prefix=f"{literal(relation.name)}: ", indent=indent)


def _arguments(hop: Hop, target: str) -> str:
    remote = f", {literal(hop.remote)}" if hop.remote != "id" else ""
    return f"{literal(hop.local)}, {target}{remote}{', array=True' * hop.array}"
