"""Pages of the documentation, and their blocks of code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"

BLOCK = re.compile(
    r"(?:^<!-- (?P<note>[\w ]+) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL
)
FILE = re.compile(r"# (?P<path>[\w./-]+\.(py|toml))\n")


@dataclass(frozen=True)
class Block:
    """A block of code. `note` is the comment before it: "wrong" for what a type checker refuses, "not run" for what is only shown.

    `path` is the file that it is, if its first line names one.
    """

    language: str
    text: str
    note: str | None
    path: str | None


def blocks(page: str) -> Iterator[Block]:
    """Yield the blocks of a page in order."""
    for found in BLOCK.finditer((DOCS / page).read_text("utf-8")):
        named = FILE.match(found["text"])
        text = found["text"][named.end() :] if named else found["text"]
        yield Block(found["language"], text, found["note"], named["path"] if named else None)


def first_column(page: str, heading: str) -> list[str]:
    """Return the names in the first column of the tables below a heading, without what is in brackets after a name."""
    text = (DOCS / page).read_text("utf-8")
    section = re.split(rf"^#+ {re.escape(heading)}$", text, flags=re.MULTILINE)
    if len(section) != 2:
        raise AssertionError(f"{page} has not one heading {heading!r}")
    below = re.split(r"^#", section[1], flags=re.MULTILINE)[0]
    cells = [line.split(" | ")[0] for line in below.splitlines() if line.startswith("| `")]
    return [re.split(r"[( ]", name)[0] for cell in cells for name in re.findall(r"`([^`]+)`", cell)]
