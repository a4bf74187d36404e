"""Relations between generated entities, and what criteria may name over them: the same for every database.

A backend has a class of its own for entities and one for addresses; here the one is anything that is `Related`, the other a type variable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeAlias

from typing_extensions import TypeVar

from pkit.criteria import At, CriteriaField, Fields, ToMany

E = TypeVar("E")
E_co = TypeVar("E_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Hop(Generic[E_co]):
    """The way from a row to the rows of `entity` whose field `remote` equals the row's field `local`.

    `array`: `local` holds several keys, and the way leads to the rows of each of them. An absent key leads nowhere.
    """

    local: str
    entity: E_co
    remote: str = "id"
    array: bool = False


@dataclass(frozen=True, slots=True)
class Relation(Generic[E_co]):
    """The hops to the related rows: one, or two over the rows between. Unless `many`, they lead to one row at most."""

    hops: tuple[Hop[E_co], ...]
    many: bool

    @property
    def target(self) -> E_co:
        """Return the entity that the relation leads to."""
        return self.hops[-1].entity


@dataclass(frozen=True, slots=True)
class Join(Generic[E_co]):
    """A related row that is fetched along with a query's rows, at most one per row.

    `parent` tells where `hop` starts: 0 is the queried row, n the row of the n-th join. Nothing is joined to a row that is absent.
    """

    parent: int
    hop: Hop[E_co]


Relations: TypeAlias = Mapping[str, Relation[E_co]]


def to_one(local: str, entity: E, remote: str = "id") -> Relation[E]:
    """Return the relation to the one row whose unique field `remote` equals the field `local`.

    >>> to_one("room_id", MemoryRoomRepository.entity)
    """
    return Relation((Hop(local, entity, remote),), many=False)


def to_many(*hops: Hop[E]) -> Relation[E]:
    """Return the relation to the rows at the end of the hops.

    >>> to_many(Hop("id", MemoryEnrolmentRepository.entity, "student_id"))
    """
    return Relation(hops, many=True)


def no_relations() -> Relations[Any]:
    """Return the relations of an entity that has none."""
    return {}


class Related(Protocol[At]):
    """What a backend's class for entities has, so that criteria can go over relations.

    `relations` is called late, because entities refer to each other in circles. `criteria_fields` is what `all_fields` gives, kept.
    """

    @property
    def fields(self) -> Fields[At]: ...
    @property
    def relations(self) -> Callable[[], Relations[Any]]: ...
    @property
    def path_depth(self) -> int: ...
    @property
    def criteria_fields(self) -> Fields[At]: ...


Reach: TypeAlias = Callable[[tuple[Hop[Any], ...], At | None], At]
"""Makes the address of what stands at an address of the last hop's entity; with None, of that entity's rows."""


def all_fields(entity: Related[At], reach: Reach[At]) -> Fields[At]:
    """Return the entity's own fields, the fields of each to-one relation as dotted paths of up to `path_depth` relations, and the relations
    to many.

    >>> all_fields(schedule, reach)["room.academic_unit.name"]
    """
    found: dict[str, CriteriaField[At] | ToMany[At]] = dict(entity.fields)
    _add_paths(found, entity, "", (), entity.path_depth, reach)
    return found


def _add_paths(
    found: dict[str, CriteriaField[At] | ToMany[At]],
    entity: Related[At],
    prefix: str,
    hops: tuple[Hop[Any], ...],
    depth: int,
    reach: Reach[At],
) -> None:
    if not depth:
        return
    for name, relation in sorted(entity.relations().items()):
        path, way, target = f"{prefix}{name}", (*hops, *relation.hops), relation.target
        if relation.many:
            found[path] = ToMany(reach(way, None), _fields_of(target))
        else:
            found |= {f"{path}.{own}": _over(field, way, reach) for own, field in _own_fields(target)}
            _add_paths(found, target, f"{path}.", way, depth - 1, reach)


def _fields_of(target: Related[At]) -> Callable[[], Fields[At]]:
    return lambda: target.criteria_fields


def _own_fields(target: Related[At]) -> list[tuple[str, CriteriaField[At]]]:
    return [(name, field) for name, field in target.fields.items() if isinstance(field, CriteriaField)]


def _over(field: CriteriaField[At], way: tuple[Hop[Any], ...], reach: Reach[At]) -> CriteriaField[At]:
    return CriteriaField(field.type, reach(way, field.at), optional=True, sortable=field.sortable)
