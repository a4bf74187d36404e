"""How memory keeps a scalar: as `pkit.values` leaves it."""

from __future__ import annotations

from dataclasses import replace

from pkit_gen.backends.codecs import FROM_TEXT, Codec, Codecs, checked
from pkit_gen.ir.types import SCALARS, Scalar


def _of_class(scalar: Scalar) -> Codec:
    """Return the codec of a scalar of which the class is all that there is to check: a call each would be a good part of a write in memory."""
    return replace(checked(scalar), plain=SCALARS[scalar].python)


COLUMNS: dict[Scalar, Codec] = {
    Scalar.TEXT: checked(Scalar.TEXT),
    Scalar.BOOLEAN: _of_class(Scalar.BOOLEAN),
    Scalar.INTEGER: checked(Scalar.INTEGER),
    Scalar.FLOAT: checked(Scalar.FLOAT),
    Scalar.DECIMAL: checked(Scalar.DECIMAL),
    Scalar.UUID: _of_class(Scalar.UUID),
    Scalar.DATETIME: checked(Scalar.DATETIME),
    Scalar.NAIVE_DATETIME: checked(Scalar.NAIVE_DATETIME),
    Scalar.DATE: _of_class(Scalar.DATE),
    Scalar.TIME: checked(Scalar.TIME),
    Scalar.TIMEDELTA: checked(Scalar.TIMEDELTA),
    Scalar.BYTES: _of_class(Scalar.BYTES),
    **FROM_TEXT,
}
DOCUMENTS = {**COLUMNS, Scalar.FLOAT: Codec("values.finite({value}, {field})")}

CODECS = Codecs(
    COLUMNS,
    DOCUMENTS,
    # copied on the way out too: what is stored is never shared with the caller
    json=Codec("values.json({value}, {field})", "values.json({value}, {field})"),
)
