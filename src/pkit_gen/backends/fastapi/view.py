"""From the schema to the text of the FastAPI dependencies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pkit_gen.backends.layout import bracketed, docstring, signature, wrap
from pkit_gen.backends.python import Imports, header, relative
from pkit_gen.backends.shapes import viewed
from pkit_gen.ir.model import Entity, Schema
from pkit_gen.literals import literal


@dataclass(frozen=True, slots=True)
class Provider:
    """The dependency of one repository: a function, and the annotation that asks for it. `member` is what the container calls it."""

    signature: str
    docstring: str
    member: str
    dependency: str


@dataclass(frozen=True, slots=True)
class ProvidersView:
    """The module `providers.py`. `tables` are the dicts from keys to functions that `provide_repo` and `provide_view_repo` read."""

    docstring: str
    imports: str
    providers: tuple[Provider, ...]
    tables: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of repository: what it is called in words, in names of functions and of classes, and in the container."""

    words: str
    function: str
    cls: str
    member: str
    table: str


REPOSITORY = Kind("repository", "provide_{}_repository", "{}Repository", "{}", "PROVIDERS")
VIEWS = Kind("view repository", "provide_{}_view_repository", "{}ViewRepository", "views.{}", "VIEW_PROVIDERS")


def providers_view(schema: Schema) -> ProvidersView:
    """Return the view of `providers.py`."""
    imports = Imports()
    imports.names("collections.abc", "AsyncGenerator", "Awaitable", "Callable")
    imports.names("contextlib", "asynccontextmanager")
    imports.names("typing", "Annotated", "Any")
    imports.names("fastapi", "Depends", "FastAPI")
    imports.names("pkit.container", "current")
    imports.names(".container", "Repositories")
    groups = [(REPOSITORY, schema.entities), (VIEWS, viewed(schema))]
    for kind, entities in groups:
        for entity in entities:
            imports.names(relative(entity.module, "contract"), kind.cls.format(entity.name))
    return ProvidersView(
        docstring=header("The FastAPI dependencies.", schema.packages),
        imports=imports.text(),
        providers=tuple(_provider(kind, entity) for kind, entities in groups for entity in entities),
        tables=tuple(_table(kind, entities) for kind, entities in groups if entities),
    )


def _table(kind: Kind, entities: Sequence[Entity]) -> str:
    entries = [f"{literal(entity.key)}: {kind.function.format(entity.module)}" for entity in entities]
    return bracketed(f"{kind.table}: dict[str, Callable[..., Awaitable[Any]]] = {{", entries, "}")


def _provider(kind: Kind, entity: Entity) -> Provider:
    repository, function = kind.cls.format(entity.name), kind.function.format(entity.module)
    return Provider(
        signature=signature(f"async def {function}", ["repositories: RepositoriesDep"], repository),
        docstring=docstring(f"Give the {kind.words} of {entity.key}.", indent=4),
        member=kind.member.format(entity.module),
        dependency=wrap(f"Annotated[{repository}, Depends({function})]", prefix=f"{repository}Dep = "),
    )
