"""Documents: JSON text on its way into jsonb columns and back."""

from __future__ import annotations

import json
from decimal import Context
from typing import Any, cast

from pkit import values

_EXACT = Context(prec=values.MAX_DECIMAL_DIGITS, Emax=values.MAX_DECIMAL_EXPONENT + values.MAX_DECIMAL_DIGITS)
_EXPONENT = "e+"
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def dump(document: Any) -> str:
    """Return a document, which is made of JSON values, as text."""
    text = _encode(document)
    return _spelled(document) if _EXPONENT in text else text


def _spelled(value: object) -> str:
    """Return JSON in which large floats have a fraction: jsonb writes 1e17 without, and it would come back as an integer."""
    if isinstance(value, dict):
        items = cast(dict[str, object], value)
        return f"{{{','.join(f'{_encode(key)}:{_spelled(item)}' for key, item in items.items())}}}"
    if isinstance(value, list):
        entries = cast(list[object], value)
        return f"[{','.join(map(_spelled, entries))}]"
    return f"{value:.1f}" if isinstance(value, float) and _EXPONENT in repr(value) else _encode(value)


def load(text: str) -> Any:
    """Return the document of a text that `dump` made and jsonb gave back."""
    return json.loads(text)


def decimal(value: object, field: str) -> str:
    """Return a Decimal as text, the same for equal ones: jsonb compares documents by their text."""
    number = values.decimal(value, field)
    return str(number.normalize(_EXACT)) if number else "0"
