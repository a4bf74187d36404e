"""The methods of a repository's protocol that depend on its entity."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pkit_gen.backends.layout import docstring, signature
from pkit_gen.backends.paths import is_sortable, present
from pkit_gen.backends.python import ANY, LITERAL, SEQUENCE, Imports, annotation
from pkit_gen.ir.model import Entity, UniqueIndex
from pkit_gen.literals import literal
from pkit_gen.source import ClassRef

OVERLOAD = ClassRef("typing", "overload")
UNPACK = ClassRef("typing", "Unpack")
NEVER = ClassRef("typing", "Never")


@dataclass(frozen=True, slots=True)
class Method:
    """A method: its signature up to the colon, laid out at an indentation of 4, and its docstring at one of 8, if it has one."""

    signature: str
    docstring: str | None
    decorator: str | None = None


def methods(entity: Entity, imports: Imports) -> tuple[Method, ...]:
    """Return the methods of an entity's protocol, in the order in which they are printed."""
    return (
        *_get_by_index(entity, imports),
        *(method for index in entity.unique for method in _of_index(entity, index, imports)),
        *_changes(entity, imports),
        *_distinct_values(entity, imports),
    )


def parameters(entity: Entity, index: UniqueIndex, imports: Imports) -> list[str]:
    """Return the parameters of the methods of an index: `value`, or the fields of a composite one. They are positional-only."""
    types = _index_types(entity, index, imports)
    return [f"{name}: {type_}" for name, type_ in zip(index.parameters, types, strict=True)]


def _index_types(entity: Entity, index: UniqueIndex, imports: Imports) -> list[str]:
    return [annotation(present(entity.field(name).type), imports) for name in index.fields]


def method(name: str, arguments: Sequence[str], returns: str, text: str | None) -> Method:
    """Return a method of a protocol; without a text it is but a signature, as overloads after the first are."""
    end = ": ..." if text is None else ":"
    spelled = signature(f"async def {name}", ["self", *arguments], returns, indent=4, end=end)
    return Method(spelled, None if text is None else docstring(text, indent=8))


def overloaded(alternatives: list[Method], imports: Imports) -> list[Method]:
    """Return methods of one name as overloads; one alone is none."""
    if len(alternatives) == 1:
        return alternatives
    decorator = f"@{imports.name(OVERLOAD)}"
    return [replace(alternative, decorator=decorator) for alternative in alternatives]


def _get_by_index(entity: Entity, imports: Imports) -> list[Method]:
    text = "Return the entity that has the value in the unique index, or None."
    returns = f"{imports.name(entity.ref)} | None"
    if not entity.unique:
        never = imports.name(NEVER)
        text = "Not to be called: there is no unique index."
        return [method("get_by_index", [f"index: {never}", f"value: {never}", "/"], returns, text)]
    alternatives = [
        method("get_by_index", [*index_arguments(entity, index, imports), "/"], returns, None if number else text)
        for number, index in enumerate(entity.unique)
    ]
    return overloaded(alternatives, imports)


def index_arguments(entity: Entity, index: UniqueIndex, imports: Imports) -> list[str]:
    """Return the parameters by which a method takes an index's name and its value."""
    types = _index_types(entity, index, imports)
    value = types[0] if len(types) == 1 else f"tuple[{', '.join(types)}]"
    return [f"index: {imports.name(LITERAL)}[{literal(index.name)}]", f"value: {value}"]


def _of_index(entity: Entity, index: UniqueIndex, imports: Imports) -> Iterator[Method]:
    cls = imports.name(entity.ref)
    arguments = [*parameters(entity, index, imports), "/"]
    excluding = f"excluding: {annotation(entity.id.type, imports)} | None = None"
    what = _described(index)
    yield method(f"get_by_{index.suffix}", arguments, f"{cls} | None", f"Return the entity that has {what}, or None.")
    yield method(
        f"exists_by_{index.suffix}",
        [*arguments, "*", excluding],
        "bool",
        f"Return whether an entity has {what}; the one whose id is `excluding` does not count.",
    )
    yield method(
        f"upsert_by_{index.suffix}",
        [f"entity: {cls}", "/"],
        cls,
        f"Store the entity, in place of the one that has its {_and(index.fields)}, whose id stays. Return what is stored.\n\n"
        "Raises UniqueViolation for another index, ForeignKeyViolation, InvalidValue.",
    )


def _described(index: UniqueIndex) -> str:
    case = ", in upper or lower case" if index.lower else ""
    names = _and(index.fields)
    return f"the {names} given{case}" if len(index.fields) > 1 else f"`value` as its {names}{case}"


def _and(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _changes(entity: Entity, imports: Imports) -> Iterator[Method]:
    cls = imports.name(entity.ref)
    changes = f"**changes: {imports.name(UNPACK)}[{entity.name}Changes]"
    identity = annotation(entity.id.type, imports)
    yield method(
        "patch",
        [f"entity_id: {identity}", "/", changes],
        cls,
        "Change some fields of the entity of that id, and return it as it then is.\n\n"
        "Raises EntityNotFound, UniqueViolation, ForeignKeyViolation, InvalidValue.",
    )
    yield method(
        "update_by_fields",
        [f"criteria: {entity.name}Criteria", "/", changes],
        "int",
        "Change some fields of what matches; return how many entities that were.\n\n"
        "Raises InvalidCriteria, UniqueViolation, ForeignKeyViolation, InvalidValue.",
    )


def _distinct_values(entity: Entity, imports: Imports) -> list[Method]:
    text = "Return the distinct values of a field among what matches, ascending, without None."
    sequence = imports.name(SEQUENCE)
    criteria = [f"criteria: {entity.name}Criteria = ...", "/"]
    fields = [field for field in entity.fields if is_sortable(field.type)]
    if not fields:
        never = imports.name(NEVER)
        returns = f"{sequence}[{imports.name(ANY)}]"
        return [method("distinct_values", [f"field: {never}", *criteria], returns, text)]
    alternatives = [
        method(
            "distinct_values",
            [f"field: {imports.name(LITERAL)}[{literal(field.name)}]", *criteria],
            f"{sequence}[{annotation(present(field.type), imports)}]",
            None if number else text,
        )
        for number, field in enumerate(fields)
    ]
    return overloaded(alternatives, imports)
