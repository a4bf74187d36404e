"""The answer to a run that changes nothing, and all that must not be taken for one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import black
import pytest

from pkit_gen import manifest

PROGRAM = """\
import sys
from pkit_gen.cli import generate
try:
    generate()
finally:
    print("ordinary" if "click" in sys.modules else "recalled")
"""
REMOVING = """\
from pkit_gen import generation
check = generation.is_up_to_date
def is_up_to_date(*arguments):
    found = check(*arguments)
    pathlib.Path("shop/org.py").unlink()
    return found
generation.is_up_to_date = is_up_to_date
"""
"""Remove a source when it has been read."""

SHOP = {
    "pyproject.toml": '[tool.pkit]\nsources = ["shop"]\noutput = "shop/repos"\nbackends = ["memory"]\nproviders = false\n',
    "shop/__init__.py": "",
    "shop/org.py": "from dataclasses import dataclass\n\n\n@dataclass\nclass Org:\n    id: int\n    name: str\n",
    "shop/bootstrap.py": (
        "from pkit import register_entity\n\nfrom shop.org import Org\n\n"
        'register_entity("org", {"entity": Org, "collection": "orgs"})\n'
    ),
    "shop/service.py": "LIMIT = 10\n",
}
BRANCH = (
    "from pkit import register_entity\n\nfrom shop.org import Org\n\n"
    'register_entity("branch", {"entity": Org, "collection": "branches"})\n'
)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A host app whose package was generated."""
    folder = tmp_path / "app"
    for name, text in SHOP.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    settle(folder)
    return folder


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def settle(folder: Path, *arguments: str) -> None:
    """Run until the answer is remembered: a source that is as new as the run itself is not trusted."""
    for _ in range(3):
        if run(folder, *arguments).stdout.endswith("recalled\n"):
            return
    raise AssertionError("the answer is not remembered")


def is_recalled(folder: Path, *arguments: str) -> bool:
    return run(folder, *arguments).stdout.endswith("recalled\n")


@pytest.mark.parametrize(
    "arguments", [(), ("--check",), ("-q",), ("--check", "-q"), ("-v",), ("--diff",), ("--format", "json")]
)
def test_a_recalled_answer_is_what_an_ordinary_run_says(project: Path, cache: Path, arguments: tuple[str, ...]) -> None:
    shutil.rmtree(cache)
    ordinary = run(project, *arguments)
    settle(project, *arguments)
    recalled = run(project, *arguments)
    assert ordinary.stdout.endswith("ordinary\n")
    assert recalled.stdout == ordinary.stdout.replace("ordinary", "recalled")
    assert (recalled.returncode, recalled.stderr) == (ordinary.returncode, ordinary.stderr)


def write(name: str, text: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)

    return change


def append(name: str, text: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        write(name, (folder / name).read_text() + text)(folder)

    return change


def remove(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).unlink()


def touch(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / name).touch()


def rename_the_field_but_keep_the_time(folder: Path) -> None:
    path = folder / "shop/org.py"
    before = path.stat()
    path.write_text(path.read_text().replace("name", "town"))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


@pytest.mark.parametrize(
    "change",
    [
        append("shop/org.py", "    town: str = ''\n"),
        rename_the_field_but_keep_the_time,
        append("shop/service.py", BRANCH),
        write("shop/more.py", BRANCH),
        write("shop/deep/more.py", BRANCH),
        append("shop/repos/org/memory.py", "MINE = 1\n"),
        remove("shop/repos/org/memory.py"),
        remove(f"shop/repos/{manifest.NAME}"),
        append("pyproject.toml", "path_depth = 1\n"),
        write("shop/pyproject.toml", "[tool.pkit]\n"),
        write("src/shop/__init__.py", ""),
    ],
)
def test_a_change_that_matters_is_never_passed_over(project: Path, change: Callable[[Path], None]) -> None:
    change(project)
    assert not is_recalled(project, "--check")


@pytest.mark.parametrize(
    "change",
    [
        touch("shop/org.py"),
        append("shop/service.py", "LIMIT = 20\n"),
        write("shop/repos/notes.md", "mine"),
        write("README.md", "A shop."),
    ],
)
def test_a_change_that_does_not_matter_is_passed_over(project: Path, change: Callable[[Path], None]) -> None:
    change(project)
    assert is_recalled(project)


def test_without_registrations_a_new_dataclass_is_never_passed_over(project: Path) -> None:
    (project / "shop/bootstrap.py").unlink()
    settle(project)
    (project / "shop/more.py").write_text(SHOP["shop/org.py"].replace("Org", "Branch"))
    assert not is_recalled(project)
    assert (project / "shop/repos/branch/memory.py").exists()


def test_a_word_in_a_comment_hides_no_new_dataclass(project: Path) -> None:
    (project / "shop/bootstrap.py").write_text("# There is no register_entity here: each dataclass is an entity.\n")
    settle(project)
    (project / "shop/service.py").write_text(SHOP["shop/org.py"].replace("Org", "Branch"))
    assert not is_recalled(project)
    assert (project / "shop/repos/branch/memory.py").exists()


def test_a_call_of_a_function_that_registers_is_never_passed_over(project: Path) -> None:
    register = (
        "from pkit import register_entity\n\nfrom shop.org import Org\n\n\n"
        'def enter(entity: type, key: str) -> None:\n    register_entity(key, {"entity": entity, "collection": key})\n'
    )
    (project / "shop/bootstrap.py").write_text(f'{register}\n\nenter(Org, "org")\n')
    settle(project)
    call = 'from shop import bootstrap, org\n\n\ndef add() -> None:\n    bootstrap.enter(org.Org, "branch")\n'
    (project / "shop/more.py").write_text(call)
    assert not is_recalled(project, "--check")
    assert run(project).returncode == 0
    assert (project / "shop/repos/branch/memory.py").exists()


def test_a_removed_source_is_never_passed_over(project: Path, cache: Path) -> None:
    shutil.rmtree(cache)
    started = subprocess.run(
        [sys.executable, "-c", f"import pathlib\n{REMOVING}{PROGRAM}"],
        cwd=project,
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 0, started.stderr
    assert not (project / "shop/org.py").exists()
    assert run(project, "--check").returncode == 1


def test_another_command_is_another_answer(project: Path) -> None:
    assert not is_recalled(project, "--providers")
    assert not is_recalled(project, "shop", "-o", "elsewhere")
    assert not is_recalled(project / "shop")


def test_a_recalled_answer_imports_nothing_that_python_has_not_loaded(project: Path) -> None:
    program = "import sys; before = set(sys.modules)\nfrom pkit_gen.cli import generate; generate()\nprint(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=True)
    assert {name for name in done.stdout.split() if not name.startswith("pkit_gen")} <= {
        "__future__",
        "_blake2",
        "zlib",
    }


def test_output_that_was_formatted_is_compared_once_and_remembered(project: Path) -> None:
    contract = project / "shop/repos/org/contract.py"
    contract.write_text(black.format_str(contract.read_text(), mode=black.Mode(line_length=50)))
    assert not is_recalled(project, "--check")
    settle(project, "--check")
    contract.write_text(contract.read_text().replace("\n)\n", "\n),\n", 1))
    assert run(project, "--check").returncode == 1


def test_verify_is_never_passed_over(project: Path) -> None:
    assert not is_recalled(project, "--verify")
    assert not is_recalled(project, "--verify")


def test_an_argument_that_is_a_link_counts_by_where_it_leads(project: Path) -> None:
    shutil.copytree(project / "shop", project / "other")
    (project / "current").symlink_to("shop")
    settle(project, "current/org.py", "current/bootstrap.py", "-o", "out")
    (project / "current").unlink()
    (project / "current").symlink_to("other")
    assert not is_recalled(project, "current/org.py", "current/bootstrap.py", "-o", "out")


def test_a_project_with_links_in_its_options_is_not_remembered(project: Path) -> None:
    (project / "current").symlink_to("shop/repos")
    append("pyproject.toml", "")(project)
    text = (project / "pyproject.toml").read_text()
    (project / "pyproject.toml").write_text(text.replace('"shop/repos"', '"current"'))
    assert not any(is_recalled(project) for _ in range(3))


@pytest.mark.parametrize("damage", ["", "pkit-recall 2\n", "x\ty\n", "\x00"])
def test_a_damaged_memory_costs_time_only(project: Path, cache: Path, damage: str) -> None:
    (entry,) = (path for path in (cache / "pkit-gen").iterdir() if not path.suffix)
    entry.write_text(damage)
    done = run(project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ordinary\n", "shop/repos is up to date\n")
    assert is_recalled(project)


def test_a_memory_that_is_cut_off_is_not_believed(project: Path, cache: Path) -> None:
    (entry,) = (path for path in (cache / "pkit-gen").iterdir() if not path.suffix)
    whole = entry.read_bytes()
    (project / "shop/repos/org/memory.py").unlink()  # what is cut off may be the very line that would tell
    last = whole.rindex(b"\n")
    for cut in (last, last + 8, len(whole) // 2, whole.index(b"\n") + 1):
        entry.write_bytes(whole[:cut])
        assert not is_recalled(project, "--check"), cut


def test_a_cache_that_cannot_be_written_costs_time_only(
    project: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (cache / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache / "file"))
    done = run(project)
    assert (done.returncode, done.stdout, done.stderr) == (0, "ordinary\n", "shop/repos is up to date\n")
