"""One file of the project: read, decoded and parsed once, with the places of its nodes."""

from __future__ import annotations

import ast
import io
import sys
import tokenize
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import sha256
from pathlib import Path

import libcst as cst
from libcst.metadata import CodeRange, MetadataWrapper, PositionProvider

from pkit_gen.diagnostics.catalog import sources as catalog
from pkit_gen.diagnostics.model import Diagnostic, Diagnostics
from pkit_gen.frontend.trees import Trees
from pkit_gen.source import WHOLE_FILE, Place, Position, SourceFile, Span

USUAL_RECURSION_LIMIT = 1000


@dataclass(eq=False)
class Module:
    """A module, parsed when its tree is asked for. `package` is the package that its relative imports start from."""

    file: SourceFile
    package: str
    _parse: Callable[[], cst.Module] = field(repr=False)
    _places: dict[cst.CSTNode, Place] = field(default_factory=dict[cst.CSTNode, Place], repr=False)

    @property
    def name(self) -> str:
        """Return the module's dotted name."""
        return self.file.module

    @cached_property
    def tree(self) -> cst.Module:
        """The syntax tree; an empty one when it cannot be told, which is reported."""
        return self._parse()

    @property
    def is_used(self) -> bool:
        """Return whether the tree was asked for, so that the result may depend on this file."""
        return "tree" in vars(self)

    def place(self, node: cst.CSTNode) -> Place:
        """Return the place of a node, the same each time; one that was not parsed from the file itself is the whole file."""
        found = self._places.get(node)
        if found is None:
            found = self._places[node] = Place(self.file, self._locate, node)
        return found

    def code(self, node: cst.CSTNode) -> str:
        """Return the source text of a node."""
        return self.tree.code_for_node(node)

    @cached_property
    def string_annotations(self) -> bool:
        """Whether `from __future__ import annotations` makes every annotation a string."""
        return any(_imports_future_annotations(statement) for statement in self.tree.body)

    @cached_property
    def _locate(self) -> Callable[[object], Span]:
        return self._span  # one for all places

    def _span(self, node: object) -> Span:
        found = self._positions.get(node) if isinstance(node, cst.CSTNode) else None
        if found is None:
            return WHOLE_FILE
        return Span(
            Position(found.start.line, found.start.column + 1),
            Position(found.end.line, found.end.column + 1),
        )

    @cached_property
    def _positions(self) -> Mapping[cst.CSTNode, CodeRange]:
        try:
            return MetadataWrapper(self.tree, unsafe_skip_copy=True).resolve(PositionProvider)
        except RecursionError:  # an expression nests more deeply than libcst can walk; say the file without the line
            return {}


def _imports_future_annotations(statement: cst.CSTNode) -> bool:
    if not isinstance(statement, cst.SimpleStatementLine):
        return False
    return any(
        isinstance(small, cst.ImportFrom)
        and isinstance(small.module, cst.Name)
        and small.module.value == "__future__"
        and not isinstance(small.names, cst.ImportStar)
        and any(alias.name.value == "annotations" for alias in small.names)
        for small in statement.body
    )


def read(path: Path, module: str, diagnostics: Diagnostics) -> SourceFile | None:
    """Read and decode a file as Python does (PEP 263, byte-order mark); None when that fails, which is reported."""
    try:
        data = path.read_bytes()
    except OSError as error:
        diagnostics.report(catalog.unreadable(path, error.strerror or type(error).__name__))
        return None
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(data).readline)
        return SourceFile(path, module, data.decode(encoding).removeprefix("\ufeff"), sha256(data).hexdigest())
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        diagnostics.report(catalog.undecodable(path, _reason(error)))
        return None


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeDecodeError):
        return f"byte 0x{error.object[error.start]:02x} at offset {error.start} is not {error.encoding}"
    return str(error)


def open_module(file: SourceFile, package: str, trees: Trees, diagnostics: Diagnostics) -> Module | None:
    """Return the module in a file; None when it is not Python or nests too deeply, which is reported.

    Python's own parser, which is many times as fast, tells whether it is; only a text that is newer than this Python is parsed at once.
    """
    problem = refusal_of_python(file.text)
    if isinstance(problem, (RecursionError, MemoryError)):
        # libcst's parser would overflow the stack and take the process with it
        diagnostics.report(catalog.nested_too_deeply(Place.at(file)))
        return None
    if problem is None:
        return Module(file, package, lambda: _parsed(file, trees, None, diagnostics) or cst.Module([]))
    tree = _parsed(file, trees, problem, diagnostics)
    return None if tree is None else Module(file, package, lambda: tree)


def _parsed(file: SourceFile, trees: Trees, problem: Exception | None, diagnostics: Diagnostics) -> cst.Module | None:
    try:
        return trees.parse(file.text)
    except cst.ParserSyntaxError as error:
        span = Span(Position(error.editor_line, error.editor_column), Position(error.editor_line, error.editor_column))
        diagnostics.report(_syntax_error(file, problem, error.message, span))
    except (
        cst.CSTValidationError,
        cst.CSTLogicError,
    ) as error:  # of texts and bytes side by side, of which it knows no place
        diagnostics.report(_syntax_error(file, problem, str(error), WHOLE_FILE))
    except RecursionError:
        diagnostics.report(catalog.nested_too_deeply(Place.at(file)))
    except UnicodeEncodeError:
        diagnostics.report(catalog.undecodable(file.path, "the text holds lone surrogates"))
    return None


def refusal_of_python(text: str) -> Exception | None:
    """Return why this interpreter's own parser refuses the text; it may be older than the text's syntax, so it does not decide."""
    try:
        with _usual_recursion_limit():
            ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        nested = isinstance(error, SyntaxError) and "too many nested parentheses" in (error.msg or "")
        return RecursionError() if nested else error
    return None


@contextmanager
def _usual_recursion_limit() -> Generator[None]:
    """Hold Python's parser to its usual depth: mypy raises the limit of its process, and libcst's parser has none."""
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(min(before, USUAL_RECURSION_LIMIT))
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


def _syntax_error(file: SourceFile, problem: Exception | None, message: str, span: Span) -> Diagnostic:
    """Word a syntax error as Python does where Python agrees that there is one."""
    if isinstance(problem, SyntaxError) and problem.lineno is not None:
        start = Position(problem.lineno, max(problem.offset or 1, 1))
        return catalog.syntax_error(problem.msg, Place.at(file, Span(start, _end(problem, start))))
    return catalog.syntax_error(message.partition(": expected one of")[0], Place.at(file, span))


def _end(problem: SyntaxError, start: Position) -> Position:
    if not problem.end_lineno or not problem.end_offset:
        return Position(start.line, start.column + 1)
    return max(Position(problem.end_lineno, problem.end_offset), Position(start.line, start.column + 1))
