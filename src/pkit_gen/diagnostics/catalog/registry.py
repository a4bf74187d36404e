"""Every code with its title, and the decorator that ties a code to the function that words it.

A family is one module of this package (`sources` PK1xx, `entities` PK2xx, `registrations` PK3xx, `output` PK4xx, `configuration` PK5xx) and
a mistake is one function in it. The function takes what it words, as strings and places, and receives its code as first argument from
the decorator; callers do not see that argument:

    @mistake("PK301", "a unique index names an unknown field")
    def unknown_unique_field(code: str, index: str, field: str, entity: str, place: Place) -> Diagnostic:
        return Diagnostic(
            code,
            f'unique index "{index}" names the field "{field}", which {entity} does not have',
            primary=Label(place, "no such field"),
        )

    diagnostics.report(registrations.unknown_unique_field("email", "emial", "User", place))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Concatenate, ParamSpec

from pkit_gen.diagnostics.model import Diagnostic

P = ParamSpec("P")


@dataclass(frozen=True, slots=True, order=True)
class Mistake:
    """A code and what it stands for, in a few words without a full stop."""

    code: str
    title: str


MISTAKES: dict[str, Mistake] = {}
"""The mistakes of the families imported so far; `pkit_gen.diagnostics.catalog.mistakes` imports them all."""


def mistake(code: str, title: str) -> Callable[[Callable[Concatenate[str, P], Diagnostic]], Callable[P, Diagnostic]]:
    """Register `code` and return a decorator that passes it to the function; ValueError when the code is taken."""
    if code in MISTAKES:
        raise ValueError(f"{code} is registered twice: {MISTAKES[code].title!r} and {title!r}")
    MISTAKES[code] = Mistake(code, title)

    def decorate(word: Callable[Concatenate[str, P], Diagnostic]) -> Callable[P, Diagnostic]:
        @wraps(word)
        def worded(*args: P.args, **kwargs: P.kwargs) -> Diagnostic:
            return word(code, *args, **kwargs)

        return worded

    return decorate
