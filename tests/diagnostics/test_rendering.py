"""Diagnostics as text, JSON, workflow commands of GitHub, and SARIF."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from pkit_gen.diagnostics import render
from pkit_gen.diagnostics.model import Diagnostic, Label, Severity
from pkit_gen.source import WHOLE_FILE, Place, Position, SourceFile, Span

BASE = Path("/project")
USER = SourceFile(BASE / "app/user.py", "app.user", "class User:\n    id: int\n    email: str\n\n\n    age: int\n")
BOOT = SourceFile(BASE / "app/boot.py", "app.boot", 'register_entity("user", {"unique": {"mail": "emial"}})\n')


def at(file: SourceFile, line: int, start: int, end: int, last: int | None = None) -> Place:
    return Place.at(file, Span(Position(line, start), Position(last or line, end)))


MISSPELT = Diagnostic(
    "PK301",
    'no field "emial"',
    Label(at(BOOT, 1, 45, 52), "no such field"),
    (Label(at(USER, 3, 5, 10), "did you mean this field?"),),
    'write "email"',
)
NOTE = Diagnostic("PK120", "inferred", Label(at(USER, 1, 7, 11)), severity=Severity.NOTE)
UNREADABLE = Diagnostic("PK101", "gone.py cannot be read", path=BASE / "my app/gone.py", severity=Severity.WARNING)
BARE = Diagnostic("PK114", "no function", help="choose one")
WHOLE = Diagnostic("PK104", "too deep", Label(Place.at(USER), "somewhere in here"))


def shown(*diagnostics: Diagnostic) -> str:
    return render.text(diagnostics, BASE)


def line_of(text: str, start: int, end: int, label: str = "here") -> list[str]:
    """Return the line of source and the line under it, of a finding in a file of this one line."""
    file = SourceFile(BASE / "a.py", "a", text)
    return shown(Diagnostic("PK103", "wrong", Label(at(file, 1, start, end), label))).splitlines()[3:5]


# --- text -------------------------------------------------------------------------------------------------------------


def test_a_finding_is_printed_with_its_lines_its_related_places_and_its_help() -> None:
    assert shown(MISSPELT) == (
        'error[PK301]: no field "emial"\n'
        " --> app/boot.py:1:45\n"
        "  |\n"
        '1 | register_entity("user", {"unique": {"mail": "emial"}})\n'
        "  |                                             ^^^^^^^ no such field\n"
        "  |\n"
        " ::: app/user.py:3:5\n"
        "  |\n"
        "3 |     email: str\n"
        "  |     ----- did you mean this field?\n"
        "  |\n"
        '  = help: write "email"\n'
    )


def test_findings_are_separated_by_an_empty_line() -> None:
    assert shown(NOTE, BARE) == f"{shown(NOTE)}\n{shown(BARE)}"


def test_what_has_no_source_is_printed_without_a_frame() -> None:
    assert shown(UNREADABLE) == "warning[PK101]: gone.py cannot be read\n --> my app/gone.py\n"
    assert shown(BARE) == "error[PK114]: no function\n  = help: choose one\n"


def test_a_whole_file_is_named_but_not_shown() -> None:
    assert shown(WHOLE) == "error[PK104]: too deep\n --> app/user.py:1:1\n  = note: somewhere in here\n"


def test_lines_between_two_marks_are_shown_when_there_is_one_and_left_out_when_there_are_more() -> None:
    def numbers(related: Place) -> list[str]:
        finding = Diagnostic("PK310", "twice", Label(at(USER, 1, 7, 11)), (Label(related),))
        return re.findall(r"^(\d(?= \|)|\.\.\.)", shown(finding), re.MULTILINE)

    assert numbers(at(USER, 2, 5, 7)) == ["1", "2"]
    assert numbers(at(USER, 3, 5, 10)) == ["1", "2", "3"]
    assert numbers(at(USER, 6, 5, 8)) == ["1", "...", "6"]


def test_marks_of_one_line_stand_below_each_other_the_primary_first() -> None:
    related = (Label(at(BOOT, 1, 17, 23), "key"),)
    lines = shown(Diagnostic("PK310", "x", Label(at(BOOT, 1, 45, 52), "value"), related)).splitlines()
    assert lines[4:6] == ["  |" + " " * 45 + "^^^^^^^ value", "  |" + " " * 17 + "------ key"]


def test_a_stretch_of_several_lines_is_marked_at_its_first_and_its_last_line() -> None:
    lines = shown(Diagnostic("PK103", "x", Label(at(USER, 1, 7, 12, last=3), "all of it"))).splitlines()
    assert lines[3:8] == [
        "1 | class User:",
        "  |       ^^^^^",
        "2 |     id: int",
        "3 |     email: str",
        "  |     ^^^^^^^ all of it",
    ]


def test_a_stretch_that_ends_with_the_line_is_not_marked_in_the_next() -> None:
    lines = shown(Diagnostic("PK103", "x", Label(at(USER, 2, 5, 1, last=3)))).splitlines()
    assert lines[3:5] == ["2 |     id: int", "  |     ^^^^^^^"]


@pytest.mark.parametrize(
    ("text", "start", "end", "source", "under"),
    [
        ("\tx = 1", 2, 3, "    x = 1", "    ^ here"),
        ("名前 = x", 6, 7, "名前 = x", "       ^ here"),
        ("名前 = x", 1, 3, "名前 = x", "^^^^ here"),
        ("e\u0301 = x", 6, 7, "e\u0301 = x", "    ^ here"),
        ("a\x1b[31m = x", 9, 10, "a\N{REPLACEMENT CHARACTER}[31m = x", "        ^ here"),
        ("x =", 4, 4, "x =", "   ^ here"),
        ("x", 5, 6, "x", "    ^ here"),
    ],
    ids=["tab", "wide before", "wide", "combining", "control", "end of line", "beyond the line"],
)
def test_marks_stand_under_what_the_terminal_shows(text: str, start: int, end: int, source: str, under: str) -> None:
    shown_source, shown_under = line_of(text, start, end)
    assert shown_source == f"1 | {source}"
    assert re.sub("\N{REPLACEMENT CHARACTER}", "?", shown_under) == f"  | {under}"


def test_the_frame_is_as_wide_as_the_largest_number() -> None:
    file = SourceFile(BASE / "a.py", "a", "\n" * 99 + "x = 1")
    lines = shown(Diagnostic("PK103", "x", Label(at(file, 100, 1, 2)), help="y")).splitlines()
    assert lines[1:] == ["   --> a.py:100:1", "    |", "100 | x = 1", "    | ^", "    |", "    = help: y"]


def test_the_words_of_the_user_cannot_act_on_the_terminal() -> None:
    printed = shown(Diagnostic("PK312", "a\x1b[2Jb\nc", help="\x07", path=BASE / "a\x1b.py"))
    assert printed == "error[PK312]: a\\x1b[2Jb\\nc\n --> a\\x1b.py\n  = help: \\x07\n"


@pytest.mark.parametrize("diagnostic", [MISSPELT, NOTE, UNREADABLE, WHOLE])
def test_colours_change_nothing_but_the_colours(diagnostic: Diagnostic) -> None:
    coloured = render.text([diagnostic], BASE, color=True)
    assert "\x1b[1;3" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == shown(diagnostic)


# --- JSON -------------------------------------------------------------------------------------------------------------


def test_json_holds_every_finding_with_what_it_lacks_as_null() -> None:
    misspelt, bare, unreadable = json.loads(render.json([MISSPELT, BARE, UNREADABLE], BASE))["diagnostics"]
    assert misspelt == {
        "code": "PK301",
        "severity": "error",
        "message": 'no field "emial"',
        "file": "app/boot.py",
        "line": 1,
        "column": 45,
        "end_line": 1,
        "end_column": 52,
        "label": "no such field",
        "help": 'write "email"',
        "related": [{"file": "app/user.py", "line": 3, "column": 5, "label": "did you mean this field?"}],
    }
    assert {key for key, value in bare.items() if value is None} == {
        *("file", "line", "column", "end_line", "end_column", "label")
    }
    assert (unreadable["file"], unreadable["line"], unreadable["severity"]) == ("my app/gone.py", None, "warning")


@pytest.mark.parametrize("form", [render.json, render.sarif])
def test_documents_are_valid_without_findings_and_with_odd_characters(form: Any) -> None:
    assert json.loads(form([], BASE))
    odd = Diagnostic("PK312", 'a"\n\x00\ud800é', path=BASE / "ü.py")
    assert json.loads(form([odd], BASE).encode().decode())


# --- GitHub -----------------------------------------------------------------------------------------------------------


def test_github_gets_one_command_a_line() -> None:
    assert render.github([MISSPELT, NOTE, UNREADABLE, BARE], BASE).splitlines() == [
        '::error file=app/boot.py,line=1,endLine=1,col=45,endColumn=52,title=PK301::no field "emial"'
        '%0Ahelp: write "email"',
        "::notice file=app/user.py,line=1,endLine=1,col=7,endColumn=11,title=PK120::inferred",
        "::warning file=my app/gone.py,title=PK101::gone.py cannot be read",
        "::error title=PK114::no function%0Ahelp: choose one",
    ]


def test_github_gets_no_end_column_for_several_lines() -> None:
    several = Diagnostic("PK103", "x", Label(at(USER, 1, 7, 12, last=3)))
    assert render.github([several], BASE) == "::error file=app/user.py,line=1,endLine=3,col=7,title=PK103::x\n"


def test_the_words_of_the_user_cannot_begin_another_command() -> None:
    odd = Diagnostic("PK312", "100%\r\n::error::x", path=BASE / "a:b,c.py")
    assert render.github([odd], BASE) == "::error file=a%3Ab%2Cc.py,title=PK312::100%25%0D%0A::error::x\n"


# --- SARIF ------------------------------------------------------------------------------------------------------------


def sarif(*diagnostics: Diagnostic) -> tuple[list[Any], list[Any]]:
    """Return the rules and the results of a log."""
    (run,) = json.loads(render.sarif(diagnostics, BASE))["runs"]
    return run["tool"]["driver"]["rules"], run["results"]


def test_sarif_lists_each_code_once_and_refers_to_it_by_its_index() -> None:
    rules, results = sarif(MISSPELT, NOTE, MISSPELT)
    assert [rule["id"] for rule in rules] == ["PK120", "PK301"]
    assert rules[1]["shortDescription"]["text"] == "a unique index over an unknown field"
    assert [rules[result["ruleIndex"]]["id"] for result in results] == ["PK301", "PK120", "PK301"]
    assert [result["level"] for result in results] == ["error", "note", "error"]


def test_sarif_places_a_finding_and_what_is_related() -> None:
    _, (result,) = sarif(MISSPELT)
    assert result["message"]["text"] == 'no field "emial"\nhelp: write "email"'
    (location,), (related,) = result["locations"], result["relatedLocations"]
    assert location["physicalLocation"] == {
        "artifactLocation": {"uri": "app/boot.py"},
        "region": {"startLine": 1, "startColumn": 45, "endLine": 1, "endColumn": 52},
    }
    assert related["message"] == {"text": "did you mean this field?"}


def test_sarif_quotes_paths_and_gives_whole_files_no_region() -> None:
    _, (unreadable, whole, bare) = sarif(UNREADABLE, WHOLE, BARE)
    assert unreadable["locations"] == [{"physicalLocation": {"artifactLocation": {"uri": "my%20app/gone.py"}}}]
    assert WHOLE.primary is not None
    assert WHOLE.primary.place.span == WHOLE_FILE
    assert "region" not in whole["locations"][0]["physicalLocation"]
    assert "locations" not in bare
