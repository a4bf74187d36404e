"""From expressions to query documents. Every value stands behind an operator of pkit's, so that none can be one itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias, assert_never, cast

from pkit.criteria import All, AnyOf, Compare, ComparisonOperator, CriteriaField, Expression, IsAbsent, Not, Some
from pkit.errors import InvalidCursor
from pkit.mongo import stored
from pkit.mongo.entity import DOCUMENT_ID, At, Document, Entity, Reach, document_key
from pkit.mongo.types import StoredType
from pkit.relations import Hop
from pkit.sorting import SortKey
from pkit.values import MAX_INTEGER, MIN_INTEGER

Test: TypeAlias = Callable[[str, Any], Document]
"""Makes the query that compares what is at a path with a value."""

NOTHING: Document = {"$nor": [{}]}


class Query:
    """A query that is put together: `stages` join what it reaches over relations, under names that no field can have.

    >>> query = Query()
    >>> filter = query.filter(expression)
    """

    def __init__(self, mark: str = "@") -> None:
        self.stages: list[Document] = []
        self._mark = mark
        self._joined: dict[tuple[tuple[str, str, str], ...], str] = {}
        self._ranks: dict[tuple[object, ...], str] = {}
        self._count = 0

    def filter(self, expression: Expression[At]) -> Document:
        """Return the filter that an expression means, adding the stages that it needs."""
        match expression:
            case Compare(field=field, operator=operator, value=value):
                return _compare(self.path(field.at), field, operator, value)
            case IsAbsent(field=field):
                return _absent(self.path(field.at), field)
            case All(items=items):
                return conjunction(*(self.filter(item) for item in items))
            case AnyOf(items=items):
                return {"$or": [self.filter(item) for item in items]} if items else NOTHING
            case Not(item=item):
                return {"$nor": [self.filter(item)]}
            case Some(relation=relation, item=item):
                return self._some(relation.at, item)
            case _:
                assert_never(expression)

    def path(self, at: At) -> str:
        """Return the path of an address, adding the stages that lead there."""
        if isinstance(at, str):
            return at
        if at.path is None:
            raise TypeError("the address of rows is no address of a value")
        return f"{self._join(at.hops)}.{at.path}"

    def rank(self, at: Reach, keys: list[Any], ranks: list[int]) -> None:
        """Add the stage that gives each document the rank of its key at the first hop of a path; 0 to those whose key is not there."""
        name = self._ranks[_route(at)] = self._name()
        place = {"$indexOfArray": [{"$literal": keys}, f"${document_key(at.hops[0].local)}"]}
        self.stages.append({"$set": {name: {"$arrayElemAt": [{"$literal": [*ranks, 0]}, place]}}})  # -1 is the last

    def order(self, at: At) -> str:
        """Return the path of what an address is sorted by: its rank where it has one."""
        return (self._ranks.get(_route(at)) if isinstance(at, Reach) else None) or self.path(at)

    def join(self, parent: str, hop: Hop[Entity[Any]]) -> str:
        """Add the stages that put the document at the end of a hop, if there is one, under a name; return the name."""
        name = self._name()
        self.stages += [_lookup(parent, hop, [{"$limit": 1}], name), {"$set": {name: {"$first": f"${name}"}}}]
        return name

    def _join(self, hops: tuple[Hop[Entity[Any]], ...]) -> str:
        if not hops:
            return ""
        steps = steps_of(hops)
        if steps not in self._joined:
            self._joined[steps] = self.join(self._join(hops[:-1]), hops[-1])
        return self._joined[steps]

    def _some(self, at: At, item: Expression[At]) -> Document:
        if isinstance(at, str):
            raise TypeError("a relation to many is not within the document")
        return {self.some(at.hops, item): {"$ne": []}}

    def some(self, hops: Sequence[Hop[Entity[Any]]], item: Expression[At]) -> str:
        """Add the stage that puts one row at the end of the hops that matches, if there is one, into an array; return its name."""
        name = self._name()
        self.stages.append(_lookup("", hops[0], _exists(hops[1:], item), name))
        return name

    def _name(self) -> str:
        self._count += 1
        return f"{self._mark}{self._count}"


def conjunction(*filters: Document) -> Document:
    """Return the filter of what all of them match, without those that match everything."""
    needed = [wanted for wanted in filters if wanted]
    if len(needed) > 1:
        return {"$and": needed}
    return needed[0] if needed else {}


def steps_of(hops: Sequence[Hop[Entity[Any]]]) -> tuple[tuple[str, str, str], ...]:
    """Return what tells one way over relations from another, as a key."""
    return tuple((hop.local, hop.entity.key, hop.remote) for hop in hops)


def _route(at: Reach) -> tuple[object, ...]:
    return (*steps_of(at.hops), at.path)


def _exists(hops: Sequence[Hop[Entity[Any]]], item: Expression[At]) -> list[Document]:
    """Return the stages that leave one document where some row at the end of the hops matches, else none."""
    query = Query()
    wanted: Document = {query.some(hops, item): {"$ne": []}} if hops else query.filter(item)
    return [*query.stages, {"$match": wanted}, {"$limit": 1}, {"$project": {DOCUMENT_ID: 1}}]


def _lookup(parent: str, hop: Hop[Entity[Any]], pipeline: list[Document], name: str) -> Document:
    local = document_key(hop.local)
    remote = document_key(hop.remote)
    return {
        "$lookup": {
            "from": hop.entity.collection,
            "localField": f"{parent}.{local}" if parent else local,
            "foreignField": remote,
            "pipeline": [{"$match": {remote: {"$ne": None}}}, *pipeline],  # an absent key leads nowhere
            "as": name,
        }
    }


# --- comparing with what is at a path ---------------------------------------------------------------------------------


def _compare(path: str, field: CriteriaField[At], operator: ComparisonOperator, value: Any) -> Document:
    tests = _DOCUMENT_TESTS if _is_document(field) else _TESTS
    return tests[operator](path, value)


def _is_document(field: CriteriaField[At]) -> bool:
    return isinstance(field.type, StoredType) and field.type.plain is dict


def _absent(path: str, field: CriteriaField[At]) -> Document:
    if _is_document(field):  # equality with null would look into arrays
        return {path: {"$not": {"$type": ["object", "array"]}}}
    return {path: {"$eq": None}}


def _operator(name: str) -> Test:
    return lambda path, value: {path: {name: value}}


def _list_operator(name: str) -> Test:
    return lambda path, values: {path: {name: list(values)}}


def _pattern(form: str, options: str = "") -> Test:
    def make(path: str, value: str) -> Document:
        return {path: {"$regex": form.format(re.escape(value)), "$options": options}}

    return make


_END = r"(?![\s\S])"  # "$" would also match before a line end

_TESTS: dict[ComparisonOperator, Test] = {
    "eq": _operator("$eq"),
    "ne": _operator("$ne"),
    "in": _list_operator("$in"),
    "not_in": _list_operator("$nin"),
    "gt": _operator("$gt"),
    "gte": _operator("$gte"),
    "lt": _operator("$lt"),
    "lte": _operator("$lte"),
    "between": lambda path, bounds: {path: {"$gte": bounds[0], "$lte": bounds[1]}},
    "contains": _pattern("{}"),
    "icontains": _pattern("{}", "i"),
    "startswith": _pattern("^{}"),
    "istartswith": _pattern("^{}", "i"),
    "endswith": _pattern("{}" + _END),
    "iendswith": _pattern("{}" + _END, "i"),
    "has": _operator("$eq"),
    "has_any": _list_operator("$in"),
    "has_all": _list_operator("$all"),
    "empty": lambda path, wanted: {path: {"$size": 0}} if wanted else {f"{path}.0": {"$exists": True}},
}
"""Per operator, the query of a path and a value."""


def _same_document(path: str, value: Any) -> Document:
    if isinstance(value, list):  # then "$eq" finds arrays that hold it, too
        return {path: {"$eq": value, "$not": {"$elemMatch": {"$eq": value}}}}
    return {path: {"$eq": value}}


def _one_of_documents(path: str, values: Sequence[Any]) -> Document:
    return {"$or": [_same_document(path, value) for value in values]}


_DOCUMENT_TESTS: dict[ComparisonOperator, Test] = {
    "eq": _same_document,
    "ne": lambda path, value: {"$nor": [_same_document(path, value)]},
    "in": _one_of_documents,
    "not_in": lambda path, values: {"$nor": [_one_of_documents(path, values)]},
}


# --- order ------------------------------------------------------------------------------------------------------------


def sort_document(order: Sequence[SortKey[At]], query: Query) -> dict[str, int]:
    """Return the order as a sort document."""
    return {query.order(key.field.at): -1 if key.descending else 1 for key in order}


def follows(order: Sequence[SortKey[At]], after: Sequence[Any], query: Query) -> Document:
    """Return the filter of the documents that come after the one whose sort values are `after`. Raises InvalidCursor."""
    branches: list[Document] = []
    equal: list[Document] = []
    for key, value in zip(order, after, strict=True):
        path = query.path(key.field.at)
        beyond = _beyond(path, key.descending, _checked(key, value))
        if beyond is not None:
            branches.append(conjunction(*equal, beyond))
        equal.append({path: {"$eq": stored.from_plain(value)}})
    if len(branches) == 1:
        return branches[0]
    return {"$or": branches} if branches else NOTHING


def _beyond(path: str, descending: bool, value: Any) -> Document | None:
    if value is None:
        return None if descending else {path: {"$ne": None}}
    if isinstance(value, bytes):  # expressions compare them as the order does; in queries, not every server does
        return {"$expr": {"$lt" if descending else "$gt": [f"${path}", {"$literal": value}]}}
    if descending:
        return {"$or": [{path: {"$lt": value}}, {path: {"$eq": None}}]}
    return {path: {"$gt": value}}


def _checked(key: SortKey[At], value: Any) -> Any:
    """Return the value in stored form. Raises InvalidCursor for one that was not read from the key's field."""
    type_ = key.field.type
    if value is None and key.field.optional:
        return None
    if not isinstance(type_, StoredType) or type(value) is not type_.plain:
        raise InvalidCursor
    if not _CAN_BE_STORED.get(type_.plain, _anything)(value):
        raise InvalidCursor
    return stored.from_plain(value)


def _anything(_: Any) -> bool:
    return True


def _is_text(value: str) -> bool:
    return "\0" not in value and not any("\ud800" <= char <= "\udfff" for char in value)


_CAN_BE_STORED: dict[type, Callable[[Any], bool]] = {
    int: lambda value: MIN_INTEGER <= value <= MAX_INTEGER,
    str: _is_text,
}


def values_at(document: Document, order: Sequence[SortKey[At]], query: Query) -> list[Any]:
    """Return the sort values of a document in plain form."""
    return [stored.plain(reader(query.path(key.field.at))(document)) for key in order]


def reader(path: str) -> Callable[[Document], Any]:
    """Return a function that gives what stands at a path in a document, None where that is nothing."""
    first, *others = path.split(".")

    def read(document: Document) -> Any:
        value = document.get(first)
        for step in others:
            value = cast(Document, value).get(step) if isinstance(value, dict) else None
        return value

    return read
