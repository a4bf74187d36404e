"""A generated package, and a pkit that keeps another contract."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest

from container import packages
from pkit import compatibility
from pkit.compatibility import IncompatiblePackage
from pkit_gen.backends.container.view import CONTRACT


def generated_for(root: Path, contract: str) -> None:
    """Write the package of the tests as a pkit-gen would that counts on another contract."""
    packages.write(root, "host", packages.schema("host"))
    path = root / "host/repos/__init__.py"
    assert CONTRACT in path.read_text()
    path.write_text(path.read_text().replace(CONTRACT, contract))


def test_what_is_generated_expects_the_contract_that_pkit_keeps() -> None:
    assert getattr(compatibility, CONTRACT) == compatibility.CURRENT


def test_a_generated_package_tells_its_contract(repos: ModuleType) -> None:
    assert repos.PKIT_CONTRACT == compatibility.CURRENT


@pytest.mark.parametrize("module", ["host.repos", "host.repos.container", "host.repos.user.memory"])
def test_a_package_of_an_older_contract_says_at_import_what_to_run(root: Path, module: str) -> None:
    generated_for(root, "CONTRACT_0")
    expected = (
        "host.repos was generated for contract 0 of pkit, and the installed pkit keeps contract 1. Run `pkit-gen` in"
    )
    with pytest.raises(IncompatiblePackage, match=re.escape(expected)) as caught:
        import_module(module)
    assert caught.value.name == "host.repos"


def test_it_says_so_before_it_misses_a_member_that_is_gone(root: Path) -> None:
    generated_for(root, "CONTRACT_0")
    path = root / "host/repos/container.py"
    path.write_text("from pkit.container import gone\n" + path.read_text())
    with pytest.raises(IncompatiblePackage):
        import_module("host.repos.container")


def test_a_package_of_a_newer_contract_asks_for_another_pkit(root: Path) -> None:
    generated_for(root, "CONTRACT_9")
    with pytest.raises(
        IncompatiblePackage, match="Install the release of pkit-gen that generated it, or run `pkit-gen`"
    ):
        import_module("host.repos")


def test_the_contract_is_the_first_that_a_package_imports_of_pkit(root: Path) -> None:
    packages.write(root, "host", packages.schema("host"))
    text = (root / "host/repos/__init__.py").read_text()
    assert min(re.findall(r"^from (pkit\.\w+)", text, re.MULTILINE)) == "pkit.compatibility"


def test_any_other_name_is_just_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'anything'"):
        _ = getattr(compatibility, "any" + "thing")
