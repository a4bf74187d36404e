"""Host apps of any size, for measuring."""

from __future__ import annotations

from pathlib import Path

PER_MODULE = 5
ENTITY = '''
@dataclass
class Entity{number}:
    """Entity number {number}."""

    id: UUID
    name: str
    email: str
    age: int
    price: Decimal
    created_at: datetime
    active: bool = True
    note: str | None = None
    tags: list[str] = field(default_factory=list)
    parent_id: UUID | None = None
'''
HEAD = """\
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

"""
REGISTRATION = """\
    register_entity(
        "entity{number}",
        {{
            "entity": Entity{number},
            "collection": "entities{number}",
            "unique": {{"email": "email"}},{relations}
        }},
    )
"""
RELATIONS = """
            "relations": {{"parent": {{"local_field": "parent_id", "target": "entity{target}"}}}},"""
OPTIONS = '[tool.pkit]\nsources = ["shop"]\noutput = "shop/repos"\n'


def write_project(folder: Path, entities: int) -> None:
    """Write a host app of `entities` entities, five a module, each related to the one before it in its module."""
    shop = folder / "shop"
    shop.mkdir(parents=True)
    (folder / "pyproject.toml").write_text(OPTIONS)
    (shop / "__init__.py").write_text("")
    for first in range(0, entities, PER_MODULE):
        numbers = range(first, min(first + PER_MODULE, entities))
        (shop / f"module{first // PER_MODULE}.py").write_text(_module(numbers))


def _module(numbers: range) -> str:
    calls = [REGISTRATION.format(number=number, relations=_relations(number, numbers)) for number in numbers]
    entities = [ENTITY.format(number=number) for number in numbers]
    imports = HEAD + "from pkit import register_entity\n"
    return "\n".join([imports, *entities]) + "\n\ndef register() -> None:\n" + "".join(calls)


def _relations(number: int, numbers: range) -> str:
    return RELATIONS.format(target=number - 1) if number > numbers.start else ""


def change_one_entity(folder: Path) -> None:
    """Rename a field of the first entity."""
    path = folder / "shop/module0.py"
    text = path.read_text()
    old, new = ("note", "remark") if "note: str" in text else ("remark", "note")
    path.write_text(text.replace(f"    {old}: str", f"    {new}: str", 1))
