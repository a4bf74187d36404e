"""Whatever is written in the sources, what comes out is diagnostics or files: never an exception, and nothing of the host's is run."""

from __future__ import annotations

import io
import shutil
import sys
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest
from checkers import EXAMPLES
from fuzzing import generated
from hypothesis import given
from hypothesis import strategies as st

from pkit_gen.cli.reporting import FORMATS
from pkit_gen.compiler import Result, compile_project
from pkit_gen.config import Config
from pkit_gen.diagnostics import render
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Database
from pkit_gen.options import configure, read_options
from pkit_gen.pyproject import find_project

NAMES = ("every_type", "minimal", "university")
RENDERERS = {"text": render.text, "json": render.json, "github": render.github, "sarif": render.sarif}
FOREIGN_TOKENS = (
    *("(", ")", "[", "]", "{", "}", ":", ",", ".", "=", "*", "**", "|", "->", ":=", "\\", "'", '"""', "#", "\t", "\0"),
    *(
        "class",
        "def",
        "lambda",
        "import",
        "from",
        "None",
        "...",
        "0",
        "1e999",
        "-1",
        "True",
        "f'{x}'",
        "b''",
        "''",
        "await",
    ),
    *("int", "str", "list", "dict", "Any", "object", "Optional", "Callable[[], int]", "list[list]", "X", "self", "id"),
    *(
        "'id'",
        "'user'",
        "'é'",
        "'\\ud800'",
        "'a.b'",
        "'../x'",
        "entity",
        "unique",
        "lambda e: e.x()",
        "__import__('os')",
    ),
)


@dataclass(frozen=True)
class Mutation:
    """One change of a source text: `operation` picks what is done, the two numbers where."""

    operation: str
    at: int
    other: int


def _deleted(parts: list[str], at: int, _: int) -> list[str]:
    return parts[:at] + parts[at + 1 :]


def _duplicated(parts: list[str], at: int, _: int) -> list[str]:
    return [*parts[: at + 1], *parts[at:]]


def _swapped(parts: list[str], at: int, other: int) -> list[str]:
    changed = list(parts)
    changed[at], changed[other % len(parts)] = parts[other % len(parts)], parts[at]
    return changed


def _copied(parts: list[str], at: int, other: int) -> list[str]:
    return [*parts[:at], parts[other % len(parts)], *parts[at + 1 :]]


def _replaced(parts: list[str], at: int, other: int) -> list[str]:
    return [*parts[:at], FOREIGN_TOKENS[other % len(FOREIGN_TOKENS)], *parts[at + 1 :]]


def _inserted(parts: list[str], at: int, other: int) -> list[str]:
    return [*parts[:at], FOREIGN_TOKENS[other % len(FOREIGN_TOKENS)], *parts[at:]]


def _cut(parts: list[str], at: int, _: int) -> list[str]:
    return parts[:at]


EDITS: dict[str, Callable[[list[str], int, int], list[str]]] = {
    "delete": _deleted,
    "duplicate": _duplicated,
    "swap": _swapped,
    "copy": _copied,
    "replace": _replaced,
    "insert": _inserted,
    "cut": _cut,
}


def mutate(text: str, mutation: Mutation) -> str:
    """Return `text` with one token or one line changed.

    >>> mutate("a = 1\\nb = 2\\n", Mutation("line delete", 0, 0))
    'b = 2\\n'
    """
    unit, operation = mutation.operation.split()
    parts = text.splitlines(keepends=True) if unit == "line" else list(_tokens(text))
    if not parts:
        return text
    return "".join(EDITS[operation](parts, mutation.at % len(parts), mutation.other))


def _tokens(text: str) -> Iterator[str]:
    """Cut a text that Python can tokenize into tokens and what is between them; any other into lines."""
    lines = text.splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]
    end = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            start = starts[min(token.start[0] - 1, len(lines))] + token.start[1]
            if token.string and start >= end:
                yield text[end:start]
                yield token.string
                end = start + len(token.string)
    except (tokenize.TokenError, SyntaxError):
        pass
    yield from text[end:].splitlines(keepends=True)


OPERATIONS = [f"{unit} {operation}" for unit in ("token", "line") for operation in EDITS]
MUTATIONS = st.builds(Mutation, st.sampled_from(OPERATIONS), st.integers(0, 5000), st.integers(0, 5000))


@pytest.fixture(scope="module")
def projects(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A copy of each example without its output."""
    folder = tmp_path_factory.mktemp("projects")
    for name in NAMES:
        shutil.copytree(
            EXAMPLES / name, folder / name, ignore=shutil.ignore_patterns("repos", "app.py", "routers", ".*")
        )
    return {name: folder / name for name in NAMES}


def _config(project_folder: Path) -> Config:
    diagnostics = Diagnostics()
    project = find_project(project_folder, project_folder, diagnostics)
    config = configure(read_options(project, diagnostics), project)
    assert diagnostics.items == []
    return config


def _compile(config: Config) -> Result:
    """Compile, check what holds for every result, and print its diagnostics in each format, so that each span is computed."""
    result = compile_project(config)
    assert bool(result.files) != result.diagnostics.has_errors
    for form in FORMATS:
        printed = RENDERERS[form](result.diagnostics.sorted(), config.output)
        assert all(item.code in printed for item in result.diagnostics.items)
    return result


def test_the_examples_compile_without_a_word(projects: dict[str, Path]) -> None:
    assert [_compile(_config(folder)).diagnostics.items for folder in projects.values()] == [[], [], []]


@pytest.mark.parametrize("name", NAMES)
@generated(25)
@given(file=st.integers(0, 100), mutations=st.lists(MUTATIONS, min_size=1, max_size=3))
def test_mutated_sources_give_diagnostics_and_never_an_exception(
    projects: dict[str, Path], name: str, file: int, mutations: list[Mutation]
) -> None:
    config = replace(_config(projects[name]), backends=(Database.MEMORY,))
    sources = sorted(path for path in projects[name].rglob("*.py") if path.parent != projects[name])
    path = sources[file % len(sources)]
    original = path.read_text("utf-8")
    text = original
    for mutation in mutations:
        text = mutate(text, mutation)
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    try:
        _compile(config)
    finally:
        path.write_text(original, "utf-8")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"\xef\xbb\xbfid: int = 1\n",
        b"# coding: latin-1\nname = '\xe9'\n",
        b"# coding: klingon\n",
        b"class A:\n\tx: int\n        y: int\n",
        b"a" * 10_000,
        b"x = " + b"(" * 300 + b")" * 300,
        b"x = " + b"-" * 5_000 + b"1",
        b"x = " + b" + ".join([b"1"] * 3_000),
        b"\r\r\n\x0c",
        b"from university.bootstrap import *\nfrom . import teaching\n",
    ],
    ids=lambda content: repr(content[:20]),
)
def test_an_odd_file_gives_diagnostics_and_never_an_exception(projects: dict[str, Path], content: bytes) -> None:
    path = projects["university"] / "university" / "entities" / "teaching.py"
    original = path.read_bytes()
    path.write_bytes(content)
    try:
        assert _compile(_config(projects["university"])).diagnostics.has_errors
    finally:
        path.write_bytes(original)


@pytest.mark.parametrize(
    "statement", ["raise SystemExit('run')", "import os; os._exit(3)", "1 / 0", "while True: pass"]
)
def test_the_host_is_never_run(projects: dict[str, Path], statement: str) -> None:
    folder = projects["university"]
    config = _config(folder)
    sources = sorted(path for path in folder.rglob("*.py") if path.parent != folder)
    originals = {path: path.read_text("utf-8") for path in sources}
    expected = _compile(config).files
    imported = set(sys.modules)
    for path, text in originals.items():
        path.write_text(f"{text}\n\n{statement}\n", "utf-8")
    try:
        result = _compile(config)
    finally:
        for path, text in originals.items():
            path.write_text(text, "utf-8")
    assert result.files == expected
    assert {name for name in set(sys.modules) - imported if name.split(".")[0] == "university"} == set()


@pytest.mark.parametrize("name", NAMES)
def test_the_same_sources_in_any_order_give_the_same_bytes(projects: dict[str, Path], name: str) -> None:
    config = _config(projects[name])
    files = sorted(path for path in (projects[name] / name).rglob("*.py"))
    Random(name).shuffle(files)
    backwards = replace(config, sources=tuple(files), backends=config.backends[::-1])
    first, second, third = _compile(config), _compile(config), _compile(backwards)
    assert first.files == second.files
    assert list(first.files.items()) == list(second.files.items())
    assert third.files == first.files
