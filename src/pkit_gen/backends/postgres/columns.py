"""Types of fields as SQL: the columns of a table, and where criteria find the fields of nested dataclasses."""

from __future__ import annotations

from typing import assert_never

from pkit_gen.backends.paths import Path
from pkit_gen.backends.postgres.identifiers import column_name, quoted
from pkit_gen.backends.postgres.scalars import DOCUMENT, SQL, TEXT, TEXT_COLLATION
from pkit_gen.ir.model import Entity, Field
from pkit_gen.ir.types import (
    ArrayType,
    DictType,
    EnumType,
    FieldType,
    JsonType,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordType,
    Scalar,
    ScalarType,
    TupleType,
    TypedDictType,
    is_optional,
    strip,
)


def sql_type(type_: FieldType) -> str:
    """Return the type of the column of a field."""
    match type_:
        case OptionalType(item=item) | NamedType(item=item):
            return sql_type(item)
        case ScalarType() | EnumType() | LiteralType():
            return SQL[base(type_)].type
        case ArrayType(item=item):
            return f"{sql_type(item)}[]"
        case RecordType() | TypedDictType() | TupleType() | ListType() | DictType() | JsonType():
            return DOCUMENT
        case _:
            assert_never(type_)


def alchemy_type(type_: FieldType) -> str:
    """Return the type of the column of a field as an expression of SQLAlchemy's."""
    match type_:
        case OptionalType(item=item) | NamedType(item=item):
            return alchemy_type(item)
        case ScalarType() | EnumType() | LiteralType():
            return SQL[base(type_)].alchemy
        case ArrayType(item=item):
            return f"ARRAY({alchemy_type(item)})"
        case RecordType() | TypedDictType() | TupleType() | ListType() | DictType() | JsonType():
            return "JSONB(none_as_null=True)"
        case _:
            assert_never(type_)


def is_array(type_: FieldType) -> bool:
    """Return whether the column of a field is an array."""
    return isinstance(strip(type_), ArrayType)


def base(type_: ScalarType | EnumType | LiteralType) -> Scalar:
    """Return the scalar that a single value is stored as."""
    return type_.scalar if isinstance(type_, ScalarType) else type_.base


def constraints(field: Field) -> str:
    """Return what follows the type in the definition of a field's column."""
    collation = TEXT_COLLATION if sql_type(field.type) in (TEXT, f"{TEXT}[]") else ""
    return " ".join(part for part in (collation, "" if is_optional(field.type) else "NOT NULL") if part)


def column(name: str) -> str:
    """Return the column of a field as a statement spells it."""
    return quoted(column_name(name))


def read(field: Field, alias: str = "t") -> str:
    """Return the expression that reads a field's column. Documents are read as text: codecs for jsonb differ from host to host."""
    return f"{alias}.{column(field.name)}{'::text' if sql_type(field.type) == DOCUMENT else ''}"


def bound(field: Field, number: int) -> str:
    """Return the placeholder of a field's value."""
    return f"${number}::text::jsonb" if sql_type(field.type) == DOCUMENT else f"${number}"


def select_list(entity: Entity) -> list[str]:
    """Return the expressions that read a row of an entity."""
    return [read(field) for field in entity.fields]


def location(path: Path) -> tuple[str, str]:
    """Return the expression of what a path names, with `{}` for the alias of the row, and the SQL type of what it is compared with."""
    first, *keys = path.keys
    at = f"{{}}.{column(first)}"
    if not keys:
        return at, sql_type(path.type)
    type_ = inside_type(path.type)
    way = " ".join([at, *(f"-> '{key}'" for key in keys[:-1]), f"->> '{keys[-1]}'"])
    return (f"({way}) {TEXT_COLLATION}", type_) if type_ == TEXT else (f"({way})::{type_}", type_)


def inside_type(type_: FieldType) -> str:
    """Return the SQL type of a single value inside a document."""
    single = strip(type_)
    if not isinstance(single, (ScalarType, EnumType, LiteralType)):
        raise TypeError(f"{type_} is no single value")
    row = SQL[base(single)]
    return row.inside[0] if row.inside else row.type
