"""From the driver's errors to pkit's. Their text can hold stored values, so none of it is passed on."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from bson.errors import BSONError
from pymongo.errors import (
    AutoReconnect,
    BulkWriteError,
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
)

from pkit.errors import BackendUnavailable, InvalidValue, RepositoryError, UniqueViolation
from pkit.mongo.entity import DOCUMENT_ID, Entity
from pkit.sorting import ID

DUPLICATE_KEY = 11000
_DUPLICATE_KEYS = frozenset({DUPLICATE_KEY, 11001, 12582})
_CONFLICTS = frozenset({112, 225, 244, 246, 251, 263})  # WriteConflict and the ways in which a transaction has ended
_TOO_LARGE = frozenset({15, 10334, 17280, 17419, 17420})
_INVALID_DOCUMENT = 121
_UNREACHABLE = (AutoReconnect, ConnectionFailure, NetworkTimeout, ExecutionTimeout)
_INDEX = re.compile(r"index: (.+?) dup key")
DRIVER_ERRORS = (PyMongoError, BSONError, OverflowError, RecursionError)
"""What the driver raises, in encoding a document as well."""


def translated(error: Exception, entity: Entity[Any] | None = None) -> Exception:
    """Return the error to raise from a driver's; `entity` is the one that the command was about.

    >>> raise translated(error, entity) from error
    """
    if isinstance(error, _UNREACHABLE):
        return BackendUnavailable("MongoDB cannot be reached, or went away during the call")
    failure = _failure(error)
    code = failure.get("code")
    if code in _DUPLICATE_KEYS and entity is not None:
        return _unique_violation(failure, entity)
    if code in _CONFLICTS:
        return BackendUnavailable("the transaction conflicts with another one, or was ended by the server: try again")
    if isinstance(error, (DocumentTooLarge, BSONError, OverflowError, RecursionError)) or code in _TOO_LARGE:
        return _invalid(entity, "the document is too large, or nested too deeply, for MongoDB")
    if code == _INVALID_DOCUMENT:
        return _invalid(entity, "the document does not fit the collection's validator")
    name = failure.get("codeName") or type(error).__name__
    return RepositoryError(f"MongoDB refused the command: {name}")


def _failure(error: Exception) -> Mapping[str, Any]:
    """Return what the server said of the failure: its code, and of a duplicate key also which index."""
    if isinstance(error, BulkWriteError):
        details = cast(Mapping[str, Any], error.details)
        return cast(Sequence[Mapping[str, Any]], details.get("writeErrors") or [{}])[0]
    if isinstance(error, OperationFailure):
        return {"code": error.code, "errmsg": str(error), **(error.details or {})}
    return {}


def failed_at(error: Exception) -> int:
    """Return which of several documents an error of `translated` is about."""
    return int(_failure(error.__cause__).get("index", 0)) if isinstance(error.__cause__, BulkWriteError) else 0


def _unique_violation(failure: Mapping[str, Any], entity: Entity[Any]) -> UniqueViolation:
    keys = tuple(cast(Mapping[str, Any], failure.get("keyPattern") or {}))
    spelled = _INDEX.search(str(failure.get("errmsg", "")))
    called = spelled.group(1) if spelled else ""
    for index, unique in entity.unique.items():
        if keys == unique.keys if keys else called == unique.name:
            return UniqueViolation(entity.key, index, unique.fields)
    if keys == (DOCUMENT_ID,) or (not keys and called == "_id_"):
        return UniqueViolation(entity.key, ID, (ID,))
    return UniqueViolation(entity.key, called or "unknown", keys)


def _invalid(entity: Entity[Any] | None, reason: str) -> InvalidValue:
    return InvalidValue(ID if entity is None else "document", reason, None if entity is None else entity.key)
