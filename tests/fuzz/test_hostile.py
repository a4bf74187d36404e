"""Registrations and options that are out to do harm: nothing is written outside of the output, and no text of theirs becomes code.

`PKIT_FUZZ_EXAMPLES=100000 pytest tests/fuzz` looks further, at other examples each time.
"""

from __future__ import annotations

import ast
from pathlib import Path, PurePosixPath

import pytest
from click.testing import CliRunner
from fuzzing import generated
from hypothesis import example, given
from hypothesis import strategies as st

from pkit_gen.cli.command import command
from pkit_gen.compiler import Result, compile_project
from pkit_gen.config import Config

ENTITIES = """\
from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    A = {value!r}


@dataclass
class Org:
    {doc}
    id: int
    name: str = {value!r}


@dataclass
class User:
    id: int
    email: str
    kind: Kind = Kind.A
    org_id: int = 0
"""
BOOTSTRAP = """\
from pkit import register_entity
from shop.entities import Org, User

register_entity({key!r}, {{"entity": Org, "collection": {collection!r}}})
register_entity("user", {{
    "entity": User,
    "collection": {other!r},
    "unique": {{{index!r}: {field!r}}},
    "relations": {{{relation!r}: {{"local_field": "org_id", "target": {key!r}}}}},
    "views": {{{view!r}: [{relation!r}]}},
}})
"""
FRAGMENTS = (
    *("..", "/", "\\", "../../evil", "C:\\evil", "\0", "\n", "\r", "\u2028", "\t", " ", "'", '"', '"""', "'''", "\\"),
    *("{{ 1 }}", "{% raw %}", "#}", "%s", "$1", ";--", "$where", ".", "$", "`", "\ud800", "é", "ﬁ", "Ａ", "\u202e"),
    *("boom()", '"); boom(); ("', "'); boom(); ('", '"""\nboom()\n"""', "\nboom()\n", "${boom()}", "f'{boom()}'"),
    *(
        "class",
        "None",
        "self",
        "__init__",
        "memory",
        "views",
        "container",
        "transaction",
        "get_repo",
        "user",
        "org",
        "id",
    ),
    "x" * 70,
)
NASTY = st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=3).map("".join) | st.text(max_size=8)
TAME = st.sampled_from(("org", "lab", "a_b"))
HARMLESS = {
    "key": "org",
    "collection": "orgs",
    "other": "others",
    "index": "email",
    "field": "email",
    "relation": "org",
    "view": "all",
}
FIELDS = st.sampled_from(("email", "kind")) | NASTY


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "shop").mkdir()
    (folder / "shop/__init__.py").write_text("")
    return folder


def compiled(project: Path, entities: str, bootstrap: str) -> Result:
    (project / "shop/entities.py").write_bytes(entities.encode("utf-8", "backslashreplace"))
    (project / "shop/bootstrap.py").write_bytes(bootstrap.encode("utf-8", "backslashreplace"))
    return compile_project(Config((project / "shop",), project / "shop/repos", (project,)))


def is_harmless(path: str, text: str) -> bool:
    """Return whether a file stays in the output and does not call what only a registration wrote; a key may name a module."""
    parts = PurePosixPath(path).parts
    inside = not PurePosixPath(path).is_absolute() and ".." not in parts and "\\" not in path and "\0" not in path
    calls = (node.func for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call))
    return inside and not any(isinstance(called, ast.Name) and called.id == "boom" for called in calls)


@generated(40)
@given(
    key=TAME | NASTY,
    collection=TAME | NASTY,
    other=NASTY,
    index=TAME | NASTY,
    field=FIELDS,
    relation=TAME | NASTY,
    view=TAME | NASTY,
)
@example(**{**HARMLESS, "key": "\ud800"})
@example(**{**HARMLESS, "index": "\ud800"})
@example(**{**HARMLESS, "relation": "\ud800"})
@example(**{**HARMLESS, "view": "\ud800"})
def test_no_registration_writes_elsewhere_or_becomes_code(project: Path, **names: str) -> None:
    result = compiled(project, ENTITIES.format(value="a", doc="..."), BOOTSTRAP.format(**names))
    assert bool(result.files) != result.diagnostics.has_errors
    assert all(is_harmless(path, text) for path, text in result.files.items())


@generated(40)
@given(value=NASTY, doc=NASTY, collection=NASTY)
def test_no_value_or_docstring_becomes_code(project: Path, value: str, doc: str, collection: str) -> None:
    names = {**HARMLESS, "other": collection}
    result = compiled(project, ENTITIES.format(value=value, doc=repr(doc)), BOOTSTRAP.format(**names))
    assert bool(result.files) != result.diagnostics.has_errors
    assert all(is_harmless(path, text) for path, text in result.files.items())


OPTION_NAMES = ("sources", "output", "backends", "datetimes", "providers", "path_depth", "registrations", "root", "x")
VALUES = st.one_of(
    NASTY.map(lambda text: '"' + text.encode("unicode_escape").decode().replace('"', '\\"') + '"'),
    st.sampled_from(
        (
            "true",
            "-1",
            "1e999",
            "[]",
            '["shop"]',
            '"shop"',
            '["memory", "redis"]',
            "{a = 1}",
            "2020-01-01",
            '"' + "x/" * 3000 + '"',
        )
    ),
    st.integers().map(str),
)


@generated(40)
@given(
    options=st.dictionaries(st.sampled_from(OPTION_NAMES), VALUES, max_size=5),
    head=st.sampled_from(("[tool.pkit]", "[[tool.pkit]]", "[tool]\npkit = 1")),
)
def test_no_option_is_answered_with_an_exception(
    project: Path, monkeypatch: pytest.MonkeyPatch, options: dict[str, str], head: str
) -> None:
    lines = [head, *(f"{name} = {value}" for name, value in options.items())]
    (project / "pyproject.toml").write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    monkeypatch.chdir(project)
    done = CliRunner().invoke(command, ["--diff"])
    (project / "pyproject.toml").unlink()
    assert done.exit_code in (0, 1, 2), done.output
    assert done.exception is None or isinstance(done.exception, SystemExit)
