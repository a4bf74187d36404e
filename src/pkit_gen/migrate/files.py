"""Files, before and after."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.codemod import CodemodContext
from libcst.codemod.visitors import AddImportsVisitor
from libcst.metadata import MetadataWrapper

from pkit_gen.migrate.bindings import Bindings, Collector, dotted, imported_module
from pkit_gen.migrate.entities import Entities
from pkit_gen.migrate.findings import Finding
from pkit_gen.migrate.names import PREDECESSOR
from pkit_gen.migrate.rewriting import Rewriter

SKIPPED = frozenset({"node_modules", "site-packages", "__pycache__", "venv", "build", "dist"})
WIDTH = 88
WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True)
class Migration:
    """One file: its bytes before and after, and what is left to the user."""

    path: Path
    before: bytes
    after: bytes
    findings: tuple[Finding, ...]


def python_files(folder: Path, output: Path | None = None) -> Iterator[Path]:
    """Yield the Python files of a file or folder in order, without hidden folders, environments and the generated package."""
    if folder.is_file():
        yield folder
        return
    for entry in sorted(folder.iterdir()):
        if entry.is_dir() and not (entry.name.startswith(".") or entry.name in SKIPPED or entry == output):
            yield from () if (entry / "pyvenv.cfg").exists() else python_files(entry, output)
        elif entry.suffix == ".py":
            yield entry


def migrate_file(path: Path, entities: Entities) -> Migration | None:
    """Return what a file becomes, None when it does not name persistence-kit. Writes nothing; OSError when it cannot be read."""
    data = path.read_bytes()
    if PREDECESSOR.encode() not in data:
        return None
    try:
        module = cst.parse_module(data)
    except (cst.ParserSyntaxError, UnicodeDecodeError, LookupError) as error:
        return Migration(path, data, data, (_unreadable(error),))
    after, findings = _rewritten(module, entities)
    return Migration(path, data, after.bytes, findings)


def _unreadable(error: Exception) -> Finding:
    line = error.raw_line if isinstance(error, cst.ParserSyntaxError) else 1
    return Finding(line, 1, "the file cannot be parsed", "mend it, and run again")


def _rewritten(module: cst.Module, entities: Entities) -> tuple[cst.Module, tuple[Finding, ...]]:
    wrapper = MetadataWrapper(module)
    bindings = Bindings(entities)
    wrapper.module.visit(Collector(bindings))
    rewriter = Rewriter(bindings)
    after = _with_imports(wrapper.visit(rewriter), rewriter)
    after = _without_unused(after, _uses(module))
    left = _still_imported(after) & rewriter.left.keys()
    return after, tuple(sorted({*rewriter.findings, *(rewriter.left[name] for name in left)}))


def _with_imports(module: cst.Module, rewriter: Rewriter) -> cst.Module:
    context = CodemodContext()
    for source, name in sorted(rewriter.needed):
        AddImportsVisitor.add_needed_import(context, source, name)
    after = AddImportsVisitor(context).transform_module(module)
    return after.visit(_Wrapper({source for source, _ in rewriter.needed}))


class _Wrapper(cst.CSTTransformer):
    """Puts the names of long imports on lines of their own, as formatters do."""

    def __init__(self, modules: set[str]) -> None:
        super().__init__()
        self.modules = modules

    def leave_ImportFrom(self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom) -> cst.ImportFrom:
        if imported_module(updated_node) not in self.modules or isinstance(updated_node.names, cst.ImportStar):
            return updated_node
        if len(cst.Module([]).code_for_node(updated_node)) <= WIDTH or updated_node.lpar:
            return updated_node
        names = [alias.with_changes(comma=cst.Comma(whitespace_after=_line("    "))) for alias in updated_node.names]
        names[-1] = names[-1].with_changes(comma=cst.Comma(whitespace_after=_line("")))
        return updated_node.with_changes(
            names=names, lpar=cst.LeftParen(whitespace_after=_line("    ")), rpar=cst.RightParen()
        )


def _line(indent: str) -> cst.ParenthesizedWhitespace:
    return cst.ParenthesizedWhitespace(last_line=cst.SimpleWhitespace(indent))


# --- imports that nothing uses any more -------------------------------------------------------------------------------


class _Uses(cst.CSTVisitor):
    """Counts the names of a file outside of its imports; the words of texts count, which may be annotations."""

    def __init__(self) -> None:
        super().__init__()
        self.names = Counter[str]()

    def visit_Import(self, node: cst.Import) -> bool:
        return False

    def visit_ImportFrom(self, node: cst.ImportFrom) -> bool:
        return False

    def visit_Name(self, node: cst.Name) -> None:
        self.names[node.value] += 1

    def visit_Attribute(self, node: cst.Attribute) -> bool:
        node.value.visit(self)
        return False

    def visit_SimpleString(self, node: cst.SimpleString) -> None:
        self.names.update(WORD.findall(node.value))


def _uses(module: cst.Module) -> Counter[str]:
    visitor = _Uses()
    module.visit(visitor)
    return visitor.names


class _Remover(cst.CSTTransformer):
    """Removes names from the imports of a file."""

    def __init__(self, names: frozenset[str]) -> None:
        super().__init__()
        self.names = names

    def leave_ImportFrom(
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom | cst.RemovalSentinel:
        if isinstance(updated_node.names, cst.ImportStar):
            return updated_node
        kept = [alias for alias in updated_node.names if local_name(alias) not in self.names]
        if len(kept) == len(updated_node.names):
            return updated_node
        if not kept:
            return cst.RemoveFromParent()
        comma = updated_node.names[-1].comma
        return updated_node.with_changes(names=[*kept[:-1], kept[-1].with_changes(comma=comma)])


def local_name(alias: cst.ImportAlias) -> str:
    """Return what an imported name is called in the file."""
    return dotted(alias.asname.name) if alias.asname else dotted(alias.name)


def _without_unused(module: cst.Module, before: Counter[str]) -> cst.Module:
    """Return the file without the imports of names that were used before and are not now."""
    after = _uses(module)
    gone = frozenset(name for name in before if not after[name])
    return module.visit(_Remover(gone))


# --- what still names persistence-kit ---------------------------------------------------------------------------------


class _Imported(cst.CSTVisitor):
    """Collects what a file imports, as dotted names."""

    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def visit_Import(self, node: cst.Import) -> None:
        self.names.update(dotted(alias.name) for alias in node.names)

    def visit_ImportFrom(self, node: cst.ImportFrom) -> None:
        names = ["*"] if isinstance(node.names, cst.ImportStar) else [dotted(alias.name) for alias in node.names]
        self.names.update(f"{imported_module(node)}.{name}" for name in names)


def _still_imported(module: cst.Module) -> set[str]:
    visitor = _Imported()
    module.visit(visitor)
    return visitor.names
