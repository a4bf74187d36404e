"""What a formatter leaves as it is: it may change layout, quotes, the order of imports and the indentation of docstrings, and no more.

`is_same_code` is exact, and parses both texts. `letters` costs next to nothing, for a record of every file that is written; it overlooks
an edit of nothing but white space, quotes, commas, parentheses, backslashes and comments.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from pkit_gen.pyproject import is_list

_LAYOUT = b" \t\r\n\f,()'\"\\"
_COMMENT = re.compile(rb"#[^\n'\"]*$", re.MULTILINE)  # with a quote, it may be within a text
_IMPORT = re.compile(rb"^[ \t]*(?:from[ \t]+(\S+)[ \t]+)?import[ \t]*(\([^)]*\)|[^\n(]*)", re.MULTILINE)


def letters(data: bytes) -> bytes:
    r"""Return the letters, digits and operators of a Python file, the names of imports sorted before the rest; data may be anything.

    >>> letters(b"import b, a\nx = ('c',)\n")
    b'importaimportbx=c'
    """
    code = _COMMENT.sub(b"", data)
    imports = sorted(name for found in _IMPORT.finditer(code) for name in _imported(found[1] or b"", found[2]))
    return b"".join([*imports, _IMPORT.sub(b"", code)]).translate(None, _LAYOUT)


def _imported(module: bytes, names: bytes) -> Iterator[bytes]:
    return (module + b"import" + b" ".join(name.split()) for name in names.strip(b"()").split(b",") if name.strip())


def is_same_code(first: bytes, second: bytes) -> bool:
    """Return whether two files are the same but for formatting and comments; False when one of them is no Python."""
    try:
        return _canonical(first) == _canonical(second)
    except (SyntaxError, ValueError, RecursionError):
        return False


def _canonical(data: bytes) -> str:
    return ast.dump(_Canonical().visit(ast.parse(data)))


class _Canonical(ast.NodeTransformer):
    """Sorts imports that follow each other, one name each, and takes from texts what depends on how they are written."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        super().generic_visit(node)
        for name in ("body", "orelse", "finalbody"):
            statements = getattr(node, name, None)
            if is_list(statements):
                setattr(node, name, _sorted_imports(statements))
        return node

    def visit_Constant(self, node: ast.Constant) -> ast.Constant:
        return ast.Constant(node.value)  # without its kind, the u of u"…"

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            return ast.Expr(ast.Constant(_without_margins(node.value.value)))
        return self.generic_visit(node)


def _without_margins(docstring: str) -> str:
    return "\n".join(line.strip() for line in docstring.strip().splitlines())


def _sorted_imports(statements: list[object]) -> list[object]:
    """Return statements, in which each run of imports is in one order."""
    found: list[object] = []
    imports: list[ast.AST] = []
    for statement in statements:
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            imports += _singles(statement)
        else:
            found += [*sorted(imports, key=ast.dump), statement]
            imports.clear()
    return [*found, *sorted(imports, key=ast.dump)]


def _singles(statement: ast.Import | ast.ImportFrom) -> Iterator[ast.AST]:
    """Yield one import for each name of an import."""
    for name in statement.names:
        if isinstance(statement, ast.ImportFrom):
            yield ast.ImportFrom(statement.module, [name], statement.level)
        else:
            yield ast.Import([name])
