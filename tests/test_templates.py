"""Templates print and loop. What is printed was decided, and spelled, by the view."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from jinja2 import nodes

from pkit_gen import resources
from pkit_gen.templating import environment

FOLDER = resources.folder("templates")
TEMPLATES = sorted(path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_file())
HEADING = re.compile(r"\{#-? (\w+\.)*[A-Z]\w*\b")
QUOTED_VALUE = re.compile(r"""(?<!["'])["']\{\{|\}\}["'](?!["'])""")
ALLOWED = (
    nodes.Output,
    nodes.TemplateData,
    nodes.For,
    nodes.Include,
    nodes.Import,
    nodes.FromImport,
    nodes.Macro,
    nodes.If,
)
"""Statements that a template may hold. `If` chooses by a member of the view, never by computing."""


def text_of(template: str) -> str:
    return (FOLDER / template).read_text("utf-8")


def test_there_are_templates() -> None:
    assert TEMPLATES


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_opens_with_the_name_of_its_view(template: str) -> None:
    assert HEADING.match(text_of(template))


@pytest.mark.parametrize("template", TEMPLATES)
def test_no_value_stands_between_quotes(template: str) -> None:
    assert not QUOTED_VALUE.findall(text_of(template))


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_only_loops_and_prints(template: str) -> None:
    tree = environment().parse(text_of(template))
    others = [type(node).__name__ for node in tree.find_all(nodes.Stmt) if not isinstance(node, ALLOWED)]
    assert others == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_a_template_computes_nothing(template: str) -> None:
    tree = environment().parse(text_of(template))
    computing = (nodes.BinExpr, nodes.Compare, nodes.Assign, nodes.AssignBlock, nodes.CondExpr, nodes.Test)
    assert [type(node).__name__ for node in tree.find_all(computing)] == []


@pytest.mark.parametrize("template", TEMPLATES)
def test_only_literals_are_filtered(template: str) -> None:
    tree = environment().parse(text_of(template))
    assert {node.name for node in tree.find_all(nodes.Filter)} <= {"py"}


def test_the_folder_of_templates_holds_nothing_else() -> None:
    assert [template for template in TEMPLATES if Path(template).suffix != ".jinja"] == []
