"""The expressions and statements that mapping functions are made of, laid out for the body of a function."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pkit_gen.backends.layout import wrap
from pkit_gen.ir.types import ArrayKind, RecordField
from pkit_gen.literals import literal
from pkit_gen.source import ClassRef


@dataclass(frozen=True, slots=True)
class Argument:
    """A field of a class that is rebuilt, and the expression of its value."""

    name: str
    expression: str
    kw_only: bool = False


def assemble(cls: str, arguments: Sequence[Argument], *, constructor: bool, keywords: bool = False) -> tuple[str, ...]:
    """Return the statements of a function that rebuilds an object and returns it: by calling its class, or attribute by attribute.

    `keywords` passes every argument by keyword, for a class whose order of parameters has gaps.
    """
    if constructor:
        ordered = sorted(arguments, key=lambda argument: argument.kw_only)
        spelled = [f"{a.name}={a.expression}" if a.kw_only or keywords else a.expression for a in ordered]
        return (wrap(f"{cls}({', '.join(spelled)})", prefix="return ", indent=4),)
    return (f"new = object.__new__({cls})", *(assign(argument) for argument in arguments), "return new")


def assign(argument: Argument) -> str:
    """Return the statement that sets an attribute of `new`, frozen classes included."""
    return wrap(f"object.__setattr__(new, {literal(argument.name)}, {argument.expression})", indent=4)


ARRAY_CLASSES: dict[ArrayKind, str] = {
    ArrayKind.LIST: "list",
    ArrayKind.TUPLE: "tuple",
    ArrayKind.SET: "set",
    ArrayKind.FROZENSET: "frozenset",
    ArrayKind.SEQUENCE: "(list, tuple)",
}


def optional(value: str, expression: str) -> str:
    """Return `expression`, but None where `value` is None."""
    return value if expression == value else f"None if {value} is None else {expression}"


def sorted_array(call: str, encoded: str, source: str, ordered: bool) -> str:
    """Return the call of `call` around the items of a set, `encoded` over `item`, in an order that does not depend on hashes."""
    key = "" if ordered else ", key=repr"  # what has no order of its own still needs a stable one
    items = f"({encoded} for item in {source})" if key else f"{encoded} for item in {source}"
    return f"sorted({items}{key})" if call == "list" else f"{call}(sorted({items}{key}))"


def rebuilt(kind: ArrayKind, item: str, source: str) -> str:
    """Return the expression of a collection of `item`, an expression over `item`, for each of `source`."""
    brackets = {ArrayKind.LIST: ("[", "]"), ArrayKind.SEQUENCE: ("[", "]"), ArrayKind.SET: ("{", "}")}
    call = "list" if kind is ArrayKind.SEQUENCE else kind.value
    if item == "item":
        return f"{call}({source})"
    if kind in brackets:
        opening, closing = brackets[kind]
        return f"{opening}{item} for item in {source}{closing}"
    return f"{call}({item} for item in {source})"


def dictionary(
    name: str, type_: str, items: tuple[RecordField, ...], spell: Callable[[RecordField], str], source: str
) -> tuple[str, ...]:
    """Return the statements that build and return a dict with a key per item; those not required are copied where `source` has them."""
    required = ", ".join(f"{literal(item.name)}: {spell(item)}" for item in items if item.required)
    optional = [item for item in items if not item.required]
    if not optional:
        return (give(f"{{{required}}}"),)
    first = wrap(f"{{{required}}}", prefix=f"{name}: {type_} = ", indent=4)
    return (first, *(_if_present(name, item, spell(item), source) for item in optional), f"return {name}")


def _if_present(name: str, item: RecordField, expression: str, source: str) -> str:
    key = literal(item.name)
    return f"if {key} in {source}:\n        " + wrap(expression, prefix=f"{name}[{key}] = ", indent=8)


def label(ref: ClassRef, item: RecordField) -> str:
    """Return the literal by which errors name a nested class's field."""
    return literal(f"{ref.name}.{item.name}")


def let(name: str, expression: str) -> str:
    """Return an assignment in the body of a function."""
    return wrap(expression, prefix=f"{name} = ", indent=4)


def give(expression: str) -> str:
    """Return a return statement in the body of a function."""
    return wrap(expression, prefix="return ", indent=4)
