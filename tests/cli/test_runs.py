"""Whole runs of pkit-gen over a small host app, in a process of their own."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import black
import pytest

from pkit_gen import manifest

PROGRAM = "from pkit_gen.cli import generate; generate()"
MODULES = """\
import sys
from pkit_gen.cli import generate
try:
    generate()
finally:
    print(" ".join(sorted({name.split(".")[0] for name in sys.modules})))
"""
ORG = """\
from dataclasses import dataclass


@dataclass
class Org:
    id: int
    name: str
"""
USER = """\
from dataclasses import dataclass
from uuid import UUID


@dataclass
class User:
    id: UUID
    email: str
    org_id: int
"""
BOOTSTRAP = """\
from pkit import register_entity

from shop.org import Org
from shop.user import User

register_entity("org", {"entity": Org, "collection": "orgs"})
register_entity("user", {"entity": User, "collection": "users", "unique": {"email": "email"}})
"""
PYPROJECT = """\
[tool.pkit]
sources = ["shop"]
output = "shop/repos"
backends = ["memory"]
providers = false
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A host app with two entities, that has generated nothing yet."""
    write_app(tmp_path / "app")
    return tmp_path / "app"


def write_app(folder: Path) -> None:
    (folder / "shop").mkdir(parents=True)
    (folder / "shop/org.py").write_text(ORG)
    (folder / "shop/user.py").write_text(USER)
    (folder / "shop/bootstrap.py").write_text(BOOTSTRAP)
    (folder / "pyproject.toml").write_text(PYPROJECT)


def pkit_gen(folder: Path, *arguments: str, program: str = PROGRAM) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def generated(folder: Path) -> dict[str, bytes]:
    output = folder / "shop/repos"
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


def times(folder: Path) -> dict[Path, int]:
    return {path: path.stat().st_mtime_ns for path in (folder / "shop/repos").rglob("*")}


def codes(done: subprocess.CompletedProcess[str]) -> list[tuple[str, str]]:
    return [(finding["code"], finding["file"]) for finding in json.loads(done.stdout)["diagnostics"]]


def test_a_run_writes_the_package_and_says_so(project: Path) -> None:
    done = pkit_gen(project)
    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == f"shop/repos: {len(generated(project)) - 1} added\n"
    assert {"__init__.py", "container.py", "user/contract.py", "user/memory.py", "org/memory.py"} <= generated(
        project
    ).keys()


def test_a_quiet_run_says_nothing(project: Path) -> None:
    done = pkit_gen(project, "-q")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_verbose_run_names_each_file(project: Path) -> None:
    assert "added       shop/repos/user/memory.py\n" in pkit_gen(project, "-v").stderr


def test_without_findings_the_json_format_is_an_empty_list(project: Path) -> None:
    assert json.loads(pkit_gen(project, "--format", "json").stdout) == {"diagnostics": []}


def test_a_run_without_changes_touches_nothing_and_loads_no_compiler(project: Path) -> None:
    first = pkit_gen(project, program=MODULES)
    assert {"libcst", "jinja2"} <= set(first.stdout.split())
    before = times(project)
    second = pkit_gen(project, program=MODULES)
    assert second.returncode == 0
    assert not {"libcst", "jinja2", "rich", "mypy"} & set(second.stdout.split())
    assert second.stderr == "shop/repos is up to date\n"
    assert times(project) == before


def test_the_output_does_not_depend_on_where_the_app_is(project: Path, tmp_path: Path) -> None:
    write_app(tmp_path / "elsewhere" / "deep")
    pkit_gen(project)
    pkit_gen(tmp_path / "elsewhere" / "deep")
    assert generated(project) == generated(tmp_path / "elsewhere" / "deep")


def test_the_output_does_not_depend_on_the_order_of_sources(project: Path) -> None:
    arguments = ["shop/org.py", "shop/user.py", "shop/bootstrap.py"]
    pkit_gen(project, *arguments)
    first = generated(project)
    shutil.rmtree(project / "shop/repos")
    pkit_gen(project, *reversed(arguments))
    second = generated(project)
    assert first.keys() == second.keys()
    assert all(first[path] == second[path] for path in first if path != manifest.NAME)


def test_the_output_does_not_depend_on_the_working_folder(project: Path) -> None:
    pkit_gen(project)
    first = generated(project)
    shutil.rmtree(project / "shop/repos")
    done = pkit_gen(project.parent, str(project / "shop"))
    assert done.returncode == 0
    assert generated(project) == first


def test_a_file_that_an_entity_comes_from_counts_as_input(project: Path) -> None:
    pkit_gen(project)
    (project / "shop/user.py").write_text(USER + "    age: int = 0\n")
    assert pkit_gen(project).returncode == 0
    assert b"age" in generated(project)["user/contract.py"]


def test_a_new_file_with_a_registration_counts_as_input(project: Path) -> None:
    pkit_gen(project, "shop/bootstrap.py")
    (project / "shop/more.py").write_text(
        "from pkit import register_entity\n\nfrom shop.org import Org\n\n"
        'register_entity("branch", {"entity": Org, "collection": "branches"})\n'
    )
    assert pkit_gen(project, "shop/bootstrap.py").returncode == 0
    assert "branch/memory.py" in generated(project)


def test_a_new_package_that_hides_an_input_counts_as_input(project: Path) -> None:
    pkit_gen(project)
    hiding = project / "shop/user/__init__.py"
    hiding.parent.mkdir()
    hiding.write_text("")
    done = pkit_gen(project)
    assert done.returncode == 1
    assert "shop/user.py" in done.stderr


def test_an_option_counts_as_input(project: Path) -> None:
    pkit_gen(project)
    assert "providers.py" not in generated(project)
    pkit_gen(project, "--providers")
    assert "providers.py" in generated(project)


def test_an_error_in_the_sources_leaves_the_output_as_it_was(project: Path) -> None:
    pkit_gen(project)
    before, stamps = generated(project), times(project)
    (project / "shop/org.py").write_text(ORG.replace("name: str", "name: complex"))
    done = pkit_gen(project)
    assert done.returncode == 1
    assert "error[PK2" in done.stderr
    assert "shop/org.py:7:" in done.stderr
    assert "Traceback" not in done.stderr
    assert (generated(project), times(project)) == (before, stamps)


def test_an_error_in_the_first_run_makes_no_folder(project: Path) -> None:
    (project / "shop/org.py").write_text("class Org(\n")
    assert pkit_gen(project).returncode == 1
    assert not (project / "shop/repos").exists()


def test_the_files_of_an_entity_that_is_gone_are_removed(project: Path) -> None:
    pkit_gen(project)
    (project / "shop/repos/notes.md").write_text("mine")
    (project / "shop/bootstrap.py").write_text(BOOTSTRAP.rsplit("register_entity", 1)[0])
    done = pkit_gen(project)
    assert done.returncode == 0
    assert "removed" in done.stderr
    assert not (project / "shop/repos/user").exists()
    assert (project / "shop/repos/notes.md").read_text() == "mine"


def test_a_foreign_file_in_the_way_is_an_error_and_stays(project: Path) -> None:
    (project / "shop/repos/user").mkdir(parents=True)
    (project / "shop/repos/user/memory.py").write_text("MINE = 1\n")
    done = pkit_gen(project, "--format", "json")
    assert done.returncode == 1
    assert codes(done) == [("PK401", "shop/repos/user/memory.py")]
    assert generated(project) == {"user/memory.py": b"MINE = 1\n"}


SAVING = """\
import pathlib
from pkit_gen import compiler
compile_project = compiler.compile_project
def compiled(*arguments):
    result = compile_project(*arguments)
    path = pathlib.Path("shop/{name}.py")
    path.write_text((path.read_text() if path.exists() else "") + {text!r})
    return result
compiler.compile_project = compiled
"""
"""Save a source when the run has read it, before the run writes."""
REGISTERING = (
    "from pkit import register_entity\nfrom shop.org import Org\n"
    'register_entity("branch", {"entity": Org, "collection": "branches"})\n'
)


@pytest.mark.parametrize(
    ("name", "text", "file"),
    [
        ("org", "    town: str = ''\n", "org/contract.py"),
        ("service", REGISTERING, "branch/contract.py"),
        ("bootstrap", REGISTERING, "branch/contract.py"),
    ],
)
def test_a_source_that_is_saved_while_a_run_compiles_is_compiled_by_the_next(
    project: Path, name: str, text: str, file: str
) -> None:
    assert pkit_gen(project, program=SAVING.format(name=name, text=text) + PROGRAM).returncode == 0
    before = generated(project)
    assert pkit_gen(project, "--check").returncode == 1
    assert pkit_gen(project).returncode == 0
    assert generated(project).get(file) != before.get(file)


def test_check_passes_when_the_output_is_up_to_date(project: Path) -> None:
    pkit_gen(project)
    assert pkit_gen(project, "--check").returncode == 0


def test_check_passes_when_a_change_of_the_sources_changes_no_output(project: Path) -> None:
    pkit_gen(project)
    (project / "shop/org.py").write_text("# a comment\n" + ORG)
    before = times(project)
    assert pkit_gen(project, "--check").returncode == 0
    assert times(project) == before


def test_check_names_each_file_that_differs_and_writes_nothing(project: Path) -> None:
    pkit_gen(project)
    (project / "shop/repos/org/memory.py").unlink()
    with (project / "shop/repos/org/contract.py").open("a") as file:
        file.write("MINE = 1\n")
    (project / "shop/user.py").write_text(USER.replace("email", "address"))
    (project / "shop/bootstrap.py").write_text(BOOTSTRAP.replace('"email": "email"', '"address": "address"'))
    before = generated(project)
    done = pkit_gen(project, "--check", "--format", "json")
    assert done.returncode == 1
    assert codes(done) == [
        ("PK404", "shop/repos/org/contract.py"),
        ("PK403", "shop/repos/org/memory.py"),
        ("PK402", "shop/repos/user/contract.py"),
        ("PK402", "shop/repos/user/memory.py"),
        ("PK402", "shop/repos/views.py"),
    ]
    assert generated(project) == before


def test_check_of_what_was_never_generated_fails_and_makes_no_folder(project: Path) -> None:
    done = pkit_gen(project, "--check", "--format", "json")
    assert done.returncode == 1
    assert {code for code, _ in codes(done)} == {"PK403"}
    assert not (project / "shop/repos").exists()


def test_what_a_formatter_did_to_the_output_is_no_edit(project: Path) -> None:
    pkit_gen(project)
    path = project / "shop/repos/user/contract.py"
    formatted = black.format_str(path.read_text(), mode=black.Mode(line_length=50, string_normalization=False))
    assert formatted != path.read_text()
    path.write_text(formatted)
    assert pkit_gen(project, "--check").returncode == 0
    (project / "shop/org.py").write_text(ORG + "    town: str = ''\n")
    assert pkit_gen(project).returncode == 0
    assert path.read_text() == formatted


def test_diff_prints_what_would_change_and_writes_nothing(project: Path) -> None:
    pkit_gen(project)
    before = generated(project)
    (project / "shop/org.py").write_text(ORG.replace("name", "label"))
    done = pkit_gen(project, "--diff")
    assert done.returncode == 0
    assert done.stderr == ""
    assert "--- a/shop/repos/org/memory.py\n+++ b/shop/repos/org/memory.py\n" in done.stdout
    assert generated(project) == before


def test_diff_with_check_prints_the_diff_and_fails(project: Path) -> None:
    done = pkit_gen(project, "--diff", "--check")
    assert done.returncode == 1
    assert "--- /dev/null\n+++ b/shop/repos/user/memory.py\n" in done.stdout
    assert "error[PK403]" in done.stderr


def test_the_manifest_holds_no_absolute_path(project: Path) -> None:
    pkit_gen(project)
    assert str(project).encode() not in generated(project)[manifest.NAME]
    inputs = json.loads(generated(project)[manifest.NAME])["inputs"]
    assert inputs == ["../bootstrap.py", "../org.py", "../user.py"]


def test_verify_passes_on_what_was_generated(project: Path) -> None:
    done = pkit_gen(project, "--verify")
    assert (done.returncode, done.stdout) == (0, "")


def test_verify_fails_with_what_mypy_says(project: Path) -> None:
    (project / "shop/user.pyi").write_text("class Nobody: ...\n")
    done = pkit_gen(project, "--verify")
    assert done.returncode == 1
    assert 'Module "shop.user" has no attribute "User"' in done.stderr
    assert "error[PK409]" in done.stderr


def test_two_runs_at_once_leave_a_whole_output(project: Path) -> None:
    command = [sys.executable, "-c", PROGRAM]
    runs = [subprocess.Popen(command, cwd=project, stderr=subprocess.DEVNULL) for _ in range(3)]
    assert [run.wait() for run in runs] == [0, 0, 0]
    assert pkit_gen(project, "--check").stderr == "shop/repos is up to date\n"
