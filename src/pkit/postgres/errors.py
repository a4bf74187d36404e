"""From errors of the driver to those of pkit. No message says more than the names in the schema and the SQLSTATE."""

from __future__ import annotations

from typing import Any, NoReturn

import asyncpg
from asyncpg.exceptions import InterfaceError, PostgresError

from pkit.errors import (
    BackendUnavailable,
    ForeignKeyViolation,
    InvalidValue,
    RepositoryError,
    SchemaMismatch,
    UniqueViolation,
)
from pkit.postgres.entity import Entity, unquoted

UNIQUE_VIOLATION, EXCLUSION_VIOLATION, KEY_TOO_LONG = "23505", "23P01", "54000"
CHECK_VIOLATION, NOT_NULL_VIOLATION = "23514", "23502"
FOREIGN_KEY_VIOLATIONS = frozenset({"23503", "23001"})  # the second one where a foreign key is ON DELETE RESTRICT
MISSING = {"42P01": "table", "42703": "column", "42704": "type or collation", "3F000": "schema"}
"""What the schema lacks, by SQLSTATE."""

UNAVAILABLE = {
    "08": "the connection to PostgreSQL failed",
    "28": "PostgreSQL refused the user or the password",
    "3D": "PostgreSQL has no database of that name",
    "40": "PostgreSQL undid the transaction, which got in the way of another one: try again",
    "53": "PostgreSQL has no resources left",
    "55": "PostgreSQL could not get a lock in time",
    "57": "PostgreSQL stopped the statement or is shutting down",
    "58": "PostgreSQL has a problem with its system",
}
"""What is wrong, by class of SQLSTATE, where another attempt may succeed."""

INVALID = "22"
LOST = "the connection to PostgreSQL was lost"


def driver_error(error: BaseException) -> BaseException:
    """Return asyncpg's error inside one of SQLAlchemy's, else the error itself."""
    original = getattr(error, "orig", None)  # SQLAlchemy's, which may not be installed
    cause = getattr(original, "__cause__", None)
    return cause or original or error


def fail(raised: Exception, entity: Entity[Any] | None = None) -> NoReturn:
    """Raise what stands for a driver's error, with that error as its cause; an error that is none of the driver's as it is."""
    error = without_entity(raised) if entity is None else translated(raised, entity)
    if error is raised:
        raise raised
    raise error from driver_error(raised)  # SQLAlchemy's wrapper shows the values of the statement


def translated(raised: Exception, entity: Entity[Any]) -> Exception:
    """Return what a repository of `entity` raises in place of a driver's error; an error that is none of the driver's as it is."""
    error = driver_error(raised)
    state, name = _text(error, "sqlstate"), _text(error, "constraint_name")
    if state == UNIQUE_VIOLATION and name in entity.constraints:
        index, fields = entity.constraints[name]
        return UniqueViolation(entity.key, index, fields)
    if state in FOREIGN_KEY_VIOLATIONS and (reference := entity.reference(name)) is not None:
        return ForeignKeyViolation(reference.source, reference.field, reference.target)
    if state == KEY_TOO_LONG:
        fields = entity.constraints[name][1] if name in entity.constraints else ("value",)
        return InvalidValue(" and ".join(fields), "too long for an index", entity.key)
    table = unquoted(entity.table)
    if state == NOT_NULL_VIOLATION and _text(error, "table_name") == table:
        return _without_value(_text(error, "column_name"), entity)
    return _of_other_constraint(error, entity.key, table) or without_entity(raised)


def _without_value(column: str, entity: Entity[Any]) -> Exception:
    """Return what stands for a column that must have a value and was given none."""
    for field, own in entity.columns.items():
        if unquoted(own.name) == column:
            return InvalidValue(field, "must have a value: the database's column is NOT NULL", entity.key)
    return SchemaMismatch([f"{entity.table}.{column} is no field of {entity.key} and NOT NULL: it needs a DEFAULT"])


def _text(error: BaseException, attribute: str) -> str:
    return str(getattr(error, attribute, None) or "")


def _of_other_constraint(error: BaseException, key: str = "", table: str = "") -> Exception | None:
    """Return what stands for the violation of a constraint that is none of pkit's, where it is one: the host has made it."""
    state, name = _text(error, "sqlstate"), _text(error, "constraint_name")
    concerned = _text(error, "table_name") or table
    owner = key if concerned == table else concerned
    if state in (UNIQUE_VIOLATION, EXCLUSION_VIOLATION):
        return UniqueViolation(owner, name, ())
    if state in FOREIGN_KEY_VIOLATIONS:
        return ForeignKeyViolation(owner, "", "", name)
    if state == CHECK_VIOLATION:
        return InvalidValue("row", f"does not fit the database's constraint {name!r}", owner)
    if state == NOT_NULL_VIOLATION:
        return InvalidValue(_text(error, "column_name") or "row", "must have a value in the database", owner)
    return None


def without_entity(raised: Exception) -> Exception:
    """Return what stands for a driver's error where no entity is concerned."""
    error = driver_error(raised)
    state = _text(error, "sqlstate")
    if state[:2] in UNAVAILABLE:
        return BackendUnavailable(UNAVAILABLE[state[:2]])
    if state in MISSING:
        return SchemaMismatch([f"a {MISSING[state]} is missing: create_schema() makes what is missing"])
    if isinstance(error, asyncpg.exceptions.InternalClientError | InterfaceError | OSError | TimeoutError):
        return BackendUnavailable(LOST)
    if state.startswith(INVALID):
        return InvalidValue("value", "PostgreSQL cannot take it as what it is compared with or stored in")
    if isinstance(error, PostgresError):
        return _of_other_constraint(error) or RepositoryError(f"PostgreSQL refused a statement (SQLSTATE {state})")
    return raised


def leaves_usable(error: BaseException) -> bool:
    """Return whether a connection can go on after an error: the statement was refused, but the protocol is in order."""
    return isinstance(error, PostgresError) or (isinstance(error, InterfaceError) and isinstance(error, ValueError))
