"""Declarations made by hand, as the frontend would make them from source. A place covers the text that it was made with."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal, TypeVar

from pkit_gen.analysis import analyse
from pkit_gen.config import Config, Datetimes
from pkit_gen.declarations import (
    AliasDecl,
    AnnotationDecl,
    Construction,
    DataclassDecl,
    EnumDecl,
    ExternalType,
    FieldDecl,
    LiteralAnnotation,
    MemberValue,
    NewTypeDecl,
    NoneType,
    ProjectDecl,
    ProjectType,
    RegistrationDecl,
    RelationDecl,
    TypeDefinition,
    TypeVariable,
    UnionType,
    UniqueDecl,
    ViewDecl,
    Written,
)
from pkit_gen.diagnostics.model import Diagnostic, Diagnostics
from pkit_gen.ir.dump import dump
from pkit_gen.ir.model import Database, Schema
from pkit_gen.source import ClassRef, Place, Position, SourceFile, Span

T = TypeVar("T")

ROOT = Path("/project")
CONFIG = Config(sources=(ROOT / "app",), output=ROOT / "app/repos", roots=(ROOT,))


def place(text: str, file: str = "app.py", line: int = 1) -> Place:
    """Return a place that covers `text`."""
    source = SourceFile(ROOT / file, file.removesuffix(".py"), "\n" * (line - 1) + text)
    return Place.at(source, Span(Position(line, 1), Position(line, 1 + len(text))))


def written(value: T) -> Written[T]:
    """Return a value that was written as its own text."""
    text = f"{value.enum.name}.{value.member}" if isinstance(value, MemberValue) else str(value)
    return Written(value, place(text))


# --- annotations ------------------------------------------------------------------------------------------------------


def external(name: str, *arguments: AnnotationDecl) -> ExternalType:
    """Return a type of the standard library by its qualified name."""
    module, _, member = name.rpartition(".")
    return ExternalType(ClassRef(module or "builtins", member), arguments, place(member))


STR, INT, BOOL, UUID = external("str"), external("int"), external("bool"), external("uuid.UUID")
ANY = external("typing.Any")
NONE = NoneType(place("None"))


def union(*members: AnnotationDecl) -> UnionType:
    """Return a union."""
    return UnionType(members, place("union"))


def literal(*values: object) -> LiteralAnnotation:
    """Return a `Literal`."""
    return LiteralAnnotation(tuple(written(value) for value in values), place("Literal"))


def variable(name: str, bound: AnnotationDecl | None = None) -> TypeVariable:
    """Return a type variable."""
    return TypeVariable(name, bound, place(name))


def project(definition: TypeDefinition, *arguments: AnnotationDecl) -> ProjectType:
    """Return the use of a definition."""
    return ProjectType(definition, arguments, place(definition.ref.name))


# --- definitions ------------------------------------------------------------------------------------------------------


def ref(name: str) -> ClassRef:
    """Return a class of the module `app`."""
    return ClassRef("app", name)


def field(
    name: str, annotation: AnnotationDecl, *, default: bool = False, init: bool = True, owner: str = "User"
) -> FieldDecl:
    """Return a dataclass field."""
    return FieldDecl(name, annotation, default, init, False, ref(owner), place(name))


def dataclass(name: str, *fields: FieldDecl, parameters: tuple[str, ...] = (), hashable: bool = False) -> DataclassDecl:
    """Return a dataclass."""
    return DataclassDecl(
        ref=ref(name),
        fields=fields,
        construction=Construction.CONSTRUCTOR,
        frozen=False,
        slots=False,
        hashable=hashable,
        docstring=None,
        parameters=parameters,
        annotated_non_fields=(),
        place=place(name),
    )


def enum(name: str, *, flag: bool = False, **members: object) -> EnumDecl:
    """Return an enum with these members."""
    pairs = tuple(Written((member, value), place(member)) for member, value in members.items())
    return EnumDecl(ref(name), pairs, flag, None, place(name))


def new_type(name: str, target: AnnotationDecl) -> NewTypeDecl:
    """Return a NewType."""
    return NewTypeDecl(ref(name), target, place(name))


def alias(name: str, target: AnnotationDecl, parameters: tuple[str, ...] = ()) -> AliasDecl:
    """Return a type alias."""
    return AliasDecl(ref(name), target, parameters, place(name))


# --- registrations ----------------------------------------------------------------------------------------------------


def unique(name: str, *fields: str, lower: bool = False) -> UniqueDecl:
    """Return an entry of `unique`; over the field of its own name when none is given."""
    return UniqueDecl(written(name), tuple(written(field) for field in fields or (name,)), lower)


RelationKey = Literal[
    "target", "local_field", "by", "target_field", "through", "source_field", "source_by", "target_by"
]


def relation(relation_name: str, *, many: bool | None = None, **keys: str) -> RelationDecl:
    """Return an entry of `relations` with the keys that are given."""

    def key(name: RelationKey) -> Written[str] | None:
        return written(keys[name]) if name in keys else None

    return RelationDecl(
        name=written(relation_name),
        target=key("target"),
        local_field=key("local_field"),
        by=key("by"),
        many=None if many is None else written(many),
        target_field=key("target_field"),
        through=key("through"),
        source_field=key("source_field"),
        source_by=key("source_by"),
        target_by=key("target_by"),
    )


def view(name: str, *include: str, exclude: Sequence[str] = ()) -> ViewDecl:
    """Return an entry of `views`."""
    return ViewDecl(written(name), tuple(map(written, include)), tuple(map(written, exclude)))


def register(
    key: str,
    *fields: FieldDecl,
    collection: str | None = None,
    database: str | None = None,
    unique: Sequence[UniqueDecl] = (),
    relations: Sequence[RelationDecl] = (),
    views: Sequence[ViewDecl] = (),
    exclude: Sequence[str] = (),
    entity: DataclassDecl | None = None,
) -> RegistrationDecl:
    """Return a registration of a class named after the key, with an id of type UUID before the given fields."""
    name = "".join(part.capitalize() for part in key.split("_")) or "Unnamed"
    return RegistrationDecl(
        key=written(key),
        entity=entity or dataclass(name, field("id", UUID, owner=name), *fields),
        entity_place=place(name),
        collection=written(f"{key}s" if collection is None else collection),
        database=None if database is None else written(database),
        unique=tuple(unique),
        relations=tuple(relations),
        views=tuple(views),
        exclude=tuple(map(written, exclude)),
        place=place("register_entity"),
    )


# --- what comes out ---------------------------------------------------------------------------------------------------


def analysed(
    *registrations: RegistrationDecl,
    backends: tuple[Database, ...] = CONFIG.backends,
    datetimes: Datetimes = Datetimes.AWARE,
    path_depth: int = 2,
) -> tuple[Schema, list[Diagnostic]]:
    """Return the schema of registrations and what was reported."""
    config = Config(CONFIG.sources, CONFIG.output, CONFIG.roots, backends, datetimes=datetimes, path_depth=path_depth)
    diagnostics = Diagnostics()
    schema = analyse(ProjectDecl(registrations, ("app",)), config, diagnostics)
    return schema, diagnostics.sorted()


def dumped(*registrations: RegistrationDecl, datetimes: Datetimes = Datetimes.AWARE) -> list[str]:
    """Return the lines below the head of a schema that has nothing wrong."""
    schema, reported = analysed(*registrations, datetimes=datetimes)
    assert reported == []
    return [line.strip() for line in dump(schema).splitlines()[1:]]


def findings(*registrations: RegistrationDecl, path_depth: int = 2) -> list[tuple[str, str]]:
    """Return the code of each finding and the text that it points at."""
    _, reported = analysed(*registrations, path_depth=path_depth)
    return [(diagnostic.code, underlined(diagnostic)) for diagnostic in reported]


def only(*registrations: RegistrationDecl) -> Diagnostic:
    """Return the only finding."""
    (diagnostic,) = analysed(*registrations)[1]
    return diagnostic


def underlined(diagnostic: Diagnostic) -> str:
    """Return the text that the primary label covers; empty without one."""
    if diagnostic.primary is None:
        return ""
    at = diagnostic.primary.place
    return at.file.lines()[at.span.start.line - 1][at.span.start.column - 1 : at.span.end.column - 1]
