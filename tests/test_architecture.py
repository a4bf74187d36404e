"""Who may import whom: one table, checked against every import in the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src"
FILES = sorted(SOURCE.rglob("*.py"))

LAYERS = (
    "source",
    "resources",
    "recall",
    "literals",
    "kept",
    "generator",
    "diagnostics",
    "declarations",
    "ir",
    "config",
    "pyproject",
    "roots",
    "options",
    "frontend",
    "analysis",
    "backends.base",
    "backends",
    "templating",
    "printing",
    "compiler",
    "formatting",
    "manifest",
    "output",
    "staging",
    "fingerprint",
    "generation",
    "migrate",
    "diagrams",
    "cli",
)
"""The parts of the compiler: modules and packages of `pkit_gen`."""

MAY_IMPORT: dict[str, set[str]] = {
    "source": set(),
    "resources": set(),
    "recall": set(),
    "literals": set(),
    "kept": set(),
    "generator": {"resources"},
    "diagnostics": {"source"},
    "declarations": {"source"},
    "ir": {"source"},
    "config": {"ir"},
    "pyproject": {"diagnostics", "source"},
    "roots": {"pyproject"},
    "options": {"config", "diagnostics", "ir", "pyproject", "roots", "source"},
    "frontend": {"declarations", "source", "diagnostics", "config", "kept"},
    "analysis": {"declarations", "ir", "source", "diagnostics", "config"},
    "backends.base": {"config", "diagnostics", "ir"},
    "backends": {"backends.base", "config", "diagnostics", "ir", "literals", "source"},
    "templating": {"literals", "resources"},
    "printing": {"backends.base", "config", "generator", "ir", "kept", "templating"},
    "compiler": {"analysis", "backends", "config", "diagnostics", "frontend", "ir", "printing"},
    "formatting": {"pyproject"},
    "manifest": {"formatting", "pyproject"},
    "output": {"formatting", "manifest"},
    "staging": {"manifest", "output", "pyproject", "recall"},
    "fingerprint": {"config", "generator", "manifest"},
    "generation": {"compiler", "config", "diagnostics", "fingerprint", "manifest", "output", "recall", "staging"},
    "migrate": {"backends", "ir"},
    "diagrams": {"backends", "ir"},
    "cli": set(LAYERS),
}

MAY_USE: dict[str, set[str]] = {
    "libcst": {"frontend", "migrate"},
    "jinja2": {"templating"},
    "click": {"cli"},
    "rich": {"cli", "diagnostics"},
    "mypy": {"cli"},
}
"""Which parts of the compiler may use a library."""


def module_of(path: Path) -> str:
    """Return the dotted name of a file below `src`."""
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Yield the dotted name of every module or member that a file imports, in functions as well."""
    module = module_of(path).split(".")
    package = module if path.name == "__init__.py" else module[:-1]
    for node in ast.walk(ast.parse(path.read_bytes())):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=base, names=names, level=level):
                above = package[: len(package) - level + 1] if level else []
                origin = ".".join([*above, *([base] if base else [])])
                yield from (f"{origin}.{alias.name}" for alias in names)
            case _:
                pass


def layer_of(name: str) -> str | None:
    """Return the part of the compiler that a dotted name below `pkit_gen` belongs to; None for the package itself."""
    inside = name.removeprefix("pkit_gen.")
    found = [layer for layer in LAYERS if inside == layer or inside.startswith(f"{layer}.")]
    return max(found, key=len) if found else None


def backend_of(name: str) -> str | None:
    """Return the backend that a dotted name belongs to: a folder of `pkit_gen/backends`."""
    parts = name.split(".")
    if parts[:2] != ["pkit_gen", "backends"] or len(parts) < 3:
        return None
    return parts[2] if (SOURCE / "pkit_gen/backends" / parts[2]).is_dir() else None


def files_of(package: str) -> list[Path]:
    return [path for path in FILES if path.is_relative_to(SOURCE / package)]


def name(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def test_every_module_of_the_compiler_belongs_to_a_part() -> None:
    strays = [module_of(path) for path in files_of("pkit_gen") if layer_of(module_of(path)) is None]
    assert strays == ["pkit_gen"]


@pytest.mark.parametrize("path", files_of("pkit_gen"), ids=name)
def test_a_part_imports_only_what_the_table_allows(path: Path) -> None:
    layer = layer_of(module_of(path))
    if layer is None:
        assert list(imports(path)) == [], "the package itself imports nothing"
        return
    reached = {layer_of(imported) for imported in imports(path) if imported.startswith("pkit_gen.")} - {None, layer}
    assert reached <= MAY_IMPORT[layer]


@pytest.mark.parametrize("path", files_of("pkit_gen"), ids=name)
def test_a_library_is_used_only_where_it_belongs(path: Path) -> None:
    layer = layer_of(module_of(path))
    used = {imported.split(".")[0] for imported in imports(path)} & MAY_USE.keys()
    assert all(layer in MAY_USE[library] for library in used), used


@pytest.mark.parametrize("path", files_of("pkit_gen/backends"), ids=name)
def test_a_backend_does_not_import_another(path: Path) -> None:
    own = backend_of(module_of(path))
    others = {backend_of(imported) for imported in imports(path)} - {None, own}
    assert others == set() or module_of(path) == "pkit_gen.backends"


@pytest.mark.parametrize("path", files_of("pkit_gen"), ids=name)
def test_the_compiler_does_not_import_the_runtime(path: Path) -> None:
    assert not [imported for imported in imports(path) if imported.split(".")[0] == "pkit"]


@pytest.mark.parametrize("path", files_of("pkit"), ids=name)
def test_the_runtime_imports_neither_the_compiler_nor_its_libraries(path: Path) -> None:
    forbidden = {"pkit_gen", *MAY_USE}
    assert not {imported.split(".")[0] for imported in imports(path)} & forbidden


DRIVERS = {
    "sqlalchemy": {"postgres"},
    "asyncpg": {"postgres"},
    "motor": {"mongo"},
    "pymongo": {"mongo"},
    "bson": {"mongo"},
}


@pytest.mark.parametrize("path", files_of("pkit"), ids=name)
def test_a_driver_is_imported_only_by_its_database(path: Path) -> None:
    folder = module_of(path).split(".")[1:2]
    used = {imported.split(".")[0] for imported in imports(path)} & DRIVERS.keys()
    assert all(set(folder) <= DRIVERS[driver] and folder for driver in used), used
