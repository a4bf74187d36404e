"""Syntax trees, those of unchanged files from an earlier run: reading one is six times as fast as parsing."""

from __future__ import annotations

import pickle
import sys
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import libcst as cst

from pkit_gen.kept import Kept

FORMAT = f"pkit-trees 1, libcst {cst.LIBCST_VERSION}, Python {sys.version}\n".encode()


class Trees:
    """Parses texts. With a `path`, the trees are kept for the next run in that file, with the suffix .trees."""

    def __init__(self, path: Path | None = None) -> None:
        self._kept = Kept(path and path.with_suffix(".trees"), FORMAT)

    def parse(self, text: str) -> cst.Module:
        """Return the tree of a text; libcst's exceptions when it is no Python."""
        if self._kept.path is None:
            return cst.parse_module(text)
        digest = sha256(text.encode(errors="surrogatepass")).hexdigest()
        pickled = self._kept.get(digest)
        tree = cst.parse_module(text) if pickled is None else _unpickled(pickled, text)
        with suppress(RecursionError):  # it nests too deeply to be kept
            self._kept.put(digest, pickled or pickle.dumps(tree, pickle.HIGHEST_PROTOCOL))
        return tree

    def save(self) -> None:
        """Keep the trees of this run."""
        self._kept.save()


def _unpickled(data: bytes, text: str) -> cst.Module:
    try:
        tree: object = pickle.loads(data)
    except Exception:  # a pickle that is damaged can raise anything
        return cst.parse_module(text)
    return tree if isinstance(tree, cst.Module) else cst.parse_module(text)
