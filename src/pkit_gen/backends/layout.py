"""Laying out Python as `ruff format` and black do at their defaults: on one line where it fits, else one item per line.

A backend spells an expression on one line; `wrap` decides how many lines it takes. Whatever is broken up gets a trailing comma, which
both formatters keep.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from textwrap import wrap as fill
from typing import TypeAlias, assert_never

COLUMNS = 88
STEP = 4


@dataclass(frozen=True, slots=True)
class Group:
    """Items between brackets; broken up, each takes a line and ends with `separator`."""

    opening: str
    items: tuple[Item, ...]
    closing: str
    separator: str = ","


@dataclass(frozen=True, slots=True)
class Comprehension:
    """`opening item clause clause closing`; broken up, the inside moves to a line of its own, then each part does."""

    opening: str
    item: Item
    clauses: tuple[Item, ...]
    closing: str


@dataclass(frozen=True, slots=True)
class Conditional:
    """`body if test else other`; broken up, it takes parentheses."""

    body: Item
    test: Item
    other: Item


Expression: TypeAlias = str | Group | Comprehension | Conditional


@dataclass(frozen=True, slots=True)
class Item:
    """An expression with what stands before it on its line: a keyword and "=", a key and ": "."""

    prefix: str
    expression: Expression


def wrap(expression: str, *, prefix: str = "", suffix: str = "", indent: int = 0) -> str:
    """Return the statement `prefix expression suffix`; every line but the first is indented by `indent` spaces and more.

    >>> wrap('f("a", "b")', prefix="return ", indent=4)
    'return f("a", "b")'
    """
    line = f"{prefix}{expression}{suffix}"
    if _fits(line, indent) and "\n" not in line:
        return line.lstrip(" ")
    tree = ast.parse(expression, mode="eval").body
    return "\n".join(_lay_out(Item(prefix, _expression(tree, expression)), suffix, indent)).lstrip(" ")


def _fits(line: str, indent: int) -> bool:
    return indent + len(line) <= COLUMNS


def signature(head: str, parameters: Sequence[str], returns: str, *, indent: int = 0, end: str = ":") -> str:
    """Return `head(parameters) -> returns` and `end`, laid out; the first line is not indented.

    >>> signature("def f", ["x: int", "/"], "str", end=": ...")
    'def f(x: int, /) -> str: ...'
    """
    return bracketed(f"{head}(", parameters, f") -> {returns}{end}", indent=indent)


def bracketed(opening: str, items: Sequence[str], closing: str, *, indent: int = 0) -> str:
    """Return items between brackets, laid out; the first line is not indented. An empty group stays on its line."""
    line = f"{opening}{', '.join(items)}{closing}"
    return exploded(opening, items, closing, indent=indent) if items and not _fits(line, indent) else line


def exploded(opening: str, items: Sequence[str], closing: str, *, indent: int = 0) -> str:
    """Return items between brackets, one per line whatever their length; the first line is not indented."""
    margin = " " * indent
    return "\n".join([opening, *(f"{margin}{' ' * STEP}{item}," for item in items), margin + closing])


def entry(expression: str, *, prefix: str = "", indent: int = 0) -> str:
    """Return `prefix expression` as an item for `exploded`, which adds a comma; `indent` is that of the item's own line.

    >>> entry('("a", "b")', prefix="columns=", indent=4)
    'columns=("a", "b")'
    """
    return wrap(expression, prefix=prefix, suffix=",", indent=indent).removesuffix(",")


def docstring(text: str, *, indent: int = 0) -> str:
    """Return `text` as a docstring: paragraphs are filled to the line's width, lines that are indented keep their form."""
    width = COLUMNS - indent
    escaped = _escaped(text.strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"'))
    paragraphs = [_fill(line, width - 6 if number == 0 else width) for number, line in enumerate(escaped.splitlines())]
    lines = [line for paragraph in paragraphs for line in paragraph]
    margin = " " * indent
    if len(lines) == 1:
        return f'"""{_closed(lines[0])}"""'
    return "\n".join([f'"""{lines[0]}', *(f"{margin}{line}".rstrip() for line in lines[1:]), f'{margin}"""'])


def _escaped(text: str) -> str:
    """Return a text with the characters spelled out that no source may hold, or that hide what it says (NUL, overrides of direction)."""
    if all(line.isprintable() for line in text.split("\n")):
        return text
    kept = "\n\t"
    return "".join(
        char if char in kept or char.isprintable() else char.encode("unicode_escape").decode()
        for char in text.replace("\r\n", "\n")
    )


def _fill(line: str, width: int) -> list[str]:
    if len(line) <= width and "\t" not in line:  # nearly always
        return [line.rstrip()]
    if not line.strip():
        return [""]
    hanging = line[: len(line) - len(line.lstrip())]
    return fill(line.strip(), width, initial_indent=hanging, subsequent_indent=hanging, break_long_words=False)


def _closed(line: str) -> str:
    """Return the only line of a docstring so that the closing quotes do not run into its end."""
    return f"{line} " if line.endswith(('"', "\\")) else line


# --- from text to the tree --------------------------------------------------------------------------------------------


def _expression(node: ast.expr, source: str) -> Expression:
    match node:
        case ast.Call(func=func, args=[ast.GeneratorExp(elt=elt, generators=generators)], keywords=[]):
            return _comprehension(
                f"{_text(func, source)}(", Item("", _expression(elt, source)), generators, ")", source
            )
        case ast.Call(func=func, args=args, keywords=keywords) if args or keywords:
            items = [Item("", _expression(argument, source)) for argument in args]
            named = [Item(f"{k.arg}=" if k.arg else "**", _expression(k.value, source)) for k in keywords]
            return Group(f"{_text(func, source)}(", (*items, *named), ")")
        case ast.Subscript(value=value, slice=ast.Tuple(elts=elts)):
            return Group(f"{_text(value, source)}[", _items(elts, source), "]")
        case ast.Tuple(elts=elts) if elts:
            return Group("(", _items(elts, source), ",)" if len(elts) == 1 else ")")
        case ast.List(elts=elts) if elts:
            return Group("[", _items(elts, source), "]")
        case ast.Set(elts=elts):
            return Group("{", _items(elts, source), "}")
        case ast.Dict(keys=keys, values=values) if keys:
            return Group("{", tuple(_entry(k, v, source) for k, v in zip(keys, values, strict=True)), "}")
        case ast.GeneratorExp(elt=elt, generators=generators):
            return _comprehension("(", Item("", _expression(elt, source)), generators, ")", source)
        case ast.ListComp(elt=elt, generators=generators):
            return _comprehension("[", Item("", _expression(elt, source)), generators, "]", source)
        case ast.SetComp(elt=elt, generators=generators):
            return _comprehension("{", Item("", _expression(elt, source)), generators, "}", source)
        case ast.DictComp(key=key, value=value, generators=generators):
            return _comprehension("{", _entry(key, value, source), generators, "}", source)
        case ast.IfExp(body=body, test=test, orelse=orelse):
            return Conditional(
                Item("", _expression(body, source)),
                Item("if ", _expression(test, source)),
                Item("else ", _expression(orelse, source)),
            )
        case _:
            return _text(node, source)


def _items(nodes: list[ast.expr], source: str) -> tuple[Item, ...]:
    return tuple(Item("", _expression(node, source)) for node in nodes)


def _entry(key: ast.expr | None, value: ast.expr, source: str) -> Item:
    return Item("**" if key is None else f"{_text(key, source)}: ", _expression(value, source))


def _comprehension(
    opening: str, item: Item, generators: list[ast.comprehension], closing: str, source: str
) -> Comprehension:
    clauses = (clause for generator in generators for clause in _clauses(generator, source))
    return Comprehension(opening, item, tuple(clauses), closing)


def _clauses(generator: ast.comprehension, source: str) -> Iterator[Item]:
    target = ast.unparse(generator.target).strip("()")  # a tuple's own parentheses are not needed here
    yield Item(f"for {target} in ", _expression(generator.iter, source))
    for condition in generator.ifs:
        yield Item("if ", _expression(condition, source))


def _text(node: ast.expr, source: str) -> str:
    if source.isascii() and node.lineno == node.end_lineno == 1:  # nearly always, and many times as fast
        return source[node.col_offset : node.end_col_offset]
    segment = ast.get_source_segment(source, node)
    assert segment is not None, ast.dump(node)
    return segment


# --- from the tree to lines -------------------------------------------------------------------------------------------


def _flat(item: Item) -> str:
    match item.expression:
        case str() as text:
            return item.prefix + text
        case Group(opening=opening, items=items, closing=closing):
            return item.prefix + opening + ", ".join(_flat(inner) for inner in items) + closing
        case Comprehension(opening=opening, item=inner, clauses=clauses, closing=closing):
            return item.prefix + opening + " ".join(map(_flat, (inner, *clauses))) + closing
        case Conditional(body=body, test=test, other=other):
            return item.prefix + " ".join(map(_flat, (body, test, other)))
        case _:
            assert_never(item.expression)


def _lay_out(item: Item, suffix: str, indent: int) -> list[str]:
    margin = " " * indent
    line = f"{margin}{_flat(item)}{suffix}"
    if len(line) <= COLUMNS:
        return [line]
    match item.expression:
        case str():
            return [line]
        case Group(items=()):
            return [line]
        case Group(opening=opening, items=items, closing=closing, separator=separator):
            inside = [line for inner in items for line in _lay_out(inner, separator, indent + STEP)]
            closing = closing.removeprefix(",")
        case Comprehension(opening=opening, item=inner, clauses=clauses, closing=closing):
            inside = _inside((inner, *clauses), indent + STEP)
        case Conditional(body=body, test=test, other=other):
            opening, closing = "(", ")"
            inside = _inside((body, test, other), indent + STEP)
        case _:
            assert_never(item.expression)
    return [f"{margin}{item.prefix}{opening}", *inside, f"{margin}{closing}{suffix}"]


def _inside(parts: tuple[Item, ...], indent: int) -> list[str]:
    """Return what stands inside brackets without commas: on one line where it fits, else each part on its own."""
    flat = " " * indent + " ".join(map(_flat, parts))
    return [flat] if len(flat) <= COLUMNS else [line for part in parts for line in _lay_out(part, "", indent)]
