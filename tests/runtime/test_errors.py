"""Errors: their place in the tree, their status, what they carry, and their way through pickle and copy."""

from __future__ import annotations

import copy
import pickle
from uuid import UUID

import pytest

from pkit import errors
from pkit.errors import (
    BackendUnavailable,
    ConfigurationError,
    EntityNotFound,
    ForeignKeyViolation,
    InvalidCriteria,
    InvalidCursor,
    InvalidValue,
    RepositoryError,
    SchemaMismatch,
    TransactionUnsupported,
    UniqueViolation,
    UnknownEntity,
)

ALL: list[tuple[RepositoryError, int, type[Exception], str]] = [
    (
        UniqueViolation("user", "place", ["org", "badge"]),
        409,
        RepositoryError,
        "user: another entity has the same org and badge (unique index 'place')",
    ),
    (ForeignKeyViolation("user", "org_id", "org"), 409, RepositoryError, "user.org_id must refer to an existing org"),
    (EntityNotFound("user", UUID(int=1)), 404, LookupError, f"there is no user with the id {UUID(int=1)}"),
    (UnknownEntity("usr", "user"), 500, KeyError, "no entity is registered as 'usr'; did you mean 'user'?"),
    (UnknownEntity("x"), 500, KeyError, "no entity is registered as 'x'"),
    (InvalidCriteria("is never None", "age"), 400, ValueError, "age: is never None"),
    (InvalidCriteria("is no dict"), 400, ValueError, "is no dict"),
    (InvalidCursor(), 400, ValueError, "the cursor was not made for this query"),
    (InvalidValue("age", "is too large"), 400, ValueError, "age: is too large"),
    (InvalidValue("age", "is too large", "user", 7), 400, ValueError, "user.age (id 7): is too large"),
    (TransactionUnsupported("no"), 500, RepositoryError, "no"),
    (SchemaMismatch(["a", "b"]), 500, RepositoryError, "the schema does not fit:\na\nb"),
    (ConfigurationError("MONGO_DSN is missing"), 500, RepositoryError, "MONGO_DSN is missing"),
    (BackendUnavailable("gone"), 503, RepositoryError, "gone"),
]


@pytest.mark.parametrize(("error", "status", "base", "message"), ALL, ids=lambda part: type(part).__name__)
def test_place_status_and_message(error: RepositoryError, status: int, base: type[Exception], message: str) -> None:
    assert isinstance(error, base)
    assert error.status == status
    assert str(error) == message


@pytest.mark.parametrize("error", [entry[0] for entry in ALL], ids=lambda error: type(error).__name__)
def test_an_error_goes_through_pickle_and_copy(error: RepositoryError) -> None:
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(twin) is type(error)
        assert str(twin) == str(error)
        assert vars(twin) == vars(error)


def test_every_error_of_the_module_is_in_the_table_and_in_the_drawing() -> None:
    defined = {
        value for value in vars(errors).values() if isinstance(value, type) and issubclass(value, RepositoryError)
    }
    assert defined == {RepositoryError} | {type(entry[0]) for entry in ALL}
    assert errors.__doc__ is not None
    for error in defined - {RepositoryError}:
        assert any(error.__name__ in line and str(error.status) in line for line in errors.__doc__.splitlines())


def test_an_invalid_value_is_told_its_entity_later() -> None:
    bare = InvalidValue("age", "is too large")
    full = bare.of("user", 7)
    assert (bare.entity, bare.entity_id) == (None, None)
    assert (full.field, full.reason, full.entity, full.entity_id) == ("age", "is too large", "user", 7)
