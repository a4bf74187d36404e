"""What a generated module tells of an entity: the way into documents and back, fields, indexes and relations."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Generic, TypeAlias

from typing_extensions import TypeVar

from pkit.criteria import CriteriaField, Fields, unknown
from pkit.errors import InvalidValue
from pkit.mongo import stored
from pkit.relations import Hop, Relations, all_fields, no_relations
from pkit.sorting import ID
from pkit.text import lower

T = TypeVar("T", default=Any)

Document: TypeAlias = dict[str, Any]
DOCUMENT_ID = "_id"


@dataclass(frozen=True)
class Reach:
    """An address over relations: `path`, if any, in the documents that the hops lead to."""

    hops: tuple[Hop[Entity[Any]], ...]
    path: str | None


At: TypeAlias = str | Reach
"""Where a value is: a dotted path in the document itself, or one behind relations."""


LEAST: dict[str, Any] = {
    "string": "",
    "number": float("-inf"),
    "bool": False,
    "date": datetime.min.replace(tzinfo=UTC),
    "binData": b"",
}
"""Per BSON type, what no value comes before: "$gte" finds all values of the type, and only those."""


@dataclass(frozen=True, slots=True)
class Unique:
    """A unique index over `fields`, called `name` in the database. `lower`: without regard to case.

    `optional` gives, for the fields that may be absent, the BSON types of what is there: documents without do not conflict.
    """

    name: str
    fields: tuple[str, ...]
    lower: bool = False
    optional: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def keys(self) -> tuple[str, ...]:
        """Return the keys of documents that the index is over."""
        return tuple(lower_key(name) if self.lower else document_key(name) for name in self.fields)

    @property
    def partial(self) -> Document:
        """Return the filter of the documents that the index holds, which equality with any value implies; empty: all."""
        types = zip(self.fields, self.keys, strict=True)
        return {key: {"$gte": LEAST[self.optional[name]]} for name, key in types if name in self.optional}


def document_key(name: str) -> str:
    """Return the key that holds a field: the id is at "_id"."""
    return DOCUMENT_ID if name == ID else name


def lower_key(name: str) -> str:
    """Return the key that holds a field in lower case, which no field can have as its name."""
    return f"lower({name})"


@dataclass(frozen=True)
class Entity(Generic[T]):
    """One entity. `encode` has a checker per field but the id, `decode` a reader for those whose stored values are not their own.

    `fields` are its own; `criteria_fields` has those over `relations` too. `indexed` are the fields that relations of any entity go over.
    `validator` is the JSON schema of the documents.
    """

    key: str
    collection: str
    fields: Fields[At]
    to_document: Callable[[T], Document]
    from_document: Callable[[Document], T]
    encode: Mapping[str, Callable[[Any], Any]]
    decode: Mapping[str, Callable[[Any], Any]]
    validator: Mapping[str, Any]
    unique: Mapping[str, Unique] = field(default_factory=dict[str, Unique])
    relations: Callable[[], Relations[Entity[Any]]] = no_relations
    path_depth: int = 2
    indexed: tuple[str, ...] = ()

    @property
    def criteria_fields(self) -> Fields[At]:
        """What criteria and sort keys can name."""
        return self._all_fields

    @cached_property
    def _all_fields(self) -> Fields[At]:
        return all_fields(self, _reach)

    @cached_property
    def _absent(self) -> Document:
        """The keys that documents may lack."""
        own = (field for field in self.fields.values() if isinstance(field, CriteriaField) and field.optional)
        return {field.at: None for field in own if isinstance(field.at, str)}

    @cached_property
    def _lowered(self) -> tuple[tuple[str, str], ...]:
        names = dict.fromkeys(name for unique in self.unique.values() if unique.lower for name in unique.fields)
        return tuple((name, lower_key(name)) for name in names)

    @cached_property
    def unique_keys(self) -> frozenset[str]:
        """The keys of documents that some unique index is over."""
        return frozenset(key for unique in self.unique.values() for key in unique.keys)

    def unique_index(self, name: str) -> Unique:
        """Return the unique index that the registration calls `name`. Raises InvalidCriteria."""
        try:
            return self.unique[name]
        except KeyError:
            raise unknown("unique index", name, tuple(self.unique)) from None

    def document(self, entity: T) -> Document:
        """Return the whole document of an entity. Raises InvalidValue."""
        try:
            document = self.to_document(entity)
        except InvalidValue as error:
            raise error.of(self.key, getattr(entity, ID, None)) from None
        return self.derive(document)

    def documents(self, entities: Iterable[T]) -> list[Document]:
        """Return the whole document of each entity. Raises InvalidValue."""
        entities = [*entities]
        try:
            documents = [*map(self.to_document, entities)]
        except InvalidValue:  # one after the other, so that the entity is told
            documents = [*map(self.document, entities)]
        return [*map(self.derive, documents)] if self._lowered else documents

    def entity(self, document: Document) -> T:
        """Return the entity of a document. Raises InvalidValue for one that does not fit any more."""
        try:
            try:
                return self.from_document(document)
            except KeyError:  # written before the class had a field, which may be an optional one
                return self.from_document({**self._absent, **document})
        except InvalidValue as error:
            raise error.of(self.key, document[DOCUMENT_ID]) from None
        except KeyError as error:
            field, reason = str(error.args[0]), "the stored document has no such field"
            raise InvalidValue(field, reason, self.key, document[DOCUMENT_ID]) from None

    def entities(self, documents: Sequence[Document | None]) -> list[Any]:
        """Return the entity of each document, None where there is none. Raises InvalidValue for one that does not fit any more."""
        from_document = self.from_document
        try:
            return [None if document is None else from_document(document) for document in documents]
        except (InvalidValue, KeyError):  # one after the other, so that the document is told, or read as an older one
            return [None if document is None else self.entity(document) for document in documents]

    def derive(self, document: Document) -> Document:
        """Add the keys in lower case to a document, or to changes, and return it."""
        for name, key in self._lowered:
            if name in document:
                value = document[name]
                document[key] = None if value is None else lower(value)
        return document

    def encode_value(self, name: str, value: object) -> Any:
        """Return a value of a field in stored form. Raises InvalidValue."""
        try:
            return self._encode_id(value) if name == ID else self.encode[name](value)
        except InvalidValue as error:
            raise error.of(self.key, None) from None

    def _encode_id(self, value: object) -> Any:
        id_field = self.fields[ID]
        if not isinstance(id_field, CriteriaField):
            raise TypeError(f"{self.key}.id is no relation")
        return id_field.type.encode(value, ID)

    def decode_value(self, name: str, value: Any) -> Any:
        """Return the value of a field that is stored as `value`."""
        decode = self.decode.get(name)
        try:
            return value if decode is None else decode(value)
        except InvalidValue as error:
            raise error.of(self.key, None) from None

    def changes(self, changes: Mapping[str, object]) -> Document:
        """Return new values in stored form by key. Raises InvalidValue."""
        for name in changes:
            if name not in self.encode:
                raise InvalidValue(name, "there is no such field to change", self.key)
        return self.derive({name: self.encode_value(name, value) for name, value in changes.items()})


def _reach(hops: tuple[Hop[Any], ...], at: At | None) -> At:
    if isinstance(at, Reach):
        raise TypeError("an entity's own fields are in its documents")
    return Reach(hops, at)


def plain_id(document: Document) -> Any:
    """Return the id of a document in a form that can be hashed."""
    return stored.plain(document[DOCUMENT_ID])
