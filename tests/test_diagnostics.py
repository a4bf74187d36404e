"""Each code has a page, and the page is true: its wrong example prints what it shows, its right example is accepted."""

from __future__ import annotations

from pathlib import Path

import pytest
from diagnostics.pages import Page, read, run

from pkit_gen import resources
from pkit_gen.diagnostics.catalog import mistakes

FOLDER = resources.folder("docs") / "diagnostics"
TITLES = {mistake.code: mistake.title for mistake in mistakes()}
PATHS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")

each_page = pytest.mark.parametrize("page", [read(path) for path in PATHS], ids=lambda page: page.code)


def test_every_code_has_a_page_and_every_page_a_code() -> None:
    assert [path.stem for path in PATHS] == list(TITLES)


@each_page
def test_a_page_is_headed_by_its_code_and_title(page: Page) -> None:
    assert (page.code, page.title) == (page.path.stem, TITLES[page.code])


@each_page
def test_the_wrong_example_prints_what_the_page_shows(
    page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    printed = run(page.wrong, tmp_path / "example", monkeypatch)
    assert f"[{page.code}]" in printed, printed
    if request.config.getoption("--update"):
        page.update(printed)
    else:
        assert printed == page.output


@each_page
def test_the_right_example_is_accepted(page: Page, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    printed = run(page.right.over(page.wrong), tmp_path / "example", monkeypatch)
    assert f"[{page.code}]" not in printed
    assert "error[" not in printed
