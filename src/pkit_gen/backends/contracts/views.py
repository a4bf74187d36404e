"""The methods of a view repository's protocol."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pkit_gen.backends.contracts.methods import NEVER, Method, index_arguments, method, overloaded
from pkit_gen.backends.layout import bracketed, docstring
from pkit_gen.backends.python import LITERAL, SEQUENCE, Imports, annotation, relative
from pkit_gen.backends.shapes import declared_name, has_views
from pkit_gen.ir.model import Entity
from pkit_gen.literals import literal
from pkit_gen.source import ClassRef

VIEWS = relative("views", up=2)

GET = (
    "Return the view of the entity of that id, or None. `include` is the name of a declared view, or relation paths to populate.\n\n"
    "Raises InvalidCriteria."
)
GET_BY_INDEX = "Return the view of the entity that has the value in the unique index, or None.\n\nRaises InvalidCriteria, InvalidValue."
NO_INDEX = "Not to be called: there is no unique index."
LIST = (
    "Return views in order: at most `limit` (None: all) after the first `offset`. Each relation to populate takes one statement at most, "
    "however many rows there are.\n\nRaises InvalidCriteria."
)
LIST_BY_FIELDS = "Return views of what matches, as `list_with` does.\n\nRaises InvalidCriteria."


@dataclass(frozen=True, slots=True)
class ViewProtocol:
    """The protocol of an entity's view repository: its class statement, its docstring and its methods."""

    statement: str
    docstring: str
    methods: tuple[Method, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """What a caller may include, and the class of the rows that this gives."""

    include: str
    row: str


def view_types(entity: Entity) -> tuple[ClassRef, ...]:
    """Return the classes of `views.py` that the protocol refers to: pin them in `Imports`."""
    if not has_views(entity):
        return ()
    declared = [declared_name(entity, view) for view in entity.views]
    return tuple(ClassRef(VIEWS, name) for name in (f"{entity.name}Include", f"{entity.name}View", *declared))


def view_protocol(entity: Entity, imports: Imports) -> ViewProtocol | None:
    """Return the protocol of an entity's view repository, None when it has none."""
    if not has_views(entity):
        return None
    imports.names(VIEWS, *(ref.name for ref in view_types(entity)))
    text = f"The stored {entity.ref.name} entities as dicts, with their relations populated."
    statement = bracketed(f"class {entity.name}ViewRepository(", [imports.name(ClassRef("typing", "Protocol"))], "):")
    return ViewProtocol(statement, docstring(text, indent=4), tuple(_methods(entity, imports)))


def _methods(entity: Entity, imports: Imports) -> Iterator[Method]:
    alternatives = [*_declared(entity, imports), _paths(entity)]
    sequence = imports.name(SEQUENCE)
    identity = f"entity_id: {annotation(entity.id.type, imports)}"
    yield from _each("get_with", [[identity, "/"]], [], "{} | None", GET, alternatives, imports)
    indexes = [[*index_arguments(entity, index, imports), "/"] for index in entity.unique]
    if indexes:
        yield from _each("get_by_index_with", indexes, [], "{} | None", GET_BY_INDEX, alternatives, imports)
    else:
        nothing = [[f"index: {imports.name(NEVER)}", f"value: {imports.name(NEVER)}", "/"]]
        yield from _each("get_by_index_with", nothing, [], "{} | None", NO_INDEX, alternatives, imports)
    window = _window(entity, imports)
    yield from _each("list_with", [[]], window, f"{sequence}[{{}}]", LIST, alternatives, imports)
    criteria = f"criteria: {entity.name}Criteria"
    yield from _each(
        "list_by_fields", [[criteria, "/"]], window, f"{sequence}[{{}}]", LIST_BY_FIELDS, alternatives, imports
    )
    yield method("count", [], "int", "Return how many entities there are.")
    yield method("count_by_fields", [criteria, "/"], "int", "Return how many entities match. Raises InvalidCriteria.")


def _declared(entity: Entity, imports: Imports) -> Iterator[Alternative]:
    for view in entity.views:
        include = f"include: {imports.name(LITERAL)}[{literal(view.name)}]"
        yield Alternative(include, declared_name(entity, view))


def _paths(entity: Entity) -> Alternative:
    path = f"{entity.name}Include"
    return Alternative(f"include: list[{path}] | tuple[{path}, ...] = ()", f"{entity.name}View")


def _window(entity: Entity, imports: Imports) -> list[str]:
    key = f"{entity.name}SortKey"
    return [
        "*",
        "offset: int = 0",
        "limit: int | None = 50",
        f"sort_by: {key} | {imports.name(SEQUENCE)}[{key}] | None = None",
        "sort_desc: bool = False",
    ]


def _each(
    name: str,
    before: list[list[str]],
    after: list[str],
    returns: str,
    text: str,
    alternatives: list[Alternative],
    imports: Imports,
) -> list[Method]:
    """Return the overloads of a method: for every way to begin its parameters, one per alternative."""
    spelled = [
        ([*begin, alternative.include, *after], returns.format(alternative.row))
        for begin in before
        for alternative in alternatives
    ]
    return overloaded(
        [
            method(name, parameters, result, None if number else text)
            for number, (parameters, result) in enumerate(spelled)
        ],
        imports,
    )
