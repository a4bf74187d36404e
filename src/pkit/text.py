"""Text as every database sees it."""

from __future__ import annotations

_SIGMA = "\N{GREEK CAPITAL LETTER SIGMA}"


def lower(text: str) -> str:
    """Return the text in lower case, each character by itself: `str.lower` makes a final sigma of its own, databases do not.

    >>> lower("ΣΑΣ")
    'σασ'
    """
    return text.lower() if text.isascii() else text.replace(_SIGMA, _SIGMA.lower()).lower()
