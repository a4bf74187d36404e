"""The fields of dataclasses are those that CPython gives: each snippet is executed and compared."""

from __future__ import annotations

import dataclasses
import sys
import types
from pathlib import Path
from typing import Any

import pytest

from frontend.projects import Parsed, field_types, parse_files
from pkit_gen.declarations import Construction, DataclassDecl

HEAD = """\
import abc
import dataclasses
import dataclasses as dc
import functools
import typing
import typing as t
from dataclasses import KW_ONLY, InitVar, dataclass, field
from dataclasses import dataclass as record
from typing import ClassVar, Generic, Optional, TypeVar, Annotated
import typing_extensions as te
from typing_extensions import dataclass_transform
CV = ClassVar
T = TypeVar("T")
"""

SNIPPETS = {
    "plain": "@dataclass\nclass X:\n    id: int\n    name: str = 'a'",
    "called": "@dataclass()\nclass X:\n    id: int",
    "attribute": "@dataclasses.dataclass(frozen=True)\nclass X:\n    id: int",
    "aliased import": "@record(kw_only=True)\nclass X:\n    id: int = 0\n    name: str",
    "partial decorator": "entity = functools.partial(dataclass, kw_only=True)\n@entity\nclass X:\n    id: int = 1\n    b: str",
    "decorator in a variable": "model = dataclass(eq=False, kw_only=True)\n@model\nclass X:\n    id: int = 1\n    b: int",
    "alias of the decorator": "d = dataclasses.dataclass\n@d\nclass X:\n    id: int",
    "wrapper": "@dataclass_transform()\ndef event(cls):\n    return dataclass(cls, kw_only=True)\n@event\nclass X:\n    id: int",
    "called wrapper": (
        "@dataclass_transform()\ndef event(**options):\n    return dataclass(kw_only=True)\n@event(a=1)\nclass X:\n    id: int"
    ),
    "applied afterwards": "class X:\n    id: int\n    b: int = 1\nX = dataclass(X)",
    "applied with options": "class X:\n    id: int\nX = dataclass(kw_only=True)(X)",
    "reverse order of bases": (
        "@dataclass\nclass M1:\n    m1: int\n@dataclass\nclass M2:\n    m2: int\n@dataclass\nclass X(M1, M2):\n    id: int"
    ),
    "diamond": (
        "@dataclass\nclass R:\n    r: int\n@dataclass\nclass A(R):\n    a: int\n@dataclass\nclass B(R):\n    b: int\n"
        "@dataclass\nclass X(A, B):\n    id: int"
    ),
    "redeclared field keeps its place": (
        "@dataclass\nclass A:\n    id: int\n    a: str\n@dataclass\nclass X(A):\n    b: int\n    id: str"
    ),
    "redeclared field keeps the inherited default": (
        "@dataclass\nclass A:\n    id: int = 3\n@dataclass\nclass X(A):\n    id: str"
    ),
    "redeclared after a factory has no default": (
        "@dataclass\nclass A:\n    id: list = field(default_factory=list)\n@dataclass\nclass X(A):\n    id: str"
    ),
    "redeclared after slots has no default": (
        "@dataclass(slots=True)\nclass A:\n    id: int = 3\n@dataclass(slots=True)\nclass X(A):\n    id: str"
    ),
    "plain base contributes no fields": "class A:\n    a: int = field(init=False)\n@dataclass\nclass X(A):\n    id: int",
    "plain base gives its value as default": "class A:\n    a = 5\n@dataclass\nclass X(A):\n    id: int\n    a: int",
    "plain base gives its field call": (
        "class A:\n    a: int = field(default=3, kw_only=True)\n@dataclass\nclass X(A):\n    id: int\n    a: int"
    ),
    "undecorated subclass": "@dataclass\nclass A:\n    id: int\nclass X(A):\n    extra: int = 3",
    "decorated below an undecorated one": (
        "@dataclass\nclass A:\n    id: int\nclass B(A):\n    b: int = 1\n@dataclass\nclass X(B):\n    c: int"
    ),
    "keyword-only subclass": "@dataclass\nclass A:\n    id: int\n    a: int = 1\n@dataclass(kw_only=True)\nclass X(A):\n    b: int",
    "KW_ONLY marker": "@dataclass\nclass X:\n    id: int\n    _: KW_ONLY\n    a: int = 1\n    b: str",
    "KW_ONLY as attribute": "@dataclass\nclass X:\n    id: int\n    _: dc.KW_ONLY\n    b: str",
    "KW_ONLY in quotes": "@dataclass\nclass X:\n    id: int\n    _: 'KW_ONLY'\n    b: str",
    "field keyword-only": "@dataclass\nclass X:\n    id: int = field(kw_only=True, default=1)\n    b: str",
    "field positional in a keyword-only class": "@dataclass(kw_only=True)\nclass X:\n    id: int = field(kw_only=False)\n    b: str",
    "unannotated value": "@dataclass\nclass X:\n    id: int\n    status = 'draft'",
    "fields in if and try": (
        "@dataclass\nclass X:\n    id: int\n    if True:\n        a: int = 1\n    else:\n        z: int = 1\n"
        "    try:\n        b: int = 2\n    except Exception:\n        pass\n    with open(__import__('os').devnull):\n        c: int = 3"
    ),
    "fields under TYPE_CHECKING": "@dataclass\nclass X:\n    id: int\n    if typing.TYPE_CHECKING:\n        a: int",
    "ClassVar": "@dataclass\nclass X:\n    id: int\n    a: ClassVar[int] = 1\n    b: ClassVar = 2\n    c: t.ClassVar[int] = 3",
    "ClassVar aliased": "@dataclass\nclass X:\n    id: int\n    a: CV[int] = 1",
    "ClassVar of typing_extensions": "@dataclass\nclass X:\n    id: int\n    a: te.ClassVar[int] = 1",
    "ClassVar in quotes": "@dataclass\nclass X:\n    id: int\n    a: 'ClassVar[int]' = 1\n    b: 't.ClassVar[int]' = 2",
    "ClassVar of typing_extensions in quotes": "@dataclass\nclass X:\n    id: int\n    a: 'te.ClassVar[int]' = 1",
    "ClassVar inside Annotated": "@dataclass\nclass X:\n    id: int\n    a: 'Annotated[ClassVar[int], 1]' = 1",
    "ClassVar with a space before the bracket": "@dataclass\nclass X:\n    id: int\n    a: ' ClassVar [int]' = 1",
    "InitVar": "@dataclass\nclass X:\n    id: int\n    a: InitVar[int]\n    b: dc.InitVar[int] = 1\n    c: 'InitVar[int]' = 2",
    "init=False field": "@dataclass\nclass X:\n    id: int = field(init=False)\n    b: int",
    "init=False class": "@dataclass(init=False)\nclass X:\n    id: int = 0\n    b: int",
    "property over a field": "@dataclass\nclass X:\n    id: int\n    a: int\n    @property\n    def a(self): return 1",
    "method over a field": "@dataclass\nclass X:\n    id: int\n    a: object\n    def a(self): return 1",
    "annotated twice": "@dataclass\nclass X:\n    id: int\n    a: int = 1\n    id: str = 'x'",
    "metadata only": "@dataclass\nclass X:\n    id: int = field(metadata={'a': 1})",
    "default None": "@dataclass\nclass X:\n    id: int = field(default=None)",
    "lambda factory": "@dataclass\nclass X:\n    id: int = field(default_factory=lambda: 1)",
    "generic base": "@dataclass\nclass A(Generic[T]):\n    value: T\n@dataclass\nclass X(A[int]):\n    id: int",
    "class variable of a base becomes a field": (
        "@dataclass\nclass A:\n    a: ClassVar[int] = 1\n    b: int = 2\n@dataclass\nclass X(A):\n    id: int = 3\n    a: int"
    ),
    "nested in a class": "class Outer:\n    @dataclass\n    class Inner:\n        a: int\n@dataclass\nclass X(Outer.Inner):\n    id: int",
    "redefined": "@dataclass\nclass X:\n    a: int\n@dataclass\nclass X:\n    id: int",
    "derives from its earlier self": "@dataclass\nclass X:\n    a: int\n@dataclass\nclass X(X):\n    id: int",
    "tuple default": "@dataclass\nclass X:\n    id: int\n    a: tuple = (1, 2)",
    "unpacked assignment": "@dataclass\nclass X:\n    id: int\n    a: int\n    b: int\n    a, b = 1, 2",
    "abstract base": "class A(abc.ABC):\n    pass\n@dataclass\nclass X(A):\n    id: int",
    "no fields of its own": "@dataclass\nclass A:\n    id: int\n@dataclass\nclass X(A):\n    pass",
}


def cpython(source: str) -> list[tuple[str, bool, bool, bool]]:
    """Return name, init, kw_only and whether there is a default, of the fields of X after the source has run."""
    module = types.ModuleType("snippet")
    sys.modules["snippet"] = module
    try:
        exec(compile(source, "snippet", "exec", dont_inherit=True), module.__dict__)
    finally:
        del sys.modules["snippet"]
    cls: Any = module.__dict__["X"]
    return [(f.name, f.init, f.kw_only is True, _has_default(f)) for f in dataclasses.fields(cls)]


def _has_default(field: dataclasses.Field[Any]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def parse_class(folder: Path, source: str) -> Parsed:
    registration = "\nfrom pkit import register_entity\nregister_entity('x', {'entity': X, 'collection': 'xs'})\n"
    return parse_files(folder, {"shop/__init__.py": "", "shop/models.py": source + registration})


def declared(entity: DataclassDecl) -> list[tuple[str, bool, bool, bool]]:
    return [(field.name, field.init, field.kw_only, field.has_default) for field in entity.fields]


@pytest.mark.parametrize("snippet", SNIPPETS.values(), ids=SNIPPETS)
@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"], ids=["objects", "strings"])
def test_fields_are_those_of_cpython(tmp_path: Path, snippet: str, future: str) -> None:
    source = future + HEAD + snippet
    parsed = parse_class(tmp_path, source)
    assert declared(parsed.entity("x")) == cpython(source)


REFUSED = {
    "non-default after default": ("@dataclass\nclass X:\n    a: int = 1\n    id: int", "PK117"),
    "inherited default": ("@dataclass\nclass A:\n    a: int = 1\n@dataclass\nclass X(A):\n    id: int", "PK117"),
    "InitVar without default": ("@dataclass\nclass X:\n    a: int = 1\n    id: InitVar[int]", "PK117"),
    "list": ("@dataclass\nclass X:\n    id: int\n    a: list = []", "PK118"),
    "dict call": ("@dataclass\nclass X:\n    id: int\n    a: dict = dict()", "PK118"),
    "set in field": ("@dataclass\nclass X:\n    id: int\n    a: set = field(default={1})", "PK118"),
    "unhashable dataclass": ("@dataclass\nclass A:\n    a: int = 1\n@dataclass\nclass X:\n    id: A = A()", "PK118"),
    "bases in conflict": ("class A: pass\nclass B(A): pass\n@dataclass\nclass X(A, B):\n    id: int", "PK119"),
}


@pytest.mark.parametrize(("snippet", "code"), REFUSED.values(), ids=REFUSED)
def test_what_python_refuses_is_reported(tmp_path: Path, snippet: str, code: str) -> None:
    with pytest.raises((TypeError, ValueError)):
        cpython(HEAD + snippet)
    assert parse_class(tmp_path, HEAD + snippet).codes == [code]


HASHED = {
    "plain": "@dataclass\nclass X:\n    id: int",
    "frozen": "@dataclass(frozen=True)\nclass X:\n    id: int",
    "by identity": "@dataclass(eq=False)\nclass X:\n    id: int",
    "frozen, by identity": "@dataclass(eq=False, frozen=True)\nclass X:\n    id: int",
    "unsafe": "@dataclass(unsafe_hash=True)\nclass X:\n    id: int",
    "its own": "@dataclass\nclass X:\n    id: int\n    def __hash__(self): return 1",
    "its own, gone": "@dataclass(eq=False)\nclass X:\n    id: int\n    __hash__ = None",
    "inherited": "@dataclass\nclass A:\n    id: int\nclass X(A): pass",
    "inherited, its own": "@dataclass\nclass A:\n    id: int\nclass X(A):\n    def __hash__(self): return 1",
    "inherited, by identity": "@dataclass\nclass A:\n    id: int\n@dataclass(eq=False)\nclass X(A): pass",
    "a base with a hash": "class A:\n    def __hash__(self): return 1\n@dataclass\nclass X(A):\n    id: int",
    "an equality": "@dataclass(frozen=True)\nclass A:\n    id: int\nclass X(A):\n    def __eq__(self, other): return True",
}


@pytest.mark.parametrize("snippet", HASHED.values(), ids=HASHED)
def test_what_can_be_hashed_is_what_cpython_hashes(tmp_path: Path, snippet: str) -> None:
    module: dict[str, Any] = {"__name__": "snippet"}
    exec(compile(HEAD + snippet, "snippet", "exec", dont_inherit=True), module)
    assert parse_class(tmp_path, HEAD + snippet).entity("x").hashable == (module["X"].__hash__ is not None)


BY_ATTRIBUTES = {
    "__post_init__": "@dataclass\nclass X:\n    id: int\n    def __post_init__(self): pass",
    "inherited __post_init__": "class A:\n    def __post_init__(self): pass\n@dataclass\nclass X(A):\n    id: int",
    "__init__": "@dataclass\nclass X:\n    id: int\n    def __init__(self): pass",
    "__setattr__": "@dataclass\nclass X:\n    id: int\n    def __setattr__(self, n, v): pass",
    "__new__": "@dataclass\nclass X:\n    id: int\n    def __new__(cls, *a): pass",
    "field(init=False)": "@dataclass\nclass X:\n    id: int = field(init=False)",
    "InitVar": "@dataclass\nclass X:\n    id: int\n    a: InitVar[int] = 1",
    "dataclass(init=False)": "@dataclass(init=False)\nclass X:\n    id: int",
    "property": "@dataclass\nclass X:\n    id: int\n    @property\n    def id(self): return 1",
    "unknown base": "from elsewhere import Base\n@dataclass\nclass X(Base):\n    id: int",
    "metaclass": "class M(type): pass\n@dataclass\nclass X(metaclass=M):\n    id: int",
}


@pytest.mark.parametrize("snippet", BY_ATTRIBUTES.values(), ids=BY_ATTRIBUTES)
def test_a_class_whose_construction_does_more_is_rebuilt_by_attributes(tmp_path: Path, snippet: str) -> None:
    assert parse_class(tmp_path, HEAD + snippet).entity("x").construction is Construction.ATTRIBUTES


def test_a_plain_dataclass_is_rebuilt_by_its_constructor(tmp_path: Path) -> None:
    source = (
        HEAD
        + "class A(abc.ABC, Generic[T]): pass\n@dataclass(frozen=True, slots=True)\nclass X(A[int]):\n    id: int\n"
    )
    entity = parse_class(tmp_path, source).entity("x")
    assert (entity.construction, entity.frozen, entity.slots) == (Construction.CONSTRUCTOR, True, True)


def test_values_without_annotation_are_named(tmp_path: Path) -> None:
    source = (
        HEAD
        + "class A:\n    base: int\n@dataclass\nclass X(A):\n    id: int\n    status = 'draft'\n    def f(self): pass\n"
    )
    entity = parse_class(tmp_path, source).entity("x")
    assert [written.value for written in entity.annotated_non_fields] == ["status", "base"]


def test_type_variables_are_bound_through_several_levels(tmp_path: Path) -> None:
    source = HEAD + (
        "K = TypeVar('K')\n"
        "@dataclass\nclass Value(Generic[T]):\n    value: T\n    many: list[T]\n"
        "@dataclass\nclass Pair(Value[K], Generic[T, K]):\n    other: T | None\n"
        "@dataclass\nclass X(Pair[str, int]):\n    id: int\n"
    )
    fields = field_types(parse_class(tmp_path, source).entity("x"))
    assert fields == {"value": "int", "many": "list[int]", "other": "str | None", "id": "int"}


def test_type_parameters_of_newer_syntax_are_bound(tmp_path: Path) -> None:
    source = HEAD + "@dataclass\nclass Entity[I: int]:\n    id: I\n@dataclass\nclass X(Entity[int]):\n    a: int\n"
    assert field_types(parse_class(tmp_path, source).entity("x")) == {"id": "int", "a": "int"}


def test_an_unbound_type_variable_stays(tmp_path: Path) -> None:
    source = HEAD + "@dataclass\nclass Entity(Generic[T]):\n    id: T\n@dataclass\nclass X(Entity):\n    a: int\n"
    assert field_types(parse_class(tmp_path, source).entity("x")) == {"id": "~T", "a": "int"}
