"""Laid-out text is what black and ruff print: both are run over it."""

from __future__ import annotations

import subprocess
import sys

import pytest

from pkit_gen.backends.layout import bracketed, docstring, exploded, signature, wrap

LONG = "values.text(customer.name_of_the_street_in_full, 'x')".replace("'", '"')
EXPRESSIONS = [
    "f(a, b)",
    f"f({', '.join(['argument_number_one'] * 6)})",
    f"f(key={LONG}, other={LONG})",
    f"None if customer.name_of_the_street_in_full is None else {LONG}",
    f"f(None if customer.name_of_the_street_in_full is None else {LONG}, b)",
    f"f(None if customer.name_of_the_street is None else tuple({LONG} for item in customer.names_of_the_streets), b)",
    f"tuple(values.text(item, '{'x' * 20}') for item in values.collection(list, customer.names_of, 'n'))",
    f"tuple(sorted({LONG} for item in values.collection(frozenset, customer.names_of_streets, 'n')))",
    f"tuple({LONG} for item in values.collection(frozenset, customer.names_of_streets, '{'n' * 20}'))",
    f"[{LONG} for item in customer.names_of_the_streets if values.text(item, '{'n' * 60}', other)]",
    f"sorted(({LONG} for item in values.collection(frozenset, customer.names_of_streets, 'n')), key=repr)",
    f"[{LONG} for item in values.collection(frozenset, customer.names_of_the_streets, 'n')]",
    f"{{{LONG}: {LONG} for key, item in values.mapping(customer.names_of_the_streets, 'n').items()}}",
    f"{{'first': {LONG}, 'second': [{LONG}, {LONG}]}}",
    f"({LONG}, {LONG})",
    f"({LONG[:-1]}, '{'x' * 30}'),)",
    f"frozenset({{{', '.join(repr('name' * 5 + str(number)) for number in range(6))}}})",
    f"Literal[{', '.join(repr('name' * 5 + str(number)) for number in range(6))}]",
]


def formatted(text: str, *command: str) -> str:
    done = subprocess.run([sys.executable, "-m", *command], input=text, capture_output=True, text=True, check=True)
    return done.stdout


@pytest.fixture(scope="module")
def module() -> str:
    spelled = [expression.replace("'", '"') for expression in EXPRESSIONS]
    returns = [f"def f{n}():\n    {wrap(e, prefix='return ', indent=4)}" for n, e in enumerate(spelled)]
    assignments = [wrap(expression, prefix="x = ") for expression in spelled]
    parameters = ["self", "value: dict[str, list[int]]", "/", "*", "excluding: UUID | None = None", "**changes: Any"]
    long = signature("async def exists_by_name", parameters, "Sequence[str]", indent=4, end=": ...")
    methods = f"class A:\n    {docstring('One. ' * 40, indent=4)}\n\n    {long}\n\n    {signature('def f', ['self'], 'int', end=': ...')}"
    bases = bracketed("class B(", ["VeryLongNameOfABaseClass" * 2, "AnotherVeryLongNameOfABaseClass"], "):")
    texts = [
        docstring('It says "hello"') + "\n",
        *assignments,
        exploded("D = TypedDict(", ['"D"', exploded("{", ['"a": "int"'], "}", indent=4)], ")"),
    ]
    return "\n".join(texts) + "\n\n\n" + "\n\n\n".join([*returns, methods, f'{bases}\n    """Two bases."""']) + "\n"


def test_black_leaves_it_as_it_is(module: str) -> None:
    assert formatted(module, "black", "-q", "-") == module


def test_ruff_leaves_it_as_it_is(module: str) -> None:
    assert formatted(module, "ruff", "format", "--isolated", "-") == module


def test_what_fits_stays_on_its_line() -> None:
    assert wrap("f(a, b)", prefix="return ", indent=4) == "return f(a, b)"


def test_the_suffix_counts_for_the_width() -> None:
    expression = f"f({'a' * 84})"
    assert wrap(expression, indent=1) == expression
    assert wrap(expression, indent=1, suffix=",") == f"f(\n     {'a' * 84},\n ),"


def test_a_docstring_keeps_backslashes_and_quotes() -> None:
    text = 'A "quoted" \\ path and """three""" end"'
    assert eval(docstring(text)).strip() == text
