"""Annotations as trees: spelling them in messages, and replacing type variables in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import assert_never

from pkit_gen.declarations import (
    AnnotationDecl,
    EllipsisType,
    ExternalType,
    LiteralAnnotation,
    MemberValue,
    NoneType,
    ProjectType,
    TypeVariable,
    UnionType,
    UnresolvedType,
)

INSTEAD: dict[str, str] = {
    "array.array": "write list[int] or list[float]",
    "builtins.bytearray": "write bytes",
    "builtins.complex": "write a dataclass of two floats",
    "builtins.frozenset": "write frozenset[X] with the type of its items",
    "builtins.memoryview": "write bytes",
    "builtins.range": "write a dataclass of two ints",
    "builtins.set": "write set[X] with the type of its items",
    "builtins.tuple": "write tuple[X, ...] or tuple[X, Y]",
    "builtins.type": "write an Enum that names the classes",
    "collections.Counter": "write dict[str, int]",
    "collections.OrderedDict": "write dict[str, X]",
    "collections.abc.Callable": "write an Enum or a str that names the function",
    "collections.abc.MutableMapping": "write dict[str, X]",
    "collections.abc.MutableSequence": "write list[X]",
    "collections.abc.Iterable": "write list[X] or Sequence[X]",
    "collections.abc.Collection": "write list[X] or Sequence[X]",
    "collections.abc.Set": "write frozenset[X]",
    "collections.defaultdict": "write dict[str, X]",
    "collections.deque": "write list[X]",
    "fractions.Fraction": "write Decimal, or a dataclass of two ints",
    "re.Pattern": "write str, and compile it where it is used",
    "typing.Callable": "write an Enum or a str that names the function",
    "typing.LiteralString": "write str",
}


def name_of(annotation: ExternalType | ProjectType) -> str:
    """Return the name of a class or alias without its arguments."""
    match annotation:
        case ExternalType(ref=ref):
            return ref.name
        case ProjectType(definition=definition):
            return definition.ref.name
        case _:
            assert_never(annotation)


def spell(annotation: AnnotationDecl) -> str:
    """Return an annotation as a reader would write it, without module names.

    >>> spell(UnionType((ExternalType(ClassRef("builtins", "int"), (), place), NoneType(place)), place))
    'int | None'
    """
    match annotation:
        case ExternalType(arguments=arguments) | ProjectType(arguments=arguments):
            inside = ", ".join(map(spell, arguments))
            return name_of(annotation) + (f"[{inside}]" if inside else "")
        case UnionType(members=members):
            return " | ".join(map(spell, members))
        case NoneType():
            return "None"
        case EllipsisType():
            return "..."
        case LiteralAnnotation(values=values):
            return f"Literal[{', '.join(spell_value(written.value) for written in values)}]"
        case TypeVariable(name=name):
            return name
        case UnresolvedType(text=text):
            return text
        case _:
            assert_never(annotation)


def spell_value(value: object) -> str:
    """Return a literal value as it is written in source."""
    if isinstance(value, MemberValue):
        return f"{value.enum.name}.{value.member}"
    return repr(value)


def substitute(annotation: AnnotationDecl, bindings: Mapping[str, AnnotationDecl]) -> AnnotationDecl:
    """Return the annotation with each bound type variable replaced by what it stands for."""
    match annotation:
        case TypeVariable(name=name):
            return bindings.get(name, annotation)
        case ExternalType(arguments=arguments) | ProjectType(arguments=arguments):
            return replace(annotation, arguments=tuple(substitute(argument, bindings) for argument in arguments))
        case UnionType(members=members):
            return replace(annotation, members=tuple(substitute(member, bindings) for member in members))
        case NoneType() | EllipsisType() | LiteralAnnotation() | UnresolvedType():
            return annotation
        case _:
            assert_never(annotation)
