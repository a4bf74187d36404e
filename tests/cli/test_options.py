"""`[tool.pkit]`: what it accepts, what it refuses and where it points."""

from __future__ import annotations

from pathlib import Path

import pytest

from pkit_gen.config import Config, Datetimes
from pkit_gen.diagnostics.model import Diagnostic, Diagnostics
from pkit_gen.ir.model import Database
from pkit_gen.options import Options, configure, read_options
from pkit_gen.pyproject import find_project

FULL = """\
[project]
name = "shop"

[tool.pkit]
sources = ["shop/entities.py", "shop"]
output = "shop/repos"
backends = ["postgres", "memory"]
datetimes = "naive"
providers = false
path_depth = 3
registrations = "shop.bootstrap:register"
root = "."

[tool.other]
sources = 1
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A folder with a package `shop`."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/entities.py").touch()
    (tmp_path / "shop/notes.txt").touch()
    return tmp_path


def read(folder: Path, text: str) -> tuple[Options, list[Diagnostic]]:
    (folder / "pyproject.toml").write_text(text)
    diagnostics = Diagnostics()
    return read_options(find_project(folder, folder, diagnostics), diagnostics), diagnostics.items


def refusal(folder: Path, line: str) -> tuple[str, str, str | None]:
    """Return the code, the text that is underlined and the help of the only finding in an option line."""
    text = f"[tool.pkit]\n# the option\n{line}\n"
    _, (diagnostic,) = read(folder, text)
    assert diagnostic.primary is not None
    span = diagnostic.primary.place.span
    return (
        diagnostic.code,
        text.split("\n")[span.start.line - 1][span.start.column - 1 : span.end.column - 1],
        diagnostic.help,
    )


def test_every_option_is_read(project: Path) -> None:
    options, findings = read(project, FULL)
    assert findings == []
    assert options == Options(
        sources=(project / "shop/entities.py", project / "shop"),
        output=project / "shop/repos",
        backends=(Database.POSTGRES, Database.MEMORY),
        datetimes=Datetimes.NAIVE,
        providers=False,
        path_depth=3,
        registrations="shop.bootstrap:register",
        root=project,
    )


def test_the_nearest_pyproject_counts(project: Path) -> None:
    (project / "pyproject.toml").write_text(FULL)
    found = find_project(project / "shop", project, Diagnostics())
    assert found.folder == project


def test_a_project_without_pyproject_has_no_options(tmp_path: Path) -> None:
    found = find_project(tmp_path / "deep", tmp_path, Diagnostics())
    assert found.folder == tmp_path
    assert read_options(found, Diagnostics()) == Options()


def test_an_unknown_option_is_reported_at_its_name_with_the_close_one(project: Path) -> None:
    assert refusal(project, 'backend = ["memory"]') == ("PK501", "backend", 'write "backends"')


def test_an_option_that_is_like_no_other_lists_them_all(project: Path) -> None:
    code, underlined, advice = refusal(project, "zzz = 1")
    assert (code, underlined) == ("PK501", "zzz")
    assert advice is not None
    assert "backends, datetimes, output" in advice


@pytest.mark.parametrize(
    "line",
    [
        'sources = "shop"',
        "sources = []",
        "sources = [1]",
        "output = 1",
        'output = ""',
        'backends = "memory"',
        "backends = []",
        "datetimes = true",
        'providers = "yes"',
        "path_depth = -1",
        "path_depth = true",
        "path_depth = 1.5",
        'registrations = "shop.bootstrap"',
        "root = 1",
    ],
)
def test_a_value_of_the_wrong_type_is_reported_at_its_option(project: Path, line: str) -> None:
    code, underlined, _ = refusal(project, line)
    assert (code, underlined) == ("PK502", line.split(" = ")[0])


def test_pkit_itself_must_be_a_table(project: Path) -> None:
    _, findings = read(project, "[tool]\npkit = 1\n")
    assert [finding.code for finding in findings] == ["PK502"]


def test_an_unknown_backend_is_reported_at_its_name(project: Path) -> None:
    assert refusal(project, 'backends = ["memory", "postgre"]') == ("PK503", '"postgre"', 'write "postgres"')


def test_an_unknown_kind_of_datetimes_is_reported_at_its_name(project: Path) -> None:
    assert refusal(project, "datetimes = 'local'") == ("PK503", "'local'", 'use "aware" or "naive"')


@pytest.mark.parametrize(
    ("line", "code", "underlined"),
    [
        ('sources = ["shop", "shap"]', "PK506", '"shap"'),
        ('root = "source"', "PK506", '"source"'),
        ('root = "shop/entities.py"', "PK507", '"shop/entities.py"'),
        ('output = "shop/entities.py"', "PK507", '"shop/entities.py"'),
        ('output = "shop/entities.py/repos"', "PK507", '"shop/entities.py/repos"'),
        ('sources = ["shop/notes.txt"]', "PK507", '"shop/notes.txt"'),
    ],
)
def test_a_path_that_cannot_be_used_is_reported_at_its_text(
    project: Path, line: str, code: str, underlined: str
) -> None:
    assert refusal(project, line)[:2] == (code, underlined)


@pytest.mark.parametrize("line", ['output = "{}"', 'root = "{}"', 'sources = ["shop", "{}"]'])
def test_a_path_that_is_too_long_is_reported_at_its_option(project: Path, line: str) -> None:
    code, underlined, _ = refusal(project, line.format("x/" * 3000))
    assert (code, underlined) == ("PK507", line.split(" = ")[0])


def test_every_mistake_is_reported_at_once(project: Path) -> None:
    _, findings = read(project, '[tool.pkit]\nsources = ["a", "b"]\nbackends = ["c", "d"]\nroots = 1\n')
    assert sorted(finding.code for finding in findings) == ["PK501", "PK503", "PK503", "PK506", "PK506"]


def test_a_value_on_another_line_is_found(project: Path) -> None:
    _, (finding,) = read(project, '[tool.pkit]\nsources = [\n    "shop",\n    "gone",\n]\n')
    assert finding.primary is not None
    assert (finding.primary.place.span.start.line, finding.primary.place.span.start.column) == (4, 5)


def test_an_option_that_is_spelled_as_a_dotted_key_is_reported_in_the_file(project: Path) -> None:
    _, (finding,) = read(project, "tool.pkit.zzz = 1\n")
    assert finding.primary is not None
    assert finding.primary.place.file.path == project / "pyproject.toml"


def test_a_syntax_error_is_reported_where_it_is(project: Path) -> None:
    _, (finding,) = read(project, "[tool.pkit]\nsources = [\n")
    assert finding.code == "PK504"
    assert finding.primary is not None
    _, (finding,) = read(project, "[tool.pkit]\nsources = oops\n")
    assert finding.primary is not None
    assert (finding.primary.place.span.start.line, finding.primary.place.span.start.column) == (2, 11)


def test_a_pyproject_that_is_not_text_is_reported(project: Path) -> None:
    (project / "pyproject.toml").write_bytes(b"# \xff\n")
    diagnostics = Diagnostics()
    find_project(project, project, diagnostics)
    assert [(item.code, item.path) for item in diagnostics.items] == [("PK505", project / "pyproject.toml")]


def test_the_command_line_wins(project: Path) -> None:
    (project / "pyproject.toml").write_text(FULL)
    found = find_project(project, project, Diagnostics())
    given = Options(backends=(Database.MONGO,), providers=True)
    config = configure(given.over(read_options(found, Diagnostics())), found)
    assert config == Config(
        sources=(project / "shop/entities.py", project / "shop"),
        output=project / "shop/repos",
        roots=(project,),
        backends=(Database.MONGO,),
        registrations="shop.bootstrap:register",
        datetimes=Datetimes.NAIVE,
        providers=True,
        path_depth=3,
    )


def test_the_defaults_are_those_of_the_config(project: Path) -> None:
    found = find_project(project / "nowhere", project, Diagnostics())
    sources, folder = (project / "shop",), project / "out"
    assert configure(Options(sources, folder), found) == Config(sources, folder, (project,))


def test_backends_count_in_one_order_and_once(project: Path) -> None:
    found = find_project(project / "nowhere", project, Diagnostics())
    twice = (Database.POSTGRES, Database.MEMORY, Database.POSTGRES)
    config = configure(Options((project,), project / "out", backends=twice), found)
    assert config.backends == (Database.MEMORY, Database.POSTGRES)
