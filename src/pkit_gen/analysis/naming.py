"""Names of the output: what a key is called in Python, and that no two things get one name."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from keyword import iskeyword

from pkit_gen.declarations import RegistrationDecl
from pkit_gen.diagnostics.catalog import registrations as catalog
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Entity, View
from pkit_gen.source import Place

PACKAGE_MODULES = frozenset({"views", "tables", "container", "providers"})
CONTAINER_MEMBERS = frozenset(
    {"views", "transaction", "memory", "mongo", "postgres", "open", "close", "ping", "create_schema", "self"}
)
PACKAGE_EXPORTS = frozenset(
    {
        "get_repo",
        "get_repo_view",
        "lifespan",
        "provide_repo",
        "provide_repositories",
        "provide_transaction",
        "provide_view_repo",
        "repositories",
    }
)
USED_NAMES = frozenset(
    {
        "awaitable",
        "cached_property",
        "callable",
        "classmethod",
        "find",
        "literal",
        "member",
        "mongodatabase",
        "object",
        "overload",
        "postgresconnectable",
        "repository",
        "str",
        "tuple",
        "view_repository",
        "viewmember",
    }
)
"""What `__init__.py` and the container's class use themselves, where a folder or a member of that name would hide it."""

RESERVED = PACKAGE_MODULES | CONTAINER_MEMBERS | PACKAGE_EXPORTS | USED_NAMES

KEY_LIMIT = 200
"""The bytes that a key may have: it names a folder, and most systems allow 255."""

ENTITY_CLASSES = {
    "{}Criteria": "the criteria",
    "{}SortKey": "the sort keys",
    "{}Changes": "the changes",
    "{}Repository": "the repository",
    "{}RepositoryDep": "the dependency",
    "Memory{}Repository": "the memory repository",
    "Mongo{}Repository": "the mongo repository",
    "Postgres{}Repository": "the postgres repository",
    "{}Fields": "the fields",
}
VIEW_CLASSES = {
    "{}View": "the view",
    "{}Include": "the include paths",
    "{}ViewRepository": "the view repository",
    "{}ViewRepositoryDep": "the view dependency",
}


@dataclass(frozen=True, slots=True)
class EntityName:
    """What a key is called: `name` begins class names, `module` is the folder and the member of the container."""

    name: str
    module: str


def words(text: str) -> list[str]:
    """Return the stretches of a text that an identifier can hold, underscores removed.

    >>> words("order-item v2")
    ['order', 'item', 'v2']
    """
    kept = (char if ("a" + char).isidentifier() else "_" for char in unicodedata.normalize("NFKC", text))
    return [word for word in "".join(kept).split("_") if word]


def camel_case(text: str) -> str:
    """Return a text in CamelCase.

    >>> camel_case("order_item")
    'OrderItem'
    """
    return "".join(word[0].upper() + word[1:] for word in words(text))


def module_name(text: str) -> str:
    """Return a text as the name of a module: an identifier stays as it is, a keyword gets an underscore.

    >>> module_name("order item"), module_name("class")
    ('order_item', 'class_')
    """
    normal = unicodedata.normalize("NFKC", text).strip("_")
    module = normal if normal.isidentifier() else "_".join(words(text))
    return module + "_" if iskeyword(module) else module


def is_name(text: str) -> bool:
    """Return whether a text can be a name in Python source."""
    return text.isidentifier() and not iskeyword(text)


def entity_name(key: str) -> EntityName | None:
    """Return the names made from a key, or None when it gives no identifier."""
    name = EntityName(camel_case(key), module_name(key))
    usable = name.name.isidentifier() and name.module.isidentifier() and len(name.module.encode()) <= KEY_LIMIT
    return name if usable else None


def first_come(
    registrations: Iterable[RegistrationDecl], claims: Callable[[RegistrationDecl], Iterable[str]]
) -> list[RegistrationDecl]:
    """Return registrations in the order of the source if two claim the same name, else as they are: places cost a pass over their files."""
    listed = list(registrations)
    claimed = [claim for registration in listed for claim in claims(registration)]
    if len(set(claimed)) == len(claimed):
        return listed
    return sorted(listed, key=lambda registration: registration.key.place.order)


def _claims(registration: RegistrationDecl) -> set[str]:
    name = entity_name(registration.key.value)
    return set() if name is None else {name.name, name.module.casefold()}


def name_entities(registrations: Iterable[RegistrationDecl], diagnostics: Diagnostics) -> dict[str, EntityName]:
    """Return the names of each key that gives one, and report keys that give none, a reserved one, or one that is taken."""
    names: dict[str, EntityName] = {}
    taken: dict[str, RegistrationDecl] = {}
    for registration in first_come(registrations, _claims):
        key = registration.key
        name = entity_name(key.value)
        if name is None:
            diagnostics.report(catalog.key_without_name(key.value, KEY_LIMIT, key.place))
            continue
        if name.module.casefold() in RESERVED:
            diagnostics.report(catalog.reserved_key(key.value, name.module, key.place))
        other = taken.get(name.name) or taken.get(name.module.casefold())
        if other is not None:
            report = catalog.same_name(key.value, other.key.value, name.name, other.key.place, key.place)
            diagnostics.report(report)
            continue
        names[key.value] = name
        taken[name.name] = taken[name.module.casefold()] = registration
    return names


# --- collisions among everything that is generated --------------------------------------------------------------------


@dataclass(frozen=True)
class Generated:
    """A class of the output: its name, whose it is, and the place that gives rise to it."""

    name: str
    what: str
    place: Place


def check_collisions(entities: Iterable[Entity], diagnostics: Diagnostics) -> None:
    """Report each pair of things that would be generated under one name, once for each pair of places."""
    first: dict[str, Generated] = {}
    reported: set[tuple[int, int]] = set()
    for generated in (generated for entity in entities for generated in _generated(entity)):
        other = first.setdefault(generated.name, generated)
        pair = (id(other.place), id(generated.place))
        if other is generated or pair in reported:
            continue
        reported.add(pair)
        report = catalog.generated_collision(generated.name, generated.what, other.what, other.place, generated.place)
        diagnostics.report(report)


def _generated(entity: Entity) -> Iterator[Generated]:
    has_views = bool(entity.relations or entity.views)
    classes: Mapping[str, str] = ENTITY_CLASSES | VIEW_CLASSES if has_views else ENTITY_CLASSES
    for pattern, what in classes.items():
        yield Generated(pattern.format(entity.name), f'{what} of "{entity.key}"', entity.place)
    for view in entity.views:
        for name in view_classes(entity.name, view):
            yield Generated(name, f'the view "{view.name}" of "{entity.key}"', view.place)


def view_classes(entity: str, view: View) -> list[str]:
    """Return the names of the classes of a declared view: its own, and one for each path that has relations below it."""
    own = entity + camel_case(view.name)
    inner = [path for path in view.include if any(other.startswith(path + ".") for other in view.include)]
    return [own, *(own + "".join(camel_case(step) for step in path.split(".")) for path in inner)]
