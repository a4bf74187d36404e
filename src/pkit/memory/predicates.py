"""From expressions to predicates over rows, compiled once per query into closures."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from operator import itemgetter
from typing import Any, TypeAlias, assert_never, cast

from pkit.criteria import All, AnyOf, Compare, ComparisonOperator, Expression, IsAbsent, Not, Some
from pkit.memory import types
from pkit.memory.entity import At, Entity, Row, Step, several
from pkit.memory.session import Find
from pkit.memory.store import Table
from pkit.sorting import SortKey
from pkit.text import lower

Predicate: TypeAlias = Callable[[Row], bool]
Getter: TypeAlias = Callable[[Row], Any]


def compile_expression(expression: Expression[At], find: Find) -> Predicate:
    """Return the predicate that an expression means."""
    match expression:
        case Compare(field=field, operator=operator, value=value):
            return _compare(getter(field.at, find), operator, _TESTS[operator](value))
        case IsAbsent(field=field):
            get = getter(field.at, find)
            return lambda row: get(row) is None
        case All(items=items):
            return _all([compile_expression(item, find) for item in items])
        case AnyOf(items=items):
            return _any([compile_expression(item, find) for item in items])
        case Not(item=item):
            holds = compile_expression(item, find)
            return lambda row: not holds(row)
        case Some(relation=relation, item=item):
            holds, follow = compile_expression(item, find), _follower(relation.at, find)
            return lambda row: any(holds(found) for found in follow(row))
        case _:
            assert_never(expression)


def candidates(expression: Expression[At], table: Table, find: Find) -> Iterable[Row]:
    """Return rows among which are all that an expression matches: by indexes where it asks for equality, else all rows."""
    found = _indexed(expression, table.entity, find)
    return table.rows() if found is None else found


def _indexed(expression: Expression[At], entity: Entity[Any], find: Find) -> Iterable[Row] | None:
    match expression:
        case Compare(field=field, operator="eq" | "in", value=value):
            return _holders(entity, field.at, (value,) if expression.operator == "eq" else value, find)
        case Some(relation=relation, item=item):
            steps = _steps(relation.at)
            rows = _indexed(item, steps[-1].entity, find)
            return None if rows is None else _back(entity, steps, rows, find)
        case All(items=items):
            found = (_indexed(item, entity, find) for item in items)
            return next((rows for rows in found if rows is not None), None)
        case _:
            return None


def _holders(entity: Entity[Any], at: At, values: Sequence[Any], find: Find) -> Iterable[Row] | None:
    """Return the rows that hold one of the values at an address, or None when that takes a scan."""
    steps = _steps(at)
    inside = (at,) if isinstance(at, int) else at[len(steps) :]
    holder, column = steps[-1].entity if steps else entity, inside[0]
    if len(inside) > 1 or not isinstance(column, int) or not holder.is_indexed(column):
        return None
    rows = [row for value in dict.fromkeys(values) for row in find(holder, column, value)]
    return _back(entity, steps, rows, find)


def _back(entity: Entity[Any], steps: Sequence[Step], rows: Iterable[Row], find: Find) -> Iterable[Row] | None:
    """Return the rows of `entity` from which the steps lead to one of `rows`, each once, or None when that takes a scan."""
    starts = [entity, *(step.entity for step in steps)]
    for step, start in zip(reversed(steps), reversed(starts[:-1]), strict=True):
        if not start.is_indexed(step.column):
            return None
        found = (row for key in {row[step.target]: None for row in rows} for row in find(start, step.column, key))
        rows = {row[start.id_position]: row for row in found}.values()
    return rows


def _steps(at: At) -> list[Step]:
    return [step for step in (at if isinstance(at, tuple) else ()) if isinstance(step, Step)]


def _all(predicates: list[Predicate]) -> Predicate:
    return lambda row: all(holds(row) for holds in predicates)


def _any(predicates: list[Predicate]) -> Predicate:
    return lambda row: any(holds(row) for holds in predicates)


def getter(at: At, find: Find) -> Getter:
    """Return a function from a row to the value at an address, None when anything on the way is absent."""
    if isinstance(at, int):
        return itemgetter(at)
    steps = [_step(step, find) for step in at]

    def get(row: Row) -> Any:
        value: Any = row
        for step in steps:
            value = step(value)
            if value is None:
                return None
        return value

    return get


def _step(step: int | str | Step, find: Find) -> Callable[[Any], Any]:
    match step:
        case int():
            return itemgetter(step)
        case str():
            return lambda document: document.get(step)
        case Step():
            return lambda row: next(iter(related(step, row, find)), None)
        case _:
            assert_never(step)


def related(step: Step, row: Row, find: Find) -> Iterable[Row]:
    """Return the rows that a step leads to."""
    return (found for value in several(row[step.column]) for found in find(step.entity, step.target, value))


def _follower(at: At, find: Find) -> Callable[[Row], Iterable[Row]]:
    steps = _steps(at)

    def follow(row: Row) -> Iterable[Row]:
        rows: Iterable[Row] = [row]
        for step in steps:
            rows = [found for row in rows for found in related(step, row, find)]
        return rows

    return follow


def _compare(get: Getter, operator: ComparisonOperator, test: Callable[[Any], bool]) -> Predicate:
    if operator in ("ne", "not_in"):
        return lambda row: (value := get(row)) is None or test(value)
    return lambda row: (value := get(row)) is not None and test(value)


def _is_document(value: object) -> bool:
    return isinstance(value, (dict, list))


def _exact(value: object) -> Any:
    """Return a document such that equality tells bools from numbers."""
    if isinstance(value, dict):
        return {key: _exact(item) for key, item in cast(dict[str, object], value).items()}
    if isinstance(value, list):
        return [_exact(item) for item in cast(list[object], value)]
    return (bool, value) if isinstance(value, bool) else value


def _equal(value: Any) -> Callable[[Any], bool]:
    if not _is_document(value):
        return lambda found: found == value
    wanted = _exact(value)
    return lambda found: _exact(found) == wanted


def _one_of(values: Sequence[Any]) -> Callable[[Any], bool]:
    if not _is_document(values[0]):
        return frozenset(values).__contains__
    tests = [_equal(value) for value in values]
    return lambda found: any(test(found) for test in tests)


def _opposite(test: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda found: not test(found)


def _between(bounds: tuple[Any, Any]) -> Callable[[Any], bool]:
    low, high = bounds
    return lambda found: low <= found <= high


def _ignoring_case(test: Callable[[str, str], bool]) -> Callable[[str], Callable[[str], bool]]:
    def make(wanted: str) -> Callable[[str], bool]:
        lowered = lower(wanted)
        return lambda found: test(lower(found), lowered)

    return make


def _has_any(wanted: Collection[Any]) -> Callable[[Any], bool]:
    return lambda found: not frozenset(wanted).isdisjoint(found)


_TESTS: dict[ComparisonOperator, Callable[[Any], Callable[[Any], bool]]] = {
    "eq": _equal,
    "ne": lambda value: _opposite(_equal(value)),
    "in": _one_of,
    "not_in": lambda values: _opposite(_one_of(values)),
    "gt": lambda value: lambda found: found > value,
    "gte": lambda value: lambda found: found >= value,
    "lt": lambda value: lambda found: found < value,
    "lte": lambda value: lambda found: found <= value,
    "between": _between,
    "contains": lambda value: lambda found: value in found,
    "icontains": _ignoring_case(str.__contains__),
    "startswith": lambda value: lambda found: found.startswith(value),
    "istartswith": _ignoring_case(str.startswith),
    "endswith": lambda value: lambda found: found.endswith(value),
    "iendswith": _ignoring_case(str.endswith),
    "has": lambda value: lambda found: value in found,
    "has_any": _has_any,
    "has_all": lambda values: lambda found: frozenset(values).issubset(found),
    "empty": lambda value: lambda found: (not found) is value,
}
"""Per operator, a function from the wanted value to a test of one that is not absent."""


def comparable(value: Any) -> Any:
    """Return what stands for a value in an order: absent before all others, bytes by length first."""
    if value is None:
        return (0,)
    return (1, len(value), value) if isinstance(value, bytes) else (1, value)


def sort_rows(rows: list[Row], order: Sequence[SortKey[At]], find: Find) -> None:
    """Sort in place. The last key decides least, so it is sorted by first."""
    for key in reversed(order):
        rows.sort(key=_sort_key(key, find), reverse=key.descending)


def _sort_key(key: SortKey[At], find: Find) -> Getter:
    get = getter(key.field.at, find)
    if not key.field.optional and key.field.type is not types.BYTES:
        return get
    return lambda row: comparable(get(row))


def follows(order: Sequence[SortKey[At]], after: Sequence[Any], find: Find) -> Predicate:
    """Return the predicate of the rows that come after the one whose sort values are `after`."""
    keys = [
        (getter(key.field.at, find), comparable(value), key.descending) for key, value in zip(order, after, strict=True)
    ]

    def is_after(row: Row) -> bool:
        for get, limit, descending in keys:
            value = comparable(get(row))
            if value != limit:
                return bool((value > limit) is not descending)
        return False

    return is_after
