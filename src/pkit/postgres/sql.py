"""From expressions and orders to SQL. Names come from fragments that the generator wrote; values are always bound."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Any, TypeAlias, assert_never

from pkit.criteria import All, AnyOf, Compare, ComparisonOperator, Expression, IsAbsent, Not, Some
from pkit.errors import InvalidCriteria
from pkit.postgres.entity import ROW, At, Entity
from pkit.relations import Hop
from pkit.sorting import SortKey

MAX_VALUES = 32767
MAX_BIGINT = 2**63 - 1
MAX_BATCH = 2**31 - 1
_BYTES = "bytea"


class Values:
    """The values that a statement binds."""

    def __init__(self) -> None:
        self.items: list[Any] = []

    def bind(self, value: Any, type_: str) -> str:
        """Return the placeholder of a value."""
        if len(self.items) == MAX_VALUES:
            raise InvalidCriteria(f"criteria hold more than {MAX_VALUES} values")
        self.items.append(value)
        return placeholder(len(self.items), type_)


def placeholder(number: int, type_: str) -> str:
    """Return the placeholder of a statement's value. A document is text for the driver, whatever codec the host has set for jsonb.

    >>> placeholder(2, "jsonb")
    '$2::text::jsonb'
    """
    return f"${number}::text{type_[5:]}::{type_}" if type_.startswith("jsonb") else f"${number}::{type_}"


class Scope:
    """The rows that one SELECT, or one EXISTS, speaks of: a row of `entity` called `row`, and what is joined to it, each only once."""

    def __init__(
        self, entity: Entity[Any], values: Values, row: str = ROW, counter: Iterator[int] | None = None
    ) -> None:
        self.entity = entity
        self.row = row
        self.values = values
        self.joins: list[str] = []
        self._counter = counter or count(1)
        self._entities: dict[str, Entity[Any]] = {row: entity}
        self._aliases: dict[tuple[str, str, str, int], str] = {}

    def join(self, parent: str, hop: Hop[Entity[Any]]) -> str:
        """Return the alias of the row that a hop from another row leads to."""
        key = (parent, hop.local, hop.remote, id(hop.entity))
        if key not in self._aliases:
            self._aliases[key] = alias = self.alias()
            self._entities[alias] = hop.entity
            meeting = meets(parent, self._entities[parent], hop, alias)
            self.joins.append(f"LEFT JOIN {hop.entity.table} AS {alias} ON {meeting}")
        return self._aliases[key]

    def alias(self) -> str:
        """Return an alias that the statement has not used yet."""
        return f"r{next(self._counter)}"

    def inner(self, entity: Entity[Any], row: str) -> Scope:
        """Return the scope of a SELECT inside this one, over a row of another entity."""
        return Scope(entity, self.values, row, self._counter)

    def expression(self, at: At) -> str:
        """Return the expression of the value at an address."""
        alias = self.row
        for hop in at.hops:
            alias = self.join(alias, hop)
        return at.sql.replace("{}", alias)

    def tables(self) -> str:
        """Return what stands after FROM. Everything that joins must have been asked for before."""
        return " ".join([f"{self.entity.table} AS {self.row}", *self.joins])


def meets(parent: str, entity: Entity[Any], hop: Hop[Entity[Any]], alias: str) -> str:
    """Return the condition under which `alias` is a row that a hop from `parent`, a row of `entity`, leads to."""
    local = f"{parent}.{entity.columns[hop.local].name}"
    remote = f"{alias}.{hop.entity.columns[hop.remote].name}"
    return f"{remote} = ANY({local})" if hop.array else f"{remote} = {local}"


# --- conditions -------------------------------------------------------------------------------------------------------


def condition(expression: Expression[At], scope: Scope) -> str:
    """Return the condition that an expression means: true where it holds, false or null where it does not."""
    match expression:
        case Compare(field=field, operator=operator, value=value):
            return _TESTS[operator](scope.expression(field.at), field.at.type, value, scope.values, field.optional)
        case IsAbsent(field=field):
            return f"{scope.expression(field.at)} IS NULL"
        case All(items=items):
            return _joined(items, " AND ", "TRUE", scope)
        case AnyOf(items=items):
            return _joined(items, " OR ", "FALSE", scope)
        case Not(item=item):
            return f"({condition(item, scope)}) IS NOT TRUE"
        case Some(relation=relation, item=item):
            return _some(relation.at, item, scope)
        case _:
            assert_never(expression)


def _joined(items: Sequence[Expression[At]], word: str, nothing: str, scope: Scope) -> str:
    return f"({word.join(condition(item, scope) for item in items)})" if items else nothing


def _some(at: At, item: Expression[At], scope: Scope) -> str:
    alias, entity = scope.row, scope.entity
    tables, meetings = list[str](), list[str]()
    for hop in at.hops:
        parent, alias = alias, scope.alias()
        tables.append(f"{hop.entity.table} AS {alias}")
        meetings.append(meets(parent, entity, hop, alias))
        entity = hop.entity
    inner = scope.inner(entity, alias)
    holds = condition(item, inner)
    source = " ".join([" CROSS JOIN ".join(tables), *inner.joins])
    return f"EXISTS (SELECT FROM {source} WHERE {' AND '.join([*meetings, holds])})"


_Test: TypeAlias = Callable[[str, str, Any, Values, bool], str]


def _compare(operator: str) -> _Test:
    return lambda at, type_, value, values, _: f"{at} {operator} {values.bind(value, type_)}"


def _differs(at: str, type_: str, value: Any, values: Values, optional: bool) -> str:
    return f"{at} {'IS DISTINCT FROM' if optional else '<>'} {values.bind(value, type_)}"


def _one_of(at: str, type_: str, value: Any, values: Values, optional: bool) -> str:
    return f"{at} = ANY({values.bind(list(value), f'{type_}[]')})"


def _none_of(at: str, type_: str, value: Any, values: Values, optional: bool) -> str:
    return f"({_one_of(at, type_, value, values, optional)}) IS NOT TRUE"


def _between(at: str, type_: str, value: Any, values: Values, optional: bool) -> str:
    low, high = value
    return f"{at} BETWEEN {values.bind(low, type_)} AND {values.bind(high, type_)}"


def _lower(text: str) -> str:
    return f'lower({text} COLLATE "pg_c_utf8")'


def _same(text: str) -> str:
    return text


def _text(pattern: str, spell: Callable[[str], str]) -> _Test:
    def test(at: str, type_: str, value: Any, values: Values, optional: bool) -> str:
        return pattern.format(at=spell(at), value=spell(values.bind(value, "text")))

    return test


CONTAINS = "strpos({at}, {value}) > 0"
STARTS = "starts_with({at}, {value})"
ENDS = "right({at}, length({value})) = {value}"


def _has(at: str, type_: str, value: Any, values: Values, optional: bool) -> str:
    return f"{at} @> {values.bind([value], type_)}"


def _array(operator: str) -> _Test:
    return lambda at, type_, value, values, _: f"{at} {operator} {values.bind(list(value), type_)}"


def _empty(at: str, type_: str, value: Any, values: Values, optional: bool) -> str:
    return f"cardinality({at}) {'=' if value else '>'} 0"


_TESTS: dict[ComparisonOperator, _Test] = {
    "eq": _compare("="),
    "ne": _differs,
    "in": _one_of,
    "not_in": _none_of,
    "gt": _compare(">"),
    "gte": _compare(">="),
    "lt": _compare("<"),
    "lte": _compare("<="),
    "between": _between,
    "contains": _text(CONTAINS, _same),
    "icontains": _text(CONTAINS, _lower),
    "startswith": _text(STARTS, _same),
    "istartswith": _text(STARTS, _lower),
    "endswith": _text(ENDS, _same),
    "iendswith": _text(ENDS, _lower),
    "has": _has,
    "has_any": _array("&&"),
    "has_all": _array("@>"),
    "empty": _empty,
}
"""Per operator, a function from the expression, its type, the wanted value, the bound values and whether the expression can be null."""


# --- orders -----------------------------------------------------------------------------------------------------------


def order(keys: Sequence[SortKey[At]], scope: Scope) -> str:
    """Return what stands after ORDER BY. Absent values come first, descending last."""
    return ", ".join(part for key in keys for part in _ordered(key, scope.expression(key.field.at)))


def _ordered(key: SortKey[At], at: str) -> list[str]:
    direction = " DESC" if key.descending else ""
    nulls = (" NULLS LAST" if key.descending else " NULLS FIRST") if key.field.optional else ""
    return [f"{part}{direction}{nulls}" for part in _parts(at, key.field.at.type)]


def _parts(at: str, type_: str) -> list[str]:
    return [f"octet_length({at})", at] if type_ == _BYTES else [at]  # bytes by length first


def follows(keys: Sequence[SortKey[At]], after: Sequence[Any], scope: Scope) -> str:
    """Return the condition of the rows that come after the one whose sort values are `after`."""
    if len({key.descending for key in keys}) == 1 and not any(_special(key) for key in keys):
        return _follows_row(keys, after, scope)
    found = "FALSE"
    for key, value in zip(reversed(keys), reversed(after), strict=True):
        at = scope.expression(key.field.at)
        if value is None:
            beyond = "FALSE" if key.descending else f"{at} IS NOT NULL"
            found = f"({beyond} OR ({at} IS NULL AND {found}))"
        else:
            found = _follows_value(key, at, scope.values.bind(value, key.field.at.type), found)
    return found


def _follows_value(key: SortKey[At], at: str, bound: str, otherwise: str) -> str:
    left, right = ", ".join(_parts(at, key.field.at.type)), ", ".join(_parts(bound, key.field.at.type))
    beyond = f"({left}) {'<' if key.descending else '>'} ({right})"
    if key.field.optional and key.descending:
        beyond = f"{beyond} OR {at} IS NULL"
    return f"({beyond} OR ({at} = {bound} AND {otherwise}))"


def _special(key: SortKey[At]) -> bool:
    return key.field.optional or key.field.at.type == _BYTES


def _follows_row(keys: Sequence[SortKey[At]], after: Sequence[Any], scope: Scope) -> str:
    """Return a comparison of rows, which an index can serve."""
    left = ", ".join(scope.expression(key.field.at) for key in keys)
    right = ", ".join(scope.values.bind(value, key.field.at.type) for key, value in zip(keys, after, strict=True))
    return f"({left}) {'<' if keys[0].descending else '>'} ({right})"


def window(offset: int, limit: int | None, values: Values) -> str:
    """Return LIMIT and OFFSET. The limit is a literal: with a bound one PostgreSQL plans anew in each call."""
    limited = "" if limit is None or limit > MAX_BIGINT else f" LIMIT {int(limit)}"
    return f"{limited} OFFSET {values.bind(min(offset, MAX_BIGINT), 'bigint')}" if offset else limited
