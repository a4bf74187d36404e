"""What a generated module tells of an entity: the way into rows and back, fields, unique indexes and references."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from operator import itemgetter
from typing import Any, Generic, TypeAlias, cast

from typing_extensions import TypeVar

from pkit.criteria import CriteriaField, Fields, ValueType
from pkit.errors import InvalidValue
from pkit.relations import Hop, Relations, all_fields, no_relations
from pkit.sorting import ID
from pkit.text import lower

T = TypeVar("T", default=Any)

Row: TypeAlias = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """The way from a row to the rows of `entity` whose column `target` holds the value, or one of the values, in the row's `column`."""

    column: int
    entity: Entity[Any]
    target: int


At: TypeAlias = int | tuple[int | str | Step, ...]
"""Where a value is: a column, or a path of steps over relations, one column and keys of documents: `(Step(3, ORG, 0), 1)`, `(5, "city")`."""


@dataclass(frozen=True, slots=True)
class Unique:
    """A unique index over `fields`; `lower`: without regard to case."""

    fields: tuple[str, ...]
    lower: bool = False


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: `field` holds the `by` of an entity called `target`."""

    field: str
    target: str
    by: str = ID


@dataclass(frozen=True, slots=True)
class Index:
    """An index that tables keep. `key` gives a row's key: one value per field; None when one of them is absent.

    `array`: the key of a row is a tuple, and the index has each of its items.
    """

    name: str
    fields: tuple[str, ...]
    positions: tuple[int, ...]
    lower: bool
    unique: bool
    array: bool

    key: Callable[[Row], Any] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        plain = len(self.positions) == 1 and not self.lower
        object.__setattr__(self, "key", itemgetter(*self.positions) if plain else self._composed)

    def key_of(self, parts: Sequence[Any]) -> Any:
        """Return the key that one value per field makes."""
        if any(part is None for part in parts):
            return None
        if self.lower:
            parts = [lower(part) if isinstance(part, str) else part for part in parts]
        return parts[0] if len(parts) == 1 else tuple(parts)

    def keys(self, row: Row) -> Collection[Any]:
        """Return every key of a row: none, one, or those of an array."""
        key = self.key(row)
        return () if key is None else key if self.array else (key,)

    def _composed(self, row: Row) -> Any:
        return self.key_of([row[position] for position in self.positions])


@dataclass(frozen=True)
class Entity(Generic[T]):
    """One entity. `columns` names the values of a row in order; `encode` has a checker per column but the id, for `patch`.

    `fields` are its own; `criteria_fields` has those over `relations` too. `indexed` are the fields that relations of any entity go over.
    """

    key: str
    columns: tuple[str, ...]
    fields: Fields[At]
    to_row: Callable[[T], Row]
    from_row: Callable[[Row], T]
    encode: Mapping[str, Callable[[Any], Any]]
    unique: Mapping[str, Unique] = field(default_factory=dict[str, Unique])
    references: tuple[Reference, ...] = ()
    relations: Callable[[], Relations[Entity[Any]]] = no_relations
    path_depth: int = 2
    indexed: tuple[str, ...] = ()

    @property
    def criteria_fields(self) -> Fields[At]:
        """What criteria and sort keys can name."""
        return self._all_fields

    @cached_property
    def _all_fields(self) -> Fields[At]:
        return all_fields(self, self._reach)

    @cached_property
    def id_position(self) -> int:
        return self.columns.index(ID)

    @cached_property
    def references_itself(self) -> bool:
        """Whether rows may refer to rows of the same table."""
        return any(reference.target == self.key for reference in self.references)

    @cached_property
    def foreign_keys(self) -> tuple[tuple[int, Reference], ...]:
        """The references with their columns."""
        return tuple((self.columns.index(reference.field), reference) for reference in self.references)

    @cached_property
    def keys_of(self) -> Callable[[Row], object]:
        """A function that gives the values of a row that any index, reference or relation goes over."""
        positions = sorted({position for index in self.indexes for position in index.positions})
        return itemgetter(*positions) if positions else lambda row: None

    @cached_property
    def unique_indexes(self) -> tuple[Index, ...]:
        return tuple(self._index(name, unique.fields, unique.lower, True) for name, unique in self.unique.items())

    @cached_property
    def unique_by_name(self) -> dict[str, Index]:
        return {index.name: index for index in self.unique_indexes}

    @cached_property
    def indexes(self) -> tuple[Index, ...]:
        """The unique indexes, and one per field that a reference or relation goes over."""
        unique = {index.fields[0] for index in self.unique_indexes if self._finds(index)}
        fields = dict.fromkeys((*(reference.field for reference in self.references), *self.indexed))
        others = (self._index(f"field {name}", (name,), False, False) for name in fields if name not in {ID, *unique})
        return (*self.unique_indexes, *others)

    @cached_property
    def lookups(self) -> dict[int, Index]:
        """By column, an index that finds the rows holding a value there."""
        return {index.positions[0]: index for index in reversed(self.indexes) if self._finds(index)}

    def is_indexed(self, column: int) -> bool:
        """Return whether the rows that hold a value in a column are found without a scan."""
        return column == self.id_position or column in self.lookups

    @cached_property
    def id_type(self) -> ValueType:
        """The type of the id."""
        id_field = self.fields[ID]
        if not isinstance(id_field, CriteriaField):
            raise TypeError(f"{self.key}.id is no relation")
        return id_field.type

    @cached_property
    def encode_key(self) -> dict[str, Callable[[Any], Any]]:
        """By unique index, a function from the value that callers look for, a tuple for a composite index, to a key.

        Raises InvalidValue.
        """
        return {index.name: self._key_encoder(index) for index in self.unique_indexes}

    def _key_encoder(self, index: Index) -> Callable[[Any], Any]:
        encoders = [self._value_encoder(name) for name in index.fields]
        if len(encoders) > 1:
            return lambda value: index.key_of(
                [encode(part) for encode, part in zip(encoders, _parts(index, value), strict=True)]
            )
        return (lambda value: index.key_of((encoders[0](value),))) if index.lower else encoders[0]

    def _value_encoder(self, name: str) -> Callable[[Any], Any]:
        return (lambda value: self.id_type.encode(value, ID)) if name == ID else self.encode[name]

    def encode_value(self, name: str, value: object) -> Any:
        """Return a value of the column `name` in stored form. Raises InvalidValue."""
        return self.id_type.encode(value, ID) if name == ID else self.encode[name](value)

    def _reach(self, hops: tuple[Hop[Entity[Any]], ...], at: At | None) -> At:
        steps: list[Step] = []
        here: Entity[Any] = self
        for hop in hops:
            steps.append(Step(here.columns.index(hop.local), hop.entity, hop.entity.columns.index(hop.remote)))
            here = hop.entity
        inside = () if at is None else at if isinstance(at, tuple) else (at,)
        return (*steps, *inside)

    def _index(self, name: str, fields: tuple[str, ...], lower: bool, unique: bool) -> Index:
        array = not unique and self._is_array(fields[0])
        return Index(name, fields, tuple(self.columns.index(name) for name in fields), lower, unique, array)

    def _finds(self, index: Index) -> bool:
        """Return whether an index finds the rows that hold a value in a column; a unique one over arrays has whole arrays."""
        return len(index.fields) == 1 and not index.lower and (index.array or not self._is_array(index.fields[0]))

    def _is_array(self, name: str) -> bool:
        found = self.fields.get(name)
        return isinstance(found, CriteriaField) and found.type.item is not None


def _parts(index: Index, value: object) -> tuple[Any, ...]:
    parts = cast(tuple[object, ...], value) if isinstance(value, tuple) else ()
    if len(parts) != len(index.fields):
        raise InvalidValue(index.name, f"expected a tuple of {', '.join(index.fields)}")
    return parts


def several(value: Any) -> Collection[Any]:
    """Return the values of a column that may be an array: none, one or many."""
    if value is None:
        return ()
    return cast(tuple[object, ...], value) if isinstance(value, tuple) else (value,)
