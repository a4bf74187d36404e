"""Enum members and values are those of the enum module: each snippet is executed and compared."""

from __future__ import annotations

import enum
from pathlib import Path
from typing import Any

import pytest

from frontend.projects import parse_files
from pkit_gen.declarations import EnumDecl, ProjectType
from pkit_gen.source import ClassRef

HEAD = "import enum\nfrom enum import *\nBASE = 10\n"
SNIPPETS = {
    "text": "class E(Enum):\n    A = 'a'\n    B = 'b'",
    "str mixin": "class E(str, Enum):\n    A = 'a'",
    "StrEnum auto": "class E(StrEnum):\n    RED = auto()\n    Blue_2 = auto()\n    C = 'x'",
    "auto": "class E(Enum):\n    A = auto()\n    B = 7\n    C = auto()\n    D = enum.auto()",
    "str mixin auto": "class E(str, Enum):\n    A = auto()\n    B = auto()",
    "IntEnum": "class E(IntEnum):\n    A = 1\n    B = -2\n    C = auto()",
    "Flag auto": "class E(Flag):\n    A = auto()\n    B = auto()\n    C = auto()",
    "Flag union": "class E(IntFlag):\n    A = 1\n    B = 2\n    D = 8\n    E = auto()",
    "aliases": "class E(Enum):\n    A = 1\n    B = 1\n    C = A",
    "annotated": "class E(Enum):\n    A: int = 1\n    note: str",
    "methods and descriptors": "class E(Enum):\n    A = 1\n    def f(self): return 1\n    @property\n    def g(self): return 1\n    h = lambda self: 1",
    "private and dunder": "class E(Enum):\n    A = 1\n    __private = 2\n    __doc__ = 'x'",
    "member and nonmember": "class E(Enum):\n    A = member('x')\n    B = nonmember('y')",
    "expressions": "class E(Enum):\n    A = BASE + 1\n    B = f'{BASE}x'\n    C = 1 << 4",
    "unpacked": "class E(Enum):\n    A, B = 'a', 'b'",
    "inherited base": "class Base(str, Enum):\n    def f(self): return 1\nclass E(Base):\n    A = 'a'",
    "tuples": "class E(Enum):\n    A = (1, 'a')\n    B = 2, 'b'",
}


def declare(folder: Path, source: str) -> EnumDecl:
    holder = "\nfrom dataclasses import dataclass\n@dataclass\nclass X:\n    id: int\n    e: E\n"
    entity = parse_files(folder, {"shop.py": source + holder}, sources=("shop.py",)).entity("x")
    annotation = entity.fields[1].annotation
    assert isinstance(annotation, ProjectType)
    assert isinstance(annotation.definition, EnumDecl)
    return annotation.definition


def cpython(source: str) -> list[tuple[str, object]]:
    names: dict[str, Any] = {}
    exec(compile(source, "snippet", "exec", dont_inherit=True), names)
    members: list[enum.Enum] = list(names["E"])
    return [(str(member.name), member.value) for member in members]


@pytest.mark.parametrize("snippet", SNIPPETS.values(), ids=SNIPPETS)
def test_members_are_those_of_cpython(tmp_path: Path, snippet: str) -> None:
    found = [member.value for member in declare(tmp_path, HEAD + snippet).members]
    assert found == cpython(HEAD + snippet)


def test_a_value_that_cannot_be_told_is_none(tmp_path: Path) -> None:
    source = HEAD + "import os\nclass E(Enum):\n    A = os.getpid()\n    B = 2"
    assert [member.value for member in declare(tmp_path, source).members] == [("A", None), ("B", 2)]


@pytest.mark.parametrize(
    ("base", "mixin", "flag"),
    [
        ("Enum", None, False),
        ("StrEnum", "str", False),
        ("int, Enum", "int", False),
        ("IntFlag", "int", True),
        ("Flag", None, True),
    ],
)
def test_mixins_and_flags_are_told(tmp_path: Path, base: str, mixin: str | None, flag: bool) -> None:
    found = declare(tmp_path, HEAD + f"class E({base}):\n    A = 1")
    assert (found.mixin, found.flag) == (ClassRef("builtins", mixin) if mixin else None, flag)
