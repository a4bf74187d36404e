"""What counts as the same but for formatting."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import black
import pytest

from pkit_gen.formatting import is_same_code, letters

EXAMPLES = Path(__file__).parents[1] / "generated_examples"
GENERATED = sorted(EXAMPLES.glob("university/university/repos/**/*.py"))
SOURCE = '''"""A module.

    Indented text.
"""

from __future__ import annotations

import ast
import sys
from typing import Any, cast

NAMES = {"a": [1, 2.5, None, ...], "b": (True, b"x", 1j)}


class Thing:
    """A thing."""

    def method(self, first: int, *rest: str, key: bool = False, **more: Any) -> str:
        """Say it."""
        return f"{first!r:>{len(rest)}}" if key else cast(str, ast.dump(sys.modules))
'''


def same_letters(first: str, second: str) -> bool:
    return letters(first.encode()) == letters(second.encode())


def same_code(first: str, second: str) -> bool:
    return is_same_code(first.encode(), second.encode())


@pytest.mark.parametrize("line_length", [40, 100])
def test_a_formatter_changes_neither_code_nor_letters(line_length: int) -> None:
    formatted = black.format_str(SOURCE, mode=black.Mode(line_length=line_length, string_normalization=False))
    assert formatted != SOURCE
    assert same_code(formatted, SOURCE)
    assert same_letters(formatted, SOURCE)


@pytest.mark.parametrize("line_length", ["60", "79", "120"])
def test_formatting_a_generated_package_changes_neither_code_nor_letters(line_length: str, tmp_path: Path) -> None:
    copies = [tmp_path / f"{number}.py" for number in range(len(GENERATED))]
    for path, copy in zip(GENERATED, copies, strict=True):
        copy.write_bytes(path.read_bytes())
    options = ["--isolated", "--quiet", "--line-length", line_length, str(tmp_path)]
    subprocess.run([sys.executable, "-m", "ruff", "check", "--select=I", "--fix", *options], check=True)
    subprocess.run([sys.executable, "-m", "ruff", "format", *options], check=True)
    pairs = [(path.read_bytes(), copy.read_bytes()) for path, copy in zip(GENERATED, copies, strict=True)]
    assert sum(before != after for before, after in pairs) > 10
    assert all(is_same_code(before, after) and letters(before) == letters(after) for before, after in pairs)


def test_quotes_and_line_ends_do_not_count() -> None:
    other = SOURCE.replace('"a"', "'a'").replace("\n", "\r\n")
    assert same_code(other, SOURCE)
    assert same_letters(other, SOURCE)


def test_the_order_of_imports_does_not_count() -> None:
    other = SOURCE.replace("import ast\nimport sys", "import sys\nimport ast")
    single = other.replace("from typing import Any, cast", "from typing import cast\nfrom typing import Any")
    split = other.replace("from typing import Any, cast", "from typing import (\n    cast,\n    Any,\n)")
    for text in (single, split):
        assert same_code(text, SOURCE)
        assert same_letters(text, SOURCE)


def test_a_comment_does_not_count() -> None:
    other = SOURCE.replace("NAMES", "# noqa: F401\nNAMES")
    assert same_code(other, SOURCE)
    assert same_letters(other, SOURCE)
    assert not same_letters("X = '# a'\n", "X = '# b'\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2.5", "2.6"),
        ("first!r", "first!s"),
        ("key: bool = False", "key: bool = True"),
        ('"""Say it."""', '"""Say that."""'),
        ("import sys", "import sys as system"),
        ("from typing", "from .typing"),
        ('b"x"', '"x"'),
        ("return", "yield"),
    ],
)
def test_an_edit_changes_code_and_letters(old: str, new: str) -> None:
    edited = SOURCE.replace(old, new, 1)
    assert edited != SOURCE
    assert not same_code(edited, SOURCE)
    assert not same_letters(edited, SOURCE)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("X = a\n", "X = 'a'\n"),
        ("X = ('a',)\n", "X = ('a')\n"),
        ("X = (a or b) and c\n", "X = a or b and c\n"),
        ("if a:\n    b\n    c\n", "if a:\n    b\nc\n"),
        ("X = 'a b'\n", "X = 'ab'\n"),
    ],
)
def test_code_differs_where_letters_do_not_show_it(first: str, second: str) -> None:
    assert same_letters(first, second)
    assert not same_code(first, second)


def test_the_prefix_of_a_text_is_no_code() -> None:
    assert same_code("X = u'a'\n", "X = 'a'\n")


def test_what_does_not_parse_is_the_same_as_nothing() -> None:
    for broken in (b"def (:\n", b"\x00\xff"):
        assert not is_same_code(broken, broken)
        assert letters(broken)
