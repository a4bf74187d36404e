"""From the relations that a view populates to statements: what is joined, and what is looked up for all rows at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from operator import attrgetter, itemgetter
from typing import Any

from pkit.container import Container
from pkit.relations import Hop, Join, Relation
from pkit.views.description import Tree, Views


@dataclass(frozen=True, slots=True)
class Slot:
    """A position of the rows of a query: which entity is there, and under which name what is shown of it hangs below the one at `parent`;
    without a name it hangs nowhere.

    `fields` makes a dict of an entity. `dicts`: rows hold such a dict already, where others hold the entity. `hidden`: it is not shown.
    """

    fields: Callable[[Any], Any]
    dicts: bool
    name: str = ""
    parent: int = 0
    hidden: bool = False

    def reader(self, field: str) -> Callable[[Any], Any]:
        """Return a function that reads a field of what rows hold here."""
        return itemgetter(field) if self.dicts else attrgetter(field)

    def held(self, entity: Any) -> Any:
        """Return what a row holds of an entity."""
        return self.fields(entity) if self.dicts else entity


@dataclass(slots=True)
class Query:
    """One statement: the entity that is queried, what is joined, and the relations of any position that take statements of their own.

    `start` is the position of the entity that the query is about: not the first one where rows between come first.
    """

    key: str
    start: int = 0
    slots: list[Slot] = field(default_factory=list[Slot])
    joins: list[Join[Any]] = field(default_factory=list[Join[Any]])
    batches: list[Batch] = field(default_factory=list["Batch"])


@dataclass(frozen=True, slots=True)
class Batch:
    """A relation that is looked up for all rows at once: from the entity at `position` to that at the start of `query`.

    `between`: the query of the rows between, where they are not joined to.
    """

    position: int
    name: str
    relation: Relation[str]
    query: Query
    between: Query | None = None

    @property
    def local(self) -> Hop[str]:
        return self.relation.hops[0]


class Planner:
    """Decides for a container what is joined and what is looked up."""

    def __init__(self, container: Container, views: Views) -> None:
        self._container = container
        self._views = views

    def query(self, tree: Tree) -> Query:
        """Return the query that gives entities of the tree's root."""
        query = Query(tree.key)
        query.slots.append(self._slot(tree.key))
        self._grow(query, tree, 0)
        return query

    def _grow(self, query: Query, tree: Tree, position: int) -> None:
        for name, branch in tree.branches.items():
            relation = self._views[tree.key].relations[name]
            if not relation.many and self._together(tree.key, branch.key):
                self._join(query, position, relation.hops[0], branch, name)
            else:
                query.batches.append(self._batch(position, name, relation, branch))

    def _join(self, query: Query, position: int, hop: Hop[str], branch: Tree, name: str = "") -> None:
        query.joins.append(Join(position, Hop(hop.local, self._entity(hop.entity), hop.remote)))
        query.slots.append(self._slot(branch.key, name, position))
        self._grow(query, branch, len(query.slots) - 1)

    def _batch(self, position: int, name: str, relation: Relation[str], branch: Tree) -> Batch:
        if len(relation.hops) == 1:
            return Batch(position, name, relation, self.query(branch))
        between = relation.hops[0].entity
        hidden = self._slot(between, hidden=True)
        if not self._together(between, branch.key):
            return Batch(position, name, relation, self.query(branch), Query(between, slots=[hidden]))
        query = Query(between, start=1, slots=[hidden])
        self._join(query, 0, relation.hops[1], branch)
        return Batch(position, name, relation, query)

    def _slot(self, key: str, name: str = "", parent: int = 0, *, hidden: bool = False) -> Slot:
        dicts = getattr(self._entity(key), "to_fields", None) is not None  # not every backend has it
        return Slot(self._views[key].fields, dicts, name, parent, hidden)

    def _together(self, key: str, other: str) -> bool:
        members = self._container.__members__
        return self._container.__place__(members[key])[1] is self._container.__place__(members[other])[1]

    def _entity(self, key: str) -> Any:
        member = self._container.__members__[key]
        return member.implementation(self._container.__place__(member)[0]).entity
