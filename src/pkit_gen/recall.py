"""Answering a run that changes nothing before anything else is imported: most runs in hooks are of that kind.

After a run, what it depended on is remembered in the user's cache folder: each file with its size and times, and a digest. When the same
command comes again and nothing differs, the answer is known. A file whose times differ, or that is so young that its times prove nothing,
is compared by its digest. Whatever is in doubt ends in an ordinary run, so losing the cache costs time only.

This module imports no more than the interpreter has loaded by itself: an import of the command line's library costs three times as much
as the whole answer.
"""

from __future__ import annotations

import os
import sys
import time
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FORMAT = "pkit-recall 3"
REPORTING = {"--check", "--diff", "-q", "--quiet", "-v", "--verbose"}
"""Options that only change how an answer is told, when nothing has changed."""

COMPLETION = "_PKIT_GEN_COMPLETE"
"""Set while a shell asks how to complete a command."""

SETTLED = 2_000_000_000
"""Nanoseconds after which a file that is written again surely has other times, on every file system."""

STAGING = ".pkit-staging-"
"""What the folder of a run that is writing begins with; one that stays is of a run that was killed."""

IRRELEVANT = "-"
ABSENT = "absent"
YOUNG = "young"
HEADER = 6
"""Lines of an entry before those of its paths."""


def key(arguments: Sequence[str]) -> str:
    """Return what tells one command from another: where it runs, with which pkit, and its arguments and where they lead."""
    kept = [
        argument
        for number, argument in enumerate(arguments)
        if argument not in REPORTING
        or (number and arguments[number - 1].startswith("-") and arguments[number - 1] not in REPORTING)
    ]
    led = [os.path.realpath(argument) for argument in kept if not argument.startswith("-")]
    return repr([sys.version, __file__, os.getcwd(), kept, led])


def entry(command: str) -> str:
    """Return the path where the command `command`, a `key`, is remembered."""
    return os.path.join(folder(), _checksum(command))


def folder() -> str:
    """Return pkit's part of the user's cache folder."""
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA") or os.path.expanduser("~/.cache")
    return os.path.join(home, "pkit-gen")


def kept(output: str) -> str:
    """Return the path, but for its suffix, where runs for an output folder keep something for the next."""
    return os.path.join(folder(), _checksum(output))


def recall(arguments: Sequence[str]) -> tuple[str, str] | None:
    """Return what the command has to say when nothing has changed since it was remembered (stdout, stderr), else None."""
    if COMPLETION in os.environ:
        return None
    try:
        command = key(arguments)
        known, stdout, stderr, words, stamp, paths, details = _read(entry(command))
    except (OSError, ValueError):
        return None
    if known != command:
        return None
    if stamp != _stamp(map(_times, paths.split("\t"))):
        lines = details.split("\n")
        if not all(_holds(words, *line.split("\t")) for line in lines):
            return None
        remember(command, stdout, stderr, words, _paths(lines))
    told = not any(argument in arguments for argument in ("-q", "--quiet", "--diff"))
    return stdout.replace("\\n", "\n"), f"{stderr}\n" if told else ""


def remember(command: str, stdout: str, stderr: str, words: str, paths: Iterable[tuple[str, str]]) -> None:
    """Remember the answer to `command`, which holds as long as every path is as now; silently not, where that is impossible.

    `words`, with a space between them, are those by which a module counts.
    """
    settled = time.time_ns() - SETTLED
    found = [(kind, path, _times(path)) for kind, path in paths]
    stamp = (
        _stamp(times for _, _, times in found)
        if all(max(times[:2], default=0) < settled for _, _, times in found)
        else YOUNG
    )
    lines = [command, stdout.replace("\n", "\\n"), stderr, words, stamp, "\t".join(path for _, path, _ in found)]
    lines += [
        f"{kind}\t{path}\t{_spelled(times, settled)}\t{_content(kind, path, words)}" for kind, path, times in found
    ]
    if any("\n" in line for line in lines) or any(line.count("\t") > 3 for line in lines[HEADER:]):
        return
    try:
        _write(entry(command), "\n".join(lines).encode(errors="surrogateescape"))
    except OSError:
        return


def _read(path: str) -> list[str]:
    """Return the parts of an entry; ValueError when it is not whole."""
    with open(path, "rb") as file:
        head, _, data = file.read().partition(b"\n")
    if head != _head(data):
        raise ValueError("the entry is damaged, or of another version")
    return data.decode(errors="surrogateescape").split("\n", HEADER)


def _write(path: str, data: bytes) -> None:
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "wb") as file:
        file.write(_head(data) + b"\n" + data)
    os.replace(temporary, path)


def _head(data: bytes) -> bytes:
    return f"{FORMAT} {zlib.crc32(data):08x}".encode()


def _checksum(text: str) -> str:
    return f"{zlib.crc32(text.encode(errors='surrogateescape')):08x}"


def _holds(words: str, kind: str, path: str, known: str, content: str) -> bool:
    """Return whether a path is as it was; its text decides where its times do not."""
    times = _times(path)
    if times and known == _joined(times):
        return True
    return (not times) == (known == ABSENT) and _content(kind, path, words) == content


def _paths(lines: Iterable[str]) -> Iterator[tuple[str, str]]:
    for line in lines:
        kind, path, _, _ = line.split("\t")
        yield kind, path


def _times(path: str) -> tuple[int, ...]:
    """Return what changes with every change of a file or folder; nothing where there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return found.st_mtime_ns, found.st_ctime_ns, found.st_size, found.st_ino


def _stamp(times: Iterable[tuple[int, ...]]) -> str:
    """Return one number for the times of all paths: comparing each on its own takes twice as long."""
    return str(hash(tuple(times)))


def _spelled(times: tuple[int, ...], settled: int) -> str:
    """Return times for an entry; those of a file that is so young that they prove nothing are left out."""
    if not times:
        return ABSENT
    return _joined(times) if max(times[:2]) < settled else YOUNG


def _joined(times: tuple[int, ...]) -> str:
    return " ".join(map(str, times))


def _content(kind: str, path: str, words: str) -> str:
    try:
        return _module(path, words) if kind == "module" else CONTENTS[kind](path)
    except OSError:
        return ABSENT


def _file(path: str) -> str:
    with open(path, "rb") as file:
        return _digest(file.read())


def _module(path: str, words: str) -> str:
    """Return the digest of a file that counts only when it may hold registrations."""
    with open(path, "rb") as file:
        text = file.read()
    return _digest(text) if any(word in text for word in words.encode().split()) else IRRELEVANT


def _folder(path: str) -> str:
    return _digest("\0".join(sorted(filter(_counts, os.listdir(path)))).encode(errors="surrogateescape"))


def _counts(name: str) -> bool:
    """Return whether a file or folder may add to the modules or templates that are searched."""
    _, dot, suffix = name.rpartition(".")
    return suffix in ("py", "jinja") if dot else name != "__pycache__"


def _staging(path: str) -> str:
    return _digest(
        "\0".join(name for name in os.listdir(path) if name.startswith(STAGING)).encode(errors="surrogateescape")
    )


def _presence(_path: str) -> str:
    return "present"


CONTENTS = {"file": _file, "folder": _folder, "staging": _staging, "presence": _presence}
"""What of a path counts: its text, the modules in it, what killed runs left in it, or only whether it is there.

Beside these, of a "module" the text when it holds a word.
"""


def _digest(data: bytes) -> str:
    try:
        from _blake2 import blake2b  # hashlib would load OpenSSL, which takes as long as hashing two hundred files
    except ImportError:
        from hashlib import blake2b
    return blake2b(data, digest_size=20).hexdigest()
