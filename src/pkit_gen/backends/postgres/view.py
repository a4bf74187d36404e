"""From an entity to the text of its repository in PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from pkit_gen.backends.layout import entry, exploded
from pkit_gen.backends.mapping import Mapping, table
from pkit_gen.backends.paths import Path, is_single
from pkit_gen.backends.postgres import statements
from pkit_gen.backends.postgres.columns import base, column, constraints, is_array, location, sql_type
from pkit_gen.backends.postgres.identifiers import Names, quoted
from pkit_gen.backends.postgres.references import Reference, references
from pkit_gen.backends.postgres.scalars import CODECS, SQL
from pkit_gen.backends.relations import relation_arguments, relation_fields
from pkit_gen.backends.repositories import RepositoryView, repository_view
from pkit_gen.backends.shapes import is_shown_straight
from pkit_gen.ir.model import Entity, Field, Schema, UniqueIndex
from pkit_gen.ir.types import FieldType, ScalarType, strip
from pkit_gen.literals import literal

FIXED = {
    "get": statements.get,
    "get_many": statements.get_many,
    "insert": statements.insert,
    "update": statements.update,
    "upsert": statements.upsert,
    "delete": statements.delete,
    "count": statements.count,
}
"""The statements of every entity, by the argument of `postgres.Statements`."""

OF_INDEX = {"get": statements.get_by, "exists": statements.exists_by, "upsert": statements.upsert_by}
"""The statements of every unique index, by the argument of `postgres.Unique`."""


def postgres_view(schema: Schema, entity: Entity, names: Names) -> RepositoryView:
    """Return the view of an entity's `postgres.py`."""
    own = [_constant(name) for name in FIXED]
    own += [_constant_by(entity, index, name) for index, name in product(entity.unique, OF_INDEX)]
    mapping = Mapping(schema, entity, "postgres", CODECS, constants=own)
    fields = mapping.fields(lambda path: (_known(mapping, path), _at(path)))
    return repository_view(
        mapping, "in PostgreSQL", ("\n".join(_statements(entity)), fields, _Entity(mapping, names).text())
    )


# --- statements -----------------------------------------------------------------------------------------------------


def _statements(entity: Entity) -> Iterator[str]:
    """Yield the statements of the entity and of its unique indexes as constants."""
    for name, spell in FIXED.items():
        yield statements.constant(_constant(name), spell(entity))
    for index, name in product(entity.unique, OF_INDEX):
        yield statements.constant(_constant_by(entity, index, name), OF_INDEX[name](entity, index))


def _constant(name: str) -> str:
    return f"_{name.upper()}"


def _constant_by(entity: Entity, index: UniqueIndex, name: str) -> str:
    same = [other for other in entity.unique if other.suffix.upper() == index.suffix.upper()]
    suffix = index.suffix.upper() if len(same) == 1 else index.suffix
    return f"_{name.upper()}_BY_{suffix}"


# --- what criteria and sort keys can name ---------------------------------------------------------------------------


def _at(path: Path) -> str:
    expression, type_ = location(path)
    return f"postgres.At({literal(expression)}, {literal(type_)})"


def _known(mapping: Mapping, path: Path) -> str:
    if len(path.keys) > 1 and is_single(path.type):
        return _inside(mapping, path.type)
    return mapping.value_type(path.type)


def _inside(mapping: Mapping, type_: FieldType) -> str:
    single = strip(type_)
    if isinstance(single, ScalarType) and (inside := SQL[base(single)].inside):
        return f"types.{inside[1]}"
    return mapping.value_type(type_)


# --- the entity -----------------------------------------------------------------------------------------------------


class _Entity:
    """Spells what the repository's base class needs to know."""

    def __init__(self, mapping: Mapping, names: Names) -> None:
        self._mapping = mapping
        self._schema, self._entity = mapping.schema, mapping.entity
        self._names = names

    def text(self) -> str:
        """Return the assignment of the entity."""
        cls, entity = self._mapping.imports.name(self._entity.ref), self._entity
        arguments = [
            f"key={literal(entity.key)}",
            f"type={cls}",
            f"table={literal(quoted(entity.collection))}",
            exploded("columns={", [_column(field) for field in entity.fields], "}", indent=4),
            "fields=_FIELDS",
            exploded("statements=postgres.Statements(", [f"{name}={_constant(name)}" for name in FIXED], ")", indent=4),
            "to_row=_to_row",
            "from_row=_from_row",
            table("encode", self._mapping.encoders()),
            *_table("decode", self._mapping.decoders(is_single)),
            f"primary_key={literal(quoted(self._names.primary_key(entity)))}",
            *_table("unique", [self._unique(index) for index in entity.unique]),
            *self._indexes(),
            *_table("references", [_reference(r) for r in references(self._schema, entity, self._names)]),
            *self._defaulted(),
            *relation_arguments(self._schema, entity),
            *self._to_fields(),
        ]
        return exploded(f"_ENTITY: postgres.Entity[{cls}] = postgres.Entity(", arguments, ")")

    def _unique(self, index: UniqueIndex) -> str:
        arguments = {
            "fields": literal(index.fields),
            "name": literal(quoted(self._names.unique(self._entity, index))),
            "keys": literal(statements.keys(index)),
            **{name: _constant_by(self._entity, index, name) for name in OF_INDEX},
        }
        rows = [entry(value, prefix=f"{name}=", indent=12) for name, value in arguments.items()]
        return exploded(f"{literal(index.name)}: postgres.Unique(", rows, ")", indent=8)

    def _indexes(self) -> list[str]:
        calls = [self._index(field) for field in relation_fields(self._schema, self._entity)]
        if len(calls) == 1:  # no formatter breaks up a tuple of one that fits on a line
            return [entry(f"({calls[0]},)", prefix="indexes=", indent=4)]
        rows = [entry(call, indent=8) for call in calls]
        return [exploded("indexes=(", rows, ")", indent=4)] if rows else []

    def _index(self, field: str) -> str:
        arguments = [quoted(self._names.index(self._entity, field)), column(field)]
        if is_array(self._entity.field(field).type):
            arguments.append("gin")
        return f"postgres.Index({', '.join(map(literal, arguments))})"

    def _to_fields(self) -> list[str]:
        return [f"to_fields={self._mapping.show()}"] if is_shown_straight(self._schema, self._entity) else []

    def _defaulted(self) -> list[str]:
        names = tuple(field.name for field in self._entity.fields if field.has_default and field.name != "id")
        return [entry(literal(names), prefix="defaulted=", indent=4)] if names else []


def _table(name: str, rows: list[str]) -> list[str]:
    return [table(name, rows)] if rows else []


def _column(field: Field) -> str:
    arguments = [column(field.name), sql_type(field.type), constraints(field)]
    return _row("Column", arguments, field.name)


def _reference(reference: Reference) -> str:
    arguments = [reference.source, reference.field, reference.target, reference.definition]
    return _row("Reference", arguments, quoted(reference.name))


def _row(cls: str, arguments: list[str], key: str) -> str:
    call = f"postgres.{cls}({', '.join(literal(argument) for argument in arguments if argument)})"
    return entry(call, prefix=f"{literal(key)}: ", indent=8)
