"""Enums: members and their values, as the enum module would make them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import libcst as cst

from pkit_gen.declarations import EnumDecl, Written
from pkit_gen.frontend.classes import Classes, Member
from pkit_gen.frontend.evaluate import Evaluator
from pkit_gen.frontend.symbols import ClassSymbol, External
from pkit_gen.frontend.values import Constant, Environment, Items, Value
from pkit_gen.source import ClassRef

ENUMS = frozenset(f"enum.{name}" for name in ("Enum", "StrEnum", "IntEnum", "Flag", "IntFlag", "ReprEnum"))
_FLAGS = frozenset({"enum.Flag", "enum.IntFlag"})
_MIXINS = {
    "enum.StrEnum": "str",
    "enum.IntEnum": "int",
    "enum.IntFlag": "int",
    "builtins.str": "str",
    "builtins.int": "int",
}


@dataclass(frozen=True)
class _Traits:
    """What decides the values of a class's members."""

    flag: bool
    lower_names: bool  # StrEnum: auto() is the name in lower case
    mixin: str | None
    own_rule: bool  # the class, or one that it derives from, defines _generate_next_value_


@dataclass(eq=False)
class Enums:
    """Reads enum classes."""

    classes: Classes
    evaluator: Evaluator

    def is_enum(self, symbol: ClassSymbol) -> bool:
        """Return whether a class derives from `enum.Enum`."""
        return any(isinstance(entry, External) and entry.name in ENUMS for entry in self.classes.order(symbol))

    def declare(self, symbol: ClassSymbol) -> EnumDecl:
        """Return the declaration of an enum."""
        traits = self._traits(symbol)
        place = symbol.scope.module.place
        members = tuple(
            Written((member.name, value), place(member.node)) for member, value in self._values(symbol, traits)
        )
        mixin = ClassRef("builtins", traits.mixin) if traits.mixin else None
        return EnumDecl(symbol.ref, members, traits.flag, mixin, place(symbol.node.name))

    def _traits(self, symbol: ClassSymbol) -> _Traits:
        order = self.classes.order(symbol)
        names = [entry.name for entry in order if isinstance(entry, External)]
        own = [entry for entry in order if isinstance(entry, ClassSymbol)]
        rule = any(member.name == "_generate_next_value_" for entry in own for member in self.classes.members(entry))
        mixin = next((_MIXINS[name] for name in names if name in _MIXINS), None)
        return _Traits(not _FLAGS.isdisjoint(names), "enum.StrEnum" in names, mixin, rule)

    def _values(self, symbol: ClassSymbol, traits: _Traits) -> Iterator[tuple[Member, object]]:
        """Yield the members with their values; a member whose value was there before is an alias and left out."""
        seen: list[object] = []
        for member, value in self._evaluated(symbol, traits):
            if value is None or value not in seen:
                yield member, value
            seen.append(value)

    def _evaluated(self, symbol: ClassSymbol, traits: _Traits) -> Iterator[tuple[Member, object]]:
        env = Environment(self.classes.names.class_scope(symbol), {})
        last: list[object] = []
        for member in self.classes.members(symbol):
            if member.value is None or not _is_member(member.name, symbol.node.name.value):
                continue
            node = self._unwrapped(symbol, member.value)
            if node is None:
                continue
            raw = self._raw(symbol, member.name, node, env, last, traits)
            env.names[member.name] = raw or Constant(None, symbol.scope.module.place(node))
            last.append(_plain(raw))
            yield member, _mixed_in(_plain(raw), traits.mixin)

    def _unwrapped(self, symbol: ClassSymbol, node: cst.BaseExpression) -> cst.BaseExpression | None:
        """Return the value inside `member(...)`; None for `nonmember(...)`, functions and descriptors."""
        if isinstance(node, cst.Lambda):
            return None
        if isinstance(node, cst.Call):
            function = self._external(symbol, node.func)
            if function == "enum.nonmember" or function in ("builtins.property", "functools.partial"):
                return None
            if function == "enum.member" and node.args:
                return node.args[0].value
        return node

    def _external(self, symbol: ClassSymbol, node: cst.BaseExpression) -> str | None:
        found = self.classes.names.resolve_through(symbol.scope, node)
        return found.name if isinstance(found, External) else None

    def _raw(
        self,
        symbol: ClassSymbol,
        name: str,
        node: cst.BaseExpression,
        env: Environment,
        last: list[object],
        traits: _Traits,
    ) -> Value | None:
        if isinstance(node, cst.Call) and self._external(symbol, node.func) == "enum.auto":
            value = None if traits.own_rule else _next_value(name, last, traits)
            return None if value is None else Constant(value, symbol.scope.module.place(node))
        return self.evaluator.value(node, env)


def _is_member(name: str, owner: str) -> bool:
    """Return whether a name in an enum's body makes a member: not `__x__`, `_x_` or a private `__x`."""
    underscored = name.startswith("_") and name.endswith("_") and len(name) > 2
    private = name.startswith(("__", f"_{owner.lstrip('_')}__"))
    return not underscored and not private


def _next_value(name: str, last: list[object], traits: _Traits) -> object:
    """Return what `auto()` gives after the values so far."""
    if traits.lower_names:
        return name.lower()
    numbers = [value for value in last if isinstance(value, int)]
    if any(value is None for value in last):
        return None
    if traits.flag:
        return 1 << max(numbers).bit_length() if numbers else 1
    return max(numbers) + 1 if numbers else 1


def _plain(value: Value | None) -> object:
    """Return the Python value of constants and of tuples and lists of constants, else None."""
    match value:
        case Constant(value=constant):
            return constant
        case Items(kind="tuple" | "list", items=items):
            plain: list[object] = [_plain(item) for item in items]
            return None if None in plain else tuple(plain)
        case _:
            return None


def _mixed_in(value: object, mixin: str | None) -> object:
    """Return the value as a `str` or `int` mixin makes it."""
    match mixin, value:
        case "str", str() | int() | float():
            return str(value)
        case "int", int() | float() | str():
            try:
                return int(value)
            except ValueError:
                return None
        case _:
            return value
