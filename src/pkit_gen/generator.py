"""The generator itself as an input of a run: another version generates again."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from pkit_gen import resources


@cache
def digest() -> str:
    """Return the digest of the generator's source and templates."""
    found = sha256()
    for name, folder in (("pkit_gen", Path(__file__).parent), ("templates", resources.folder("templates"))):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in {".py", ".jinja"}:
                found.update(f"{name}/{path.relative_to(folder).as_posix()}".encode() + b"\0")
                found.update(sha256(path.read_bytes()).digest())
    return found.hexdigest()
