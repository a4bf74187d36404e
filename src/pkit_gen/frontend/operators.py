"""What operators give for values that are known, and what a loop over them sees."""

from __future__ import annotations

import operator
from collections.abc import Callable

import libcst as cst

from pkit_gen.declarations import MemberValue
from pkit_gen.frontend.values import Constant, Environment, Function, Items, Opaque, Reference, Selector, Table, Value
from pkit_gen.source import Place

_COMPARISONS: dict[type[cst.BaseCompOp], Callable[[object, object], object]] = {
    cst.Equal: operator.eq,
    cst.NotEqual: operator.ne,
    cst.Is: operator.is_,
    cst.IsNot: operator.is_not,
}


def bind(target: cst.BaseExpression, value: Value, env: Environment) -> bool:
    """Assign a value to a name or to a tuple of names; return whether it fits."""
    match target:
        case cst.Name(value=name):
            env.names[name] = value
            return True
        case cst.Tuple(elements=elements) | cst.List(elements=elements):
            items = iterated(value)
            if items is None or len(items) != len(elements):
                return False
            return all(bind(element.value, item, env) for element, item in zip(elements, items, strict=True))
        case _:
            return True  # an attribute or item of something else: not followed


def iterated(value: Value) -> tuple[Value, ...] | None:
    """Return the items that a loop over the value would see, or None."""
    match value:
        case Items(items=items):
            return items
        case Table(entries=entries):
            return tuple(key for key, _ in entries)
        case _:
            return None


def table(entries: list[tuple[Value, Value]], place: Place) -> Value:
    """Return the dict of the entries; opaque when a key is not constant."""
    merged: dict[object, tuple[Constant, Value]] = {}
    for key, value in entries:
        if not isinstance(key, Constant):
            return key if isinstance(key, Opaque) else Opaque("the key", "it is not a constant", key.place)
        merged[key.value] = (key, value)
    return Table(tuple(merged.values()), place)


def truth_of(value: Value) -> bool | None:
    """Return whether a value is true, or None when the source does not tell."""
    match value:
        case Constant(value=MemberValue()):
            return None
        case Constant(value=constant):
            return bool(constant)
        case Items(items=items):
            return bool(items)
        case Table(entries=entries):
            return bool(entries)
        case Function() | Selector():
            return True
        case Reference() | Opaque():
            return None


def joined(values: list[Value], place: Place) -> Constant | None:
    """Return the texts in one, or None when one is no constant text."""
    texts = [value.value for value in values if isinstance(value, Constant) and isinstance(value.value, str)]
    return Constant("".join(texts), place) if len(texts) == len(values) else None


def reason_of(values: list[Value], default: str) -> str:
    return next((value.reason for value in values if isinstance(value, Opaque)), default)


def unary(op: cst.BaseUnaryOp, value: Value, place: Place) -> Constant | None:
    if isinstance(op, cst.Not):
        truth = truth_of(value)
        return None if truth is None else Constant(not truth, place)
    if not isinstance(value, Constant) or not isinstance(value.value, (int, float)):
        return None
    match op:
        case cst.Minus():
            return Constant(-value.value, place)
        case cst.Plus():
            return Constant(+value.value, place)
        case _:
            return None


def binary(op: cst.BaseBinaryOp, left: Value, right: Value, place: Place) -> Value | None:
    match op, left, right:
        case cst.BitOr(), Table(), Table():
            return table([*left.entries, *right.entries], place)
        case cst.Add(), Items(kind=kind), Items(kind=other) if kind == other:
            return Items(kind, (*left.items, *right.items), place)
        case cst.Add(), Constant(value=str() as first), Constant(value=str() as second):
            return Constant(first + second, place)
        case _, Constant(value=int() as number), Constant(value=int() as other):
            return _arithmetic(op, number, other, place)
        case cst.Modulo(), Constant(value=str()), _:
            return _percent(left, right, place)
        case _:
            return None


def _arithmetic(op: cst.BaseBinaryOp, left: int, right: int, place: Place) -> Constant | None:
    match op:
        case cst.Add():
            return Constant(left + right, place)
        case cst.Subtract():
            return Constant(left - right, place)
        case cst.Multiply():
            return Constant(left * right, place)
        case cst.BitOr():
            return Constant(left | right, place)
        case cst.BitAnd():
            return Constant(left & right, place)
        case cst.LeftShift() if 0 <= right < 128:
            return Constant(left << right, place)
        case cst.Power() if 0 <= right < 128:
            return Constant(left**right, place)
        case _:
            return None


def _percent(left: Constant, right: Value, place: Place) -> Constant | None:
    values = [right] if isinstance(right, Constant) else list(iterated(right) or ())
    constants = [value.value for value in values if isinstance(value, Constant)]
    if len(constants) != len(values) or not isinstance(left.value, str):
        return None
    try:
        return Constant(left.value % tuple(constants), place)
    except (TypeError, ValueError):
        return None


def compare(op: cst.BaseCompOp, left: Value, right: Value) -> bool | None:
    if not isinstance(left, Constant):
        return None
    if isinstance(op, (cst.In, cst.NotIn)):
        contained = _contains(left, right)
        return None if contained is None else contained is isinstance(op, cst.In)
    if not isinstance(right, Constant) or type(op) not in _COMPARISONS:
        return None
    return bool(_COMPARISONS[type(op)](left.value, right.value))


def _contains(item: Constant, container: Value) -> bool | None:
    if isinstance(container, Constant) and isinstance(container.value, str) and isinstance(item.value, str):
        return item.value in container.value
    items = iterated(container)
    if items is None or not all(isinstance(entry, Constant) for entry in items):
        return None
    return any(isinstance(entry, Constant) and entry.value == item.value for entry in items)
