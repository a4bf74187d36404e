"""Keys, collections, databases, exclusions, indexes, relations, views and names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations
from pathlib import Path

import pytest

from analysis.declared import (
    INT,
    NONE,
    STR,
    UUID,
    analysed,
    dumped,
    external,
    field,
    findings,
    only,
    place,
    project,
    register,
    relation,
    underlined,
    union,
    unique,
    view,
    written,
)
from pkit_gen.analysis.naming import RESERVED, entity_name
from pkit_gen.declarations import RegistrationDecl, RelationDecl, ScalarSubclassDecl, UniqueDecl, ViewDecl, Written
from pkit_gen.ir.dump import dump
from pkit_gen.ir.model import Database
from pkit_gen.source import ClassRef

UNIVERSITY = Path(__file__).parents[2] / "generated_examples/university/university/repos"
OPTIONAL_UUID = union(UUID, NONE)
UUIDS = external("list", UUID)


def test_entities_come_out_sorted_whatever_the_order_of_the_sources() -> None:
    registrations = [register("b"), register("a", field("b_id", UUID), relations=[FORWARD_TO_B]), register("c")]
    dumps = {dump(analysed(*order)[0]) for order in permutations(registrations)}
    assert len(dumps) == 1
    assert [entity.key for entity in analysed(*registrations)[0].entities] == ["a", "b", "c"]


FORWARD_TO_B = relation("b", target="b", local_field="b_id")


# --- registrations ----------------------------------------------------------------------------------------------------


def test_a_key_registered_twice_is_reported_with_both_places() -> None:
    first = register("user", collection="a")
    again = replace(first, key=Written("user", place("user", "other.py", 7)))
    for order in permutations([first, again]):
        diagnostic = only(*order)
        assert diagnostic.code == "PK310"
        assert diagnostic.primary is not None
        assert diagnostic.primary.place.file.path.name == "other.py"
        assert [label.place.file.path.name for label in diagnostic.related] == ["app.py"]


def test_two_keys_may_share_a_class_but_not_a_collection() -> None:
    user, admin = register("user", collection="people"), register("admin", collection="people")
    assert findings(user, admin) == [("PK311", "people")]
    assert findings(user, replace(user, key=admin.key, collection=admin.key)) == []


@pytest.mark.parametrize(
    "name", ["", " ", "a\0b", "x" * 64, "ñ" * 32, "a$b", "system.users", ".a", "a.", "a..b", "\ud800"]
)
def test_a_collection_name_that_a_database_refuses_is_an_error(name: str) -> None:
    assert [code for code, _ in findings(register("user", collection=name))] == ["PK312"]


@pytest.mark.parametrize("name", ["x" * 63, "a.b", "users-2", "Üsers"])
def test_other_collection_names_are_allowed(name: str) -> None:
    assert findings(register("user", collection=name)) == []


def test_of_two_registrations_that_clash_the_later_one_is_reported() -> None:
    early = register("zoo", collection="same")
    late = replace(
        register("ant", collection="same"),
        key=Written("ant", place("ant", line=9)),
        collection=Written("same", place("same", line=9)),
    )
    for order in permutations([early, late]):
        diagnostic = only(*order)
        assert diagnostic.primary is not None
        assert diagnostic.primary.place.span.start.line == 9
        assert diagnostic.message == '"zoo" and "ant" are both stored in the collection "same"'


def test_an_unknown_database_is_an_error_that_suggests_one() -> None:
    diagnostic = only(register("user", database="postgress"))
    assert (diagnostic.code, diagnostic.help) == ("PK313", 'write "postgres"')


def test_an_entity_pinned_to_a_database_that_is_not_generated_is_an_error() -> None:
    pinned = register("user", database="mongo")
    assert [d.code for d in analysed(pinned, backends=(Database.MEMORY, Database.POSTGRES))[1]] == ["PK314"]
    assert analysed(pinned, backends=(Database.MEMORY,))[1] == []


def test_excluded_fields_are_not_stored_and_their_types_do_not_matter() -> None:
    events = field("events", external("list", external("typing.Callable")), default=True, init=False)
    assert dumped(register("user", events, exclude=["events"])) == [
        'user: app.User in "users" as User, user',
        "id: uuid",
        "excluded events, init=False",
    ]


@pytest.mark.parametrize(("name", "code"), [("evnts", "PK315"), ("id", "PK316"), ("age", "PK316")])
def test_only_a_field_with_a_default_can_be_excluded(name: str, code: str) -> None:
    assert findings(register("user", field("age", INT), exclude=[name])) == [(code, name)]


# --- unique indexes ---------------------------------------------------------------------------------------------------


def indexed(*indexes: UniqueDecl) -> RegistrationDecl:
    """Return a user with fields of several types and these indexes."""
    fields = [field("email", STR), field("age", INT), field("tags", external("list", STR)), field("index", INT)]
    return register("user", *fields, unique=indexes)


def test_the_methods_of_an_index_are_named_after_its_fields() -> None:
    lines = dumped(indexed(unique("mail", "email", lower=True), unique("both", "age", "email")))
    assert lines[-2:] == ["unique both(age, email) -> by_age_and_email", "unique mail(lower(email)) -> by_email"]


def test_an_index_over_the_id_is_left_out_with_a_note() -> None:
    schema, (note,) = analysed(indexed(unique("id")))
    assert (note.code, note.severity.value) == ("PK304", "note")
    assert schema.entities[0].unique == ()


@pytest.mark.parametrize(
    ("index", "code", "text"),
    [
        (unique("email", "emial"), "PK301", "emial"),
        (unique("tags"), "PK302", "tags"),
        (unique("age", lower=True), "PK303", "age"),
        (unique("both", "email", "age", lower=True), "PK303", "email"),
        (unique("index"), "PK306", "index"),
        (unique("twice", "email", "age", "email"), "PK308", "email"),
        (UniqueDecl(written("none"), (), lower=False), "PK309", "none"),
    ],
)
def test_an_index_that_cannot_be_is_reported_at_its_own_place(index: UniqueDecl, code: str, text: str) -> None:
    assert findings(indexed(index)) == [(code, text)]


def test_a_misspelt_field_of_an_index_is_shown_beside_the_right_one() -> None:
    diagnostic = only(indexed(unique("email", "emial")))
    assert diagnostic.message == 'unique index "email" names the field "emial", which User does not have'
    assert diagnostic.help == 'write "email"'
    assert [label.text for label in diagnostic.related] == ["did you mean this field?"]


def test_two_indexes_over_the_same_fields_are_an_error() -> None:
    assert findings(indexed(unique("a", "email"), unique("b", "email", lower=True))) == [("PK305", "b")]


def test_an_index_over_an_excluded_field_is_an_error() -> None:
    registration = register("user", field("events", STR, default=True), unique=[unique("events")], exclude=["events"])
    assert findings(registration) == [("PK307", "events")]


# --- relations --------------------------------------------------------------------------------------------------------


def school(*relations: RelationDecl, views: tuple[ViewDecl, ...] = ()) -> list[RegistrationDecl]:
    """Return rooms with these relations, beside teachers, bookings, and the units that rooms belong to."""
    room = register(
        "room",
        field("unit_id", UUID),
        field("tutor_id", OPTIONAL_UUID),
        field("teacher_ids", UUIDS),
        field("tutor_mail", STR),
        field("size", INT),
        field("hidden", UUID, default=True),
        relations=relations,
        views=views,
        exclude=["hidden"],
    )
    unit = register("unit", relations=[relation("rooms", target="room", target_field="unit_id", many=True)])
    teacher = register(
        "teacher",
        field("mail", STR),
        field("nick", STR),
        field("age", INT),
        unique=[unique("address", "mail"), unique("nick", lower=True), unique("pair", "mail", "age")],
    )
    booking = register("booking", field("room_id", UUID), field("teacher_id", UUID), field("code", STR))
    return [room, unit, teacher, booking]


@pytest.mark.parametrize(
    ("declared", "expected"),
    [
        (relation("unit", target="unit", local_field="unit_id"), "unit: unit_id -> unit.id"),
        (relation("tutor", target="teacher", local_field="tutor_id"), "tutor: tutor_id -> teacher.id, optional"),
        (
            relation("tutor", target="teacher", local_field="tutor_mail", by="address"),
            "tutor: tutor_mail -> teacher.mail",
        ),
        (relation("tutor", target="teacher", local_field="tutor_mail", by="mail"), "tutor: tutor_mail -> teacher.mail"),
        (
            relation("teachers", target="teacher", local_field="teacher_ids", many=True),
            "teachers: each of teacher_ids -> teacher.id",
        ),
        (
            relation("bookings", target="booking", target_field="room_id", many=True),
            "bookings: id <- many booking.room_id",
        ),
        (
            relation("tutor", target="teacher", local_field="tutor_mail", target_field="mail"),
            "tutor: tutor_mail <- one teacher.mail",
        ),
        (
            relation("guests", target="teacher", through="booking", source_field="room_id", target_field="teacher_id"),
            "guests: id <- booking(room_id, teacher_id) -> teacher.id",
        ),
        (
            relation(
                "guests",
                target="teacher",
                through="booking",
                source_field="code",
                source_by="tutor_mail",
                target_field="code",
                target_by="mail",
                many=True,
            ),
            "guests: tutor_mail <- booking(code, code) -> teacher.mail",
        ),
    ],
)
def test_the_keys_of_a_relation_decide_its_kind(declared: RelationDecl, expected: str) -> None:
    assert expected in dumped(*school(declared))


@pytest.mark.parametrize(
    ("declared", "code", "text"),
    [
        (relation("unit", target="unti", local_field="unit_id"), "PK320", "unti"),
        (relation("unit", target="unit", local_field="unit"), "PK321", "unit"),
        (relation("x", target="booking", target_field="rom_id", many=True), "PK321", "rom_id"),
        (relation("x", target="teacher", local_field="tutor_mail", by="adress"), "PK321", "adress"),
        (relation("x", target="unit", local_field="hidden"), "PK307", "hidden"),
        (relation("x", target="unit", local_field="size"), "PK322", "size"),
        (relation("x", target="booking", target_field="code", many=True), "PK322", "code"),
        (relation("x", target="booking", local_field="teacher_ids", target_field="code"), "PK323", "teacher_ids"),
        (relation("x", target="teacher", local_field="size", by="age"), "PK324", "age"),
        (relation("x", target="teacher", local_field="tutor_mail", by="pair"), "PK324", "pair"),
        (relation("x", target="booking", target_field="room_id"), "PK324", "room_id"),
        (relation("x", target="unit"), "PK325", "x"),
        (relation("x", local_field="unit_id"), "PK325", "x"),
        (relation("x", target="teacher", through="booking", source_field="room_id"), "PK325", "booking"),
        (relation("x", target="unit", local_field="unit_id", source_by="id"), "PK326", "id"),
        (relation("x", target="booking", target_field="room_id", many=True, by="code"), "PK326", "code"),
        (relation("x", target="teacher", local_field="teacher_ids"), "PK327", "teacher_ids"),
        (relation("x", target="unit", local_field="unit_id", many=True), "PK328", "True"),
        (relation("size", target="unit", local_field="unit_id"), "PK329", "size"),
        (relation("not ok", target="unit", local_field="unit_id"), "PK330", "not ok"),
        (relation("class", target="unit", local_field="unit_id"), "PK330", "class"),
        (relation("x", target="teacher", local_field="tutor_mail", by="nick"), "PK331", "nick"),
    ],
)
def test_a_relation_that_cannot_be_is_reported_at_its_own_place(declared: RelationDecl, code: str, text: str) -> None:
    assert findings(*school(declared)) == [(code, text)]


def test_relations_whose_names_python_reads_as_one_are_reported() -> None:
    twice = [relation(name, target="unit", local_field="unit_id") for name in ("file", "\ufb01le")]
    assert findings(*school(*twice)) == [("PK353", "\ufb01le")]


GUESTS = relation("x", target="teacher", through="booking", source_field="room_id", target_field="teacher_id")


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        (replace(GUESTS, by=written("id")), "id"),
        (replace(GUESTS, local_field=written("tutor_mail"), source_by=written("id")), "tutor_mail"),
        (replace(GUESTS, many=written(False)), "False"),
    ],
    ids=["by", "local_field", "to one"],
)
def test_keys_without_meaning_beside_through_are_reported(declared: RelationDecl, text: str) -> None:
    assert findings(*school(declared)) == [("PK326", text)]


def test_a_scalar_subclass_joins_with_its_scalar() -> None:
    mail = project(ScalarSubclassDecl(ClassRef("app", "Email"), STR, place("Email")))
    user = register("user", field("mail", mail), unique=[unique("mail")])
    letter = register(
        "letter", field("to", STR), relations=[relation("user", target="user", local_field="to", by="mail")]
    )
    assert findings(user, letter) == []


def test_a_relation_may_lead_back_to_its_own_entity() -> None:
    node = register(
        "node",
        field("parent_id", OPTIONAL_UUID),
        relations=[
            relation("parent", target="node", local_field="parent_id"),
            relation("children", target="node", target_field="parent_id", many=True),
        ],
    )
    assert dumped(node)[-2:] == ["children: id <- many node.parent_id", "parent: parent_id -> node.id, optional"]


@pytest.mark.parametrize(
    ("here", "there", "same"),
    [(None, None, True), ("mongo", "mongo", True), ("mongo", "postgres", False), (None, "postgres", False)],
)
def test_a_relation_knows_whether_both_ends_are_in_one_database(
    here: str | None, there: str | None, same: bool
) -> None:
    a = register("a", field("b_id", UUID), relations=[FORWARD_TO_B], database=here)
    schema, _ = analysed(a, register("b", database=there))
    assert [found.same_database for found in schema.entity("a").relations] == [same]


def test_a_field_whose_type_was_refused_is_not_reported_again_by_what_uses_it() -> None:
    broken = external("complex")
    registration = register(
        "a",
        field("b_id", broken),
        relations=[FORWARD_TO_B],
        unique=[unique("b_id")],
        views=[view("v", exclude=["b_id"])],
    )
    assert findings(registration, register("b")) == [("PK202", "complex")]


# --- views ------------------------------------------------------------------------------------------------------------

UNIT = relation("unit", target="unit", local_field="unit_id")


def test_a_view_holds_the_prefixes_of_its_paths_in_order() -> None:
    lines = dumped(*school(UNIT, views=(view("plan", "unit.rooms", exclude=["size"]),)))
    assert "view plan: unit, unit.rooms without size" in lines


@pytest.mark.parametrize(
    ("declared", "code", "text"),
    [
        (view("plan", "unti"), "PK340", "unti"),
        (view("plan", "unit.room"), "PK340", "unit.room"),
        (view("plan", "unit.rooms.unit"), "PK341", "unit.rooms.unit"),
        (view("plan", "unit", exclude=["sise"]), "PK342", "sise"),
        (view("plan", "unit", exclude=["hidden"]), "PK307", "hidden"),
        (view("the plan", "unit"), "PK330", "the plan"),
        (view("fields", "unit"), "PK353", "fields"),
        (view("view", "unit"), "PK353", "view"),
        (view("include", "unit"), "PK353", "include"),
    ],
)
def test_a_view_that_cannot_be_is_reported_at_its_own_place(declared: ViewDecl, code: str, text: str) -> None:
    assert findings(*school(UNIT, views=(declared,))) == [(code, text)]


def test_the_depth_of_view_paths_is_an_option() -> None:
    registrations = school(UNIT, views=(view("plan", "unit.rooms.unit"),))
    assert findings(*registrations, path_depth=3) == []


def test_a_view_does_not_collide_with_a_part_of_another_view() -> None:
    views = (view("plan", "unit.rooms"), view("plan_unit", "unit"))
    assert findings(*school(UNIT, views=views)) == [("PK353", "plan_unit")]


# --- names ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "name", "module"),
    [
        ("user", "User", "user"),
        ("order_item", "OrderItem", "order_item"),
        ("order-item", "OrderItem", "order_item"),
        ("orderItem", "OrderItem", "orderItem"),
        ("class", "Class", "class_"),
        ("_user", "User", "user"),
        ("contraseña", "Contraseña", "contraseña"),
        ("\N{FULLWIDTH LATIN SMALL LETTER U}ser", "User", "user"),
        ("हिन्दी", "हिन्दी", "हिन्दी"),
        ("user 2", "User2", "user_2"),
    ],
)
def test_names_come_from_the_key(key: str, name: str, module: str) -> None:
    named = entity_name(key)
    assert named is not None
    assert (named.name, named.module) == (name, module)


@pytest.mark.parametrize("key", ["", "---", "2fa", "_", "x" * 201])
def test_a_key_that_gives_no_identifier_is_reported(key: str) -> None:
    assert findings(register(key, collection="things")) == [("PK350", key)]


@pytest.mark.parametrize(("first", "second"), [("order_item", "order-item"), ("userName", "username"), ("a_b", "aB")])
def test_two_keys_that_give_one_name_are_reported(first: str, second: str) -> None:
    assert [code for code, _ in findings(register(first), register(second))] == ["PK351"]


@pytest.mark.parametrize(
    "key", ["views", "tables", "Container", "providers", "transaction", "open", "get_repo", "find", "literal", "str"]
)
def test_a_key_that_the_package_uses_itself_is_reported(key: str) -> None:
    assert findings(register(key)) == [("PK352", key)]


@pytest.mark.parametrize("module", ["__init__", "container"])
def test_every_name_that_a_member_or_a_folder_could_hide_is_reserved(module: str) -> None:
    tree = ast.parse((UNIVERSITY / f"{module}.py").read_text("utf-8"))
    names = set(_used_in_classes(tree) if module == "container" else _used_by_functions(tree))
    reserved = {name for name in names if not name.endswith(("Repository", "Repositories", "Views"))}
    assert {name.casefold() for name in reserved} <= RESERVED
    assert {"Literal", "overload"} <= reserved or {"Member", "classmethod"} <= reserved


def _used_in_classes(tree: ast.Module) -> Iterator[str]:
    """Yield the names that are looked up in the body of a class: bases and the bodies of functions are not."""
    for node in ast.walk(tree):
        for statement in node.body if isinstance(node, ast.ClassDef) else ():
            body = statement.body if isinstance(statement, ast.FunctionDef) else ()
            inside = {name for inner in body for name in ast.walk(inner)}
            found = (name for name in ast.walk(statement) if name not in inside)
            yield from (name.id for name in found if isinstance(name, ast.Name) and _is_read(name))


def _is_read(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


def _used_by_functions(tree: ast.Module) -> Iterator[str]:
    """Yield every name that the functions of a module look up in it."""
    for function in tree.body:
        if isinstance(function, ast.FunctionDef):
            own = {argument.arg for argument in function.args.args}
            own |= {
                alias.name for node in ast.walk(function) if isinstance(node, ast.ImportFrom) for alias in node.names
            }
            found = {name.id for name in ast.walk(function) if isinstance(name, ast.Name) and _is_read(name)}
            yield from found - own


def test_an_entity_with_relations_collides_with_a_key_for_its_views() -> None:
    user = register("user", field("b_id", UUID), relations=[FORWARD_TO_B])
    diagnostics = analysed(user, register("b"), register("user_view"))[1]
    assert [(diagnostic.code, underlined(diagnostic)) for diagnostic in diagnostics] == [("PK353", "user_view")]
    assert findings(register("user"), register("b"), register("user_view")) == []


def test_a_key_collides_with_the_implementation_of_another() -> None:
    assert findings(register("user"), register("memory_user")) == [("PK353", "user")]
