"""The built-in functions and methods that the evaluator knows: those that make and walk constant tables."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from pkit_gen.frontend.values import Arguments, Constant, Items, Table, Value
from pkit_gen.source import Place

_LONGEST = 10_000  # the longest range that is followed


def call_builtin(name: str, arguments: Arguments, place: Place) -> Value | None:
    """Return what a built-in function gives for the arguments, or None when it is not known."""
    function = _FUNCTIONS.get(name)
    return function(arguments, place) if function is not None else None


def _items_of(value: Value) -> tuple[Value, ...] | None:
    match value:
        case Items(items=items):
            return items
        case Table(entries=entries):
            return tuple(key for key, _ in entries)
        case _:
            return None


def _dict(arguments: Arguments, place: Place) -> Value | None:
    entries: dict[object, tuple[Constant, Value]] = {}
    if arguments.positional:
        pairs = _pairs(arguments.positional[0])
        if pairs is None or len(arguments.positional) > 1:
            return None
        entries.update({key.value: (key, value) for key, value in pairs})
    entries.update({name: (Constant(name, value.place), value) for name, value in arguments.keywords.items()})
    return Table(tuple(entries.values()), place)


def _pairs(value: Value) -> Sequence[tuple[Constant, Value]] | None:
    if isinstance(value, Table):
        return value.entries
    pairs = [_items_of(item) for item in _items_of(value) or ()]
    if not isinstance(value, Items):
        return None
    found = [(pair[0], pair[1]) for pair in pairs if pair is not None and len(pair) == 2]
    keyed = [(key, entry) for key, entry in found if isinstance(key, Constant)]
    return keyed if len(keyed) == len(pairs) else None


def _collection(kind: str) -> Callable[[Arguments, Place], Value | None]:
    def make(arguments: Arguments, place: Place) -> Value | None:
        if not arguments.positional:
            return Items(kind, (), place)
        items = _items_of(arguments.positional[0])
        return None if items is None else Items(kind, items, place)

    return make


def _reversed(arguments: Arguments, place: Place) -> Value | None:
    items = _items_of(arguments.positional[0]) if len(arguments.positional) == 1 else None
    return None if items is None else Items("iterator", items[::-1], place)


def _sorted(arguments: Arguments, place: Place) -> Value | None:
    items = _items_of(arguments.positional[0]) if len(arguments.positional) == 1 and not arguments.keywords else None
    texts = [(item.value, item) for item in items or () if isinstance(item, Constant) and isinstance(item.value, str)]
    if items is None or len(texts) != len(items):
        return None
    return Items("list", tuple(item for _, item in sorted(texts, key=lambda pair: pair[0])), place)


def _enumerate(arguments: Arguments, place: Place) -> Value | None:
    items = _items_of(arguments.positional[0]) if len(arguments.positional) == 1 and not arguments.keywords else None
    if items is None:
        return None
    return Items(
        "iterator", tuple(Items("tuple", (Constant(i, place), item), place) for i, item in enumerate(items)), place
    )


def _zip(arguments: Arguments, place: Place) -> Value | None:
    columns = [items for value in arguments.positional if (items := _items_of(value)) is not None]
    if len(columns) != len(arguments.positional):
        return None
    return Items("iterator", tuple(Items("tuple", row, place) for row in zip(*columns, strict=False)), place)


def _range(arguments: Arguments, place: Place) -> Value | None:
    bounds = [v.value for v in arguments.positional if isinstance(v, Constant) and isinstance(v.value, int)]
    if len(bounds) != len(arguments.positional) or not 1 <= len(bounds) <= 3 or (len(bounds) == 3 and bounds[2] == 0):
        return None
    numbers = range(*bounds)
    return Items("range", tuple(Constant(i, place) for i in numbers), place) if len(numbers) <= _LONGEST else None


def _str(arguments: Arguments, place: Place) -> Value | None:
    match arguments.positional:
        case [Constant(value=str() | int() as value)]:
            return Constant(str(value), place)
        case _:
            return None


def _len(arguments: Arguments, place: Place) -> Value | None:
    items = _items_of(arguments.positional[0]) if len(arguments.positional) == 1 else None
    return None if items is None else Constant(len(items), place)


_FUNCTIONS: dict[str, Callable[[Arguments, Place], Value | None]] = {
    "dict": _dict,
    "list": _collection("list"),
    "tuple": _collection("tuple"),
    "set": _collection("set"),
    "frozenset": _collection("set"),
    "iter": _collection("iterator"),
    "reversed": _reversed,
    "sorted": _sorted,
    "enumerate": _enumerate,
    "zip": _zip,
    "range": _range,
    "str": _str,
    "len": _len,
}


def _text_method(method: Callable[..., str]) -> Callable[[Value, Arguments, Place], Value | None]:
    def call(receiver: Value, arguments: Arguments, place: Place) -> Value | None:
        values = [value.value for value in arguments.positional if isinstance(value, Constant)]
        named = {name: value.value for name, value in arguments.keywords.items() if isinstance(value, Constant)}
        complete = len(values) == len(arguments.positional) and len(named) == len(arguments.keywords)
        if not isinstance(receiver, Constant) or not isinstance(receiver.value, str) or not complete:
            return None
        try:
            return Constant(method(receiver.value, *values, **named), place)
        except (TypeError, ValueError, LookupError, AttributeError):
            return None

    return call


def _join(receiver: Value, arguments: Arguments, place: Place) -> Value | None:
    items = _items_of(arguments.positional[0]) if len(arguments.positional) == 1 else None
    texts = [item.value for item in items or () if isinstance(item, Constant) and isinstance(item.value, str)]
    if items is None or len(texts) != len(items) or not isinstance(receiver, Constant):
        return None
    return Constant(receiver.value.join(texts), place) if isinstance(receiver.value, str) else None


def _keys(receiver: Value, arguments: Arguments, place: Place) -> Value | None:
    return Items("iterator", tuple(k for k, _ in receiver.entries), place) if isinstance(receiver, Table) else None


def _values(receiver: Value, arguments: Arguments, place: Place) -> Value | None:
    return Items("iterator", tuple(v for _, v in receiver.entries), place) if isinstance(receiver, Table) else None


def _entries(receiver: Value, arguments: Arguments, place: Place) -> Value | None:
    if not isinstance(receiver, Table):
        return None
    return Items("iterator", tuple(Items("tuple", entry, place) for entry in receiver.entries), place)


def _copy(receiver: Value, arguments: Arguments, place: Place) -> Value | None:
    return receiver if isinstance(receiver, Table) else None


def _get(receiver: Value, arguments: Arguments, place: Place) -> Value | None:
    match arguments.positional:
        case [Constant(value=str() as key), *rest] if isinstance(receiver, Table):
            return receiver.get(key) or (rest[0] if rest else Constant(None, place))
        case _:
            return None


METHODS: dict[str, Callable[[Value, Arguments, Place], Value | None]] = {
    **{
        name: _text_method(getattr(str, name))
        for name in (
            "lower",
            "upper",
            "title",
            "strip",
            "replace",
            "format",
            "removesuffix",
            "removeprefix",
            "casefold",
        )
    },
    "join": _join,
    "keys": _keys,
    "values": _values,
    "items": _entries,
    "copy": _copy,
    "get": _get,
}
"""The methods of constant texts and dicts."""
