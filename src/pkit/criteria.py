"""Criteria: what they may say, and reading them.

`parse` checks a dict of criteria against the fields that the generator wrote and returns an expression whose values are in the stored form of
one backend. Backends turn the expression into a predicate, SQL or a query document; none of them sees the caller's dict.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence, Set, ValuesView
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Generic, Literal, TypeAlias, cast, get_args

from typing_extensions import TypeVar

from pkit.errors import InvalidCriteria, InvalidValue

At = TypeVar("At")

ComparisonOperator: TypeAlias = Literal[
    "eq",
    "ne",
    "in",
    "not_in",
    "gt",
    "gte",
    "lt",
    "lte",
    "between",
    "contains",
    "icontains",
    "startswith",
    "istartswith",
    "endswith",
    "iendswith",
    "has",
    "has_any",
    "has_all",
    "empty",
]

EQUALITY: frozenset[str] = frozenset({"eq", "ne", "in", "not_in"})
ORDER: frozenset[str] = EQUALITY | {"gt", "gte", "lt", "lte", "between"}
TEXT: frozenset[str] = ORDER | {"contains", "icontains", "startswith", "istartswith", "endswith", "iendswith"}
ARRAY: frozenset[str] = frozenset({"has", "has_any", "has_all", "empty"})
QUANTIFIERS = ("some", "none", "every")
LOGICAL = ("and", "or", "not")
MAX_DEPTH = 50
MANY_NAMES = 40
"""An error lists so many names at most; of more, only the next step of dotted ones."""

_ALL_OPERATORS: tuple[ComparisonOperator, ...] = get_args(ComparisonOperator)


@dataclass(frozen=True, slots=True)
class ValueType:
    """How criteria see a type: `encode` checks a value and brings it into stored form, raising InvalidValue.

    `item` is the type of an array's items; then `encode` is not used.
    """

    encode: Callable[[object, str], Any]
    operators: frozenset[str]
    item: ValueType | None = None


@dataclass(frozen=True, slots=True)
class CriteriaField(Generic[At]):
    """A field, or a dotted path, that criteria and sort keys may name. `at` is where this backend finds it."""

    type: ValueType
    at: At
    optional: bool = False
    sortable: bool = False


@dataclass(frozen=True, slots=True)
class ToMany(Generic[At]):
    """A to-many relation, which criteria name with "some", "none" or "every".

    `at` is where this backend finds the related rows; `fields` gives what criteria on them may name (called late: relations go in circles).
    """

    at: At
    fields: Callable[[], Fields[At]]


Fields: TypeAlias = Mapping[str, CriteriaField[At] | ToMany[At]]


@dataclass(frozen=True, slots=True)
class Compare(Generic[At]):
    """`field operator value`. Never true for an absent value, but for "ne" and "not_in", which then are.

    `value` is in stored form: one value, a tuple that is not empty for "in", "not_in", "has_any", "has_all", a pair for "between", a bool
    for "empty". None never occurs in it: absent values are `IsAbsent`.
    """

    field: CriteriaField[At]
    operator: ComparisonOperator
    value: Any


@dataclass(frozen=True, slots=True)
class IsAbsent(Generic[At]):
    """The field holds None."""

    field: CriteriaField[At]


@dataclass(frozen=True, slots=True)
class All(Generic[At]):
    """Every item holds; no items: true."""

    items: tuple[Expression[At], ...]


@dataclass(frozen=True, slots=True)
class AnyOf(Generic[At]):
    """At least one item holds; no items: false."""

    items: tuple[Expression[At], ...]


@dataclass(frozen=True, slots=True)
class Not(Generic[At]):
    """The item does not hold. Logic has two values: what compares with an absent value is false, and its negation true."""

    item: Expression[At]


@dataclass(frozen=True, slots=True)
class Some(Generic[At]):
    """The item, whose addresses start at a related row, holds for at least one of them. "none" is its negation, "every" none that does not."""

    relation: ToMany[At]
    item: Expression[At]


Expression: TypeAlias = Compare[At] | IsAbsent[At] | All[At] | AnyOf[At] | Not[At] | Some[At]


def parse(criteria: Mapping[str, Any], fields: Fields[At]) -> Expression[At]:
    """Return what `criteria` mean. Raises InvalidCriteria that names the field, operator or value's type at fault, and what is allowed.

    >>> parse({"age": {"gte": 18}, "email": None}, fields)
    All((Compare(fields["age"], "gte", 18), IsAbsent(fields["email"])))
    """
    try:
        return _criteria(criteria, fields, 0)
    except RecursionError:
        raise InvalidCriteria("a value is nested too deeply") from None


def unknown(kind: str, name: object, allowed: Collection[str]) -> InvalidCriteria:
    """Return the error for a name that is not there, with the closest that is and with all that are."""
    close = get_close_matches(str(name), allowed, n=1)
    hint = f"did you mean {close[0]!r}? " if close else ""
    shown = allowed if len(allowed) <= MANY_NAMES else _steps(str(name), allowed)
    return InvalidCriteria(f"there is no such {kind}; {hint}allowed: {', '.join(shown) or 'none'}", str(name))


def _steps(name: str, allowed: Collection[str]) -> Collection[str]:
    """Return which names can follow the longest beginning of a dotted name that is right; "room.…" stands for all that go on from there."""
    steps = name.split(".")[:-1]
    prefixes = ["".join(f"{step}." for step in steps[:length]) for length in range(len(steps), -1, -1)]
    prefix = next(prefix for prefix in prefixes if any(other.startswith(prefix) for other in allowed))
    below = (other.removeprefix(prefix).partition(".") for other in allowed if other.startswith(prefix))
    return dict.fromkeys(f"{prefix}{step}{dot}{'…' if dot else ''}" for step, dot, _ in below)


def _criteria(criteria: object, fields: Fields[At], depth: int) -> Expression[At]:
    if not isinstance(criteria, Mapping):
        raise InvalidCriteria(f"criteria are a dict, not {type(criteria).__name__}")
    if depth > MAX_DEPTH:
        raise InvalidCriteria(f"criteria are nested more than {MAX_DEPTH} deep")
    entries = cast(Mapping[object, object], criteria)
    return _all([_entry(name, value, fields, depth) for name, value in entries.items()])


def _all(items: Sequence[Expression[At]]) -> Expression[At]:
    return items[0] if len(items) == 1 else All(tuple(items))


def _entry(name: object, value: object, fields: Fields[At], depth: int) -> Expression[At]:
    match name:
        case "and":
            return All(_branches("and", value, fields, depth))
        case "or":
            return AnyOf(_branches("or", value, fields, depth))
        case "not":
            return Not(_criteria(value, fields, depth + 1))
        case _:
            field = fields.get(name) if isinstance(name, str) else None
            if field is None:
                raise unknown("field", name, (*fields, *LOGICAL))
            if isinstance(field, ToMany):
                return _related(str(name), value, field, depth)
            return _Reader(str(name), field).read(value)


def _branches(word: str, value: object, fields: Fields[At], depth: int) -> tuple[Expression[At], ...]:
    if not isinstance(value, (list, tuple)):
        raise InvalidCriteria(f"takes a list of criteria, not {type(value).__name__}", word)
    branches = cast(Sequence[object], value)
    if not branches:
        raise InvalidCriteria("takes at least one dict of criteria", word)
    return tuple(_criteria(branch, fields, depth + 1) for branch in branches)


def _related(name: str, value: object, relation: ToMany[At], depth: int) -> Expression[At]:
    if not isinstance(value, Mapping) or not value:
        raise InvalidCriteria(f"a relation to many takes a dict of {', '.join(QUANTIFIERS)}", name)
    entries = cast(Mapping[object, object], value)
    return _all([_quantified(name, word, item, relation, depth) for word, item in entries.items()])


def _quantified(name: str, word: object, value: object, relation: ToMany[At], depth: int) -> Expression[At]:
    if word not in QUANTIFIERS:
        raise InvalidCriteria(f"no such quantifier {word!r}; allowed: {', '.join(QUANTIFIERS)}", name)
    item = _criteria(value, relation.fields(), depth + 1)
    match word:
        case "some":
            return Some(relation, item)
        case "none":
            return Not(Some(relation, item))
        case _:
            return Not(Some(relation, Not(item)))


def _is_collection(value: object) -> bool:
    # by class, not by structure: a member of a Flag has the methods of a Collection
    return isinstance(value, (Sequence, Set, ValuesView)) and not isinstance(value, (str, bytes, bytearray, memoryview))


@dataclass(frozen=True, slots=True)
class _Reader(Generic[At]):
    """Reads what criteria say of one field."""

    name: str
    field: CriteriaField[At]

    def read(self, value: object) -> Expression[At]:
        if value is None:
            return self._absent()
        if isinstance(value, Mapping):
            return self._operators(cast(Mapping[object, object], value))
        if self.field.type.item is not None:
            raise self._error(f"an array takes a dict of operators: {self._allowed()}")
        if _is_collection(value):
            return self._membership(value)
        return Compare(self.field, "eq", self._encode(value))

    def _operators(self, operators: Mapping[object, object]) -> Expression[At]:
        if not operators:
            raise self._error(f"a dict of operators must not be empty; allowed: {self._allowed()}")
        return _all([self._operator(operator, value) for operator, value in operators.items()])

    def _operator(self, operator: object, value: object) -> Expression[At]:
        if not isinstance(operator, str) or operator not in self.field.type.operators:
            close = get_close_matches(str(operator), self.field.type.operators, n=1)
            hint = f"did you mean {close[0]!r}? " if close else ""
            raise self._error(f"no such operator {operator!r}; {hint}allowed: {self._allowed()}")
        match operator:
            case "eq":
                return self._absent() if value is None else Compare(self.field, "eq", self._encode(value))
            case "ne":
                return Not(self._absent()) if value is None else Compare(self.field, "ne", self._encode(value))
            case "in":
                return self._membership(value)
            case "not_in":
                return self._exclusion(value)
            case "has" | "has_any" | "has_all" | "empty":
                return self._array(operator, value)
            case "between":
                return Compare(self.field, "between", self._bounds(value))
            case _:
                return Compare(self.field, cast(ComparisonOperator, operator), self._encode(value))

    def _membership(self, value: object) -> Expression[At]:
        items, absent = self._items(value, self.field.type)
        present: Expression[At] = Compare(self.field, "in", items) if items else AnyOf(())
        return AnyOf((present, self._absent())) if absent else present

    def _exclusion(self, value: object) -> Expression[At]:
        items, absent = self._items(value, self.field.type)
        present: Expression[At] = Compare(self.field, "not_in", items) if items else All(())
        return All((present, Not(self._absent()))) if absent else present

    def _array(self, operator: Literal["has", "has_any", "has_all", "empty"], value: object) -> Expression[At]:
        if operator == "empty":
            if not isinstance(value, bool):
                raise self._error(f"'empty' takes a bool, not {type(value).__name__}")
            return Compare(self.field, operator, value)
        item = self.field.type.item
        if item is None:
            raise TypeError(f"the type of {self.name!r} has array operators but no item")
        if operator == "has":
            return Compare(self.field, operator, self._encode(value, item))
        items, absent = self._items(value, item)
        if absent:
            raise self._error("an array holds no None")
        if items:
            return Compare(self.field, operator, items)
        return AnyOf(()) if operator == "has_any" else Not(IsAbsent(self.field))

    def _items(self, value: object, type_: ValueType) -> tuple[tuple[Any, ...], bool]:
        """Return the items in stored form without None, and whether there was a None."""
        if not _is_collection(value):
            raise self._error(f"expected a collection of values, not {type(value).__name__}")
        items = list(cast(Collection[object], value))
        absent = any(item is None for item in items)
        if absent:
            self._absent()
        return tuple(self._encode(item, type_) for item in items if item is not None), absent

    def _bounds(self, value: object) -> tuple[Any, Any]:
        if not isinstance(value, (list, tuple)):
            raise self._error(f"'between' takes a pair of bounds, not {type(value).__name__}")
        bounds = cast(Sequence[object], value)
        if len(bounds) != 2:
            raise self._error(f"'between' takes two bounds, not {len(bounds)}")
        return self._encode(bounds[0]), self._encode(bounds[1])

    def _absent(self) -> IsAbsent[At]:
        if not self.field.optional:
            raise self._error("is never None")
        return IsAbsent(self.field)

    def _encode(self, value: object, type_: ValueType | None = None) -> Any:
        try:
            return (type_ or self.field.type).encode(value, self.name)
        except InvalidValue as error:
            raise self._error(error.reason) from None

    def _allowed(self) -> str:
        return ", ".join(operator for operator in _ALL_OPERATORS if operator in self.field.type.operators)

    def _error(self, reason: str) -> InvalidCriteria:
        return InvalidCriteria(reason, self.name)
