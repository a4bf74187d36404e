"""Both commands as a user calls them: exit status, what they refuse, where they print."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from pkit_gen import generation
from pkit_gen.cli.command import command
from pkit_gen.cli.tools import pkit
from pkit_gen.diagnostics.catalog import mistakes
from pkit_gen.generation import Outcome


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with the package `shop` and a text file."""
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop/entities.py").write_text("")
    (tmp_path / "notes.txt").write_text("")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def pkit_gen(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def everything(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no sources"),
        (("shop",), "no output folder"),
        (("gone.py", "-o", "out"), "'gone.py' does not exist"),
        (("notes.txt", "-o", "out"), "neither a folder nor a Python file"),
        (("shop", "-o", "notes.txt"), "is a file"),
        (("shop", "-o", "notes.txt/out"), "is a file, so there can be no folder in it"),
        (("shop", "-o", "out", "--wrong"), "No such option"),
        (("shop", "-o", "out", "--backend", "redis"), "'redis' is not one of"),
        (("shop", "-o", "out", "--format", "xml"), "'xml' is not one of"),
        (("shop", "-o", "out", "--registrations", "shop"), "not of the form module:function"),
        (("shop", "-o", "out", "--root", "gone"), "'gone' does not exist"),
        (("shop", "-o", "out", "--diff", "--verify"), "--diff goes with neither"),
        (("shop", "-o", "out", "--watch", "--check"), "--watch not with --check"),
    ],
)
def test_wrong_usage_ends_with_status_2_and_writes_nothing(
    project: Path, arguments: tuple[str, ...], said: str
) -> None:
    before = everything(project)
    done = pkit_gen(*arguments)
    assert done.exit_code == 2
    assert said in done.stderr
    assert done.stdout == ""
    assert everything(project) == before


def test_a_mistake_in_pyproject_ends_with_status_1_and_is_shown_on_stderr(project: Path) -> None:
    (project / "pyproject.toml").write_text('[tool.pkit]\nsources = ["shop"]\nouput = "out"\n')
    done = pkit_gen()
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr == (
        'error[PK501]: [tool.pkit] has no option "ouput"\n'
        " --> pyproject.toml:3:1\n"
        "  |\n"
        '3 | ouput = "out"\n'
        "  | ^^^^^ no such option\n"
        "  |\n"
        '  = help: write "output"\n'
    )


@pytest.mark.parametrize("form", ["json", "github", "sarif"])
def test_a_format_for_machines_goes_to_stdout(project: Path, form: str) -> None:
    (project / "pyproject.toml").write_text("[tool.pkit]\nouput = 1\n")
    done = pkit_gen("--format", form)
    assert done.exit_code == 1
    assert "PK501" in done.stdout
    assert done.stderr == ""


def test_the_json_format_is_one_object(project: Path) -> None:
    (project / "pyproject.toml").write_text("[tool.pkit]\nouput = 1\n")
    (finding,) = json.loads(pkit_gen("--format", "json").stdout)["diagnostics"]
    assert (finding["code"], finding["file"], finding["line"], finding["column"]) == ("PK501", "pyproject.toml", 2, 1)


def break_the_generator(monkeypatch: pytest.MonkeyPatch) -> None:
    def run(*_arguments: object, **_options: object) -> Outcome:
        raise KeyError("lost")

    monkeypatch.setattr(generation, "run", run)


def test_a_bug_of_pkit_is_called_one(monkeypatch: pytest.MonkeyPatch) -> None:
    break_the_generator(monkeypatch)
    done = pkit_gen("shop", "-o", "out")
    assert done.exit_code == 70
    assert "internal error: KeyError: 'lost'" in done.stderr
    assert "This is a bug of pkit" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_traceback_of_a_bug_is_shown_when_verbose(monkeypatch: pytest.MonkeyPatch) -> None:
    break_the_generator(monkeypatch)
    assert "Traceback" in pkit_gen("shop", "-o", "out", "-v").stderr


def test_both_commands_tell_their_version() -> None:
    assert pkit_gen("--version").stdout.startswith("pkit-gen, version ")
    assert CliRunner().invoke(pkit, ["--version"]).stdout.startswith("pkit, version ")


def test_explain_lists_every_code() -> None:
    done = CliRunner().invoke(pkit, ["explain"])
    assert done.exit_code == 0
    assert [line.split()[0] for line in done.stdout.splitlines()] == [mistake.code for mistake in mistakes()]


@pytest.mark.parametrize("code", ["PK501", "pk501", " PK501 "])
def test_explain_prints_the_page_of_a_code(code: str) -> None:
    done = CliRunner().invoke(pkit, ["explain", code])
    assert done.exit_code == 0
    assert "PK501: an unknown option in [tool.pkit]" in done.stdout


def test_explain_refuses_a_code_that_there_is_not() -> None:
    done = CliRunner().invoke(pkit, ["explain", "PK5O1"])
    assert done.exit_code == 2
    assert "did you mean PK501?" in done.stderr


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_shell_can_complete_the_options(shell: str) -> None:
    for prog, cli in (("pkit-gen", command), ("pkit", pkit)):
        variable = f"_{prog.replace('-', '_').upper()}_COMPLETE"
        done = CliRunner().invoke(cli, [], prog_name=prog, env={variable: f"{shell}_source"})
        assert done.exit_code == 0
        assert variable in done.stdout


def test_codes_are_completed() -> None:
    environment = {"_PKIT_COMPLETE": "bash_complete", "COMP_WORDS": "pkit explain PK50", "COMP_CWORD": "2"}
    done = CliRunner().invoke(pkit, [], prog_name="pkit", env=environment)
    assert "plain,PK501" in done.stdout.splitlines()
