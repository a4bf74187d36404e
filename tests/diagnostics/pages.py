"""A page of a diagnostic, taken apart and run: its files are written to a folder and its commands run there."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from pkit_gen.cli import reporting
from pkit_gen.cli.command import command
from pkit_gen.diagnostics.model import Diagnostic

COMMANDS = ("pkit-gen app -o app/repos",)
BLOCK = re.compile(r'^```(?P<language>\w+)(?: title="(?P<title>[^"]+)")?\n(?P<text>.*?)^```$', re.MULTILINE | re.DOTALL)
PAGE = re.compile(
    r"\A# (?P<code>PK\d{3}): (?P<title>[^\n]+)\n\n(?P<explanation>[^#\n].*?)\n"
    r"\n## Wrong\n(?P<wrong>.*?)\n## Output\n\n```text\n(?P<output>.*?)```\n\n## Right\n(?P<right>.*)\Z",
    re.DOTALL,
)


@dataclass(frozen=True)
class Example:
    """Files by their path, and the commands to run among them."""

    files: Mapping[str, str]
    commands: Sequence[str]

    def over(self, other: Example) -> Example:
        """Return this example in front of another: its files replace those of the same path, its commands all of them."""
        return Example({**other.files, **self.files}, self.commands or other.commands)


@dataclass(frozen=True)
class Page:
    """A page in its parts."""

    path: Path
    code: str
    title: str
    explanation: str
    wrong: Example
    output: str
    right: Example

    def update(self, output: str) -> None:
        """Write what is printed into the page."""
        text = self.path.read_text("utf-8")
        start, end = _page(text, self.path.name).span("output")
        self.path.write_text(text[:start] + output + text[end:], "utf-8")


def read(path: Path) -> Page:
    """Return the page in a file; ValueError when it is not in the form that docs/diagnostics/README.md describes."""
    parts = _page(path.read_text("utf-8"), path.name)
    wrong, right = _example(parts["wrong"]), _example(parts["right"])
    return Page(
        path, parts["code"], parts["title"], parts["explanation"], wrong, parts["output"].rstrip("\n") + "\n", right
    )


def _page(text: str, name: str) -> re.Match[str]:
    found = PAGE.match(text)
    if found is None:
        raise ValueError(f"{name} has not the form of a page")
    return found


def _example(section: str) -> Example:
    rest = BLOCK.sub("", section).strip()
    if rest:
        raise ValueError(f"text between the files of an example: {rest!r}")
    blocks = list(BLOCK.finditer(section))
    files = {block["title"]: block["text"] for block in blocks if block["title"]}
    consoles = [block["text"] for block in blocks if block["language"] == "console"]
    return Example(files, [line.removeprefix("$ ") for text in consoles for line in text.splitlines()])


def run(example: Example, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the diagnostics that the last command prints."""
    folder.mkdir()
    for name, text in example.files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    monkeypatch.chdir(folder)
    printed = ""
    for line in example.commands or COMMANDS:
        printed = _run(line, folder, monkeypatch)
    return printed


def _run(line: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    program, *arguments = shlex.split(line)
    if program != "pkit-gen":
        subprocess.run(["bash", "-c", line], cwd=folder, check=True)
        return ""
    with monkeypatch.context() as patch:
        printed = _diagnostics(patch)
        result = CliRunner().invoke(command, arguments, color=False)
    if result.exit_code not in (0, 1) or not (result.exception is None or isinstance(result.exception, SystemExit)):
        raise AssertionError(f"$ {line}\n{result.output}") from result.exception
    return "".join(printed)


def _diagnostics(patch: pytest.MonkeyPatch) -> list[str]:
    """Return the list that everything printed as diagnostics is going to be in: stderr holds more, as the summary."""
    printed: list[str] = []
    rendered = reporting.rendered

    def observed(items: Sequence[Diagnostic], form: str) -> str:
        printed.append(rendered(items, form))
        return printed[-1]

    patch.setattr(reporting, "rendered", observed)
    return printed
