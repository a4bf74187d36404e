"""Runs in bad company: no space, no rights, killed, and sources of every shape."""

from __future__ import annotations

import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pkit_gen import staging

PROGRAM = "from pkit_gen.cli import generate; generate()"
OPTIONS = '[tool.pkit]\nsources = ["shop"]\noutput = "shop/repos"\nbackends = ["memory"]\nproviders = false\n'
ORG = "from dataclasses import dataclass\n\n\n@dataclass\nclass Org:\n    id: int\n    name: str\n"
CHANGED = ORG + "    town: str = ''\n"
WITHOUT_RIGHTS = """\
import codecs, os
import pkit_gen.compiler, pkit_gen.diagnostics.render, pkit_gen.cli.command
from pkit_gen.cli import generate
codecs.lookup("unicode_escape")  # all that the run needs is loaded before: Python itself may be in root's home
if os.getuid() == 0:
    os.setuid(65534)
generate()
"""
"""Run as somebody whom the rights of folders stop: root may write everywhere."""


@pytest.fixture
def project() -> Iterator[Path]:
    """A host app whose package was generated, in a folder that every user may enter."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        (folder / "shop").mkdir()
        (folder / "pyproject.toml").write_text(OPTIONS)
        (folder / "shop/__init__.py").write_text("")
        (folder / "shop/org.py").write_text(ORG)
        assert run(folder).returncode == 0
        yield folder


def run(
    folder: Path, *arguments: str, program: str = PROGRAM, before: Callable[[], None] | None = None
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", program, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, preexec_fn=before)


def generated(folder: Path) -> dict[str, bytes]:
    output = folder / "shop/repos"
    return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}


def test_a_folder_within_the_output_that_is_locked_is_named(project: Path) -> None:
    before = generated(project)
    (project / "shop/org.py").write_text(CHANGED)
    for path in ((project / "shop/repos").rglob("*"), (project / "shop/repos",)):
        for folder in path:
            folder.chmod(0o777)
    (project / "shop/repos/org").chmod(0o555)
    done = run(project, program=WITHOUT_RIGHTS)
    assert "help: allow pkit-gen to read and to write it" in done.stderr
    assert "--> shop/repos/org/" in done.stderr
    assert generated(project) == before


def test_no_space_is_said_and_leaves_the_output_as_it_was(project: Path) -> None:
    before = generated(project)
    (project / "shop/org.py").write_text(CHANGED)
    done = run(project, before=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000)))
    assert done.returncode == 1
    assert "error[PK407]: the output folder cannot be used: File too large" in done.stderr
    assert generated(project) == before


def test_a_folder_without_rights_is_said_and_stays_as_it_was(project: Path) -> None:
    before = generated(project)
    (project / "shop/org.py").write_text(CHANGED)
    for folder in (project / "shop/repos", *(path for path in (project / "shop/repos").rglob("*") if path.is_dir())):
        folder.chmod(0o555)
    done = run(project, program=WITHOUT_RIGHTS)
    assert done.returncode == 1
    assert "error[PK407]: the output folder cannot be used: Permission denied" in done.stderr
    assert generated(project) == before


@pytest.mark.parametrize("number", range(4))
def test_a_run_that_is_told_to_end_leaves_the_old_output_or_the_new(project: Path, number: int) -> None:
    old = generated(project)
    (project / "shop/org.py").write_text(CHANGED)
    started = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=project, stderr=subprocess.DEVNULL)
    time.sleep(random.Random(number).uniform(0.1, 2.0))
    started.send_signal(signal.SIGTERM)
    started.wait()
    left = generated(project)
    assert run(project).returncode == 0
    assert left in (old, generated(project))


def test_a_run_that_is_killed_leaves_every_file_whole_and_the_next_one_mends_it(project: Path) -> None:
    (project / "shop/org.py").write_text(CHANGED)
    started = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=project, stderr=subprocess.DEVNULL)
    time.sleep(0.7)
    started.kill()
    started.wait()
    for path, data in generated(project).items():
        if path.endswith(".py"):
            compile(data, path, "exec")
    assert run(project).returncode == 0
    assert run(project, "--check").returncode == 0
    assert not list((project / "shop/repos").glob(".pkit-staging-*"))


def test_a_run_that_waits_for_another_says_so_and_then_goes_on(project: Path) -> None:
    (project / "shop/org.py").write_text(CHANGED)
    command = [sys.executable, "-c", PROGRAM]
    with staging.exclusive(project / "shop/repos"):
        started = subprocess.Popen(command, cwd=project, stderr=subprocess.PIPE, text=True)
        assert started.stderr is not None
        assert "waiting for another run of pkit-gen on shop/repos\n" in iter(started.stderr.readline, "")
    assert "shop/repos: " in started.stderr.read()
    started.stderr.close()
    assert started.wait() == 0


def test_a_terminal_that_closes_leaves_nothing_behind(project: Path) -> None:
    old = generated(project)
    (project / "shop/org.py").write_text(CHANGED)
    started = subprocess.Popen([sys.executable, "-c", PROGRAM], cwd=project, stderr=subprocess.DEVNULL)
    while started.poll() is None and not list((project / "shop/repos").glob(".pkit-staging-*")):
        time.sleep(0.001)
    started.send_signal(signal.SIGHUP)
    assert started.wait() in (0, 128 + signal.SIGHUP)
    left = generated(project)
    assert not list((project / "shop/repos").glob(".pkit-staging-*"))
    assert run(project).returncode == 0
    assert left in (old, generated(project))


@pytest.mark.parametrize("descriptor", [1, 2])
@pytest.mark.parametrize("times", [1, 2])
def test_a_stream_that_is_closed_is_not_missed(project: Path, descriptor: int, times: int) -> None:
    (project / "shop/org.py").write_text(CHANGED)
    for _ in range(times):
        started = subprocess.Popen(
            [sys.executable, "-c", PROGRAM], cwd=project, preexec_fn=lambda: os.close(descriptor), close_fds=False
        )
        assert started.wait() == 0
    assert "town" in (project / "shop/repos/org/contract.py").read_text()


@pytest.mark.parametrize("arguments", [("--diff",), ("--format", "json")])
def test_a_full_disk_behind_stdout_is_said(project: Path, arguments: tuple[str, ...]) -> None:
    (project / "shop/org.py").write_text(CHANGED)
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-c", PROGRAM, *arguments]
        done = subprocess.run(command, cwd=project, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert done.stderr.endswith("Error: this cannot be printed: No space left on device\n")


@pytest.mark.parametrize("program", [PROGRAM, "from pkit_gen.cli import run_tools; run_tools()"])
def test_a_working_folder_that_is_gone_is_said(tmp_path: Path, program: str) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f'cd "{gone}" && rmdir "{gone}" && exec "$0" -c "$1" --help'
    done = subprocess.run(["sh", "-c", script, sys.executable, program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (2, "Error: the working folder is gone: change to one that is there.\n")


@pytest.mark.parametrize("form", ["option", "file"])
def test_an_output_that_is_a_circle_of_links_is_said(project: Path, form: str) -> None:
    (project / "loop").symlink_to("loop")
    if form == "file":
        (project / "pyproject.toml").write_text(OPTIONS.replace("shop/repos", "loop"))
    done = run(project, *(["shop", "-o", "loop"] if form == "option" else []))
    assert done.returncode == 1
    assert "error[PK407]: the output folder cannot be used: " in done.stderr
    assert "Traceback" not in done.stderr


def test_an_output_around_a_source_is_said(project: Path) -> None:
    done = run(project, "shop/org.py", "-o", "shop")
    assert done.returncode == 2
    assert "the source 'shop/org.py' is in the output folder 'shop': choose another folder with -o" in done.stderr


def nested(depth: int) -> bytes:
    return ORG.encode() + b"DEEP = " + b"[" * depth + b"]" * depth + b"\n"


SHAPES = {
    "CRLF": ORG.replace("\n", "\r\n").encode(),
    "a byte-order mark": b"\xef\xbb\xbf" + ORG.encode(),
    "both": b"\xef\xbb\xbf" + ORG.replace("\n", "\r\n").encode(),
    "Latin-1": b"# -*- coding: latin-1 -*-\n" + ORG.encode() + b"WORD = '\xe9'\n",
    "no line end at the end": ORG.rstrip().encode(),
    "a form feed": ORG.encode().replace(b"\n\n\n", b"\n\x0c\n"),
    "a very long line": ORG.encode() + b"LONG = '" + b"x" * 200_000 + b"'\n",
    "deep nesting": nested(60),
    "10,000 lines": ORG.encode() + b"".join(b"def f%d() -> int:\n    return %d\n" % (n, n) for n in range(5_000)),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_shape_of_a_source_does_not_change_the_output(project: Path, shape: str) -> None:
    expected = {path: data for path, data in generated(project).items() if path.endswith(".py")}
    shutil.rmtree(project / "shop/repos")
    (project / "shop/org.py").write_bytes(SHAPES[shape])
    done = run(project)
    assert done.returncode == 0, done.stderr
    assert {path: data for path, data in generated(project).items() if path.endswith(".py")} == expected


DEEP = {
    "a text": ('"' + "list[" * 300 + "int" + "]" * 300 + '"', "", "PK201"),
    "lists": ("list[" * 61 + "int" + "]" * 61, "", "PK124"),
    "a chain of dataclasses": ("Part300", "    x: Part{}\n", "PK124"),
    "dataclasses that double": ("Part30", "    x: Part{0}\n    y: Part{0}\n", "PK124"),
}


@pytest.mark.parametrize("name", DEEP)
def test_a_type_that_nests_too_deeply_is_said(project: Path, name: str) -> None:
    before = generated(project)
    type_, fields, code = DEEP[name]
    parts = [f"@dataclass\nclass Part{number}:\n{fields.format(number - 1)}" for number in range(1, 301) if fields]
    chain = "\n\n".join(["", "@dataclass\nclass Part0:\n    x: int\n", *parts])
    (project / "shop/org.py").write_text(f"from __future__ import annotations\n{ORG}    deep: {type_}\n{chain}")
    done = run(project)
    assert done.returncode == 1, done.stderr
    assert f"error[{code}]" in done.stderr
    assert generated(project) == before


def test_what_nests_too_deeply_is_said(project: Path) -> None:
    (project / "shop/org.py").write_bytes(nested(5_000))
    done = run(project)
    assert done.returncode == 1
    assert "error[PK1" in done.stderr
    assert "internal error" not in done.stderr


def test_a_source_behind_a_link_is_read_and_the_link_stays(project: Path) -> None:
    (project / "elsewhere.py").write_text(CHANGED)
    (project / "shop/org.py").unlink()
    (project / "shop/org.py").symlink_to(project / "elsewhere.py")
    assert run(project).returncode == 0
    assert "town" in generated(project)["org/contract.py"].decode()
    assert (project / "shop/org.py").is_symlink()


def test_an_output_folder_behind_a_link_is_written_where_it_leads(project: Path) -> None:
    shutil.move(project / "shop/repos", project / "real")
    (project / "shop/repos").symlink_to(project / "real")
    (project / "shop/org.py").write_text(CHANGED)
    done = run(project)
    assert done.returncode == 0, done.stderr
    assert (project / "shop/repos").is_symlink()
    assert "town" in (project / "real/org/contract.py").read_text()


def test_a_link_in_the_output_is_not_followed_out_of_it(project: Path) -> None:
    outside = project / "precious.py"
    outside.write_text("MINE = 1\n")
    (project / "shop/repos/org/contract.py").unlink()
    (project / "shop/repos/org/contract.py").symlink_to(outside)
    (project / "shop/org.py").write_text(CHANGED)
    run(project)
    assert outside.read_text() == "MINE = 1\n"


def test_backslashes_in_the_options_separate_folders_on_every_system(project: Path) -> None:
    (project / "pyproject.toml").write_text(OPTIONS.replace('"shop/repos"', r"'shop\repos'"))
    done = run(project)
    assert (done.returncode, done.stderr) == (0, "shop/repos is up to date\n")
