"""From the schema to the text of its tables for SQLAlchemy."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pkit_gen.backends.layout import exploded, wrap
from pkit_gen.backends.neighbourhoods import neighbourhoods
from pkit_gen.backends.postgres import statements
from pkit_gen.backends.postgres.columns import alchemy_type, is_array, sql_type
from pkit_gen.backends.postgres.identifiers import Names, column_name
from pkit_gen.backends.postgres.references import foreign_keys, is_circular, is_stored
from pkit_gen.backends.python import Imports, header
from pkit_gen.backends.relations import relation_fields
from pkit_gen.ir.model import Entity, Field, Schema
from pkit_gen.ir.types import is_optional
from pkit_gen.literals import literal

_DIALECT = frozenset({"ARRAY", "JSONB"})


@dataclass(frozen=True, slots=True)
class TablesView:
    """The module `tables.py`: an assignment per table."""

    docstring: str
    imports: str
    tables: tuple[str, ...]


def tables_view(schema: Schema, names: Names) -> TablesView:
    """Return the view of `tables.py`."""
    imports = Imports()
    imports.names("sqlalchemy", "MetaData")
    tables = tuple(
        _Table(schema, entity, relation_fields(part, entity), names, imports).text()
        for entity, part in neighbourhoods(schema)
        if is_stored(entity)
    )
    return TablesView(
        docstring=header("The tables of the entities in PostgreSQL, for Alembic and for queries.", schema.packages),
        tables=tables,
        imports=imports.text(),
    )


class _Table:
    """Spells one table; `indexed` are the fields that relations look up."""

    def __init__(self, schema: Schema, entity: Entity, indexed: Sequence[str], names: Names, imports: Imports) -> None:
        self._schema = schema
        self._entity = entity
        self._indexed = indexed
        self._names = names
        self._imports = imports

    def text(self) -> str:
        """Return the assignment of the table."""
        self._imports.names("sqlalchemy", "Table", "PrimaryKeyConstraint")
        primary_key = literal(self._names.primary_key(self._entity))
        items = [
            literal(self._entity.collection),
            "metadata",
            *(self._column(field) for field in self._entity.fields),
            f'PrimaryKeyConstraint("id", name={primary_key})',
            *self._references(),
            *self._indexes(),
        ]
        laid_out = [wrap(item, suffix=",", indent=4).removesuffix(",") for item in items]
        return exploded(f"{self._entity.module}_table = Table(", laid_out, ")")

    def _column(self, field: Field) -> str:
        self._imports.names("sqlalchemy", "Column")
        type_ = alchemy_type(field.type)
        for name in re.findall(r"(\w+)(?:\[\w+\])?\(", type_):
            dialect = "sqlalchemy.dialects.postgresql" if name in _DIALECT else "sqlalchemy"
            self._imports.names(dialect, name)
        generated = ", autoincrement=False" if field.name == "id" and sql_type(field.type) == "bigint" else ""
        nullable = "" if is_optional(field.type) else ", nullable=False"
        return f"Column({literal(column_name(field.name))}, {type_}{nullable}{generated})"

    def _references(self) -> Iterator[str]:
        for relation in foreign_keys(self._entity):
            self._imports.names("sqlalchemy", "ForeignKeyConstraint")
            target = self._schema.entity(relation.target).collection
            remote = f"{target}.{column_name(relation.target_field)}"
            name = self._names.reference(self._entity, relation)
            local = literal([column_name(relation.local_field)])
            later = ", use_alter=True" if is_circular(self._schema, relation, self._entity) else ""
            yield f"ForeignKeyConstraint({local}, {literal([remote])}, name={literal(name)}{later})"

    def _indexes(self) -> Iterator[str]:
        for index in self._entity.unique:
            self._imports.names("sqlalchemy", "Index")
            if index.lower:
                self._imports.names("sqlalchemy", "text")
                keys = f"text({literal(statements.keys(index)[0])})"
            else:
                keys = ", ".join(literal(column_name(name)) for name in index.fields)
            yield f"Index({literal(self._names.unique(self._entity, index))}, {keys}, unique=True)"
        for field in self._indexed:
            self._imports.names("sqlalchemy", "Index")
            using = ', postgresql_using="gin"' if is_array(self._entity.field(field).type) else ""
            name = literal(self._names.index(self._entity, field))
            yield f"Index({name}, {literal(column_name(field))}{using})"
