"""From annotations to field types: the table of semantics.md, and a diagnostic for everything outside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from typing import assert_never

from pkit_gen.analysis import literals, trees
from pkit_gen.config import Datetimes
from pkit_gen.declarations import (
    AliasDecl,
    AnnotationDecl,
    Construction,
    DataclassDecl,
    EllipsisType,
    EnumDecl,
    ExternalType,
    FieldDecl,
    LiteralAnnotation,
    NewTypeDecl,
    NoneType,
    OtherClassDecl,
    ProjectType,
    RecursiveRef,
    ScalarSubclassDecl,
    TypedDictDecl,
    TypeVariable,
    UnionType,
    UnresolvedType,
)
from pkit_gen.diagnostics.catalog import entities as catalog
from pkit_gen.diagnostics.catalog.entities import Subject
from pkit_gen.diagnostics.catalog.sources import project_nested_too_deeply
from pkit_gen.diagnostics.model import Diagnostics, Label
from pkit_gen.ir.types import (
    SCALARS,
    ArrayKind,
    ArrayType,
    DictType,
    EnumType,
    FieldType,
    JsonType,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordField,
    RecordType,
    Scalar,
    ScalarType,
    TupleType,
    TypedDictType,
    depth,
    is_optional,
)
from pkit_gen.source import ClassRef, Place

SCALAR_CLASSES: dict[str, Scalar] = {
    row.python.qualified: scalar for scalar, row in SCALARS.items() if scalar is not Scalar.NAIVE_DATETIME
}
ARRAYS: dict[str, ArrayKind] = {
    "builtins.list": ArrayKind.LIST,
    "builtins.set": ArrayKind.SET,
    "builtins.frozenset": ArrayKind.FROZENSET,
    "collections.abc.Sequence": ArrayKind.SEQUENCE,
}
DICTIONARIES = {"builtins.dict": False, "collections.abc.Mapping": True}
BARE = {
    "builtins.list": "list",
    "builtins.dict": "dict",
    "collections.abc.Sequence": "Sequence",
    "collections.abc.Mapping": "Mapping",
}
ANYTHING = frozenset({"typing.Any", "builtins.object"})
TRANSPARENT = frozenset({"typing.Annotated", "typing.Final", "typing.ReadOnly", "typing.Required"})
DEEPEST = 60
"""How deep values may nest: MongoDB takes 100 levels, and Python parses expressions of 200."""

LARGEST = 5_000
"""Of how many types the type of a field may consist: dataclasses that hold each other twice double with each."""

SPELLED_IN_TYPING = {
    "List": "builtins.list",
    "Dict": "builtins.dict",
    "Set": "builtins.set",
    "FrozenSet": "builtins.frozenset",
    "Tuple": "builtins.tuple",
    "Sequence": "collections.abc.Sequence",
    "Mapping": "collections.abc.Mapping",
    "Text": "builtins.str",
}


@dataclass(frozen=True)
class Scope:
    """Where an annotation stands: the field it belongs to, and what type variables mean there."""

    subject: Subject
    datetimes: Datetimes
    diagnostics: Diagnostics
    bindings: Mapping[str, AnnotationDecl] = field(default_factory=dict[str, AnnotationDecl])
    contained: bool = False  # the annotation is the item of a collection
    steps: Iterator[int] = field(default_factory=count)  # counts the types that the field's consists of


def field_type(declared: FieldDecl, datetimes: Datetimes, diagnostics: Diagnostics) -> FieldType | None:
    """Return the type of an entity's field, or None when it cannot be stored, which has then been reported."""
    subject = Subject(declared.owner.name, declared.name)
    try:
        found = resolve(declared.annotation, Scope(subject, datetimes, diagnostics))
        if found is None or depth(found) <= DEEPEST:
            return found
    except RecursionError:
        pass
    diagnostics.report(project_nested_too_deeply(declared.annotation.place.file.path))
    return None


def resolve(annotation: AnnotationDecl, scope: Scope) -> FieldType | None:
    """Return what an annotation means in a scope, or None after a report; RecursionError when there is no end to it."""
    if next(scope.steps) > LARGEST:
        raise RecursionError
    match annotation:
        case ExternalType():
            return _external(annotation, scope)
        case ProjectType():
            return _project(annotation, scope)
        case UnionType():
            return _union(annotation, scope)
        case LiteralAnnotation():
            return literals.literal_type(annotation, scope.subject, scope.diagnostics)
        case TypeVariable():
            return _variable(annotation, scope)
        case NoneType(place=place):
            scope.diagnostics.report(catalog.unsupported_type(scope.subject, "None", None, place))
        case EllipsisType(place=place):
            scope.diagnostics.report(catalog.unsupported_type(scope.subject, "...", None, place))
        case UnresolvedType(text=text, reason=reason, suggestion=suggestion, place=place):
            scope.diagnostics.report(catalog.unknown_type(scope.subject, text, reason, suggestion, place))
        case _:
            assert_never(annotation)
    return None


def canonical(ref: ClassRef) -> str:
    """Return the qualified name of an external class, with the old spellings of `typing` replaced.

    >>> canonical(ClassRef("typing", "List"))
    'builtins.list'
    """
    if ref.module not in ("typing", "typing_extensions"):
        return ref.qualified
    return SPELLED_IN_TYPING.get(ref.name, f"typing.{ref.name}")


# --- types of the standard library and of third parties ---------------------------------------------------------------


def _external(annotation: ExternalType, scope: Scope) -> FieldType | None:
    name = canonical(annotation.ref)
    if name in SCALAR_CLASSES:
        return _scalar(name, scope.datetimes)
    if name in TRANSPARENT and annotation.arguments:
        return resolve(annotation.arguments[0], scope)
    if name in ANYTHING:
        return _anything(annotation, scope)
    if name in BARE and not annotation.arguments:
        return JsonType(BARE[name])
    if name in ARRAYS and annotation.arguments:
        return _array(annotation, ARRAYS[name], scope)
    if name in DICTIONARIES:
        return _dictionary(annotation, DICTIONARIES[name], scope)
    if name == "builtins.tuple" and annotation.arguments:
        return _tuple(annotation, scope)
    instead = trees.INSTEAD.get(name)
    scope.diagnostics.report(
        catalog.unsupported_type(scope.subject, trees.spell(annotation), instead, annotation.place)
    )
    return None


def _scalar(name: str, datetimes: Datetimes) -> ScalarType:
    scalar = SCALAR_CLASSES[name]
    if scalar is Scalar.DATETIME and datetimes is Datetimes.NAIVE:
        return ScalarType(Scalar.NAIVE_DATETIME)
    return ScalarType(scalar)


def _anything(annotation: ExternalType, scope: Scope) -> FieldType | None:
    if scope.contained:
        return JsonType("Any")
    scope.diagnostics.report(catalog.anything(scope.subject, annotation.ref.name, annotation.place))
    return None


def _array(annotation: ExternalType, kind: ArrayKind, scope: Scope) -> FieldType | None:
    if len(annotation.arguments) != 1:
        _wrong_arguments(annotation, f"{annotation.ref.name}[X]", scope)
        return None
    return _collection(annotation.arguments[0], kind, scope)


def _tuple(annotation: ExternalType, scope: Scope) -> FieldType | None:
    match annotation.arguments:
        case (item, EllipsisType()) if not isinstance(item, EllipsisType):
            return _collection(item, ArrayKind.TUPLE, scope)
        case arguments if any(isinstance(argument, EllipsisType) for argument in arguments):
            _wrong_arguments(annotation, "tuple[X, ...] or tuple[X, Y]", scope)
            return None
        case arguments:
            items = [resolve(argument, replace(scope, contained=True)) for argument in arguments]
            known = tuple(item for item in items if item is not None)
            return TupleType(known) if len(known) == len(items) else None


def _collection(argument: AnnotationDecl, kind: ArrayKind, scope: Scope) -> FieldType | None:
    item = resolve(argument, replace(scope, contained=True))
    if item is None:
        return None
    if kind in (ArrayKind.SET, ArrayKind.FROZENSET) and not _hashable(item):
        spelling = trees.spell(argument)
        scope.diagnostics.report(catalog.unhashable_items(scope.subject, spelling, argument.place))
        return None
    return ArrayType(kind, item) if _in_arrays(item) else ListType(kind, item)


def _in_arrays(item: FieldType) -> bool:
    match item:
        case ScalarType() | EnumType() | LiteralType():
            return True
        case NamedType(item=named):
            return _in_arrays(named)
        case _:
            return False


def _hashable(item: FieldType) -> bool:
    match item:
        case ScalarType() | EnumType() | LiteralType():
            return True
        case RecordType(hashable=hashable):
            return hashable
        case NamedType(item=inner) | OptionalType(item=inner):
            return _hashable(inner)
        case ArrayType(kind=kind, item=inner) | ListType(kind=kind, item=inner):
            return kind in (ArrayKind.TUPLE, ArrayKind.FROZENSET) and _hashable(inner)
        case TupleType(items=items):
            return all(_hashable(inner) for inner in items)
        case DictType() | TypedDictType() | JsonType():
            return False
        case _:
            assert_never(item)


def _dictionary(annotation: ExternalType, mapping: bool, scope: Scope) -> FieldType | None:
    if len(annotation.arguments) != 2:
        _wrong_arguments(annotation, f"{annotation.ref.name}[str, X]", scope)
        return None
    key, value = annotation.arguments
    contained = replace(scope, contained=True)
    key_type, value_type = resolve(key, contained), resolve(value, contained)
    if key_type is not None and not _is_text(key_type):
        scope.diagnostics.report(catalog.dictionary_keys(scope.subject, trees.spell(key), key.place))
        return None
    return None if key_type is None or value_type is None else DictType(value_type, mapping)


def _is_text(key: FieldType) -> bool:
    match key:
        case ScalarType(scalar=Scalar.TEXT, subclass=None):
            return True
        case NamedType(item=ScalarType(scalar=Scalar.TEXT, subclass=None)):
            return True
        case _:
            return False


def _wrong_arguments(annotation: ExternalType | ProjectType, expected: str, scope: Scope) -> None:
    report = catalog.wrong_arguments(scope.subject, trees.name_of(annotation), expected, annotation.place)
    scope.diagnostics.report(report)


# --- types of the project ---------------------------------------------------------------------------------------------


def _project(annotation: ProjectType, scope: Scope) -> FieldType | None:
    ref = annotation.definition.ref
    if ref.is_local:
        name, place = ref.name.rpartition(".")[2], annotation.definition.place
        scope.diagnostics.report(catalog.local_class(str(scope.subject), name, place, annotation.place))
        return None
    match annotation.definition:
        case DataclassDecl() as definition:
            return _record(annotation, definition, scope)
        case EnumDecl() as definition:
            return literals.enum_type(definition, scope.subject, annotation.place, scope.diagnostics)
        case NewTypeDecl() as definition:
            item = resolve(definition.target, _outside(scope))
            return None if item is None else NamedType(definition.ref, item, new_type=True)
        case AliasDecl() as definition:
            return _alias(annotation, definition, scope)
        case TypedDictDecl() as definition:
            return _typed_dict(annotation, definition, scope)
        case ScalarSubclassDecl() as definition:
            return _subclass(annotation, definition, scope)
        case OtherClassDecl(ref=ref, kind=kind, place=place):
            report = catalog.not_a_dataclass(scope.subject, ref.name, kind, place, annotation.place)
            scope.diagnostics.report(report)
            return None
        case RecursiveRef(ref=ref):
            scope.diagnostics.report(catalog.recursive_type(scope.subject, ref.name, annotation.place))
            return None
        case _:
            assert_never(annotation.definition)


def _outside(scope: Scope) -> Scope:
    """Return the scope of a definition that stands elsewhere: type variables of here mean nothing there."""
    return replace(scope, bindings={})


def _bound(annotation: ProjectType, parameters: tuple[str, ...], scope: Scope) -> Mapping[str, AnnotationDecl] | None:
    """Return what the parameters of a generic definition mean for these arguments, or None after a report."""
    if annotation.arguments and len(annotation.arguments) != len(parameters):
        expected = trees.name_of(annotation) + (f"[{', '.join(parameters)}]" if parameters else "")
        _wrong_arguments(annotation, expected, scope)
        return None
    arguments = [trees.substitute(argument, scope.bindings) for argument in annotation.arguments]
    return dict(zip(parameters, arguments, strict=False))


def _record(annotation: ProjectType, definition: DataclassDecl, scope: Scope) -> FieldType | None:
    bindings = _bound(annotation, definition.parameters, scope)
    if bindings is None:
        return None
    fields = [_record_field(declared, annotation.place, bindings, scope) for declared in definition.fields]
    known = tuple(declared for declared in fields if declared is not None)
    if len(known) < len(fields):
        return None
    return RecordType(definition.ref, known, definition.construction is Construction.CONSTRUCTOR, definition.hashable)


def _record_field(
    declared: FieldDecl, place: Place, bindings: Mapping[str, AnnotationDecl], scope: Scope
) -> RecordField | None:
    inside = replace(scope, subject=_nested(scope, declared.owner, declared.name, place), bindings=bindings)
    type_ = resolve(declared.annotation, replace(inside, contained=False))
    if type_ is None:
        return None
    return RecordField(declared.name, type_, kw_only=declared.kw_only, init=declared.init)


def _nested(scope: Scope, owner: ClassRef, name: str, place: Place) -> Subject:
    via = scope.subject.via or (Label(place, f"stored as part of {scope.subject.owner}"),)
    return Subject(owner.name, name, via)


def _typed_dict(annotation: ProjectType, definition: TypedDictDecl, scope: Scope) -> FieldType | None:
    items: list[RecordField] = []
    for name, item, required in definition.items:
        subject = _nested(scope, definition.ref, name, annotation.place)
        type_ = resolve(item, replace(_outside(scope), subject=subject, contained=False))
        if type_ is not None:
            items.append(RecordField(name, type_, required))
    return TypedDictType(definition.ref, tuple(items)) if len(items) == len(definition.items) else None


def _alias(annotation: ProjectType, definition: AliasDecl, scope: Scope) -> FieldType | None:
    bindings = _bound(annotation, definition.parameters, scope)
    if bindings is None:
        return None
    item = resolve(definition.target, replace(scope, bindings=bindings))
    if item is None or definition.parameters:
        return item
    return NamedType(definition.ref, item, new_type=False)


def _subclass(annotation: ProjectType, definition: ScalarSubclassDecl, scope: Scope) -> FieldType | None:
    base = canonical(definition.base.ref)
    if base in SCALAR_CLASSES:
        return ScalarType(_scalar(base, scope.datetimes).scalar, definition.ref)
    kind = f"a subclass of {trees.spell(definition.base)}"
    report = catalog.not_a_dataclass(scope.subject, definition.ref.name, kind, definition.place, annotation.place)
    scope.diagnostics.report(report)
    return None


# --- unions and variables ---------------------------------------------------------------------------------------------


def _union(annotation: UnionType, scope: Scope) -> FieldType | None:
    written = [member for member in annotation.members if not isinstance(member, NoneType)]
    resolved = [resolve(member, scope) for member in written]
    types = list(dict.fromkeys(type_ for type_ in resolved if type_ is not None))
    if len(types) < len(written) and None in resolved:
        return None
    optional = len(written) < len(annotation.members)
    match literals.merge(types):
        case []:
            scope.diagnostics.report(catalog.unsupported_type(scope.subject, "None", None, annotation.place))
            return None
        case [only]:
            return OptionalType(only) if optional and not is_optional(only) else only
        case _:
            spellings = [trees.spell(member) for member in written]
            scope.diagnostics.report(catalog.wide_union(scope.subject, spellings, annotation.place))
            return None


def _variable(annotation: TypeVariable, scope: Scope) -> FieldType | None:
    if annotation.name in scope.bindings:
        return resolve(scope.bindings[annotation.name], _outside(scope))
    if annotation.bound is not None:
        return resolve(annotation.bound, scope)
    scope.diagnostics.report(catalog.unbound_variable(scope.subject, annotation.name, annotation.place))
    return None
