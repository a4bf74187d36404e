"""Values that can be told from the source, each with the place where it was written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import libcst as cst

from pkit_gen.frontend.symbols import FunctionSymbol, Scope, Symbol
from pkit_gen.source import Place


@dataclass(frozen=True)
class Constant:
    """A str, int, float, bool, bytes, None or `MemberValue`."""

    value: object
    place: Place


@dataclass(frozen=True)
class Items:
    """A list, tuple, set, or an iteration over something; `kind` names which."""

    kind: str
    items: tuple[Value, ...]
    place: Place


@dataclass(frozen=True)
class Table:
    """A dict: keys are constants; a later entry of the same key has replaced the earlier one."""

    entries: tuple[tuple[Constant, Value], ...]
    place: Place

    def get(self, key: str) -> Value | None:
        """Return the value of a text key, or None."""
        return next((value for name, value in self.entries if name.value == key), None)


@dataclass(frozen=True)
class Reference:
    """A class, module or anything else that a name stands for."""

    symbol: Symbol
    place: Place


@dataclass(frozen=True)
class Selector:
    """`attrgetter("field")` or `lambda e: e.field`; `lower` for `lambda e: e.field.lower()`."""

    field: Constant
    lower: bool
    place: Place


@dataclass(frozen=True)
class Function:
    """A function of the project with the arguments that are already bound, and the names around it."""

    definition: FunctionSymbol | cst.Lambda
    environment: Environment
    arguments: Arguments
    place: Place


@dataclass(frozen=True)
class Opaque:
    """What only running the program could tell: the expression's text and the reason."""

    text: str
    reason: str
    place: Place


Value: TypeAlias = Constant | Items | Table | Reference | Selector | Function | Opaque


@dataclass(frozen=True)
class Arguments:
    """The arguments of a call."""

    positional: tuple[Value, ...] = ()
    keywords: Mapping[str, Value] = field(default_factory=dict[str, "Value"])


@dataclass(frozen=True)
class Environment:
    """The names that an expression is evaluated with: local values, the names around a nested function, and the scope."""

    scope: Scope
    names: dict[str, Value]
    outer: Environment | None = None

    def find(self, name: str) -> Value | None:
        """Return the local value of a name, or None."""
        if name in self.names:
            return self.names[name]
        return self.outer.find(name) if self.outer is not None else None


def at(value: Value, place: Place) -> Value:
    """Return the value as written at another place."""
    return replace(value, place=place)


def described(value: Value) -> str:
    """Return what a value is, as words of a message."""
    match value:
        case Constant(value=None):
            return "None"
        case Constant(value=bool() as constant):
            return str(constant)
        case Constant(value=str() as constant):
            return f'the text "{constant}"'
        case Constant(value=constant):
            return f"the value {constant!r}"
        case Items(kind=kind):
            return f"a {kind}"
        case Table():
            return "a dict"
        case Reference():
            return "a name"
        case Selector() | Function():
            return "a function"
        case Opaque(text=text):
            return f"the expression {text}"
