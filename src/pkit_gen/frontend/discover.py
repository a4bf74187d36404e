"""Finding the project's modules as the import system would, and reading each at most once."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pkit_gen.config import Config
from pkit_gen.diagnostics.catalog import sources as catalog
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.frontend.modules import Module, open_module, read
from pkit_gen.frontend.trees import Trees
from pkit_gen.source import SourceFile


@dataclass(frozen=True)
class Location:
    """Where a module is: its file (None for a namespace package) and the folders that its submodules are searched in."""

    file: Path | None
    folders: tuple[Path, ...]


@dataclass(eq=False)
class Project:
    """The files under the import roots. Modules are located, read and parsed when asked for, and only once."""

    config: Config
    diagnostics: Diagnostics
    trees: Trees
    words: set[str] = field(default_factory=set[str])
    """What was searched for: a file that begins to hold one of them has a part in the result."""

    _locations: dict[str, Location | None] = field(default_factory=dict[str, "Location | None"])
    _files: dict[Path, SourceFile | None] = field(default_factory=dict[Path, "SourceFile | None"])
    _modules: dict[str, Module | None] = field(default_factory=dict[str, "Module | None"])

    def locate(self, name: str) -> Location | None:
        """Return where the import system would find the module under the roots, or None."""
        if name not in self._locations:
            self._locations[name] = self._search(name)
        return self._locations[name]

    def _search(self, name: str) -> Location | None:
        parent, _, last = name.rpartition(".")
        if not parent:
            found = _find(last, self.config.roots)
            shadowed = found is not None and found.file is None and last in sys.stdlib_module_names
            return None if shadowed else found  # a folder without __init__.py gives way to any module of its name
        package = self.locate(parent)
        return _find(last, package.folders) if package else None

    def owns(self, name: str) -> bool:
        """Return whether the module's top-level package is the project's, so that a module that is not found is missing."""
        top = self.locate(name.partition(".")[0])
        return top is not None and (top.file is not None or any(_holds_python(folder) for folder in top.folders))

    def module(self, name: str) -> Module | None:
        """Return the parsed module, or None when it has no file, cannot be read or parsed, or is part of the output."""
        if name not in self._modules:
            self._modules[name] = self._load(name)
        return self._modules[name]

    def _load(self, name: str) -> Module | None:
        location = self.locate(name)
        if location is None or location.file is None or location.file.is_relative_to(self.config.output):
            return None
        file = self.read(location.file, name)
        if file is None:
            return None
        package = name if location.folders else name.rpartition(".")[0]
        return open_module(file, package, self.trees, self.diagnostics)

    def read(self, path: Path, name: str) -> SourceFile | None:
        """Return the file's text under the module name."""
        if path not in self._files:
            self._files[path] = read(path, name, self.diagnostics)
        return self._files[path]

    @property
    def inputs(self) -> Mapping[Path, str]:
        """Return every file that the result depends on so far, and the digest of what was read of it.

        That the others are Python is all that is known of them.
        """
        return {module.file.path: module.file.digest for module in self._modules.values() if module and module.is_used}

    def submodules(self, name: str) -> list[str]:
        """Return the names of the modules right below a package."""
        location = self.locate(name)
        found = {entry for folder in location.folders for entry in _module_names(folder)} if location else set[str]()
        return sorted(found)

    def name_of(self, path: Path) -> str | None:
        """Return the module name of a file by the innermost root that holds it, or None when none does."""
        roots = [root for root in self.config.roots if path.is_relative_to(root)]
        if not roots:
            return None
        parts = path.relative_to(max(roots, key=lambda root: len(root.parts))).with_suffix("").parts
        parts = parts[:-1] if parts[-1] == "__init__" else parts
        return ".".join(parts) if all(part.isidentifier() for part in parts) else None


def _find(name: str, folders: tuple[Path, ...]) -> Location | None:
    """Search one name in folders in the order of the import system: package, module, and last the parts of a namespace package."""
    portions: list[Path] = []
    for folder in folders:
        package = folder / name
        if (package / "__init__.py").is_file():
            return Location(package / "__init__.py", (package,))
        if (folder / f"{name}.py").is_file():
            return Location(folder / f"{name}.py", ())
        if package.is_dir():
            portions.append(package)
    return Location(None, tuple(portions)) if portions else None


def _holds_python(folder: Path) -> bool:
    return next(_python_files(folder), None) is not None


def _python_files(folder: Path, output: Path | None = None) -> Iterator[Path]:
    """Yield the modules below a folder in a stable order, without hidden folders, caches, what cannot be imported, and the output."""
    for entry in sorted(folder.iterdir()):
        if entry.suffix == ".py" and entry.stem.isidentifier():
            yield entry
        elif _is_package(entry) and entry != output:
            yield from _python_files(entry, output)


def _is_package(entry: Path) -> bool:
    return entry.name.isidentifier() and entry.name not in ("__pycache__", "node_modules") and entry.is_dir()


def _module_names(folder: Path) -> set[str]:
    names = {entry.stem if entry.suffix == ".py" else entry.name for entry in folder.iterdir()}
    return {name for name in names if name.isidentifier() and name not in ("__init__", "__pycache__")}


@dataclass(frozen=True)
class Sources:
    """What to search: the modules that were named, and those of the packages that hold them; names, sorted, without doubles."""

    named: tuple[str, ...]
    searched: tuple[str, ...]


def discover(project: Project) -> Sources:
    """Return the modules of the sources and of their top-level packages; what cannot be one is reported."""
    named: dict[str, None] = {}
    for path in project.config.sources:
        for file in _expand(path, project.config.output):
            name = _importable(project, file)
            if name is not None:
                named[name] = None
    packages = sorted({name.partition(".")[0] for name in named})
    searched = {name for package in packages for name in _modules_below(project, package)} | set(named)
    return Sources(tuple(named), tuple(sorted(searched)))


def _expand(path: Path, output: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from _python_files(path, output)
    else:
        yield path


def _importable(project: Project, file: Path) -> str | None:
    """Return the module name of a source, provided that importing it would lead to that very file."""
    name = project.name_of(file)
    if not name or name.partition(".")[0] in sys.builtin_module_names:
        project.diagnostics.report(catalog.outside_of_roots(file, project.config.roots))
        return None
    found = project.locate(name)
    if found is None or found.file is None:
        project.read(file, name)  # reports that it is not there
        return None
    if found.file != file:
        project.diagnostics.report(catalog.shadowed(file, name, found.file))
        return None
    return name


def _modules_below(project: Project, package: str) -> Iterator[str]:
    location = project.locate(package)
    for folder in location.folders if location else ():
        if folder.is_relative_to(project.config.output):
            continue
        for file in _python_files(folder, project.config.output):
            name = project.name_of(file)
            if name:
                yield name


def mentioning(project: Project, modules: tuple[str, ...], word: str) -> list[Module]:
    """Return the modules whose text holds the word; the others are not even parsed."""
    project.words.add(word)
    found: list[Module] = []
    for name in modules:
        location = project.locate(name)
        if location is None or location.file is None or word.encode() not in _bytes(location.file):
            continue
        module = project.module(name)
        if module is not None:
            found.append(module)
    return found


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""  # an unreadable source is reported when it is read as one
