"""The record of a run that lies in the output folder: what went in, and the digests of each file that came out.

Nothing in it depends on the machine or on the version of Python.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path, PurePosixPath

from pkit_gen.formatting import letters
from pkit_gen.pyproject import is_list, is_table

NAME = ".pkit-manifest.json"


@dataclass(frozen=True, slots=True)
class Digest:
    """What a file was when it was written: its text, and of that what formatters leave as it is."""

    text: str
    letters: str

    @classmethod
    def of(cls, data: bytes, known: Digest | None = None) -> Digest:
        """Return the digests of a Python file; `known` when they are those of the same text."""
        text = sha256(data).hexdigest()
        return known if known and known.text == text else cls(text, sha256(letters(data)).hexdigest())

    def is_of(self, data: bytes) -> bool:
        """Return whether a file is, byte by byte, as it was written."""
        return sha256(data).hexdigest() == self.text

    def is_nearly_of(self, data: bytes) -> bool:
        """Return whether a file is as it was written, but for what a formatter may have done to it; see `letters` for what it overlooks."""
        return self.is_of(data) or sha256(letters(data)).hexdigest() == self.letters


@dataclass(frozen=True, slots=True)
class Manifest:
    """The fingerprint of a run's inputs, the files that were read (relative to the output folder), and the digest of each output.

    `words` are those that the sources' packages were searched for; `inferred` says that there was no registration, so that each file of
    the sources counts.
    """

    fingerprint: str
    inputs: tuple[str, ...]
    files: Mapping[str, Digest]
    words: tuple[str, ...] = ()
    inferred: bool = False

    def to_text(self) -> str:
        """Return the manifest as the text of its file."""
        files = {path: {"text": digest.text, "letters": digest.letters} for path, digest in sorted(self.files.items())}
        searched = {"words": self.words, "inferred": self.inferred}
        return (
            json.dumps({"fingerprint": self.fingerprint, **searched, "inputs": self.inputs, "files": files}, indent=2)
            + "\n"
        )


class UnreadableManifest(Exception):
    """The manifest's file is there but is none; the message says why."""


def read(output: Path) -> Manifest | None:
    """Return the manifest in the folder `output`, None when there is no such file.

    UnreadableManifest when it is damaged, OSError when the system refuses it.
    """
    try:
        text = (output / NAME).read_text("utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError as error:
        raise UnreadableManifest(f"byte {error.start} is not UTF-8") from error
    try:
        return _parse(json.loads(text))
    except json.JSONDecodeError as error:
        raise UnreadableManifest(f"line {error.lineno} is not JSON") from error
    except RecursionError as error:
        raise UnreadableManifest("it nests too deeply") from error


def _parse(raw: object) -> Manifest:
    if not is_table(raw):
        raise UnreadableManifest("it is not an object")
    fingerprint, inputs, files = raw.get("fingerprint"), raw.get("inputs"), raw.get("files")
    if not isinstance(fingerprint, str) or not is_list(inputs) or not is_table(files):
        raise UnreadableManifest("it has no fingerprint, inputs or files")
    digests = {inside(path): _digest(digest) for path, digest in files.items()}
    words, inferred = raw.get("words", []), raw.get("inferred", False)
    if not is_list(words) or not isinstance(inferred, bool):
        raise UnreadableManifest("its words are no list, or inferred is neither true nor false")
    return Manifest(fingerprint, tuple(map(_path, _texts(inputs))), digests, _texts(words), inferred)


def _texts(values: list[object]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


def inside(path: str) -> str:
    """Return `path` when it stays below the output folder, else UnreadableManifest: what is damaged must not have files outside removed."""
    parts = PurePosixPath(_path(path)).parts
    if not parts or ".." in parts or Path(path).is_absolute() or "\\" in path:
        raise UnreadableManifest("it names a file outside of the output folder")
    return path


def _path(text: str) -> str:
    """Return a text when it can be a path, else UnreadableManifest."""
    try:
        encoded = os.fsencode(text)
    except UnicodeEncodeError as error:
        raise UnreadableManifest("it names a path that cannot be one") from error
    if b"\0" in encoded:
        raise UnreadableManifest("it names a path that cannot be one")
    return text


def _digest(raw: object) -> Digest:
    if not is_table(raw):
        raise UnreadableManifest("the digest of a file is not an object")
    return Digest(str(raw.get("text")), str(raw.get("letters")))
