"""The view of a repository's module: the same for every database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pkit_gen.backends.codecs import Function
from pkit_gen.backends.implementations import Implementation, class_statement, implementations
from pkit_gen.backends.layout import docstring
from pkit_gen.backends.mapping import Mapping
from pkit_gen.backends.python import camel, header
from pkit_gen.ir.model import Entity


@dataclass(frozen=True, slots=True)
class RepositoryView:
    """The module of a repository: every text is laid out, but for the indentation of its first line.

    `definitions` come before the functions: the values of Literals and the defaults of fields that are not stored. `constants` come after
    them: what the functions map by, up to what the repository's base class needs to know.
    """

    docstring: str
    imports: str
    definitions: tuple[str, ...]
    functions: tuple[Function, ...]
    constants: tuple[str, ...]
    repository: str
    repository_docstring: str
    methods: tuple[Implementation, ...]


def repository_view(mapping: Mapping, place: str, constants: Sequence[str], *, awaits: bool = True) -> RepositoryView:
    """Return the view of an entity's module, once its constants are spelled. `place` says where it stores, as in "in MongoDB".

    `awaits`: what methods call in the base class are coroutines.
    """
    entity, imports, backend = mapping.entity, mapping.imports, mapping.backend
    base = f"{backend}.{camel(backend)}Repository"
    return RepositoryView(
        docstring=header(f"The repository of {entity.key} {place}.", [entity.ref.module]),
        definitions=mapping.definitions,
        functions=mapping.functions(),
        constants=tuple(constants),
        repository=class_statement(mapping.class_name(entity), base, entity, imports),
        repository_docstring=docstring(_description(entity, place), indent=4),
        methods=implementations(entity, imports, awaits=awaits),
        imports=imports.text(),  # last: everything before adds to it
    )


def _description(entity: Entity, place: str) -> str:
    summary = f"The stored {entity.ref.name} entities, {place}."
    return summary if entity.docstring is None else f"{summary}\n\n{entity.docstring}"
