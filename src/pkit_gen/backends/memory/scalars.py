"""How memory keeps a scalar: as `pkit.values` leaves it."""

from __future__ import annotations

from pkit_gen.backends.codecs import FROM_TEXT, Codec, Codecs, checked
from pkit_gen.ir.types import Scalar

COLUMNS: dict[Scalar, Codec] = {
    Scalar.TEXT: checked(Scalar.TEXT),
    Scalar.BOOLEAN: checked(Scalar.BOOLEAN),
    Scalar.INTEGER: checked(Scalar.INTEGER),
    Scalar.FLOAT: checked(Scalar.FLOAT),
    Scalar.DECIMAL: checked(Scalar.DECIMAL),
    Scalar.UUID: checked(Scalar.UUID),
    Scalar.DATETIME: checked(Scalar.DATETIME),
    Scalar.NAIVE_DATETIME: checked(Scalar.NAIVE_DATETIME),
    Scalar.DATE: checked(Scalar.DATE),
    Scalar.TIME: checked(Scalar.TIME),
    Scalar.TIMEDELTA: checked(Scalar.TIMEDELTA),
    Scalar.BYTES: checked(Scalar.BYTES),
    **FROM_TEXT,
}
DOCUMENTS = {**COLUMNS, Scalar.FLOAT: Codec("values.finite({value}, {field})")}

CODECS = Codecs(
    COLUMNS,
    DOCUMENTS,
    # copied on the way out too: what is stored is never shared with the caller
    json=Codec("values.json({value}, {field})", "values.json({value}, {field})"),
)
