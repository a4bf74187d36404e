"""From the schema to the text of the container and of the package's exports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import indent

from pkit_gen.backends.layout import docstring, exploded, signature, wrap
from pkit_gen.backends.python import Imports, header, relative
from pkit_gen.backends.shapes import declared_name, has_views, viewed
from pkit_gen.config import Config
from pkit_gen.ir.model import Database, Entity, Schema
from pkit_gen.literals import literal


@dataclass(frozen=True, slots=True)
class KeyFunction:
    """A function that takes an entity's key: the signatures of its overloads, its own, its docstring and its body, indented."""

    name: str
    overloads: tuple[str, ...]
    signature: str
    docstring: str
    body: str


@dataclass(frozen=True, slots=True)
class PackageView:
    """The package's `__init__.py`. `contract` says what it expects of `pkit`; `exports` is the list of `__all__`.

    `shown` imports what the package shows of its modules, for checkers only: each is imported when it is first asked for.
    """

    docstring: str
    imports: str
    shown: str
    contract: str
    exports: str
    functions: tuple[KeyFunction, ...]


@dataclass(frozen=True, slots=True)
class Factory:
    """The class method that opens a database: what the host hands over, if anything, and how that makes a container."""

    backend: str
    signature: str
    docstring: str
    arguments: str


@dataclass(frozen=True, slots=True)
class ContainerView:
    """The module `container.py`. `typed` imports the types of the repositories and of what the factories take, for checkers only.

    `views` are the members of the view repositories' class; without any there is no such class.
    """

    docstring: str
    imports: str
    typed: str
    backends: str
    members: tuple[str, ...]
    views: tuple[str, ...]
    factories: tuple[Factory, ...]


@dataclass(frozen=True, slots=True)
class Handle:
    """What the host hands over to use a database: the name of its type in `pkit.<backend>`, and what that is in words."""

    type: str
    words: str


HANDLES: dict[Database, Handle] = {
    Database.MONGO: Handle("MongoDatabase", "a database of Motor's or of PyMongo's AsyncMongoClient"),
    Database.POSTGRES: Handle(
        "PostgresConnectable", "a URL, an asyncpg pool, or SQLAlchemy's AsyncEngine, AsyncConnection or AsyncSession"
    ),
}
"""Every database but memory, which takes nothing."""

CONTRACT = "CONTRACT_1"
"""What generated code expects of `pkit`: the name in `pkit.compatibility` that stands for it."""

CONTRACT_TYPES = ("Changes", "Criteria", "Repository", "SortKey")
VIEW_TYPES = ("Fields", "View", "Include")

GET_REPO = (
    "Return the repository of an entity, in the container that was opened last, or in one made from the environment when none is open.\n\n"
    "Raises UnknownEntity, a KeyError, for a key that is not registered, and ConfigurationError."
)
GET_REPO_VIEW = (
    "Return the view repository of an entity, in the container that was opened last, or in one made from the environment when none is "
    "open.\n\nRaises UnknownEntity, a KeyError, for a key that has no views, and ConfigurationError."
)
PROVIDE_VIEW_REPO = (
    "Return the FastAPI dependency that gives the view repository of an entity; `app.dependency_overrides` takes it as a key.\n\n"
    "Raises UnknownEntity, a KeyError, for a key that has no views."
)
PROVIDE_REPO = (
    "Return the FastAPI dependency that gives the repository of an entity; `app.dependency_overrides` takes it as a key.\n\n"
    "Raises UnknownEntity, a KeyError, for a key that is not registered."
)


def package_view(schema: Schema, config: Config) -> PackageView:
    """Return the view of `__init__.py`."""
    imports, shown = Imports(), Imports()
    imports.names("typing", "TYPE_CHECKING", "Literal")
    imports.names("pkit.compatibility", CONTRACT)
    imports.names("pkit.container", "exports", "repository")
    imports.names(".container", "Repositories")
    if len(schema.entities) > 1:
        imports.names("typing", "overload")
    names = ["Repositories", *_reexport(schema, shown)]
    functions = _functions(schema, config, imports)
    exported = [*sorted(names), *sorted(function.name for function in functions)]
    return PackageView(
        docstring=header("The repositories of the entities.", schema.packages),
        imports=imports.text(),
        shown=shown.text(indent=4),
        contract=f"PKIT_CONTRACT = {CONTRACT}",
        exports=exploded("__all__ = [", [literal(name) for name in exported], "]"),
        functions=tuple(functions),
    )


def _reexport(schema: Schema, imports: Imports) -> list[str]:
    """Import what the package shows of its modules, and return the names."""
    names: list[str] = []
    for entity in schema.entities:
        suffixes = [*CONTRACT_TYPES, *(["ViewRepository"] if has_views(entity) else [])]
        types = [f"{entity.name}{suffix}" for suffix in suffixes]
        imports.names(relative(entity.module, "contract"), *types)
        names += types
    shown = [name for entity in schema.entities for name in _view_types(entity)]
    imports.names(".views", *shown)
    return [*names, *shown]


def _view_types(entity: Entity) -> list[str]:
    shown = [f"{entity.name}{suffix}" for suffix in (VIEW_TYPES if has_views(entity) else VIEW_TYPES[:1])]
    return [*shown, *(declared_name(entity, view) for view in entity.views)]


def _functions(schema: Schema, config: Config, imports: Imports) -> list[KeyFunction]:
    entities, with_views = schema.entities, viewed(schema)
    local = "from .providers import {}\n\n"  # FastAPI is only for those who use it
    provided = "Callable[..., Awaitable[{}]]"
    functions = [_key_function("get_repo", "{}Repository", entities, GET_REPO, "", "repository(Repositories, key)")]
    if with_views:
        imports.names("pkit.views", "view_repository")
        imports.names(".container", "Views")
        value = "view_repository(Repositories, Views, key)"
        functions.append(_key_function("get_repo_view", "{}ViewRepository", with_views, GET_REPO_VIEW, "", value))
    if config.providers:
        imports.names("collections.abc", "Awaitable", "Callable")
        imports.names("pkit.container", "find")
        before, returns = local.format("PROVIDERS"), provided.format("{}Repository")
        functions.append(_key_function("provide_repo", returns, entities, PROVIDE_REPO, before, "find(PROVIDERS, key)"))
    if config.providers and with_views:
        before, returns = local.format("VIEW_PROVIDERS"), provided.format("{}ViewRepository")
        value = "find(VIEW_PROVIDERS, key)"
        functions.append(_key_function("provide_view_repo", returns, with_views, PROVIDE_VIEW_REPO, before, value))
    return functions


def _key_function(
    name: str, returns: str, entities: Sequence[Entity], text: str, before: str, value: str
) -> KeyFunction:
    """Return a function with one overload per entity; of a single entity it has that signature itself."""
    results = [returns.format(entity.name) for entity in entities]
    keys = [f"key: Literal[{literal(entity.key)}]" for entity in entities]
    described = docstring(text, indent=4)
    if len(entities) == 1:
        found = wrap(value, prefix=f"found: {results[0]} = ", indent=4)
        body = f"{before}{found}\nreturn found"
        return KeyFunction(name, (), signature(f"def {name}", keys, results[0]), described, indent(body, "    "))
    overloads = [
        signature(f"def {name}", [key], result, end=": ...") for key, result in zip(keys, results, strict=True)
    ]
    head = f"def {name}(key: str) -> object:"
    return KeyFunction(name, tuple(overloads), head, described, indent(f"{before}return {value}", "    "))


def container_view(schema: Schema, config: Config) -> ContainerView:
    """Return the view of `container.py`."""
    imports, typed = Imports(), Imports()
    imports.names("typing", "TYPE_CHECKING", "Self")
    imports.names("pkit.container", "Container", "Member")
    for entity in schema.entities:
        typed.names(relative(entity.module, "contract"), f"{entity.name}Repository")
    with_views = viewed(schema)
    for entity in with_views:
        typed.names(relative(entity.module, "contract"), f"{entity.name}ViewRepository")
    if with_views:
        imports.names("functools", "cached_property")
        imports.names("pkit.views", "ViewMember", "ViewSpace")
        imports.names(".views", "VIEWS")
    backends = sorted(config.backends, key=lambda database: database.value)
    for backend in backends:
        if backend in HANDLES:
            typed.names(f"pkit.{backend.value}", HANDLES[backend].type)
    return ContainerView(
        docstring=header("The container of the repositories.", schema.packages),
        imports=imports.text(),
        typed=typed.text(indent=4),
        backends=literal(tuple(backend.value for backend in backends)),
        members=tuple(_member(entity) for entity in schema.entities),
        views=tuple(_view_member(entity) for entity in with_views),
        factories=tuple(_factory(backend) for backend in backends),
    )


def _member(entity: Entity) -> str:
    pin = f", database={literal(entity.database.value)}" if entity.database else ""
    call = f"Member({literal(entity.key)}, name={literal(entity.name)}{pin})"
    return wrap(call, prefix=f"{entity.module}: Member[{entity.name}Repository] = ", indent=4)


def _view_member(entity: Entity) -> str:
    prefix = f"{entity.module}: ViewMember[{entity.name}ViewRepository] = "
    return wrap(f"ViewMember({literal(entity.key)})", prefix=prefix, indent=4)


def _factory(database: Database) -> Factory:
    backend = database.value
    if database not in HANDLES:
        text = docstring("Return the repositories in a memory of their own, those of pinned entities too.", indent=8)
        arguments = f'{{"{backend}": {backend}.Session()}}, "{backend}", pinned=False'
        return Factory(backend, f"def {backend}(cls) -> Self:", text, arguments)
    handle = HANDLES[database]
    arguments = f'{{"{backend}": {backend}.Session.open(database)}}, "{backend}"'
    spelled = signature(f"def {backend}", ["cls", f"database: {handle.type}", "/"], "Self", indent=4)
    return Factory(backend, spelled, docstring(f"Return the repositories in {handle.words}.", indent=8), arguments)
