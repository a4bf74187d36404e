"""Diagnostics for people: a headline, the lines of source with what is wrong under them, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from rich.cells import cell_len

from pkit_gen.diagnostics.model import Diagnostic, Label, Severity
from pkit_gen.diagnostics.render.paths import printable, shown
from pkit_gen.source import WHOLE_FILE, SourceFile, Span

TAB = "    "
RESET = "\x1b[0m"
BLUE = "\x1b[1;34m"
BOLD = "\x1b[1m"
COLOURS = {Severity.ERROR: "\x1b[1;31m", Severity.WARNING: "\x1b[1;33m", Severity.NOTE: "\x1b[1;32m"}


def text(diagnostics: Sequence[Diagnostic], base: Path, *, color: bool = False) -> str:
    """Return the findings as rustc prints its own, separated by empty lines; with ANSI colours when `color`."""
    return "\n".join(_Page(diagnostic, base, color).text() for diagnostic in diagnostics)


@dataclass(frozen=True)
class Mark:
    """A stretch of one line to underline, in columns from 0, and the text behind it."""

    line: int
    start: int
    end: int
    text: str
    primary: bool


@dataclass(frozen=True)
class _Page:
    """One diagnostic while it is being printed."""

    diagnostic: Diagnostic
    base: Path
    color: bool
    lines: dict[Path, list[str]] = field(default_factory=dict[Path, list[str]])

    def text(self) -> str:
        """Return the whole diagnostic, with a newline at its end."""
        return "".join(f"{line}\n" for line in (self._headline(), *self._body()))

    # --- the frame ---

    def _headline(self) -> str:
        severity = self.diagnostic.severity
        head = self._paint(f"{severity.value}[{self.diagnostic.code}]", COLOURS[severity])
        return head + self._paint(f": {printable(self.diagnostic.message)}", BOLD)

    def _body(self) -> Iterator[str]:
        sections = self._sections()
        gutter = len(str(max((mark.line for _, marks in sections for mark in marks), default=1)))
        yield from self._arrow_without_source(gutter)
        for number, (labels, marks) in enumerate(sections):
            yield self._arrow("-->" if number == 0 else ":::", labels[0], gutter)
            if marks:
                yield from self._snippet(labels[0].place.file, marks, gutter)
                yield self._bar(gutter)
        for label in self._unmarked():
            yield self._remark("note", label.text, gutter)
        if self.diagnostic.help:
            yield self._remark("help", self.diagnostic.help, gutter)

    def _arrow_without_source(self, gutter: int) -> Iterator[str]:
        if self.diagnostic.primary is None and self.diagnostic.path is not None:
            path = printable(shown(self.diagnostic.path, self.base))
            yield f"{' ' * gutter}{self._paint('-->', BLUE)} {path}"

    def _arrow(self, arrow: str, label: Label, gutter: int) -> str:
        start = label.place.span.start
        path = printable(shown(label.place.file.path, self.base))
        return f"{' ' * gutter}{self._paint(arrow, BLUE)} {path}:{start.line}:{start.column}"

    def _bar(self, gutter: int) -> str:
        return self._paint(f"{' ' * gutter} |", BLUE)

    def _remark(self, kind: str, remark: str, gutter: int) -> str:
        return f"{' ' * gutter} {self._paint('=', BLUE)} {self._paint(kind, BOLD)}: {printable(remark)}"

    def _paint(self, painted: str, style: str) -> str:
        return f"{style}{painted}{RESET}" if self.color else painted

    # --- labels ---

    def _labels(self) -> list[Label]:
        primary = self.diagnostic.primary
        return [*([primary] if primary else []), *self.diagnostic.related]

    def _unmarked(self) -> list[Label]:
        return [label for label in self._labels() if label.place.span == WHOLE_FILE and label.text]

    def _sections(self) -> list[tuple[list[Label], list[Mark]]]:
        """Return the labels by file, that of the primary label first, with what to underline in each."""
        files: dict[Path, list[Label]] = {}
        for label in self._labels():
            files.setdefault(label.place.file.path, []).append(label)
        return [(labels, [mark for label in labels for mark in self._marks(label)]) for labels in files.values()]

    def _marks(self, label: Label) -> Iterator[Mark]:
        span, primary = label.place.span, label is self.diagnostic.primary
        if span == WHOLE_FILE:
            return
        start, end = span.start, _visible_end(span, self._source(label.place.file))
        if start.line == end[0]:
            yield Mark(start.line, start.column - 1, max(end[1], start.column), label.text, primary)
            return
        first, last = self._line(label.place.file, start.line), self._line(label.place.file, end[0])
        yield Mark(start.line, start.column - 1, max(len(first), start.column), "", primary)
        yield Mark(end[0], len(last) - len(last.lstrip()), end[1], label.text, primary)

    # --- lines of source ---

    def _source(self, file: SourceFile) -> list[str]:
        if file.path not in self.lines:
            self.lines[file.path] = file.lines()
        return self.lines[file.path]

    def _line(self, file: SourceFile, number: int) -> str:
        lines = self._source(file)
        return lines[number - 1] if number <= len(lines) else ""

    def _snippet(self, file: SourceFile, marks: Sequence[Mark], gutter: int) -> Iterator[str]:
        yield self._bar(gutter)
        shown_lines = sorted({mark.line for mark in marks})
        previous = shown_lines[0] - 1
        for number in shown_lines:
            if number == previous + 2:
                yield self._numbered(file, number - 1, gutter)
            elif number > previous + 2:
                yield self._paint("...", BLUE)
            yield self._numbered(file, number, gutter)
            here = [mark for mark in marks if mark.line == number]
            for mark in sorted(here, key=lambda mark: (not mark.primary, mark.start)):
                yield self._underlined(file, mark, gutter)
            previous = number

    def _numbered(self, file: SourceFile, number: int, gutter: int) -> str:
        line = _displayed(self._line(file, number))
        return f"{self._paint(f'{number:>{gutter}} |', BLUE)} {line}".rstrip()

    def _underlined(self, file: SourceFile, mark: Mark, gutter: int) -> str:
        line = self._line(file, mark.line)
        indent = cell_len(_displayed(line[: mark.start])) + max(0, mark.start - len(line))
        width = max(1, cell_len(_displayed(line[mark.start : mark.end])))
        style = COLOURS[self.diagnostic.severity] if mark.primary else BLUE
        under = ("^" if mark.primary else "-") * width + (f" {printable(mark.text)}" if mark.text else "")
        return f"{self._bar(gutter)} {' ' * indent}{self._paint(under, style)}"


def _visible_end(span: Span, lines: Sequence[str]) -> tuple[int, int]:
    """Return the line and the column from 0 where a span ends; at the end of the line before when it ends at column 1."""
    if span.end.column > 1 or span.end.line == span.start.line:
        return (span.end.line, span.end.column - 1)
    line = span.end.line - 1
    return (line, len(lines[line - 1]) if line <= len(lines) else 0)


def _displayed(line: str) -> str:
    """Return a line with tabs as spaces and control characters as one replacement character each."""
    return "".join(
        TAB if char == "\t" else char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line
    )
