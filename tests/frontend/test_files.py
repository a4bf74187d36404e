"""Files that cannot be read, decoded, parsed or imported, and files in unusual clothes."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontend.projects import field_types, parse_files, underlined
from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.frontend import parse

MODEL = "from dataclasses import dataclass\n@dataclass\nclass X:\n    id: int\n    näme: str\n"
EXAMPLES = Path(__file__).parents[2] / "generated_examples"


def parse_bytes(folder: Path, data: bytes) -> tuple[list[str], list[str]]:
    """Return the codes, and the fields of the one entity if there is one."""
    (folder / "shop.py").write_bytes(data)
    diagnostics = Diagnostics()
    project = parse(Config((folder / "shop.py",), folder / "out", (folder,)), diagnostics)
    fields = [field.name for entry in project.registrations for field in entry.entity.fields]
    return [found.code for found in diagnostics.sorted()], fields


CLOTHES = {
    "carriage returns": MODEL.replace("\n", "\r\n").encode(),
    "byte-order mark": b"\xef\xbb\xbf" + MODEL.encode(),
    "latin-1": b"# -*- coding: latin-1 -*-\n" + MODEL.encode("latin-1"),
    "tabs": MODEL.replace("    ", "\t").encode(),
    "form feed": b"\x0c" + MODEL.encode(),
    "no final newline": MODEL.rstrip().encode(),
    "a long line": (MODEL + f"x = '{'a' * 200_000}'\n").encode(),
    "newer syntax": (MODEL + "type Y[T] = list[T]\nclass G[T]: pass\n").encode(),
}


@pytest.mark.parametrize("data", CLOTHES.values(), ids=CLOTHES)
def test_a_file_is_read_as_python_reads_it(tmp_path: Path, data: bytes) -> None:
    assert parse_bytes(tmp_path, data) == (["PK120"], ["id", "näme"])


BROKEN = {
    "not UTF-8": (b"x = '\xff'\n", ["PK102"]),
    "unknown encoding": (b"# coding: nonsense\n", ["PK102"]),
    "a null": (b"x = 1\0\n", ["PK103"]),
    "an open bracket": (b"x = (1,\n", ["PK103"]),
    "an indent": (b"if x:\n\ty = 1\n        z = 2\n", ["PK103"]),
    "Python 2": (b"print 'x'\n", ["PK103"]),
    "texts and bytes": (b"x = (b'' '')\n", ["PK103"]),
    "brackets": (b"x = " + b"(" * 500 + b")" * 500 + b"\n", ["PK104"]),
    "many brackets": (b"x = " + b"[" * 100_000 + b"]" * 100_000 + b"\n", ["PK104"]),
    "signs": (b"x = " + b"-" * 50_000 + b"1\n", ["PK104"]),
    "calls": (b"x = f" + b"()" * 20_000 + b"\n", ["PK104"]),
    "branches": (b"if 1: pass\n" + b"elif 1: pass\n" * 20_000, ["PK104"]),
    "empty": (b"", ["PK116"]),
}


@pytest.mark.parametrize(("data", "codes"), BROKEN.values(), ids=BROKEN)
def test_a_broken_file_is_reported(tmp_path: Path, data: bytes, codes: list[str]) -> None:
    assert parse_bytes(tmp_path, data) == (codes, [])


@pytest.mark.parametrize("name", ["calls", "branches", "signs"])
def test_a_raised_recursion_limit_lets_nothing_through(tmp_path: Path, name: str) -> None:
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(2**14)  # as mypy does, which `--verify` runs in the same process
    try:
        assert parse_bytes(tmp_path, BROKEN[name][0]) == (["PK104"], [])
    finally:
        sys.setrecursionlimit(before)


@pytest.mark.parametrize("depth", [300, 900, 2_000])
def test_deep_expressions_beside_an_entity_do_no_harm_or_are_reported(tmp_path: Path, depth: int) -> None:
    text = f"{MODEL}x = {'+'.join(['1'] * depth)}\ny = a{'.b' * depth}\nz = {'not ' * depth}1\n"
    codes, fields = parse_bytes(tmp_path, text.encode())
    assert (codes, fields) in [(["PK120"], ["id", "näme"]), (["PK104"], []), (["PK124"], [])]


def test_a_syntax_error_points_at_its_place(tmp_path: Path) -> None:
    diagnostic = parse_files(tmp_path, {"shop.py": "x = 1\ny = (2\n"}, sources=("shop.py",)).only("PK103")
    assert underlined(diagnostic) == "("
    assert diagnostic.message == "shop.py is not valid Python: '(' was never closed"


def test_a_file_that_is_not_there_is_reported(tmp_path: Path) -> None:
    diagnostic = parse_files(tmp_path, {"a.py": ""}, sources=("shop.py",)).only("PK101")
    assert diagnostic.path == tmp_path / "shop.py"


def test_a_source_outside_of_the_roots_is_reported(tmp_path: Path) -> None:
    parse_files(tmp_path, {"shop/a.py": MODEL}, sources=("shop/a.py",), roots=("lib",)).only("PK105")


def test_a_file_that_cannot_be_imported_is_reported(tmp_path: Path) -> None:
    parse_files(tmp_path, {"my-shop/a.py": MODEL}, sources=("my-shop/a.py",)).only("PK105")


def test_a_source_that_another_root_hides_is_reported(tmp_path: Path) -> None:
    files = {"one/shop/__init__.py": "", "one/shop/a.py": MODEL, "two/shop/a.py": MODEL}
    diagnostic = parse_files(tmp_path, files, sources=("two/shop/a.py",), roots=("one", "two")).only("PK106")
    assert "gives one/shop/a.py, not the source two/shop/a.py" in diagnostic.message


def test_the_innermost_root_names_a_module(tmp_path: Path) -> None:
    parsed = parse_files(tmp_path, {"src/shop/a.py": MODEL}, sources=("src/shop",), roots=("src", "."))
    assert parsed.project.sources == ("shop.a",)


def test_the_whole_top_level_package_is_searched(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/domain/__init__.py": "",
        "shop/domain/models.py": MODEL,
        "shop/boot/start.py": "from pkit import register_entity as r\nfrom ..domain.models import X\nr('thing', {'entity': X, 'collection': 'things'})\n",
    }
    parsed = parse_files(tmp_path, files, sources=("shop/domain/models.py",))
    assert (parsed.codes, parsed.project.sources) == ([], ("shop.boot.start", "shop.domain.models"))


def test_files_that_nothing_leads_to_are_not_parsed(tmp_path: Path) -> None:
    files = {"shop/__init__.py": "", "shop/models.py": MODEL, "shop/broken.py": "x = (\n", "shop/latin.py": "x"}
    assert parse_files(tmp_path, files, sources=("shop/models.py",)).codes == ["PK120"]


def test_the_output_is_not_searched(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/models.py": MODEL,
        "out/__init__.py": "",
        "out/models.py": MODEL + "from pkit import register_entity\nregister_entity('x', {})\n",
    }
    assert parse_files(tmp_path, files, sources=(".",)).codes == ["PK120"]


def test_the_files_that_were_read_are_told(tmp_path: Path) -> None:
    files = {
        "shop/models.py": "from .ids import Id\n" + MODEL.replace("int", "Id"),
        "shop/ids.py": "class Id(int): pass\n",
        "shop/other.py": "",
    }
    parsed = parse_files(tmp_path, files, sources=("shop/models.py",))
    assert tuple(sorted(parsed.project.inputs)) == (tmp_path / "shop/ids.py", tmp_path / "shop/models.py")


def test_hidden_folders_and_caches_are_not_searched(tmp_path: Path) -> None:
    files = {
        "shop/models.py": MODEL,
        "shop/.venv/lib/a.py": "x = (",
        "shop/__pycache__/b.py": "x = (",
        "shop/my-data/c.py": "x = (",
    }
    assert parse_files(tmp_path, files).codes == ["PK120"]


def test_nothing_of_the_host_is_run(tmp_path: Path) -> None:
    trap = f"open({str(tmp_path / 'trap')!r}, 'w').close()\n"
    parsed = parse_files(tmp_path, {"shop/__init__.py": trap, "shop/models.py": trap + MODEL})
    assert field_types(parsed.entity("x")) == {"id": "int", "näme": "str"}
    assert not (tmp_path / "trap").exists()


LINES = [line for path in sorted(EXAMPLES.glob("*/*/**/*.py")) for line in path.read_text().splitlines()]
FILES = sorted(path for path in EXAMPLES.glob("*/*/**/*.py") if "repos" not in path.parts)
TOKENS = [
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    ".",
    "=",
    "*",
    "**",
    "|",
    "lambda",
    "class",
    "from",
    "'x'",
    "3",
    "None",
    "if",
]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(data=st.data())
def test_mutated_sources_give_diagnostics_and_no_exception(tmp_path: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(FILES))
    lines = path.read_text().splitlines()
    for _ in range(data.draw(st.integers(1, 4))):
        _mutate(lines, data)
    folder = tmp_path / path.parent.name
    folder.mkdir(exist_ok=True)
    (folder / "models.py").write_text("\n".join(lines))
    (folder / "boot.py").write_text("\n".join(lines[::-1]))
    parse(Config((folder,), tmp_path / "out", (tmp_path,)), Diagnostics())


def _mutate(lines: list[str], data: st.DataObject) -> None:
    if not lines:
        return
    at = data.draw(st.integers(0, len(lines) - 1))
    match data.draw(st.sampled_from(["delete", "duplicate", "replace", "token", "cut"])):
        case "delete":
            del lines[at]
        case "duplicate":
            lines.insert(at, lines[at])
        case "replace":
            lines[at] = data.draw(st.sampled_from(LINES))
        case "token":
            words = lines[at].split(" ")
            words[data.draw(st.integers(0, len(words) - 1))] = data.draw(st.sampled_from(TOKENS))
            lines[at] = " ".join(words)
        case _:
            lines[at] = lines[at][: data.draw(st.integers(0, len(lines[at])))]
