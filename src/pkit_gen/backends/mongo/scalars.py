"""How MongoDB keeps a scalar: the functions of `pkit.mongo.stored` on the way in, straight expressions on the way back."""

from __future__ import annotations

from pkit_gen.backends.codecs import FROM_TEXT, Codec, Codecs, checked
from pkit_gen.ir.types import SCALARS, Scalar
from pkit_gen.source import ClassRef

STORED = ClassRef("pkit.mongo", "stored")


def _stored(scalar: Scalar, decode: str, *imports: ClassRef, ordered: bool = True) -> Codec:
    """Return the codec of a scalar that `pkit.mongo.stored` has a function for."""
    return Codec(f"stored.{scalar.value}({{value}}, {{field}})", decode, (STORED, *imports), ordered)


COLUMNS: dict[Scalar, Codec] = {
    Scalar.TEXT: checked(Scalar.TEXT),
    Scalar.BOOLEAN: checked(Scalar.BOOLEAN),
    Scalar.INTEGER: _stored(Scalar.INTEGER, "int({value})"),
    Scalar.FLOAT: checked(Scalar.FLOAT),
    Scalar.DECIMAL: _stored(Scalar.DECIMAL, "{value}.to_decimal()", ordered=False),
    Scalar.UUID: checked(Scalar.UUID),
    Scalar.DATETIME: _stored(Scalar.DATETIME, "{value}"),
    Scalar.NAIVE_DATETIME: _stored(Scalar.NAIVE_DATETIME, "{value}.replace(tzinfo=None)"),
    Scalar.DATE: _stored(Scalar.DATE, "date.fromisoformat({value})", SCALARS[Scalar.DATE].python),
    Scalar.TIME: _stored(Scalar.TIME, "time.fromisoformat({value})", SCALARS[Scalar.TIME].python),
    Scalar.TIMEDELTA: _stored(Scalar.TIMEDELTA, "timedelta(microseconds={value})", SCALARS[Scalar.TIMEDELTA].python),
    Scalar.BYTES: checked(Scalar.BYTES),
    **FROM_TEXT,
}
DOCUMENTS = {**COLUMNS, Scalar.FLOAT: Codec("values.finite({value}, {field})")}

CODECS = Codecs(
    COLUMNS,
    DOCUMENTS,
    array="list",
    document=Codec("stored.document({value})", imports=(STORED,)),
    json=Codec("stored.json({value}, {field})", "stored.plain_json({value})", (STORED,)),
    key=Codec("stored.key({value}, {field})", "stored.name({value})", (STORED,)),
)

BSON_TYPES: dict[Scalar, str] = {
    Scalar.TEXT: "string",
    Scalar.BOOLEAN: "bool",
    Scalar.INTEGER: "number",
    Scalar.FLOAT: "number",
    Scalar.DECIMAL: "number",
    Scalar.UUID: "binData",
    Scalar.DATETIME: "date",
    Scalar.NAIVE_DATETIME: "date",
    Scalar.DATE: "string",
    Scalar.TIME: "string",
    Scalar.TIMEDELTA: "number",
    Scalar.BYTES: "binData",
    Scalar.PATH: "string",
    Scalar.PURE_PATH: "string",
    Scalar.IPV4_ADDRESS: "string",
    Scalar.IPV6_ADDRESS: "string",
    Scalar.IPV4_NETWORK: "string",
    Scalar.IPV6_NETWORK: "string",
    Scalar.ZONE_INFO: "string",
}
"""What `$type` and JSON schemas call the stored values; numbers of any size are one type."""
