"""From annotations to field types."""

from __future__ import annotations

from dataclasses import replace

import pytest

from analysis.declared import (
    ANY,
    BOOL,
    INT,
    NONE,
    STR,
    UUID,
    alias,
    dataclass,
    dumped,
    enum,
    external,
    field,
    findings,
    literal,
    new_type,
    only,
    place,
    project,
    ref,
    register,
    union,
    variable,
)
from pkit_gen.config import Datetimes
from pkit_gen.declarations import (
    AnnotationDecl,
    EllipsisType,
    MemberValue,
    OtherClassDecl,
    RecursiveRef,
    ScalarSubclassDecl,
    TypedDictDecl,
    UnresolvedType,
)
from pkit_gen.frontend.annotations import UnresolvedLiteral
from pkit_gen.ir.types import SCALARS, Scalar

MONEY = dataclass("Money", field("amount", INT, owner="Money"), field("note", STR, default=True, owner="Money"))
COLOR = enum("Color", RED="red", BLUE="blue")
RED = MemberValue(COLOR.ref, "RED", "red")
ELLIPSIS = EllipsisType(place("..."))


def type_of(annotation: AnnotationDecl, datetimes: Datetimes = Datetimes.AWARE) -> str:
    """Return how the dump spells the type of a field with this annotation."""
    lines = dumped(register("user", field("x", annotation)), datetimes=datetimes)
    return lines[-1].removeprefix("x: ")


def refused(annotation: AnnotationDecl) -> list[tuple[str, str]]:
    """Return what is reported for a field with this annotation."""
    return findings(register("user", field("x", annotation)))


@pytest.mark.parametrize("scalar", [scalar for scalar in Scalar if scalar is not Scalar.NAIVE_DATETIME])
def test_each_scalar_of_the_table_is_recognised_by_its_class(scalar: Scalar) -> None:
    assert type_of(external(SCALARS[scalar].python.qualified)) == scalar.value.rstrip("_")


def test_datetimes_are_naive_where_the_project_says_so() -> None:
    stamp = external("datetime.datetime")
    subclass = project(ScalarSubclassDecl(ref("Stamp"), stamp, place("Stamp")))
    assert type_of(stamp, Datetimes.NAIVE) == "naive_datetime"
    assert type_of(subclass, Datetimes.NAIVE) == "naive_datetime as app.Stamp"


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        (union(STR, NONE), "text | None"),
        (union(NONE, project(alias("Maybe", union(INT, NONE)))), "alias app.Maybe = integer | None"),
        (union(STR, STR), "text"),
        (union(literal("a"), literal("b"), NONE), "literal['a', 'b'] | None"),
        (external("list", INT), "array list[integer]"),
        (external("typing.List", INT), "array list[integer]"),
        (external("set", project(COLOR)), "array set[enum app.Color of text(RED='red', BLUE='blue')]"),
        (external("frozenset", literal(1, 2)), "array frozenset[literal[1, 2]]"),
        (external("tuple", STR, ELLIPSIS), "array tuple[text]"),
        (external("collections.abc.Sequence", UUID), "array Sequence[uuid]"),
        (external("list", union(INT, NONE)), "list[integer | None]"),
        (external("list", external("list", INT)), "list[array list[integer]]"),
        (external("list", project(MONEY)), "list[record app.Money(amount: integer, note: text)]"),
        (external("tuple", STR, INT), "tuple[text, integer]"),
        (external("dict", STR, INT), "dict[str, integer]"),
        (external("collections.abc.Mapping", STR, INT), "Mapping[str, integer]"),
        (external("dict", STR, ANY), "dict[str, json Any]"),
        (external("dict", STR, external("object")), "dict[str, json Any]"),
        (external("list"), "json list"),
        (external("dict"), "json dict"),
        (external("typing.Sequence"), "json Sequence"),
        (external("collections.abc.Mapping"), "json Mapping"),
        (external("typing.Annotated", INT), "integer"),
        (external("typing_extensions.Final", INT), "integer"),
        (literal("a", None), "literal['a'] | None"),
        (variable("T", bound=INT), "integer"),
        (project(new_type("UserId", UUID)), "new type app.UserId = uuid"),
        (project(ScalarSubclassDecl(ref("Email"), STR, place("Email"))), "text as app.Email"),
        (project(enum("Access", flag=True, READ=1, WRITE=2)), "flag app.Access of integer(READ=1, WRITE=2)"),
    ],
)
def test_an_annotation_of_the_table_becomes_its_type(annotation: AnnotationDecl, expected: str) -> None:
    assert type_of(annotation) == expected


def test_a_literal_of_enum_members_is_that_enum_with_those_members() -> None:
    assert type_of(literal(RED, None)) == "enum app.Color of text(RED='red') | None"


def test_an_item_of_a_typed_dict_may_be_left_out() -> None:
    options = TypedDictDecl(ref("Options"), (("size", INT, True), ("hint", STR, False)), place("Options"))
    assert type_of(project(options)) == "typed dict app.Options(size: integer, hint: text (not required))"


def test_arguments_of_a_generic_dataclass_replace_its_parameters_through_several_levels() -> None:
    box = dataclass("Box", field("value", variable("T"), owner="Box"), parameters=("T",))
    pair = dataclass("Pair", field("left", project(box, variable("U")), owner="Pair"), parameters=("U",))
    assert type_of(project(pair, INT)) == "record app.Pair(left: record app.Box(value: integer))"


def test_a_generic_alias_means_its_target_with_the_arguments_in_place() -> None:
    many = alias("Many", external("list", variable("T")), parameters=("T",))
    assert type_of(project(many, STR)) == "array list[text]"


@pytest.mark.parametrize(
    ("annotation", "code", "text"),
    [
        (UnresolvedType("Moeny", "no such name", "Money", place("Moeny")), "PK201", "Moeny"),
        (external("fractions.Fraction"), "PK202", "Fraction"),
        (external("complex"), "PK202", "complex"),
        (external("re.Pattern", STR), "PK202", "Pattern"),
        (external("range"), "PK202", "range"),
        (external("typing.Callable"), "PK202", "Callable"),
        (external("tuple"), "PK202", "tuple"),
        (external("numpy.ndarray"), "PK202", "ndarray"),
        (NONE, "PK202", "None"),
        (ANY, "PK203", "Any"),
        (external("object"), "PK203", "object"),
        (union(INT, STR), "PK204", "union"),
        (union(project(alias("Maybe", union(INT, NONE))), STR), "PK204", "union"),
        (project(RecursiveRef(ref("Node"), place("Node"))), "PK205", "Node"),
        (project(OtherClassDecl(ref("Model"), "a pydantic model", place("class"))), "PK206", "Model"),
        (project(ScalarSubclassDecl(ref("Rows"), external("list", INT), place("class"))), "PK206", "Rows"),
        (project(enum("Odd", A="a", B=1)), "PK207", "B"),
        (project(enum("Odd", A=1.5)), "PK207", "A"),
        (project(enum("Odd", A=True)), "PK207", "A"),
        (project(enum("Odd", A=None)), "PK207", "A"),
        (project(enum("Odd", A=(1, "x"))), "PK207", "A"),
        (project(enum("Odd", A=1, B=2**63)), "PK207", "B"),
        (project(enum("Odd", A="a", B="\0")), "PK207", "B"),
        (project(enum("Odd", flag=True, A="a")), "PK207", "A"),
        (project(enum("Empty")), "PK208", "Empty"),
        (external("dict", INT, STR), "PK209", "int"),
        (external("dict", project(ScalarSubclassDecl(ref("Email"), STR, place("Email"))), STR), "PK209", "Email"),
        (external("dict", external("complex"), STR), "PK202", "complex"),
        (variable("T"), "PK210", "T"),
        (literal(b"a"), "PK211", "b'a'"),
        (literal(True), "PK211", "True"),
        (literal("a", 1), "PK211", "1"),
        (literal(1, -(2**63) - 1), "PK211", str(-(2**63) - 1)),
        (literal(RED, "red"), "PK211", "red"),
        (literal(RED, MemberValue(ref("Size"), "RED", "red")), "PK211", "Size.RED"),
        (literal(RED, MemberValue(COLOR.ref, "ONE", 1)), "PK211", "Color.ONE"),
        (literal(MemberValue(COLOR.ref, "PAIR", (1, 2))), "PK211", "Color.PAIR"),
        (literal(None), "PK211", "Literal"),
        (external("list", INT, STR), "PK212", "list"),
        (external("dict", STR), "PK212", "dict"),
        (external("dict"), None, None),
        (external("tuple", ELLIPSIS, STR), "PK212", "tuple"),
        (project(MONEY, INT), "PK212", "Money"),
        (external("set", external("list", INT)), "PK213", "list"),
        (external("set", project(MONEY)), "PK213", "Money"),
        (external("set", project(dataclass("Frozen", hashable=True))), None, None),
        (external("frozenset", external("tuple", project(MONEY), INT)), "PK213", "tuple"),
        (external("frozenset", external("dict")), "PK213", "dict"),
    ],
)
def test_what_cannot_be_stored_is_reported_at_its_own_place(
    annotation: AnnotationDecl, code: str | None, text: str | None
) -> None:
    assert refused(annotation) == ([(code, text)] if code else [])


def test_the_innermost_type_that_cannot_be_stored_is_pointed_at() -> None:
    assert refused(external("list", union(external("complex"), NONE))) == [("PK202", "complex")]


def test_every_wrong_field_of_a_nested_dataclass_is_reported_with_the_way_to_it() -> None:
    nested = dataclass("Shape", field("a", ANY, owner="Shape"), field("b", external("range"), owner="Shape"))
    registration = register("user", field("shape", project(nested)))
    assert findings(registration) == [("PK202", "range"), ("PK203", "Any")]


def test_a_nested_dataclass_used_by_two_entities_is_reported_once() -> None:
    nested = project(dataclass("Shape", field("a", ANY, owner="Shape")))
    assert findings(register("one", field("x", nested)), register("two", field("y", nested))) == [("PK203", "Any")]


def test_the_report_of_a_nested_field_names_the_entity_that_stores_it() -> None:
    nested = project(dataclass("Shape", field("a", ANY, owner="Shape")))
    diagnostic = only(register("user", field("shape", nested)))
    assert diagnostic.message.startswith('field "a" of Shape')
    assert [label.text for label in diagnostic.related] == ["stored as part of User"]


def test_the_report_of_a_refused_type_lists_what_can_be_used() -> None:
    help_ = only(register("user", field("x", external("fractions.Fraction")))).help
    assert help_ is not None
    assert help_.startswith("write Decimal")
    assert "UUID" in help_


# --- the id -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("annotation", [UUID, INT, STR, BOOL, project(new_type("Id", UUID)), project(COLOR)])
def test_an_id_may_be_any_hashable_scalar(annotation: AnnotationDecl) -> None:
    assert findings(register("user", entity=dataclass("User", field("id", annotation)))) == []


@pytest.mark.parametrize(
    ("annotation", "code", "text"),
    [
        (union(UUID, NONE), "PK221", "union"),
        (project(new_type("Id", union(INT, NONE))), "PK221", "Id"),
        (external("list", INT), "PK222", "list"),
        (project(MONEY), "PK222", "Money"),
    ],
)
def test_an_id_that_may_be_none_or_cannot_be_hashed_is_refused(
    annotation: AnnotationDecl, code: str, text: str
) -> None:
    assert findings(register("user", entity=dataclass("User", field("id", annotation)))) == [(code, text)]


def test_an_entity_without_id_is_told_which_field_could_be_it() -> None:
    diagnostic = only(register("user", entity=dataclass("User", field("oid", UUID))))
    assert (diagnostic.code, diagnostic.help) == ("PK220", 'rename the field "oid" to "id"')


def test_a_field_that_mongo_or_postgres_cannot_name_is_refused() -> None:
    for name in ("_id", "x" * 64, "xmin", "ctid", "__secret"):
        assert findings(register("user", field(name, INT))) == [("PK223", name)]


def test_a_class_that_is_defined_in_a_function_is_refused_as_entity_and_as_type() -> None:
    local = replace(MONEY, ref=ref("make.<locals>.Money"))
    assert findings(register("user", field("x", project(local)))) == [("PK225", "make.<locals>.Money")]
    entity = replace(dataclass("User", field("id", UUID)), ref=ref("make.<locals>.User"))
    assert findings(register("user", entity=entity)) == [("PK225", "User")]


def test_a_value_of_a_literal_that_cannot_be_told_is_refused_in_words() -> None:
    diagnostic = only(register("user", field("x", literal("a", UnresolvedLiteral()))))
    assert diagnostic.code == "PK211"
    assert diagnostic.message == 'field "x" of User is a Literal with a value that cannot be told from the source'
