"""One rewriting each: a file before, and after."""

from __future__ import annotations

from pathlib import Path

import pytest

from pkit_gen.compiler import load_schema
from pkit_gen.config import Config
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.migrate import Entities, Migration, migrate_file, python_files

ENTITIES = """
from dataclasses import dataclass
from uuid import UUID
from pkit import register_entity

@dataclass
class Org:
    id: UUID
    name: str

@dataclass
class User:
    id: UUID
    email: str
    org_id: UUID

@dataclass
class Person:
    id: UUID

register_entity("org", {"entity": Org, "collection": "orgs"})
register_entity("user", {"entity": User, "collection": "users", "unique": {"mail": "email"},
    "relations": {"org": {"local_field": "org_id", "target": "org"}}})
register_entity("guest", {"entity": Person, "collection": "guests"})
register_entity("host", {"entity": Person, "collection": "hosts"})
"""


@pytest.fixture(scope="module")
def entities(tmp_path_factory: pytest.TempPathFactory) -> Entities:
    folder = tmp_path_factory.mktemp("app")
    (folder / "entities.py").write_text(ENTITIES)
    diagnostics = Diagnostics()
    schema = load_schema(Config((folder / "entities.py",), folder / "repos", (folder,)), diagnostics)
    assert not diagnostics.has_errors
    return Entities.of(schema, "app.repos")


def migrated(tmp_path: Path, entities: Entities, text: str) -> Migration:
    path = tmp_path / "module.py"
    path.write_bytes(text.encode())
    found = migrate_file(path, entities)
    assert found is not None
    return found


REWRITINGS = {
    "names of the facade come from pkit": (
        "from persistence_kit.settings.constants import Database as DB\nDB.MONGO\n",
        "from pkit import Database as DB\nDB.MONGO\n",
    ),
    "an import is split by where its names are now": (
        "from persistence_kit.repository_factory import (\n    get_repo,  # by key\n    register_entity,\n)\n"
        "get_repo, register_entity\n",
        "from app.repos import (\n    get_repo,  # by key\n)\nfrom pkit import (\n    register_entity,\n)\n"
        "get_repo, register_entity\n",
    ),
    "comments around a split import stay": (
        "# first\nfrom persistence_kit.repository_factory import get_repo, register_entity  # last\nget_repo, register_entity\n",
        "# first\nfrom app.repos import get_repo\nfrom pkit import register_entity  # last\nget_repo, register_entity\n",
    ),
    "the package itself keeps the name it was given": (
        "import persistence_kit as pk\npk.NotFoundException\n",
        "import pkit as pk\npk.NotFoundException\n",
    ),
    "the package itself without another name": (
        "import persistence_kit\npersistence_kit.NotFoundException\n",
        "import pkit\npkit.NotFoundException\n",
    ),
    "protocols become those of the entity": (
        "from uuid import UUID\nfrom persistence_kit import Repository, ViewRepository\nfrom app.entities import User as U\n"
        "def f(a: Repository[U, UUID], b: 'ViewRepository[U, UUID] | None') -> list[Repository['U', UUID]]: ...\n",
        "from app.repos import UserRepository, UserViewRepository\n\n"
        "def f(a: UserRepository, b: 'UserViewRepository | None') -> list[UserRepository]: ...\n",
    ),
    "a look-up by an index becomes the method of its field": (
        "from persistence_kit.repository_factory import get_repo\nasync def f():\n    return await get_repo('user').get_by_index('mail', 'a')\n",
        "from app.repos import get_repo\nasync def f():\n    return await get_repo('user').get_by_email('a')\n",
    ),
    "a variable of another kind is left alone": (
        "from persistence_kit.repository_factory import get_repo\nasync def f(cache):\n    users = get_repo('user')\n    users = cache\n"
        "    await users.update(entity=1)\n    return await users.get_by_index('mail', 'a')\n",
        "from app.repos import get_repo\nasync def f(cache):\n    users = get_repo('user')\n    users = cache\n"
        "    await users.update(entity=1)\n    return await users.get_by_index('mail', 'a')\n",
    ),
    "keywords of what is positional now": (
        "from persistence_kit.repository_factory import get_repo\nasync def f(users):\n"
        "    await users.list_by_fields(limit=3, criteria={'email': 'a'})\n    await users.distinct_values(\n        field='email',  # each\n    )\n",
        "from app.repos import get_repo\nasync def f(users):\n"
        "    await users.list_by_fields({'email': 'a'}, limit=3)\n    await users.distinct_values(\n        'email',  # each\n    )\n",
    ),
    "indexes are created with the schema": (
        "from persistence_kit.repository_factory import get_repo\nasync def f():\n    await get_repo('user').init_indexes()  # once\n",
        "from pkit.container import current\nfrom app.repos import Repositories\n"
        "async def f():\n    await current(Repositories).create_schema()  # once\n",
    ),
    "the schema is created before the bootstrap": (
        "from persistence_kit import run_startup_bootstrap\nasync def f(s, l, b):\n    # go\n    await run_startup_bootstrap(s, l, b)\n",
        "from pkit import run_startup_bootstrap\nfrom app.repos import Repositories\nfrom pkit.container import current\n"
        "async def f(s, l, b):\n    # go\n    await current(Repositories).create_schema()\n    await run_startup_bootstrap(s, l, b)\n",
    ),
    "caches are cleared in public": (
        "from persistence_kit.repository_factory.factory import repository_factory as rf\n"
        "from persistence_kit.repository_factory.registry.entity_registry import ENTITY_CONFIG\n"
        "def clear():\n    rf._repo_cached.cache_clear()\n    ENTITY_CONFIG.clear()\n",
        "from pkit.container import reset\nfrom pkit.registration import clear_registrations\nfrom app.repos import Repositories\n"
        "def clear():\n    reset(Repositories)\n    clear_registrations()\n",
    ),
}


@pytest.mark.parametrize("name", REWRITINGS)
def test_a_rewriting(tmp_path: Path, entities: Entities, name: str) -> None:
    before, after = REWRITINGS[name]
    assert sorted(lines(migrated(tmp_path, entities, before).after)) == sorted(lines(after.encode()))


def lines(data: bytes) -> list[str]:
    return [line for line in data.decode().splitlines() if line]


@pytest.mark.parametrize("name", REWRITINGS)
def test_a_file_that_was_rewritten_is_left_alone(tmp_path: Path, entities: Entities, name: str) -> None:
    path = tmp_path / "module.py"
    path.write_bytes(migrated(tmp_path, entities, REWRITINGS[name][0]).after)
    again = migrate_file(path, entities)
    assert again is None or again.after == again.before


FINDINGS = {
    "from persistence_kit.repository import MemoryRepository\nMemoryRepository\n": (
        "1:40: persistence_kit.repository.MemoryRepository has no successor of that name; use Repositories.memory(): "
        "its repositories copy, sort and enforce uniqueness as those of the databases do"
    ),
    "import persistence_kit.settings\npersistence_kit.settings.X\n": (
        "1:8: persistence_kit.settings has no successor of that name; import the names that are used, with from … import"
    ),
    "from persistence_kit import *\n": (
        "1:1: persistence_kit.* has no successor of that name; import the names that are used, one by one"
    ),
    "from persistence_kit.repository_factory import get_repo\ndef f(key): return get_repo(key)\n": (
        "2:20: the key is no literal text; pkit.repository_factory.get_repo takes any key, without types"
    ),
    "from persistence_kit.repository_factory import get_repo\nget_repo('usr')\n": (
        "2:1: no entity is registered as 'usr'; register it, or write the key that was meant"
    ),
    "from persistence_kit.repository_factory import get_repo\nget_repo('user').get_by_index('email', 'a')\n": (
        "2:1: user has no unique index 'email'; it gave None whatever the value"
    ),
    "from persistence_kit.repository_factory import get_repo\nget_repo('user').list_by_fields({})\n": (
        "2:1: empty criteria gave nothing here, and give everything now; do not ask for them where nothing is wanted"
    ),
    "from persistence_kit.repository_factory import get_repo_view\nget_repo_view('org')\n": (
        "2:1: org has no relations, so it has no views; use its repository"
    ),
    "from persistence_kit import Repository\nfrom x import Person\nx: Repository[Person, int]\n": (
        "3:4: Person is registered as guest and host; choose the repository of one of them"
    ),
    "from persistence_kit import Repository\nx: Repository[Car, int]\n": (
        "2:4: Car is not registered; register it, or keep pkit's protocol here"
    ),
    "from persistence_kit import Repository\nfrom x import User\nclass Mine(Repository[User, int]): ...\n": (
        "3:12: a repository of the host's own; derive it from the generated protocol"
    ),
    "from persistence_kit import SeederProvider\nSeederProvider._instance = None\n": (
        "2:1: SeederProvider._instance is private; call SeederProvider().reset()"
    ),
    "from sqlalchemy.exc import IntegrityError\nimport persistence_kit\ntry: ...\nexcept (IntegrityError, KeyError): ...\n": (
        "4:9: repositories raise no sqlalchemy.exc.IntegrityError; "
        "catch UniqueViolation or ForeignKeyViolation of pkit.errors"
    ),
    "from persistence_kit import RepoSettings\nsettings = RepoSettings()\nprint(settings.mongo_dsn)\n": (
        "3:7: mongo_dsn is a secret now; write mongo_dsn.get_secret_value()"
    ),
    "patch('persistence_kit.api.common.x')\n": (
        "1:7: a text names persistence-kit; name the module that the code uses now"
    ),
    "import persistence_kit\nhasattr(repo, 'init_indexes')\n": (
        "2:15: repositories have no init_indexes; create_schema() of the container does it"
    ),
    "import persistence_kit\n\ndef broken(:\n": "3:1: the file cannot be parsed; mend it, and run again",
}


@pytest.mark.parametrize("text", FINDINGS)
def test_what_cannot_be_decided_is_listed(tmp_path: Path, entities: Entities, text: str) -> None:
    found = migrated(tmp_path, entities, text).findings
    assert [f"{one.line}:{one.column}: {one.message}; {one.advice}" for one in found] == [FINDINGS[text]]


def test_files_that_do_not_name_persistence_kit_are_not_read_further(tmp_path: Path, entities: Entities) -> None:
    path = tmp_path / "other.py"
    path.write_text("from somewhere import Repository\nx: Repository[int, int]\n")
    assert migrate_file(path, entities) is None


def test_encodings_and_line_ends_are_kept(tmp_path: Path, entities: Entities) -> None:
    path = tmp_path / "latin.py"
    path.write_bytes(
        "# -*- coding: latin-1 -*-\r\nfrom persistence_kit import ApiError  # é\r\nApiError\r\n".encode("latin-1")
    )
    found = migrate_file(path, entities)
    assert found is not None
    expected = "# -*- coding: latin-1 -*-\r\nfrom pkit import ApiError  # é\r\nApiError\r\n"
    assert found.after == expected.encode("latin-1")


def test_folders_that_are_not_the_app_s_are_skipped(tmp_path: Path) -> None:
    for name in (
        "app/a.py",
        "app/repos/b.py",
        ".venv/c.py",
        "env/pyvenv.cfg",
        "env/d.py",
        "app/__pycache__/e.py",
        "app/f.txt",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    assert [path.name for path in python_files(tmp_path, tmp_path / "app/repos")] == ["a.py"]
