"""Names for what the document types among an entity's fields need: two functions each, and a constant per Literal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeAlias, assert_never

from pkit_gen.backends.python import snake
from pkit_gen.ir.types import (
    ArrayType,
    DictType,
    EnumType,
    FieldType,
    JsonType,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordType,
    ScalarType,
    TupleType,
    TypedDictType,
)

DocumentType: TypeAlias = RecordType | TypedDictType | TupleType | ListType | DictType


@dataclass(frozen=True, slots=True)
class Pair:
    """The names of the two functions of a document type."""

    encode: str
    decode: str


@dataclass
class DocumentNames:
    """The functions and constants that the fields of an entity need, under names that do not clash."""

    taken: set[str]
    pairs: dict[DocumentType, Pair] = field(default_factory=dict[DocumentType, Pair])
    literals: dict[LiteralType, str] = field(default_factory=dict[LiteralType, str])

    def collect(self, name: str, type_: FieldType) -> None:
        """Name what a type needs, innermost first; `name` is the field it belongs to."""
        match type_:
            case OptionalType(item=item) | NamedType(item=item) | ArrayType(item=item):
                self.collect(name, item)
            case ListType(item=item) | DictType(value=item):
                self.collect(f"{name}_item", item)
                self._pair(type_, name)
            case TupleType(items=items):
                for number, item in enumerate(items):
                    self.collect(f"{name}_{number}", item)
                self._pair(type_, name)
            case RecordType(ref=ref, fields=inner) | TypedDictType(ref=ref, items=inner):
                for part in inner:
                    self.collect(f"{snake(ref.name)}_{part.name}", part.type)
                self._pair(type_, snake(ref.name))
            case LiteralType():
                if type_ not in self.literals:
                    self.literals[type_] = self._free("_{}_VALUES", _identifier(name).upper())
            case ScalarType() | EnumType() | JsonType():
                pass
            case _:
                assert_never(type_)

    def _pair(self, type_: DocumentType, name: str) -> None:
        if type_ not in self.pairs:
            encode = self._free("_{}_to_document", _identifier(name))
            self.pairs[type_] = Pair(encode, encode.replace("_to_document", "_from_document"))

    def _free(self, pattern: str, name: str) -> str:
        spelled, number = pattern.format(name), 2
        while spelled in self.taken:
            spelled, number = pattern.format(f"{name}_{number}"), number + 1
        self.taken.add(spelled)
        return spelled


def _identifier(name: str) -> str:
    """Return the name with what no identifier may hold replaced: keys of a TypedDict can be any text."""
    return "".join(char if char.isidentifier() or char.isdigit() else "_" for char in name).strip("_")
