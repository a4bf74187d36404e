"""Names of fields, relations and classes that are also those of types, modules and methods."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from checkers import mypy, pyright
from compiled import import_from, write_package

from pkit_gen.ir.model import Database
from relations.odd import places
from relations.odd.entities import Address, Literal, Sequence, Street

HERE = Path(__file__).parent
TESTS = HERE.parent


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with the generated package."""
    made = tmp_path_factory.mktemp("odd")
    write_package(made / "odd_repos", HERE / "odd", TESTS, (Database.MEMORY,))
    return made


def test_checkers_find_nothing(folder: Path, tmp_path: Path) -> None:
    (folder / "relations").symlink_to(HERE)
    assert mypy(folder, [folder / "odd_repos"], tmp_path / "mypy") == []
    assert pyright(folder, [folder / "odd_repos"], tmp_path) == []


async def test_values_are_shown_by_their_own_names(folder: Path) -> None:
    repositories: Any = import_from(folder, "odd_repos").Repositories.memory()
    here = places.Address(1.5, None)
    home = Address("Main St", here)
    one = Sequence(
        1,
        "a",
        [1, 2],
        date(2026, 1, 1),
        addresses=(home, Address("Side St")),
        by_name={"home": home, "none": None},
        pair=(3, here),
        homes=frozenset({home}),
        label={"text": "x"},
        address_id=7,
    )
    await repositories.address.add(Street(7))
    await repositories.sequence.add(one)
    await repositories.sequence.add(replace(one, id=2, str="b", relations=1, criteria=1))
    shown_home = {"street": "Main St", "at": {"lat": 1.5, "lon": None}}
    row = await repositories.views.sequence.get_with(2, ["TypedDict.NotRequired", "int", "VIEWS"])
    assert row["addresses"] == (shown_home, {"street": "Side St", "at": None})
    assert row["by_name"] == {"home": shown_home, "none": None}
    assert row["pair"] == (3, {"lat": 1.5, "lon": None})
    assert (row["homes"], row["label"], row["literal"]) == ([shown_home], {"text": "x"}, Literal.ON)
    assert row["TypedDict"]["NotRequired"] == {"id": 7, "views": 0}
    assert ([item["id"] for item in row["int"]], row["VIEWS"]) == ([1, 2], [])
    without = await repositories.views.sequence.get_by_index_with("index", (0, 0), "self")
    assert without["id"] == 1
    assert {"str", "list", "label"} & set(without) == set()
    assert [row["id"] for row in await repositories.views.sequence.list_by_fields({"TypedDict.str": "a"}, "int")] == [2]
