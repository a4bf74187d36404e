"""`pkit graph` draws every entity, every key and every relation, in each format."""

from __future__ import annotations

import re
from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest
from checkers import EXAMPLES
from click.testing import CliRunner, Result

from pkit_gen.cli.tools import pkit

SHOP = """
from dataclasses import dataclass, field
from uuid import UUID

from pkit import register_entity


@dataclass
class Customer:
    id: UUID
    email: str
    friends: list[UUID] = field(default_factory=list)


@dataclass
class Order:
    id: UUID
    customer_id: UUID
    seller_id: UUID | None
    notes: dict[str, int]


@dataclass
class Receipt:
    id: int
    order_id: UUID


def register_defaults() -> None:
    register_entity(
        "customer",
        {
            "entity": Customer,
            "collection": "customers",
            "unique": {"email": "email"},
            "relations": {
                "friends_": {"target": "customer", "local_field": "friends", "many": True},
                "orders": {"target": "order", "target_field": "customer_id", "many": True},
                "receipts": {
                    "target": "receipt",
                    "through": "order",
                    "source_field": "customer_id",
                    "target_field": "id",
                    "target_by": "order",
                },
            },
        },
    )
    register_entity(
        "order",
        {
            "entity": Order,
            "collection": "orders",
            "relations": {
                "customer": {"target": "customer", "local_field": "customer_id"},
                "seller": {"target": "customer", "local_field": "seller_id"},
            },
        },
    )
    register_entity(
        "receipt",
        {
            "entity": Receipt,
            "collection": "receipts",
            "database": "mongo",
            "unique": {"order": "order_id"},
            "relations": {"order": {"target": "order", "local_field": "order_id"}},
        },
    )
"""

MERMAID = """\
erDiagram
    customer {
        UUID id PK
        str email UK
        list[UUID] friends FK
    }
    order {
        UUID id PK, FK
        UUID customer_id FK
        UUID seller_id FK "optional"
        dict[str_int] notes
    }
    receipt {
        int id PK
        UUID order_id FK, UK
    }
    customer }o--o{ customer : "friends_"
    order }o--|| customer : "customer / orders / receipts (to receipt)"
    order |o..|| receipt : ""
    order }o--o| customer : "seller"
    receipt |o..|| order : "order"
"""


@pytest.fixture(autouse=True)
def working_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a folder of the test's own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """Give a source in the working folder."""
    path = tmp_path / "shop.py"
    path.write_text(SHOP)
    return path


def graph(*arguments: str) -> Result:
    return CliRunner().invoke(pkit, ["graph", *arguments])


def thirty(folder: Path) -> Path:
    """Write a project of thirty entities, each of which refers to up to three others."""
    lines = ["from dataclasses import dataclass", "from pkit import register_entity", ""]
    calls = ["def register_defaults() -> None:"]
    for number in range(30):
        targets = sorted({number // 2, number // 3, number * 7 % 5} - {number}) if number else []
        fields = [f"    e{target}_id: int" for target in targets]
        lines += ["@dataclass", f"class E{number}:", "    id: int", *fields, ""]
        related = {f"e{target}": {"target": f"e{target}", "local_field": f"e{target}_id"} for target in targets}
        config = f'{{"entity": E{number}, "collection": "c{number}", "relations": {related!r}}}'
        calls.append(f'    register_entity("e{number}", {config})')
    path = folder / "thirty.py"
    path.write_text("\n".join([*lines, *calls, ""]))
    return path


def rectangles(svg: str) -> list[tuple[float, float, float, float]]:
    """Return the boxes of a drawing: left, top, right, bottom."""
    found = [r.attrib for r in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}rect")]
    boxes = [r for r in found if r.get("rx") and not r.get("class")]
    sides = [[float(box[name]) for name in ("x", "y", "width", "height")] for box in boxes]
    return [(x, y, x + width, y + height) for x, y, width, height in sides]


def test_mermaid_shows_keys_and_cardinalities(shop: Path) -> None:
    done = graph(str(shop))
    assert (done.exit_code, done.stdout) == (0, MERMAID)


def test_dot_joins_the_fields(shop: Path) -> None:
    done = graph(str(shop), "--format", "dot")
    assert done.exit_code == 0
    assert done.stdout.count("{") == done.stdout.count("}")
    assert '    e1:f1 -> e0:f0 [arrowtail=crowodot, arrowhead=teetee, label="customer' in done.stdout
    assert '[arrowtail=teetee, arrowhead=teetee, label="order", style=dashed];' in done.stdout


def test_svg_names_every_entity_field_key_and_relation(shop: Path) -> None:
    done = graph(str(shop), "--format", "svg")
    texts = [element.text for element in ElementTree.fromstring(done.stdout).iter("{http://www.w3.org/2000/svg}text")]
    expected = ["customer", "receipt · mongo", "seller_id", "UUID?", "dict[str, int]", "FK UK", "seller", "friends_"]
    assert [text for text in expected if text not in texts] == []
    assert 'class="across"' in done.stdout


def test_thirty_boxes_do_not_overlap(tmp_path: Path) -> None:
    done = graph(str(thirty(tmp_path)), "--format", "svg")
    boxes = rectangles(done.stdout)
    assert len(boxes) == 30
    assert not [
        pair
        for pair in combinations(boxes, 2)
        if pair[0][0] < pair[1][2] and pair[1][0] < pair[0][2] and pair[0][1] < pair[1][3] and pair[1][1] < pair[0][3]
    ]


def test_lines_do_not_pass_behind_boxes(tmp_path: Path) -> None:
    svg = graph(str(thirty(tmp_path)), "--format", "svg").stdout
    boxes = rectangles(svg)
    points = [
        (float(x), float(y))
        for path in re.findall(r'<path d="(M[^"]* C [^"]*)"', svg)
        for x, y in re.findall(r"(-?\d+) (-?\d+)(?= C|$)", path)
    ]
    assert len(points) > 60
    assert not [(x, y) for x, y in points for box in boxes if box[0] + 1 < x < box[2] - 1 and box[1] < y < box[3]]


def test_without_sources_those_of_the_project(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES / "university")
    done = graph()
    assert done.exit_code == 0
    assert '    room }o--|| academic_unit : "academic_unit / rooms"\n' in done.stdout


def test_what_is_wrong_is_said_and_nothing_drawn(shop: Path) -> None:
    shop.write_text(SHOP.replace('"local_field": "seller_id"', '"local_field": "sellr_id"'))
    done = graph(str(shop))
    assert (done.exit_code, done.stdout) == (1, "")
    assert "sellr_id" in done.stderr


def test_wrong_usage(shop: Path) -> None:
    assert graph(str(shop), "--format", "png").exit_code == 2
    shop.unlink()
    assert graph().exit_code == 2
