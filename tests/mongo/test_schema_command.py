"""`pkit schema --backend mongo`: what it prints makes the database that `create_schema` makes."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from conformance.samples import uid, user

from mongo.conftest import TESTS
from pkit.mongo.schema import indexes
from pkit_gen.cli.tools import pkit

STATEMENT = re.compile(r'db\.(?:createCollection\("(\w+)", |getCollection\("(\w+)"\)\.createIndex\()(.*)\)')


def _printed(*arguments: str) -> str:
    done = CliRunner().invoke(pkit, ["schema", "--backend", "mongo", *arguments])
    assert done.exit_code == 0, done.output
    return done.stdout


def _value(text: str) -> Any:
    """Return a value that is spelled in JavaScript."""
    turned = re.sub(r'BinData\(0, ""\)', '{"$bytes": ""}', re.sub(r'ISODate\("([^"]*)"\)', r'{"$date": "\1"}', text))
    return json.loads(f"[{turned}]", object_hook=_special)


def _special(value: dict[str, Any]) -> Any:
    if "$date" in value:
        return datetime.fromisoformat(value["$date"])
    return b"" if "$bytes" in value else value


@pytest.fixture(scope="module")
def statements() -> list[tuple[str | None, str | None, list[Any]]]:
    """Give the statements for `conformance.host`: the collection that each makes, or that it makes an index of, and its arguments."""
    text = _printed(str(TESTS / "conformance" / "host"), "--root", str(TESTS))
    matches = [STATEMENT.fullmatch(line) for line in text.splitlines() if line]
    return [(match[1], match[2], _value(match[3])) for match in matches if match]


def test_the_indexes_are_those_that_are_created(package: Any, statements: list[Any]) -> None:
    entities = [member.implementation("mongo").entity for member in package.Repositories.__members__.values()]
    created = [(entity.collection, index.specification) for entity in entities for index in indexes(entity)]
    printed = [(name, {"key": values[0], **values[1]}) for _, name, values in statements if name]
    assert printed == created
    assert len(printed) == 6


def test_the_validators_are_those_that_are_installed(package: Any, statements: list[Any]) -> None:
    entities = [member.implementation("mongo").entity for member in package.Repositories.__members__.values()]
    installed = {entity.collection: {"$jsonSchema": entity.validator} for entity in entities}
    assert {name: values[0]["validator"] for name, _, values in statements if name} == installed


async def test_a_server_takes_the_statements(package: Any, database: Any, statements: list[Any]) -> None:
    for collection, indexed, values in statements:
        if collection:
            await database.command("create", collection, **values[0])
        else:
            await database.command("createIndexes", indexed, indexes=[{"key": values[0], **values[1]}])
    repos = package.Repositories.mongo(database)
    await repos.create_schema()
    await repos.user.add(user(1, nickname="ada", badge=1, age=3, manager_id=uid(1)))
    assert (await repos.user.get_by_nickname("ada")).age == 3


def test_a_project_without_sources_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(pkit, ["schema", "--backend", "mongo"])
    assert done.exit_code == 2
    assert "no sources" in done.output


def test_mistakes_are_reported(tmp_path: Path) -> None:
    (tmp_path / "entities.py").write_text(
        "from pkit import register_entity\nregister_entity('x', {'collection': 'x'})\n"
    )
    done = CliRunner().invoke(pkit, ["schema", "--backend", "mongo", str(tmp_path / "entities.py")])
    assert done.exit_code == 1
    assert "error[PK" in done.output
