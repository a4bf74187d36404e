"""What repositories raise, the same on every backend.

    RepositoryError
    ├── UniqueViolation        409
    ├── ForeignKeyViolation    409
    ├── EntityNotFound         404   (also a LookupError)
    ├── UnknownEntity          500   (also a KeyError)
    ├── InvalidCriteria        400   (also a ValueError)
    ├── InvalidCursor          400   (also a ValueError)
    ├── InvalidValue           400   (also a ValueError)
    ├── TransactionUnsupported 500
    ├── SchemaMismatch         500
    ├── ConfigurationError     500
    └── BackendUnavailable     503

A driver's error is the `__cause__`. No message shows a stored value or a password.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar


class RepositoryError(Exception):
    """Base of everything that a repository raises on purpose. `status` is the HTTP status that fits."""

    status: ClassVar[int] = 500

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.args, self.__dict__)  # an exception is else called again with its message


def _restore(error: type[RepositoryError], args: tuple[Any, ...], attributes: dict[str, Any]) -> RepositoryError:
    restored = error.__new__(error, *args)
    restored.__dict__.update(attributes)
    return restored


class UniqueViolation(RepositoryError):
    """A unique index already holds the value. `index` is the registration's name, or "id" for a taken id.

    For an index of the database that is none of pkit's, or a constraint that excludes it, it is the name there, and `fields` may be empty.
    """

    status = 409

    def __init__(self, entity: str, index: str, fields: Sequence[str]) -> None:
        self.entity = entity
        self.index = index
        self.fields = tuple(fields)
        same = " and ".join(self.fields) or "key"
        super().__init__(f"{entity}: another entity has the same {same} (unique index {index!r})")


class ForeignKeyViolation(RepositoryError):
    """A reference has no target, or the entity is still referenced.

    `entity` and `field` are the side that holds the reference, `target` is the entity referred to. For a foreign key of the database that is
    none of pkit's, `constraint` is its name, and `field` and `target` are empty.
    """

    status = 409

    def __init__(self, entity: str, field: str, target: str, constraint: str = "") -> None:
        self.entity = entity
        self.field = field
        self.target = target
        self.constraint = constraint
        missing = f"{entity} would refer to what does not exist (foreign key {constraint!r})"
        super().__init__(f"{entity}.{field} must refer to an existing {target}" if field else missing)


class EntityNotFound(RepositoryError, LookupError):
    """There is no entity of that id."""

    status = 404

    def __init__(self, entity: str, entity_id: object) -> None:
        self.entity = entity
        self.entity_id = entity_id
        super().__init__(f"there is no {entity} with the id {entity_id}")


class UnknownEntity(RepositoryError, KeyError):
    """No entity is registered under that key. `closest` is the key that was probably meant, if there is one."""

    def __init__(self, key: object, closest: str | None = None) -> None:
        self.key = key
        self.closest = closest
        hint = f"; did you mean {closest!r}?" if closest else ""
        super().__init__(f"no entity is registered as {key!r}{hint}")

    def __str__(self) -> str:
        return Exception.__str__(self)  # KeyError would show the message in quotes


class InvalidCriteria(RepositoryError, ValueError):
    """Criteria, a sort key, an offset or a limit that cannot be. `field` is the name or path at fault, if there is one."""

    status = 400

    def __init__(self, reason: str, field: str | None = None) -> None:
        self.field = field
        self.reason = reason
        super().__init__(f"{field}: {reason}" if field else reason)


class InvalidCursor(RepositoryError, ValueError):
    """A page cursor that was not made by this repository for this order."""

    status = 400

    def __init__(self, reason: str = "the cursor was not made for this query") -> None:
        super().__init__(reason)


class InvalidValue(RepositoryError, ValueError):
    """A value that cannot be stored, or a stored one that no longer fits its field.

    Raised by the mapping functions with the field alone; the repository adds the entity and its id. Where a constraint of the database that
    is none of pkit's refuses the whole, `field` is "row" or "document".
    """

    status = 400

    def __init__(self, field: str, reason: str, entity: str | None = None, entity_id: object = None) -> None:
        self.field = field
        self.reason = reason
        self.entity = entity
        self.entity_id = entity_id
        owner = f"{entity}.{field}" if entity else field
        of = f" (id {entity_id})" if entity_id is not None else ""
        super().__init__(f"{owner}{of}: {reason}")

    def of(self, entity: str, entity_id: object) -> InvalidValue:
        """Return the same error, with the entity and its id."""
        return InvalidValue(self.field, self.reason, entity, entity_id)


class TransactionUnsupported(RepositoryError):
    """The database, or this set of databases, cannot do the transaction. Nothing was written."""


class SchemaMismatch(RepositoryError):
    """The database holds what `create_schema` must not change. `differences` has one line each, with the statement that mends it."""

    def __init__(self, differences: Sequence[str]) -> None:
        self.differences = tuple(differences)
        super().__init__("the schema does not fit:\n" + "\n".join(self.differences))


class ConfigurationError(RepositoryError):
    """A setting is missing or wrong; the message names it."""


class BackendUnavailable(RepositoryError):
    """The database cannot be reached, or went away during the call."""

    status = 503
