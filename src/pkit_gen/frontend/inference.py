"""The registrations of a project without any: every dataclass with an `id` field, with defaults."""

from __future__ import annotations

import re

from pkit_gen.declarations import DataclassDecl, RegistrationDecl, Written
from pkit_gen.frontend.entities import Definitions
from pkit_gen.frontend.registrations import class_symbols

_WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def infer(definitions: Definitions, modules: tuple[str, ...]) -> list[RegistrationDecl]:
    """Return a registration for every dataclass with an `id` that the modules define; abstract generic ones are no entities."""
    found: list[RegistrationDecl] = []
    for module in sorted(modules):
        scope = definitions.names.scope(module)
        for symbol in class_symbols(scope) if scope else ():
            definition = definitions.define(symbol)
            if isinstance(definition, DataclassDecl) and _is_entity(definition):
                found.append(_default(definition))
    return found


def _is_entity(definition: DataclassDecl) -> bool:
    return not definition.parameters and any(entry.name == "id" for entry in definition.fields)


def _default(entity: DataclassDecl) -> RegistrationDecl:
    key = snake_case(entity.ref.name)
    place = entity.place
    return RegistrationDecl(
        key=Written(key, place),
        entity=entity,
        entity_place=place,
        collection=Written(plural(key), place),
        database=None,
        unique=(),
        relations=(),
        views=(),
        exclude=(),
        place=place,
    )


def snake_case(name: str) -> str:
    """Return a class name as a key.

    >>> snake_case("HTTPRequestLog")
    'http_request_log'
    """
    return _WORD.sub("_", name).lower()


def plural(word: str) -> str:
    """Return the English plural of a key.

    >>> [plural(word) for word in ("user", "category", "box", "day")]
    ['users', 'categories', 'boxes', 'days']
    """
    if word.endswith("y") and word[-2:-1] not in tuple("aeiou"):
        return word[:-1] + "ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return word + "es"
    return word + "s"
