"""What `register_entity` calls say, however they are spelled and wherever they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontend.projects import Parsed, field_types, parse_files, underlined
from pkit_gen.diagnostics.model import Severity

ENTITIES = """\
from dataclasses import dataclass
from enum import Enum

class Store(str, Enum):
    MAIN = "postgres"

@dataclass
class User:
    id: int
    email: str

@dataclass
class Org:
    id: int
"""
CONFIG = '{"entity": User, "collection": "users"}'
HEAD = "from pkit import register_entity\nfrom shop.entities import User, Org, Store\n"


def parse_bootstrap(folder: Path, bootstrap: str, *, registrations: str | None = None, **more: str) -> Parsed:
    files = {"shop/__init__.py": "", "shop/entities.py": ENTITIES, "shop/bootstrap.py": bootstrap}
    others = {f"shop/{name}.py": text for name, text in more.items()}
    return parse_files(folder, files | others, registrations=registrations)


def keys(parsed: Parsed) -> list[str]:
    return [entry.key.value for entry in parsed.project.registrations]


IMPORTS = {
    "pkit": "from pkit import register_entity",
    "aliased": "from pkit import register_entity as register_entity_",
    "module": "import pkit",
    "module of the kit": "from persistence_kit.repository_factory import register_entity",
    "deep module": "from persistence_kit.repository_factory.registry.entity_registry import register_entity",
    "module attribute": "import persistence_kit.repository_factory as rf",
    "package attribute": "from persistence_kit import repository_factory",
    "re-export": "from .kit import register_entity",
    "star": "from .kit import *",
    "fallback": "try:\n    from pkit import register_entity\nexcept ImportError:\n    register_entity = None",
}
SPELLED = {
    "aliased": "register_entity_",
    "module": "pkit.register_entity",
    "module attribute": "rf.register_entity",
    "package attribute": "repository_factory.register_entity",
}


@pytest.mark.parametrize("path", IMPORTS)
def test_a_registration_counts_by_any_import(tmp_path: Path, path: str) -> None:
    call = f"def load():\n    {SPELLED.get(path, 'register_entity')}('user', {CONFIG})\n"
    source = f"{IMPORTS[path]}\nfrom .entities import User\n{call}"
    parsed = parse_bootstrap(tmp_path, source, kit="from pkit import register_entity\n__all__ = ['register_entity']\n")
    assert (keys(parsed), parsed.codes) == (["user"], [])


CALLS = {
    "keywords": f"register_entity(key='user', config={CONFIG})",
    "dict()": "register_entity('user', dict(entity=User, collection='users'))",
    "constants": 'KEY = "us" + "er"\nNAME = f"{KEY}s"\nregister_entity(KEY, {"entity": User, "collection": NAME})',
    "EntityConfig": "from pkit import EntityConfig\nregister_entity('user', EntityConfig(entity=User, collection='users'))",
    "annotated local": f"def load():\n    config: EntityConfig = {CONFIG}\n    register_entity('user', config)",
    "spread": 'BASE = {"collection": "users"}\nregister_entity("user", {**BASE, "entity": User})',
    "merged": 'register_entity("user", {"collection": "users"} | {"entity": User})',
    "loop": f'def load():\n    for key, config in [("user", {CONFIG})]:\n        register_entity(key, config)',
    "loop over a module's table": f'TABLE = {{"user": {CONFIG}}}\nfor key, config in TABLE.items():\n    register_entity(key, config)',
    "comprehension": f'[register_entity(key, {CONFIG}) for key in ("user",)]',
    "conditional on a constant": f"FLAG = False\nif not FLAG:\n    register_entity('user', {CONFIG})",
    "helper": "def add(key, entity, *, suffix='s'):\n    register_entity(key, {'entity': entity, 'collection': key + suffix})\n"
    "def load():\n    add('user', entity=User)",
    "nested helper": f"def load():\n    def inner(key):\n        register_entity(key, {CONFIG})\n    inner('user')",
    "helper with rest": "def add(*args, **config):\n    register_entity(args[0], config)\n"
    "def load():\n    add('user', entity=User, collection='users')",
    "helper that returns": "def config():\n    return {'entity': User, 'collection': 'users'}\nregister_entity('user', config())",
    "built up": "def load():\n    c = {}\n    c['entity'] = User\n    c.update(collection='users')\n    register_entity('user', c)",
    "with and try": f"def load():\n    with open('x'):\n        try:\n            register_entity('user', {CONFIG})\n        finally:\n            pass",
    "method": f"class Boot:\n    def load(self):\n        register_entity('user', {CONFIG})",
    "function-local import": f"def load():\n    from shop.entities import User\n    register_entity('user', {CONFIG})",
    "attribute of a module": "import shop.entities as e\nregister_entity('user', {'entity': e.User, 'collection': 'users'})",
    "unknown conditions elsewhere": f"import os\nif os.environ.get('X'):\n    DEBUG = 1\nregister_entity('user', {CONFIG})",
}


@pytest.mark.parametrize("source", CALLS.values(), ids=CALLS)
def test_a_registration_is_evaluated(tmp_path: Path, source: str) -> None:
    parsed = parse_bootstrap(tmp_path, HEAD + source + "\n")
    found = [(r.key.value, r.entity.ref.qualified, r.collection.value) for r in parsed.project.registrations]
    assert (found, parsed.codes) == ([("user", "shop.entities.User", "users")], [])
    assert parsed.project.sources == ("shop.bootstrap", "shop.entities")


DATABASES = {
    '" Postgres "': "postgres",
    "Database.MONGO": "mongo",
    'Database("memory")': "memory",
    'Database["MONGO"]': "mongo",
    "Store.MAIN": "postgres",
    "Store.MAIN.value": "postgres",
    "None": None,
}


@pytest.mark.parametrize("written", DATABASES)
def test_a_database_is_read(tmp_path: Path, written: str) -> None:
    source = f"from pkit import Database\nregister_entity('user', {{**{CONFIG}, 'database': {written}}})\n"
    database = parse_bootstrap(tmp_path, HEAD + source).registration("user").database
    assert (database and database.value) == DATABASES[written]


def test_indexes_relations_and_views_are_read(tmp_path: Path) -> None:
    source = """\
from operator import attrgetter
register_entity("user", {
    "entity": User,
    "collection": "users",
    "unique": {"a": "email", "b": ("id", "email"), "c": attrgetter("email"), "d": lambda e: e.email,
               "e": lambda e: e.email.lower()},
    "relations": {"org": {"local_field": "id", "target": "org", "many": False}},
    "views": {"full": ["org"], "brief": {"include": ("org",), "exclude": ["email"]}},
    "exclude": ["events"],
})
"""
    found = parse_bootstrap(tmp_path, HEAD + source).registration("user")
    indexes = [(index.name.value, [field.value for field in index.fields], index.lower) for index in found.unique]
    assert indexes == [
        ("a", ["email"], False),
        ("b", ["id", "email"], False),
        ("c", ["email"], False),
        ("d", ["email"], False),
        ("e", ["email"], True),
    ]
    (relation,) = found.relations
    assert relation.target and relation.many and (relation.target.value, relation.many.value) == ("org", False)
    views = [(v.name.value, [i.value for i in v.include], [e.value for e in v.exclude]) for v in found.views]
    assert views == [("full", ["org"], []), ("brief", ["org"], ["email"])]
    assert [name.value for name in found.exclude] == ["events"]


MISTAKES = {
    "unknown value": (
        "import os\nregister_entity('user', {'entity': User, 'collection': os.getenv('C')})",
        "PK107",
        "os.getenv('C')",
    ),
    "unknown condition": (
        f"import os\nif os.getenv('X'):\n    register_entity('user', {CONFIG})",
        "PK108",
        "os.getenv('X')",
    ),
    "unknown loop": (
        f"import os\nfor key in os.listdir():\n    register_entity('user', {CONFIG})",
        "PK108",
        "os.listdir()",
    ),
    "while": (f"import os\nwhile os.getenv('X'):\n    register_entity('user', {CONFIG})", "PK108", "os.getenv('X')"),
    "unknown config key": (
        "register_entity('user', {'entity': User, 'colection': 'a', 'collection': 'b'})",
        "PK109",
        "'colection'",
    ),
    "unknown relation key": (
        "register_entity('user', {'entity': User, 'collection': 'u', 'relations': {'org': {'targt': 'org'}}})",
        "PK109",
        "'targt'",
    ),
    "no entity": ("register_entity('user', {'collection': 'a'})", "PK110", "{'collection': 'a'}"),
    "no collection": ("register_entity('user', {'entity': User})", "PK110", "{'entity': User}"),
    "unique as a list": (
        "register_entity('user', {'entity': User, 'collection': 'a', 'unique': ['email']})",
        "PK111",
        "['email']",
    ),
    "unique of a function": (
        "register_entity('user', {'entity': User, 'collection': 'a', 'unique': {'x': lambda e: e.a.b}})",
        "PK111",
        "lambda e: e.a.b",
    ),
    "relation as text": (
        "register_entity('user', {'entity': User, 'collection': 'a', 'relations': {'org': 'org'}})",
        "PK111",
        "'org'",
    ),
    "exclude as text": (
        "register_entity('user', {'entity': User, 'collection': 'a', 'exclude': 'email'})",
        "PK111",
        "'email'",
    ),
    "many as text": (
        "register_entity('user', {'entity': User, 'collection': 'a', 'relations': {'org': {'many': 'yes'}}})",
        "PK111",
        "'yes'",
    ),
    "entity as text": ("register_entity('user', {'entity': 'User', 'collection': 'a'})", "PK112", "'User'"),
    "enum as entity": ("register_entity('user', {'entity': Store, 'collection': 'a'})", "PK112", "Store"),
    "unknown entity": ("register_entity('user', {'entity': Usr, 'collection': 'a'})", "PK122", "Usr"),
    "constant under a condition": (
        "import os\nif os.getenv('X'):\n    NAME = 'a'\nelse:\n    NAME = 'b'\ndef load():\n"
        "    register_entity('user', {'entity': User, 'collection': NAME})",
        "PK107",
        "NAME",
    ),
    "parameter without a caller": (f"def load(key):\n    register_entity(key, {CONFIG})", "PK107", "key"),
}


@pytest.mark.parametrize(("source", "code", "text"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_reported_at_the_smallest_place(tmp_path: Path, source: str, code: str, text: str) -> None:
    diagnostic = parse_bootstrap(tmp_path, HEAD + source + "\n").only(code)
    assert underlined(diagnostic) == text


KINDS = {
    "from pydantic import BaseModel\nclass X(BaseModel):\n    id: int": "a pydantic model",
    "from sqlmodel import SQLModel\nclass X(SQLModel, table=True):\n    id: int": "an SQLModel",
    "import msgspec\nclass X(msgspec.Struct):\n    id: int": "a msgspec Struct",
    "from attrs import define\n@define\nclass X:\n    id: int": "an attrs class",
    "import attr\n@attr.s(auto_attribs=True)\nclass X:\n    id: int": "an attrs class",
    "from typing import NamedTuple\nclass X(NamedTuple):\n    id: int": "a NamedTuple",
    "from typing import TypedDict\nclass X(TypedDict):\n    id: int": "a TypedDict",
    "from typing import NewType\nX = NewType('X', int)": "a NewType",
    "class X:\n    def __init__(self, id): self.id = id": "a plain class",
}


@pytest.mark.parametrize("source", KINDS)
def test_what_is_not_a_dataclass_is_called_by_its_kind(tmp_path: Path, source: str) -> None:
    call = "\nfrom pkit import register_entity\nregister_entity('x', {'entity': X, 'collection': 'xs'})\n"
    assert KINDS[source] in parse_bootstrap(tmp_path, source + call).only("PK112").message


def test_a_dataclass_of_pydantics_is_taken_with_a_note(tmp_path: Path) -> None:
    source = "from pydantic.dataclasses import dataclass\nfrom pkit import register_entity\n@dataclass\nclass X:\n    id: int\n"
    parsed = parse_bootstrap(tmp_path, source + "register_entity('x', {'entity': X, 'collection': 'xs'})\n")
    assert parsed.only("PK121").severity is Severity.NOTE
    assert field_types(parsed.entity("x")) == {"id": "int"}


TWO_PROFILES = HEAD + (
    "def load():\n    register_entity('user', {'entity': User, 'collection': 'users'})\n"
    "def load_tests():\n    register_entity('org', {'entity': Org, 'collection': 'orgs'})\n"
)


def test_the_host_chooses_the_entry_point(tmp_path: Path) -> None:
    main = "from pkit import set_registry_initializer\nfrom .bootstrap import load\ndef start():\n    set_registry_initializer(load)\n"
    assert keys(parse_bootstrap(tmp_path, TWO_PROFILES, main=main)) == ["user"]


def test_the_entry_point_may_be_a_lambda_or_a_partial(tmp_path: Path) -> None:
    helper = HEAD + f"def add(key):\n    register_entity(key, {CONFIG})\n"
    head = "from functools import partial\nfrom pkit import set_registry_initializer\nfrom .bootstrap import add\n"
    for number, argument in enumerate(("lambda: add('a')", "partial(add, 'a')")):
        folder = tmp_path / str(number)
        folder.mkdir()
        assert keys(parse_bootstrap(folder, helper, main=f"{head}set_registry_initializer({argument})\n")) == ["a"]


def test_the_option_chooses_the_entry_point(tmp_path: Path) -> None:
    assert keys(parse_bootstrap(tmp_path, TWO_PROFILES, registrations="shop.bootstrap:load_tests")) == ["org"]


def test_several_entry_points_are_listed(tmp_path: Path) -> None:
    main = "import pkit\nfrom . import bootstrap\npkit.set_registry_initializer(bootstrap.load)\n"
    tests = "import pkit\nfrom . import bootstrap\npkit.set_registry_initializer(bootstrap.load_tests)\n"
    diagnostic = parse_bootstrap(tmp_path, TWO_PROFILES, main=main, testing=tests).only("PK113")
    assert "shop.bootstrap:load, shop.bootstrap:load_tests" in diagnostic.message


@pytest.mark.parametrize(
    "option", ["shop.bootstrap:loads", "shop.bootstraps:load", "shop.bootstrap", "shop.bootstrap:User"]
)
def test_an_unknown_entry_point_is_reported(tmp_path: Path, option: str) -> None:
    parse_bootstrap(tmp_path, TWO_PROFILES, registrations=option).only("PK114")


def test_an_entry_point_that_registers_nothing_is_reported(tmp_path: Path) -> None:
    source = "from pkit import register_entity\ndef load():\n    pass\n"
    assert underlined(parse_bootstrap(tmp_path, source, registrations="shop.bootstrap:load").only("PK123")) == "load"


def test_a_recursive_helper_is_reported(tmp_path: Path) -> None:
    source = HEAD + f"def add(key):\n    register_entity('user', {CONFIG})\n    add(key)\ndef load():\n    add(1)\n"
    assert underlined(parse_bootstrap(tmp_path, source).only("PK115")) == "add(key)"


@pytest.mark.parametrize("change", ["TABLE['b'] = 1", "TABLE.update(b=1)", "TABLE |= {}", "del TABLE['a']"])
def test_a_table_that_a_module_changes_after_making_it_is_not_trusted(tmp_path: Path, change: str) -> None:
    source = (
        HEAD
        + f"TABLE = {{'a': {CONFIG}}}\n{change}\ndef load():\n    for key, c in TABLE.items():\n        register_entity(key, c)\n"
    )
    parsed = parse_bootstrap(tmp_path, source)
    assert "PK108" in parsed.codes


def test_a_helper_called_twice_registers_twice(tmp_path: Path) -> None:
    source = HEAD + f"def add(key):\n    register_entity(key, {CONFIG})\ndef load():\n    add('a')\n    add('b')\n"
    assert keys(parse_bootstrap(tmp_path, source)) == ["a", "b"]


def test_a_key_registered_twice_is_left_to_the_analysis(tmp_path: Path) -> None:
    source = HEAD + f"register_entity('user', {CONFIG})\nregister_entity('user', {CONFIG})\n"
    assert keys(parse_bootstrap(tmp_path, source)) == ["user", "user"]


def test_a_helper_in_another_module_is_called_with_its_arguments(tmp_path: Path) -> None:
    helper = HEAD + f"def add(key):\n    register_entity(key, {CONFIG})\n"
    parsed = parse_bootstrap(tmp_path, helper, main="from .bootstrap import add\ndef load():\n    add('user')\n")
    assert (keys(parsed), parsed.codes) == (["user"], [])


def test_without_registrations_every_dataclass_with_an_id_is_taken(tmp_path: Path) -> None:
    parsed = parse_files(
        tmp_path, {"shop/__init__.py": "", "shop/entities.py": ENTITIES + "\n@dataclass\nclass Part:\n    name: str\n"}
    )
    assert parsed.only("PK120").severity is Severity.NOTE
    assert parsed.project.inferred
    assert [(r.key.value, r.collection.value) for r in parsed.project.registrations] == [
        ("user", "users"),
        ("org", "orgs"),
    ]


def test_no_entity_at_all_is_reported(tmp_path: Path) -> None:
    parse_files(tmp_path, {"shop/__init__.py": "x = 1\n"}).only("PK116")
