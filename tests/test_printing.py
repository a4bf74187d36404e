"""What a run keeps for the next changes nothing but its time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pkit_gen import templating
from pkit_gen.compiler import compile_project
from pkit_gen.config import Config

ENTITIES = """\
from dataclasses import dataclass
from uuid import UUID
from pkit import register_entity

@dataclass
class Town:
    id: UUID
    name: str

@dataclass
class Street:
    id: UUID
    name: str
    town_id: UUID

@dataclass
class House:
    id: UUID
    number: int
    street_id: UUID

@dataclass
class Cat:
    id: UUID
    name: str

def register() -> None:
    register_entity("town", {"entity": Town, "collection": "towns", "unique": {"name": "name"}})
    register_entity("street", {
        "entity": Street,
        "collection": "streets",
        "relations": {
            "town": {"local_field": "town_id", "target": "town"},
            "houses": {"local_field": "id", "target": "house", "target_field": "street_id", "many": True},
        },
    })
    register_entity("house", {
        "entity": House,
        "collection": "houses",
        "relations": {"street": {"local_field": "street_id", "target": "street"}},
    })
    register_entity("cat", {"entity": Cat, "collection": "cats"})
"""

TOWN_OF_CATS = (
    '"entity": Cat, "collection": "cats", "relations": {"town": {"local_field": "town_id", "target": "town"}}'
)
CHANGES: dict[str, tuple[tuple[str, str], ...]] = {
    "a field": (("    number: int", "    numbers: int"),),
    "a type": (("    number: int", "    number: str"),),
    "a field of a related entity": (("class Town:\n    id: UUID", "class Town:\n    id: UUID\n    mayor: str"),),
    "a docstring": (("class Cat:\n", 'class Cat:\n    """It purrs."""\n'),),
    "an index": (('"collection": "houses"', '"collection": "houses", "unique": {"number": "number"}'),),
    "a relation to another": (
        ("class Cat:\n    id: UUID", "class Cat:\n    id: UUID\n    town_id: UUID"),
        ('"entity": Cat, "collection": "cats"', TOWN_OF_CATS),
    ),
    "a collection": (('"streets"', '"roads"'),),
    "an index of the same name elsewhere": (
        ('"collection": "cats"', '"collection": "towns_name", "unique": {"id": "id"}'),
        ('"unique": {"name": "name"}', '"unique": {"name_id": "name"}'),
    ),
    "an entity less": (('    register_entity("cat", {"entity": Cat, "collection": "cats"})\n', ""),),
    "an order": (("    name: str\n    town_id: UUID", "    town_id: UUID\n    name: str"),),
}
SHARED = 5
"""Files that are made from all entities: the package, its container, providers, views and tables."""


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A project that was generated once, and what that run kept."""
    source = tmp_path / "shop" / "entities.py"
    source.parent.mkdir()
    source.write_text(ENTITIES)
    given = Config((source,), tmp_path / "shop/repos", (tmp_path,), kept=tmp_path / "cache/kept")
    generate(given)
    return given


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The templates of the files that are printed, not read."""
    found: list[str] = []
    render = templating.render

    def counted(template: str, view: object) -> str:
        found.append(template)
        return render(template, view)

    monkeypatch.setattr(templating, "render", counted)
    yield found


def generate(config: Config) -> dict[str, str]:
    result = compile_project(config)
    assert not result.diagnostics.has_errors, result.diagnostics.sorted()
    texts = dict(result.files)
    result.files.save()
    for path, text in texts.items():
        (config.output / path).parent.mkdir(parents=True, exist_ok=True)
        (config.output / path).write_text(text)
    return texts


def change(config: Config, *replacements: tuple[str, str]) -> None:
    (source,) = config.sources
    text = source.read_text()
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new, 1)
    source.write_text(text)


def without_memory(config: Config) -> Config:
    return Config(config.sources, config.output, config.roots)


@pytest.mark.parametrize("name", CHANGES)
def test_a_run_after_a_change_gives_what_a_first_run_gives(config: Config, name: str) -> None:
    change(config, *CHANGES[name])
    assert generate(config) == dict(compile_project(without_memory(config)).files)


def test_a_run_without_a_change_prints_nothing(config: Config, printed: list[str]) -> None:
    generate(config)
    assert printed == []


def test_a_change_prints_the_files_around_it(config: Config, printed: list[str]) -> None:
    change(config, *CHANGES["a docstring"])
    generate(config)
    assert len(printed) == SHARED + 5  # the five of the cat


def test_a_change_prints_the_files_of_the_entities_that_lead_to_it(config: Config, printed: list[str]) -> None:
    change(config, *CHANGES["a field of a related entity"])
    generate(config)
    assert (
        len(printed) == SHARED + 5 + 4 * 2
    )  # the town's, and those of the street and of the house but for `__init__.py`


@pytest.mark.parametrize("harm", ["edited", "removed"])
def test_a_file_that_is_not_as_it_was_printed_is_printed_again(config: Config, printed: list[str], harm: str) -> None:
    before = generate(config)
    path = config.output / "cat/memory.py"
    path.write_text("pass\n") if harm == "edited" else path.unlink()
    assert generate(config) == before
    assert printed == ["memory/memory.py.jinja"]


@pytest.mark.parametrize("harm", [b"", b"nothing of the kind", None])
def test_damaged_memory_costs_time_only(config: Config, printed: list[str], harm: bytes | None) -> None:
    before = generate(config)
    for path in config.kept.parent.iterdir() if config.kept else ():
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2] if harm is None else harm)
    assert generate(config) == before
    assert len(printed) == len(before)
