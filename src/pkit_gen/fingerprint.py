"""One digest of all that a run depends on, so that a run with the same inputs can be told without compiling.

It covers the options, the generator itself, every file that decided on the earlier run's result, and every file of the sources' packages
in which a registration can stand. Paths count relative to the output folder, so a checkout has the same fingerprint everywhere. What counts
of a file is what was compiled: one that is saved while a run goes on differs from it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from pathlib import Path

from pkit_gen import generator
from pkit_gen.config import Config
from pkit_gen.manifest import Manifest


def fingerprint(config: Config, files: Mapping[Path, str]) -> str:
    """Return the digest of the options, of the generator, and of files and their digests."""
    named = sorted((relative(config, path), digest) for path, digest in files.items())
    return sha256(json.dumps([generator.digest(), _options(config), named]).encode()).hexdigest()


def digests(paths: Collection[Path]) -> dict[Path, str]:
    """Return the digest of each file; one that cannot be read has a digest too, for the compiler to report it."""
    return {path: _digest(path) for path in paths}


def decisive(config: Config, record: Manifest) -> set[Path]:
    """Return the files that the run of a manifest depends on, as they are now."""
    return inputs(config, record) | telling(config, record, set(package_files(config)))


def inputs(config: Config, record: Manifest) -> set[Path]:
    """Return the files that the run of a manifest read."""
    return {Path(os.path.normpath(config.output / path)) for path in record.inputs}


def telling(config: Config, record: Manifest, paths: Collection[Path]) -> set[Path]:
    """Return those of the files of the packages that may hold registrations, and, without any, each source: there dataclasses are entities.

    A package that has the name of a module that was read counts too: Python would import it instead.
    """
    words = [word.encode() for word in record.words]
    hiding = {path.with_suffix("") / "__init__.py" for path in inputs(config, record)}
    found = {path for path in paths if path in hiding or _mentions(path, words)}
    return found | {path for path in paths if counts_whole(config, record, path)}


def counts_whole(config: Config, record: Manifest, path: Path) -> bool:
    """Return whether a file may hold an entity that is not registered."""
    return record.inferred and any(path.is_relative_to(source) for source in config.sources)


def relative(config: Config, path: Path) -> str:
    """Return `path` relative to the output folder, posix."""
    return Path(os.path.relpath(path, config.output)).as_posix()


def package_files(config: Config) -> Iterator[Path]:
    """Return the Python files of the top-level packages that hold the sources, without those of the output folder."""
    for top in top_levels(config):
        yield from [top] if top.is_file() else _modules(top, config.output)


def top_levels(config: Config) -> list[Path]:
    """Return the top-level packages and modules that hold the sources, sorted."""
    return sorted({_top_level(config, source) for source in config.sources})


def _top_level(config: Config, source: Path) -> Path:
    """Return the top-level package or module that holds `source`, or `source` itself where no root holds it."""
    for root in config.roots:
        if source.is_relative_to(root) and source != root:
            return root / source.relative_to(root).parts[0]
    return source


def _modules(folder: Path, output: Path) -> Iterator[Path]:
    """Return the Python files below `folder`, without those of the output, of virtual environments and of hidden folders."""
    for above, folders, files in os.walk(folder):
        kept = [
            name for name in folders if not name.startswith(".") and not (Path(above, name) / "pyvenv.cfg").exists()
        ]
        folders[:] = [name for name in kept if Path(above, name) != output]
        yield from (Path(above, name) for name in files if name.endswith(".py"))


def _mentions(path: Path, words: Collection[bytes]) -> bool:
    try:
        text = path.read_bytes()
    except OSError:
        return True  # it counts, as unreadable
    return any(word in text for word in words)


def _digest(path: Path) -> str:
    try:
        return sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        return type(error).__name__


def _options(config: Config) -> list[object]:
    return [
        [relative(config, source) for source in config.sources],
        [relative(config, root) for root in config.roots],
        [database.value for database in config.backends],
        config.registrations,
        config.datetimes.value,
        config.providers,
        config.path_depth,
    ]
