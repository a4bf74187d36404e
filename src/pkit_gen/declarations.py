"""What the user wrote, every value with its place.

The frontend makes these from source text, with names resolved and constants evaluated; the analysis decides what they mean. Nothing here
is judged yet: a `RelationDecl` may name a field that is not there, an annotation may be of a type that cannot be stored.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

from pkit_gen.source import ClassRef, Place

T = TypeVar("T")


@dataclass(frozen=True)
class Written(Generic[T]):
    """A value and the place where it was written."""

    value: T
    place: Place


# --- annotations, with every name resolved ----------------------------------------------------------------------------


@dataclass(frozen=True)
class ExternalType:
    """A type of the standard library or of a third party, by its canonical name, as `uuid.UUID`, `builtins.list` or `typing.Any`."""

    ref: ClassRef
    arguments: tuple[AnnotationDecl, ...]
    place: Place


@dataclass(frozen=True)
class ProjectType:
    """A class, NewType or type alias of the project, with the arguments that it was subscripted with."""

    definition: TypeDefinition
    arguments: tuple[AnnotationDecl, ...]
    place: Place


@dataclass(frozen=True)
class UnionType:
    """`X | Y`, `Union[X, Y]` or `Optional[X]`; nested unions are flattened, `None` is a `NoneType` member."""

    members: tuple[AnnotationDecl, ...]
    place: Place


@dataclass(frozen=True)
class NoneType:
    """`None` in an annotation."""

    place: Place


@dataclass(frozen=True)
class LiteralAnnotation:
    """`Literal[...]`; values are str, int, bool, bytes, None, or a `MemberValue`."""

    values: tuple[Written[object], ...]
    place: Place


@dataclass(frozen=True)
class EllipsisType:
    """`...`, as in `tuple[X, ...]`."""

    place: Place


@dataclass(frozen=True)
class TypeVariable:
    """A type variable that no subclass bound; `bound` is its bound or None."""

    name: str
    bound: AnnotationDecl | None
    place: Place


@dataclass(frozen=True)
class UnresolvedType:
    """A name or an expression that does not resolve to a type; the frontend has reported nothing yet.

    `text` is what was written, `reason` a sentence without full stop ("no module named 'shop.moeny'"), `suggestion` a name close to it.
    """

    text: str
    reason: str
    suggestion: str | None
    place: Place


AnnotationDecl: TypeAlias = (
    ExternalType | ProjectType | UnionType | NoneType | LiteralAnnotation | EllipsisType | TypeVariable | UnresolvedType
)


# --- definitions that annotations lead to -----------------------------------------------------------------------------


@dataclass(frozen=True)
class MemberValue:
    """An enum member as a value, `Color.RED`."""

    enum: ClassRef
    member: str
    value: object


class Construction(Enum):
    """How an entity may be rebuilt from its stored fields."""

    CONSTRUCTOR = auto()  # the dataclass's own __init__ does nothing but assign
    ATTRIBUTES = (
        auto()
    )  # __init__ or __post_init__ do more, or a field is init=False: fields are set without running them


@dataclass(frozen=True)
class FieldDecl:
    """One dataclass field after inheritance: in the order, with the type and default that CPython would give it.

    `owner` is the class whose body declares it; `has_default` covers default factories.
    """

    name: str
    annotation: AnnotationDecl
    has_default: bool
    init: bool
    kw_only: bool
    owner: ClassRef
    place: Place  # the name in the class body


@dataclass(frozen=True, eq=False)
class DataclassDecl:
    """A dataclass with all its fields, inherited ones included and type variables substituted where a base binds them."""

    ref: ClassRef
    fields: tuple[FieldDecl, ...]
    construction: Construction
    frozen: bool
    slots: bool
    hashable: bool  # what its fields hold does not count
    docstring: str | None
    parameters: tuple[str, ...]  # its own type parameters, for `Box[int]` as an annotation
    annotated_non_fields: tuple[
        Written[str], ...
    ]  # what looks like a field but is none (un-annotated, or of an undecorated base)
    place: Place  # the class name


@dataclass(frozen=True, eq=False)
class EnumDecl:
    """An enum. A member's value is None when it cannot be told from the source; aliases are left out."""

    ref: ClassRef
    members: tuple[Written[tuple[str, object]], ...]
    flag: bool
    mixin: ClassRef | None  # str or int where the enum derives from it (StrEnum and IntEnum included)
    place: Place


@dataclass(frozen=True, eq=False)
class NewTypeDecl:
    """`UserId = NewType("UserId", UUID)`."""

    ref: ClassRef
    target: AnnotationDecl
    place: Place


@dataclass(frozen=True, eq=False)
class AliasDecl:
    """`Name = X`, `Name: TypeAlias = X` or `type Name = X` at module level."""

    ref: ClassRef
    target: AnnotationDecl
    parameters: tuple[str, ...]
    place: Place


@dataclass(frozen=True, eq=False)
class TypedDictDecl:
    """A TypedDict with its items, inherited ones included; an item is (name, type, required)."""

    ref: ClassRef
    items: tuple[tuple[str, AnnotationDecl, bool], ...]
    place: Place


@dataclass(frozen=True, eq=False)
class ScalarSubclassDecl:
    """A plain class derived from one external class, as `class Email(str)`; analysis decides whether that is a scalar."""

    ref: ClassRef
    base: ExternalType
    place: Place


@dataclass(frozen=True, eq=False)
class OtherClassDecl:
    """A class that is none of the above; `kind` names what it is ("a pydantic model", "an attrs class", "a plain class", …)."""

    ref: ClassRef
    kind: str
    place: Place


@dataclass(frozen=True, eq=False)
class RecursiveRef:
    """A definition met again while it was being resolved: the class contains itself."""

    ref: ClassRef
    place: Place


TypeDefinition: TypeAlias = (
    DataclassDecl
    | EnumDecl
    | NewTypeDecl
    | AliasDecl
    | TypedDictDecl
    | ScalarSubclassDecl
    | OtherClassDecl
    | RecursiveRef
)


# --- registrations ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class UniqueDecl:
    """One entry of `unique`: the index name and its fields; `lower` for `lambda e: e.email.lower()`."""

    name: Written[str]
    fields: tuple[Written[str], ...]
    lower: bool


@dataclass(frozen=True)
class RelationDecl:
    """One entry of `relations`, as written; keys that were not given are None. Unknown keys were reported by the frontend."""

    name: Written[str]
    target: Written[str] | None
    local_field: Written[str] | None
    by: Written[str] | None
    many: Written[bool] | None
    target_field: Written[str] | None
    through: Written[str] | None
    source_field: Written[str] | None
    source_by: Written[str] | None
    target_by: Written[str] | None


@dataclass(frozen=True)
class ViewDecl:
    """One entry of `views`: the paths to include and the fields to leave out."""

    name: Written[str]
    include: tuple[Written[str], ...]
    exclude: tuple[Written[str], ...]


@dataclass(frozen=True)
class RegistrationDecl:
    """One `register_entity` call, evaluated. Its config keys were checked by the frontend (unknown, missing or of a wrong shape)."""

    key: Written[str]
    entity: DataclassDecl
    entity_place: Place  # where the registration names the class
    collection: Written[str]
    database: Written[str] | None  # as written, stripped and in lower case; analysis checks it
    unique: tuple[UniqueDecl, ...]
    relations: tuple[RelationDecl, ...]
    views: tuple[ViewDecl, ...]
    exclude: tuple[Written[str], ...]
    place: Place  # the call


@dataclass(frozen=True)
class ProjectDecl:
    """All registrations that count, in source order. `sources` are the modules that the output names as its origin.

    `inferred` says that there was no registration at all and that every dataclass with an `id` was taken. `inputs` is every file that was
    read on the way, whether it had a part in the result or not, with the digest of what was read; `words` are those that files were
    searched for.
    """

    registrations: tuple[RegistrationDecl, ...]
    sources: tuple[str, ...]
    inferred: bool = False
    inputs: Mapping[Path, str] = field(default_factory=dict[Path, str])
    words: tuple[str, ...] = ()
