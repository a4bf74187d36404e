"""Spelling literals as black does, and refusing what a template prints wrongly."""

from __future__ import annotations

import ast
from pathlib import Path

import black
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import FileSystemLoader
from jinja2.exceptions import UndefinedError

from pkit_gen.literals import Spellable, literal
from pkit_gen.templating import PIECE, BrokenTemplate, environment, render

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.binary()
TEXTS = st.text() | st.text(alphabet="'\"\\ab\n")
VALUES: st.SearchStrategy[Spellable] = st.recursive(
    SCALARS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.lists(inner, max_size=3).map(tuple) | st.dictionaries(TEXTS, inner),
    max_leaves=5,
)


@given(VALUES)
def test_a_literal_means_its_value(value: Spellable) -> None:
    assert ast.literal_eval(literal(value)) == value


@given(TEXTS | st.binary())
def test_black_has_nothing_to_change_in_a_literal(value: str | bytes) -> None:
    line = f"x = {literal(value)}\n"
    assert black.format_str(line, mode=black.Mode()) == line


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_has_no_literal_is_refused(value: float) -> None:
    with pytest.raises(TypeError):
        literal(value)


@pytest.fixture
def templates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that the environment loads templates from."""
    monkeypatch.setattr(environment(), "loader", FileSystemLoader(tmp_path))
    monkeypatch.setattr(environment(), "cache", None)
    return tmp_path


def test_a_template_prints_its_view(templates: Path) -> None:
    (templates / "a.py.jinja").write_text("{# View #}\n{% for name in view %}\nNAME = {{ name | py }}\n{% endfor %}\n")
    assert render("a.py.jinja", ["it's", 'say "x"']) == 'NAME = "it\'s"\nNAME = \'say "x"\'\n'


def test_what_is_not_python_is_refused_with_the_name_of_the_template(templates: Path) -> None:
    (templates / "b.py.jinja").write_text("x = 1\ny = {{ view }}\n")
    with pytest.raises(BrokenTemplate, match=r"b\.py\.jinja printed line 2, 'y = \)'"):
        render("b.py.jinja", ")")


@pytest.mark.parametrize("between", ["\n", '\nTEXT = """\n\n\n@overload\n"""\n', "\n\n\ndef f() -> None: ...\n"])
def test_a_long_text_is_refused_at_its_line(templates: Path, between: str) -> None:
    (templates / "d.py.jinja").write_text("{{ view }}")
    good = f"x = 1{between}" * (3 * PIECE // len(f"x = 1{between}"))
    assert render("d.py.jinja", good) == good
    line = good.count("\n") + 2
    with pytest.raises(BrokenTemplate, match=rf"d\.py\.jinja printed line {line}, 'y = \)'"):
        render("d.py.jinja", f"{good}\ny = )\n")


def test_a_member_that_the_view_lacks_is_refused(templates: Path) -> None:
    (templates / "c.py.jinja").write_text("{{ view.gone }}\n")
    with pytest.raises(UndefinedError):
        render("c.py.jinja", object())
