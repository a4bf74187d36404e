"""Comparing the output folder with what a run gives, and replacing it all or not at all."""

from __future__ import annotations

import errno
import multiprocessing
import os
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

import black
import pytest

from pkit_gen import manifest, output, staging
from pkit_gen.manifest import Digest, Manifest
from pkit_gen.output import Change, Status
from pkit_gen.recall import STAGING

FIRST = {"__init__.py": '"""Generated."""\n', "user/contract.py": "A = ['a', 'b']\n"}


def record(files: Mapping[str, str], fingerprint: str = "") -> Manifest:
    return Manifest(fingerprint, (), {path: Digest.of(text.encode()) for path, text in files.items()})


def write(folder: Path, files: Mapping[str, str], fingerprint: str = "") -> list[Change]:
    with staging.exclusive(folder), staging.replacing(folder) as new:
        changes = [*output.compare(folder, files, manifest.read(folder))]
        for change in changes:
            new.take(change)
        new.commit(record(files, fingerprint))
    return changes


def statuses(folder: Path, files: Mapping[str, str]) -> dict[str, Status]:
    return {change.path: change.status for change in output.compare(folder, files, manifest.read(folder))}


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An output folder in which the first files were written."""
    write(tmp_path / "repos", FIRST)
    return tmp_path / "repos"


def test_a_first_run_writes_every_file_and_the_manifest(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "repos"
    write(folder, FIRST)
    assert contents(folder) == {
        **{path: text.encode() for path, text in FIRST.items()},
        manifest.NAME: record(FIRST).to_text().encode(),
    }


def test_a_run_without_changes_touches_no_file(folder: Path) -> None:
    before = {path: path.stat() for path in folder.rglob("*")}
    write(folder, FIRST)
    assert {path: path.stat() for path in folder.rglob("*")} == before


def test_only_the_file_that_differs_is_written(folder: Path) -> None:
    untouched = (folder / "__init__.py").stat()
    changes = write(folder, {**FIRST, "user/contract.py": "A = 2\n"})
    assert [(change.path, change.status) for change in changes] == [
        ("__init__.py", Status.CURRENT),
        ("user/contract.py", Status.STALE),
    ]
    assert (folder / "__init__.py").stat() == untouched
    assert (folder / "user/contract.py").read_text() == "A = 2\n"


def test_a_file_that_is_gone_from_the_folder_is_missing(folder: Path) -> None:
    (folder / "user/contract.py").unlink()
    assert statuses(folder, FIRST)["user/contract.py"] is Status.MISSING


def test_a_file_with_another_tree_is_edited_and_a_run_overwrites_it(folder: Path) -> None:
    (folder / "user/contract.py").write_text("A = ['c']\n")
    assert statuses(folder, FIRST)["user/contract.py"] is Status.EDITED
    write(folder, FIRST)
    assert (folder / "user/contract.py").read_text() == FIRST["user/contract.py"]


def test_a_file_that_no_longer_parses_is_edited(folder: Path) -> None:
    (folder / "user/contract.py").write_text("<<<<<<< ours\n")
    assert statuses(folder, FIRST)["user/contract.py"] is Status.EDITED


def test_a_file_that_a_formatter_changed_is_current_and_left_alone(folder: Path) -> None:
    formatted = black.format_str(FIRST["user/contract.py"], mode=black.Mode())
    (folder / "user/contract.py").write_text(formatted)
    assert formatted != FIRST["user/contract.py"]
    assert statuses(folder, FIRST)["user/contract.py"] is Status.CURRENT
    write(folder, FIRST)
    assert (folder / "user/contract.py").read_text() == formatted
    assert not output.is_intact(folder, record(FIRST))


def test_a_formatted_file_that_is_given_otherwise_is_stale(folder: Path) -> None:
    (folder / "user/contract.py").write_text('A = ["a", "b"]\n')
    assert statuses(folder, {**FIRST, "user/contract.py": "A = 2\n"})["user/contract.py"] is Status.STALE
    (folder / "user/contract.py").write_text('A = ["a", "mine"]\n')
    assert statuses(folder, {**FIRST, "user/contract.py": "A = 2\n"})["user/contract.py"] is Status.EDITED


@pytest.mark.parametrize("edited", ["A = ('a', 'b')\n", "A = [a, 'b']\n", "A = ['a b']\n", "A = [('a', 'b')]\n"])
def test_an_edit_of_punctuation_only_is_an_edit(folder: Path, edited: str) -> None:
    (folder / "user/contract.py").write_text(edited)
    assert statuses(folder, FIRST)["user/contract.py"] is Status.EDITED


def test_a_comment_that_the_generator_words_otherwise_makes_a_file_stale(folder: Path) -> None:
    files = {**FIRST, "user/contract.py": "# new\n" + FIRST["user/contract.py"]}
    assert statuses(folder, files)["user/contract.py"] is Status.STALE


def test_an_edited_or_missing_file_is_not_intact(folder: Path) -> None:
    assert output.is_intact(folder, record(FIRST))
    (folder / "user/contract.py").write_text("A = 3\n")
    assert not output.is_intact(folder, record(FIRST))
    (folder / "user/contract.py").unlink()
    assert not output.is_intact(folder, record(FIRST))


def test_a_leftover_is_removed_with_its_folder_and_compiled_form(folder: Path) -> None:
    cache = folder / "user/__pycache__"
    cache.mkdir()
    (cache / "contract.cpython-311.pyc").write_bytes(b"")
    write(folder, {"__init__.py": FIRST["__init__.py"]})
    assert sorted(contents(folder)) == [manifest.NAME, "__init__.py"]
    assert not (folder / "user").exists()


def test_a_folder_with_a_file_of_the_host_stays_when_its_entity_is_gone(folder: Path) -> None:
    (folder / "user/notes.txt").write_text("mine")
    write(folder, {"__init__.py": FIRST["__init__.py"]})
    assert sorted(contents(folder)) == [manifest.NAME, "__init__.py", "user/notes.txt"]


def test_a_leftover_that_was_edited_stays(folder: Path) -> None:
    (folder / "user/contract.py").write_text("A = 'mine'\n")
    changes = write(folder, {"__init__.py": FIRST["__init__.py"]})
    assert changes[-1].status is Status.EDITED_LEFTOVER
    assert (folder / "user/contract.py").read_text() == "A = 'mine'\n"


def test_a_file_that_is_not_in_the_manifest_is_foreign(folder: Path) -> None:
    (folder / "views.py").write_text("mine = 1\n")
    assert statuses(folder, {**FIRST, "views.py": "theirs = 1\n"})["views.py"] is Status.FOREIGN


def test_a_foreign_file_that_equals_what_is_given_is_current(folder: Path) -> None:
    (folder / manifest.NAME).unlink()
    (folder / "user/contract.py").write_text('A = ["a", "b"]\n')
    assert set(statuses(folder, FIRST).values()) == {Status.CURRENT}


def test_a_file_where_a_folder_is_needed_is_foreign(tmp_path: Path) -> None:
    (tmp_path / "user").write_text("mine")
    assert statuses(tmp_path, FIRST)["user"] is Status.FOREIGN


@pytest.mark.parametrize("obstacle", ["folder", "dangling link"])
def test_what_is_no_file_where_a_file_is_needed_is_foreign(tmp_path: Path, obstacle: str) -> None:
    target = tmp_path / "__init__.py"
    if obstacle == "folder":
        target.mkdir()
    else:
        target.symlink_to(tmp_path / "nowhere")
    assert statuses(tmp_path, FIRST)["__init__.py"] is Status.FOREIGN


def test_the_diff_shows_what_is_added_changed_and_removed(folder: Path) -> None:
    (folder / "__init__.py").write_text("edited = 1")
    files = {"__init__.py": FIRST["__init__.py"], "new.py": "N = 1\n"}
    changes = output.compare(folder, files, manifest.read(folder))
    assert output.diff(changes, "repos") == (
        "--- a/repos/__init__.py\n+++ b/repos/__init__.py\n@@ -1 +1 @@\n"
        '-edited = 1\n\\ No newline at end of file\n+"""Generated."""\n'
        "--- /dev/null\n+++ b/repos/new.py\n@@ -0,0 +1 @@\n+N = 1\n"
        "--- a/repos/user/contract.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-A = ['a', 'b']\n"
    )


# --- all or nothing ---------------------------------------------------------------------------------------------------


def failing_move(at: int) -> Callable[[Path, Path], Path]:
    """Return a `Path.replace` that fails at its call number `at`, from 1, as a full disk does."""
    calls = iter(range(1, 1000))
    replace = Path.replace

    def move(origin: Path, target: Path) -> Path:
        if next(calls) == at:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))
        return replace(origin, target)

    return move


@pytest.mark.parametrize("at", range(1, 6))
def test_a_failure_at_any_file_leaves_the_folder_as_it_was(
    folder: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    (folder / "mine.txt").write_text("mine")
    before = {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()}
    texts = contents(folder)
    files = {"__init__.py": "V = 2\n", "org/contract.py": "O = 1\n", "org/memory.py": "M = 1\n"}
    with monkeypatch.context() as patched:
        patched.setattr(Path, "replace", failing_move(at))
        with pytest.raises(OSError, match="No space left"):
            write(folder, files)
    assert contents(folder) == texts
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*") if path.is_file()} == before
    assert not (folder / "org").exists()
    write(folder, files)
    assert sorted(contents(folder)) == [
        manifest.NAME, "__init__.py", "mine.txt", "org/contract.py", "org/memory.py"
    ]  # fmt: skip


def test_a_failing_first_run_leaves_no_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "replace", failing_move(2))
    with pytest.raises(OSError, match="No space left"):
        write(tmp_path / "deep" / "repos", FIRST)
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed_by_the_next(folder: Path) -> None:
    (folder / f"{STAGING}dead").mkdir()
    (folder / f"{STAGING}dead" / "new-0").write_text("half")
    staging.mend(folder)
    write(folder, {**FIRST, "more.py": "M = 1\n"})
    assert sorted(contents(folder)) == [manifest.NAME, "__init__.py", "more.py", "user/contract.py"]


def test_the_mode_of_a_file_is_kept(folder: Path) -> None:
    (folder / "__init__.py").chmod(0o600)
    write(folder, {**FIRST, "__init__.py": "V = 2\n"})
    assert (folder / "__init__.py").stat().st_mode & 0o777 == 0o600


def write_many_times(folder: Path, text: str) -> None:
    files = {f"part{number}.py": f"X = {text!r}\n" for number in range(20)}
    for _ in range(10):
        write(folder, files, text)


def test_runs_at_the_same_time_leave_the_whole_output_of_one(tmp_path: Path) -> None:
    spawn = multiprocessing.get_context("spawn")
    folder = tmp_path / "repos"
    writers = [spawn.Process(target=write_many_times, args=(folder, text)) for text in "ab"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0]
    texts = {path.read_text() for path in folder.glob("*.py")}
    assert len(list(folder.glob("*.py"))) == 20
    assert texts in ({"X = 'a'\n"}, {"X = 'b'\n"})
    assert not list(folder.glob(f"{STAGING}*"))


def test_the_lock_is_held_until_it_is_given_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entered = threading.Event()

    def enter() -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "elsewhere"))  # as in a shell with a TMPDIR of its own
        with staging.exclusive(tmp_path):
            entered.set()

    with staging.exclusive(tmp_path):
        waiting = threading.Thread(target=enter)
        waiting.start()
        assert not entered.wait(0.2)
    waiting.join(5)
    assert entered.is_set()


def test_a_run_says_that_it_waits_when_that_takes_its_time(tmp_path: Path) -> None:
    said, entered = threading.Event(), threading.Event()

    def enter() -> None:
        with staging.exclusive(tmp_path, waiting=said.set):
            entered.set()

    with staging.exclusive(tmp_path):
        waiting = threading.Thread(target=enter)
        waiting.start()
        assert said.wait(10)
        assert not entered.is_set()
    waiting.join(5)
    assert entered.is_set()


def test_a_run_that_cannot_say_that_it_waits_does_not_go_on(tmp_path: Path) -> None:
    def unheard() -> None:
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE))

    with staging.exclusive(tmp_path), pytest.raises(BrokenPipeError), staging.exclusive(tmp_path, waiting=unheard):
        pytest.fail("the folder is held twice")


def test_a_folder_that_is_made_to_be_held_goes_again_when_it_stays_empty(tmp_path: Path) -> None:
    with staging.exclusive(tmp_path / "deep/repos"):
        assert (tmp_path / "deep/repos").is_dir()
    assert list(tmp_path.iterdir()) == []
    with staging.exclusive(tmp_path / "deep/repos", create=False):
        assert list(tmp_path.iterdir()) == []


def test_a_folder_that_somebody_else_filled_stays_and_hides_no_exception(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), staging.exclusive(tmp_path / "deep/repos"):
        (tmp_path / "deep/mine.txt").write_text("mine")
        raise KeyboardInterrupt
    assert contents(tmp_path) == {"deep/mine.txt": b"mine"}


def test_a_folder_that_the_run_before_removed_is_made_again(tmp_path: Path) -> None:
    folder, entered = tmp_path / "repos", threading.Event()

    def enter() -> None:
        with staging.exclusive(folder):
            entered.set()
            write_file(folder)

    with staging.exclusive(folder):
        waiting = threading.Thread(target=enter)
        waiting.start()
        assert not entered.wait(0.2)
    waiting.join(5)
    assert contents(folder) == {"a.txt": b"a"}


def write_file(folder: Path) -> None:
    (folder / "a.txt").write_text("a")


NEW = {"__init__.py": "V = 2\n", "org/contract.py": "O = 1\n"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("__init__.py", Status.EDITED),  # it is to be replaced
        ("org/contract.py", Status.FOREIGN),  # it is to be added
        ("user/contract.py", Status.EDITED),  # it is to be removed
    ],
)
def test_what_somebody_writes_while_a_run_prints_is_not_overwritten(folder: Path, path: str, status: Status) -> None:
    with pytest.raises(staging.Disturbed) as disturbed, staging.exclusive(folder), staging.replacing(folder) as new:
        for change in output.compare(folder, NEW, manifest.read(folder)):
            new.take(change)
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_text("MINE = 1\n")
        new.commit(record(NEW))
    assert (disturbed.value.path, disturbed.value.status) == (path, status)
    kept = {name: text.encode() for name, text in FIRST.items()}
    assert contents(folder) == {**kept, manifest.NAME: record(FIRST).to_text().encode(), path: b"MINE = 1\n"}


def test_a_file_with_the_name_of_what_waits_is_in_nobodys_way(folder: Path) -> None:
    (folder / f"{STAGING}mine").write_text("mine")
    assert not staging.is_unfinished(folder)
    staging.mend(folder)
    assert (folder / f"{STAGING}mine").exists()
