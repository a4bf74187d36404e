"""How PostgreSQL keeps a scalar: in a column, and as JSON inside a document."""

from __future__ import annotations

from dataclasses import dataclass

from pkit_gen.backends.codecs import FROM_TEXT, Codec, Codecs, checked
from pkit_gen.ir.types import Scalar
from pkit_gen.source import ClassRef

TEXT = "text"
DOCUMENT = "jsonb"
TEXT_COLLATION = 'COLLATE "C"'
CASE_COLLATION = "pg_c_utf8"
"""Sorts by code point as "C" does, and knows the letters of Unicode. It needs no ICU, and gives the same on every platform."""


@dataclass(frozen=True, slots=True)
class Sql:
    """A scalar's type in columns, as SQL and as an expression of SQLAlchemy's.

    Inside a document, what it is compared with: the SQL type and the name in `pkit.postgres.types`, None where they are the same.
    """

    type: str
    alchemy: str
    inside: tuple[str, str] | None = None


_TEXT = Sql("text", 'Text(collation="C")')

SQL: dict[Scalar, Sql] = {
    Scalar.TEXT: _TEXT,
    Scalar.BOOLEAN: Sql("boolean", "Boolean()"),
    Scalar.INTEGER: Sql("bigint", "BigInteger()"),
    Scalar.FLOAT: Sql("double precision", "Double[float]()"),
    Scalar.DECIMAL: Sql("numeric", "Numeric()"),
    Scalar.UUID: Sql("uuid", "Uuid()"),
    Scalar.DATETIME: Sql("timestamptz", "DateTime(timezone=True)", ("text", "DATETIME_TEXT")),
    Scalar.NAIVE_DATETIME: Sql("timestamp", "DateTime()", ("text", "NAIVE_DATETIME_TEXT")),
    Scalar.DATE: Sql("date", "Date()", ("text", "DATE_TEXT")),
    Scalar.TIME: Sql("time", "Time()", ("text", "TIME_TEXT")),
    Scalar.TIMEDELTA: Sql("interval", "Interval()", ("bigint", "MICROSECONDS")),
    Scalar.BYTES: Sql("bytea", "LargeBinary()", ("text", "HEXADECIMAL")),
    Scalar.PATH: _TEXT,
    Scalar.PURE_PATH: _TEXT,
    Scalar.IPV4_ADDRESS: _TEXT,
    Scalar.IPV6_ADDRESS: _TEXT,
    Scalar.IPV4_NETWORK: _TEXT,
    Scalar.IPV6_NETWORK: _TEXT,
    Scalar.ZONE_INFO: _TEXT,
}


COLUMNS: dict[Scalar, Codec] = {
    Scalar.TEXT: checked(Scalar.TEXT),
    Scalar.BOOLEAN: checked(Scalar.BOOLEAN),
    Scalar.INTEGER: checked(Scalar.INTEGER),
    Scalar.FLOAT: checked(Scalar.FLOAT),
    Scalar.DECIMAL: checked(Scalar.DECIMAL),
    Scalar.UUID: checked(Scalar.UUID),
    Scalar.DATETIME: Codec(
        checked(Scalar.DATETIME).encode,
        "types.aware({value})",
        (ClassRef("pkit.postgres", "types"),),
        ready="{value}.tzinfo",
    ),
    Scalar.NAIVE_DATETIME: checked(Scalar.NAIVE_DATETIME),
    Scalar.DATE: checked(Scalar.DATE),
    Scalar.TIME: checked(Scalar.TIME),
    Scalar.TIMEDELTA: checked(Scalar.TIMEDELTA),
    Scalar.BYTES: checked(Scalar.BYTES),
    **FROM_TEXT,
}

_DATETIME, _DELTA = ClassRef("datetime", "datetime"), ClassRef("datetime", "timedelta")
_ISO = "values.{}({{value}}, {{field}}).isoformat()"

DOCUMENTS: dict[Scalar, Codec] = {
    Scalar.TEXT: checked(Scalar.TEXT),
    Scalar.BOOLEAN: checked(Scalar.BOOLEAN),
    Scalar.INTEGER: checked(Scalar.INTEGER),
    Scalar.FLOAT: Codec("values.finite({value}, {field})", "float({value})"),
    Scalar.DECIMAL: Codec(
        "documents.decimal({value}, {field})",
        "Decimal({value})",
        (ClassRef("decimal", "Decimal"), ClassRef("pkit.postgres", "documents")),
    ),
    Scalar.UUID: Codec("str(values.uuid({value}, {field}))", "UUID({value})", (ClassRef("uuid", "UUID"),)),
    Scalar.DATETIME: Codec(_ISO.format("datetime_"), "datetime.fromisoformat({value})", (_DATETIME,)),
    Scalar.NAIVE_DATETIME: Codec(_ISO.format("naive_datetime"), "datetime.fromisoformat({value})", (_DATETIME,)),
    Scalar.DATE: Codec(_ISO.format("date_"), "date.fromisoformat({value})", (ClassRef("datetime", "date"),)),
    Scalar.TIME: Codec(_ISO.format("time_"), "time.fromisoformat({value})", (ClassRef("datetime", "time"),)),
    Scalar.TIMEDELTA: Codec(
        "values.timedelta_({value}, {field}) // timedelta(microseconds=1)",
        "timedelta(microseconds={value})",
        (_DELTA,),
    ),
    Scalar.BYTES: Codec("values.bytes_({value}, {field}).hex()", "bytes.fromhex({value})"),
    **FROM_TEXT,
}

CODECS = Codecs(
    COLUMNS,
    DOCUMENTS,
    array="list",
    document=Codec("documents.dump({value})", "documents.load({value})", (ClassRef("pkit.postgres", "documents"),)),
)
