"""The manifest: its text, its reading, and its digests."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pkit_gen import manifest
from pkit_gen.manifest import Digest, Manifest, UnreadableManifest


def test_a_manifest_reads_back_as_it_was_written(tmp_path: Path) -> None:
    written = Manifest("print", ("../a.py",), {"x.py": Digest.of(b"x = 1\n")}, ("register_entity",), True)
    (tmp_path / manifest.NAME).write_text(written.to_text())
    assert manifest.read(tmp_path) == written


def test_without_a_manifest_there_is_none(tmp_path: Path) -> None:
    assert manifest.read(tmp_path) is None
    assert manifest.read(tmp_path / "absent") is None


@pytest.mark.parametrize(
    "text",
    [
        "<<<<<<< ours\n",
        "[]",
        "{}",
        '{"fingerprint": 1, "inputs": [], "files": {}}',
        '{"fingerprint": "", "inputs": {}, "files": {}}',
        '{"fingerprint": "", "inputs": [], "files": {"a.py": "x"}}',
        '{"fingerprint": "", "inputs": [], "files": {"../a.py": {"text": "", "letters": ""}}}',
        '{"fingerprint": "", "inputs": [], "files": {"/etc/a.py": {"text": "", "letters": ""}}}',
        '{"fingerprint": "", "inputs": [], "files": {"": {"text": "", "letters": ""}}}',
        r'{"fingerprint": "", "inputs": [], "files": {"\u0000": {"text": "", "letters": ""}}}',
        r'{"fingerprint": "", "inputs": [], "files": {"\ud800": {"text": "", "letters": ""}}}',
        r'{"fingerprint": "", "inputs": ["\u0000"], "files": {}}',
        "[" * 100_000,
    ],
)
def test_a_damaged_manifest_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / manifest.NAME).write_text(text)
    with pytest.raises(UnreadableManifest):
        manifest.read(tmp_path)


def test_a_manifest_that_is_not_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / manifest.NAME).write_bytes(b"\xff")
    with pytest.raises(UnreadableManifest):
        manifest.read(tmp_path)


def test_the_digests_do_not_depend_on_the_version_of_python() -> None:
    digest = Digest.of("import b, a\nX = ('é',)  # é\n".encode())
    assert digest == Digest(
        "94f44f9bf550dfeda65e774b139051fb11be4f713097fd8785603965e8e370c1",
        "6299480963b6390915a78210266679d42f3061adc33b07c81d312832adfc8099",
    )


def test_a_file_is_nearly_what_was_written_when_it_was_formatted_since() -> None:
    digest = Digest.of(b"X = ['a', 'b']\n")
    assert digest.is_of(b"X = ['a', 'b']\n")
    assert not digest.is_of(b'X = ["a", "b"]\n')
    assert digest.is_nearly_of(b'X = ["a", "b"]\n')
    assert not digest.is_nearly_of(b'X = ["a", "c"]\n')


def test_a_manifest_of_an_earlier_format_knows_the_texts(tmp_path: Path) -> None:
    digest = Digest.of(b"X = 1\n")
    files = {"a.py": {"text": digest.text, "tree": "0123"}}
    (tmp_path / manifest.NAME).write_text(json.dumps({"fingerprint": "", "inputs": [], "files": files}))
    read = manifest.read(tmp_path)
    assert read is not None
    assert read.files["a.py"].is_nearly_of(b"X = 1\n")
    assert not read.files["a.py"].is_nearly_of(b"X = 2\n")


def test_the_text_of_a_manifest_does_not_depend_on_the_order_of_files() -> None:
    first, second = Digest.of(b"1\n"), Digest.of(b"2\n")
    forward = Manifest("", (), {"a.py": first, "b.py": second})
    backward = Manifest("", (), {"b.py": second, "a.py": first})
    assert forward.to_text() == backward.to_text()
    assert list(json.loads(forward.to_text())["files"]) == ["a.py", "b.py"]
