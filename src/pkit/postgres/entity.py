"""What a generated module tells of an entity: its table, the way into rows and back, its statements, and where criteria find things."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, Protocol

from typing_extensions import TypeVar

from pkit import relations
from pkit.criteria import CriteriaField, Fields
from pkit.relations import Hop, Relations
from pkit.sorting import ID

T = TypeVar("T", default=Any)


class Row(Protocol):
    """The values of an entity in the order of its columns: a tuple on the way in, a record of the driver's on the way out."""

    def __getitem__(self, place: Any, /) -> Any: ...
    def __iter__(self) -> Iterator[Any]: ...
    def __len__(self) -> int: ...


ROW = "t"
"""The alias of the entity's own table in every statement."""


@dataclass(frozen=True, slots=True)
class At:
    """Where a value is: an expression in which `{}` stands for the alias of the row, and the SQL type of what it is compared with.

    `hops` lead to that row from the one that is queried.

    >>> At("{}.email", "text"), At("({}.address ->> 'since')::date", "date")
    """

    sql: str
    type: str
    hops: tuple[Hop[Entity[Any]], ...] = ()


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, quoted where it must be, its SQL type and what follows that in a definition.

    >>> Column("email", "text", 'COLLATE "C" NOT NULL')
    """

    name: str
    type: str
    constraints: str = ""

    @property
    def definition(self) -> str:
        """Return the column as `CREATE TABLE` takes it."""
        return f"{self.name} {self.type} {self.constraints}".rstrip()

    @property
    def optional(self) -> bool:
        """Return whether the column can be null."""
        return "NOT NULL" not in self.constraints

    def read(self, alias: str) -> str:
        """Return the expression that reads the column. Documents are read as text: codecs for jsonb differ from host to host."""
        return f"{alias}.{self.name}{'::text' if self.type == 'jsonb' else ''}"


@dataclass(frozen=True, slots=True)
class Unique:
    """A unique index: its fields, its name, its keys as PostgreSQL shows them, and the statements that use it."""

    fields: tuple[str, ...]
    name: str
    keys: tuple[str, ...]
    get: str
    exists: str
    upsert: str

    def create(self, table: str) -> str:
        """Return the statement that creates the index."""
        return f"CREATE UNIQUE INDEX {self.name} ON {table} ({', '.join(self.keys)})"


@dataclass(frozen=True, slots=True)
class Index:
    """An index of one column that is not unique."""

    name: str
    key: str
    method: str = "btree"

    def create(self, table: str) -> str:
        """Return the statement that creates the index."""
        return f"CREATE INDEX {self.name} ON {table} USING {self.method} ({self.key})"


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key: `field` of the entity `source` refers to an entity called `target`. Only the source's own has a `definition`."""

    source: str
    field: str
    target: str
    definition: str = ""


@dataclass(frozen=True, slots=True)
class Statements:
    """The statements that are the same in every call."""

    get: str
    get_many: str
    insert: str
    update: str
    upsert: str
    delete: str
    count: str


@dataclass(frozen=True)
class Entity(Generic[T]):
    """One entity. `columns` are by field, in the order of a row; `encode` has a checker per field but the id, `decode` a function per field
    whose stored form is not what the entity holds. `to_fields` makes of a row what views show of the entity, where that needs no entity.

    `references` has the foreign keys of this entity and those that refer to it, by the name of the constraint. `defaulted` are the fields that
    have a default. `fields` are the entity's own; `criteria_fields` has those over `relations` too.
    """

    key: str
    type: type[T]
    table: str
    columns: Mapping[str, Column]
    fields: Fields[At]
    statements: Statements
    to_row: Callable[[T], Row]
    from_row: Callable[[Row], T]
    encode: Mapping[str, Callable[[Any], Any]]
    decode: Mapping[str, Callable[[Any], Any]] = field(default_factory=dict[str, Callable[[Any], Any]])
    primary_key: str = ""
    unique: Mapping[str, Unique] = field(default_factory=dict[str, Unique])
    indexes: tuple[Index, ...] = ()
    references: Mapping[str, Reference] = field(default_factory=dict[str, Reference])
    defaulted: tuple[str, ...] = ()
    relations: Callable[[], Relations[Entity[Any]]] = relations.no_relations
    path_depth: int = 2
    to_fields: Callable[[Row], Any] | None = None

    @property
    def to_view(self) -> Callable[[Row], Any]:
        """What makes of a row what views go on with: the dict of the fields or the entity."""
        return self.from_row if self.to_fields is None else self.to_fields

    @property
    def criteria_fields(self) -> Fields[At]:
        """What criteria and sort keys can name."""
        return self._all_fields

    @cached_property
    def _all_fields(self) -> Fields[At]:
        return relations.all_fields(self, _reach)

    @cached_property
    def id_position(self) -> int:
        """The place of the id in a row."""
        return list(self.columns).index(ID)

    @cached_property
    def has_documents(self) -> bool:
        """Whether any column is a document."""
        return any(column.type == "jsonb" for column in self.columns.values())

    @cached_property
    def constraints(self) -> Mapping[str, tuple[str, tuple[str, ...]]]:
        """By the name of the constraint, the unique index that it belongs to and its fields. Names that PostgreSQL or persistence-kit give count."""
        table = unquoted(self.table)
        found: dict[str, tuple[str, tuple[str, ...]]] = {f"{table}_pkey": (ID, (ID,))}
        for name, unique in self.unique.items():
            columns = "_".join(unquoted(self.columns[field].name) for field in unique.fields)
            found[f"{table}_{columns}_key"] = found[f"uniq_{name}_{table}"] = (name, unique.fields)
        named = {unquoted(unique.name): (name, unique.fields) for name, unique in self.unique.items()}
        return {**found, unquoted(self.primary_key): (ID, (ID,)), **named}

    def reference(self, constraint: str) -> Reference | None:
        """Return the foreign key of a name that an error gives. Names that PostgreSQL or persistence-kit give count."""
        spellings = (constraint, f"fk_{constraint.removesuffix('_fkey')}", constraint.rpartition("__")[0])
        return next((self._constrained[name] for name in spellings if name in self._constrained), None)

    @cached_property
    def _constrained(self) -> Mapping[str, Reference]:
        return {unquoted(name): reference for name, reference in self.references.items()}

    @cached_property
    def selected(self) -> str:
        """The expressions that read a row."""
        return self.select(ROW)

    def select(self, alias: str) -> str:
        """Return the expressions that read a row from the table that a statement calls `alias`."""
        return ", ".join(column.read(alias) for column in self.columns.values())

    def encode_value(self, name: str, value: object) -> Any:
        """Return a value of a field in stored form. Raises InvalidValue."""
        return self.encode_id(value) if name == ID else self.encode[name](value)

    def encode_id(self, value: object) -> Any:
        """Return an id in stored form. Raises InvalidValue."""
        return self._id_type.encode(value, ID)

    @cached_property
    def _id_type(self) -> Any:
        id_field = self.fields[ID]
        if not isinstance(id_field, CriteriaField):
            raise TypeError(f"{self.key}.id is no relation")
        return id_field.type


def _reach(hops: tuple[Hop[Entity[Any]], ...], at: At | None) -> At:
    return At("", "", hops) if at is None else At(at.sql, at.type, hops)


def unquoted(name: str) -> str:
    """Return the name that an identifier of a statement stands for."""
    return name[1:-1].replace('""', '"') if name.startswith('"') else name
