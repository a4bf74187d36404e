"""`path_depth` bounds paths in criteria, sort keys and includes, in the types and at run time."""

from __future__ import annotations

from pathlib import Path
from typing import Any, get_args

import pytest
from compiled import import_from

from pkit.errors import InvalidCriteria
from pkit_gen.compiler import compile_project
from pkit_gen.config import Config
from pkit_gen.ir.model import Database
from relations import reference, worlds

HERE = Path(__file__).parent
LIBRARY = worlds.world(11, 5)


def deep(folder: Path, name: str, depth: int, sources: Path) -> Any:
    config = Config(
        (sources,), folder / name, (sources.parent, HERE.parent), (Database.MEMORY,), providers=False, path_depth=depth
    )
    for path, text in compile_project(config).files.items():
        (folder / name / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / name / path).write_text(text, "utf-8")
    return import_from(folder, name)


@pytest.fixture
def shelves(tmp_path: Path) -> Path:
    """Write a host app without declared views, whose paths would be too long for some depths."""
    (tmp_path / "shelves").mkdir()
    text = (HERE / "host" / "bootstrap.py").read_text("utf-8")
    text = (
        text[: text.index('            "views": {\n                "shop"')]
        + text[text.index('        },\n    )\n    register_entity(\n        "cover"') :]
    )
    (tmp_path / "shelves" / "__init__.py").touch()
    (tmp_path / "shelves" / "bootstrap.py").write_text(text, "utf-8")
    return tmp_path / "shelves"


@pytest.mark.parametrize("depth", [1, 3])
async def test_paths_are_as_long_as_the_depth_allows(tmp_path: Path, shelves: Path, depth: int) -> None:
    package = deep(tmp_path, f"depth_{depth}", depth, shelves)
    keys = [key for key in package.BookCriteria.__annotations__ if key.split(".")[0] == "prequel"]
    relations = [key.split(".").count("prequel") for key in keys]
    assert max(relations) == depth
    assert max(path.count(".") + 1 for path in get_args(package.BookInclude)) == depth
    repositories = package.Repositories.memory()
    assert list(package.BookCriteria.__annotations__)[:-3] == list(repositories.book.entity.criteria_fields)
    with pytest.raises(InvalidCriteria):
        await repositories.book.list_by_fields({"prequel." * (depth + 1) + "title": "a"})
    with pytest.raises(InvalidCriteria):
        await repositories.views.book.list_with([".".join(["prequel"] * (depth + 1))])


async def test_three_relations_deep(tmp_path: Path, shelves: Path) -> None:
    repositories: Any = deep(tmp_path, "deep_3", 3, shelves).Repositories.memory()
    await worlds.store(repositories, LIBRARY)
    criteria: dict[str, Any] = {
        "prequel.prequel.author.name": {"ne": None},
        "author.mentor.pupils": {"some": {}},
    }
    order = ["prequel.prequel.prequel.title", "-prequel.author.mentor.born"]
    found = await repositories.book.list_by_fields(
        {"or": [{k: v} for k, v in criteria.items()]}, sort_by=order, limit=None
    )
    expected = reference.found("book", LIBRARY, {"or": [{k: v} for k, v in criteria.items()]}, order)
    assert [book.id for book in found] == [node.id for node in expected]
