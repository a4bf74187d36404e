"""What annotations resolve to."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontend.projects import field_types, parse_files

HEAD = """\
import datetime
import datetime as dt
import typing as t
import uuid
import collections.abc
from dataclasses import dataclass
from decimal import Decimal
from typing import *
from typing_extensions import TypeAliasType
from uuid import UUID
from shop.lib import Email, Money as Cash, UserId
import shop.lib
import shop.lib as lib
from .lib.deep import *
if TYPE_CHECKING:
    from .lib import Late
else:
    Late = Any
try:
    from shop.nowhere import Fallback
except ImportError:
    from shop.lib import Email as Fallback
Alias = dict[str, int]
Marked: TypeAlias = "list[int]"
type Pair[T] = tuple[T, T]
Words = Literal["a", "b"]
MaybeInt = Optional[int]
Tree = list["Tree"]
Node: TypeAlias = "dict[str, Node | None]"
type Chain = tuple[int, Chain]
"""
LIB = {
    "shop/__init__.py": "",
    "shop/lib/__init__.py": "from .names import Email, Money, UserId\nfrom .names import Late\n",
    "shop/lib/names.py": (
        "from __future__ import annotations\nfrom typing import NewType\nfrom uuid import UUID\nfrom . import deep\n"
        "class Email(str): pass\nclass Money: pass\nclass Late(Email): pass\nUserId = NewType('UserId', UUID)\n"
    ),
    "shop/lib/deep.py": "from .names import Email as Hidden\n__all__ = ['Deep']\n__all__ += ['Other']\nclass Deep(int): pass\nOther = Deep\n",
}
TYPES = {
    "int": "int",
    "UUID": "uuid.UUID",
    "uuid.UUID": "uuid.UUID",
    "dt.datetime": "datetime.datetime",
    "datetime.date": "datetime.date",
    "list": "list",
    "List[str]": "list[str]",
    "t.Dict[str, int]": "dict[str, int]",
    "Tuple[int, ...]": "tuple[int, ...]",
    "tuple[()]": "tuple",
    "Sequence[str]": "collections.abc.Sequence[str]",
    "collections.abc.Mapping[str, int]": "collections.abc.Mapping[str, int]",
    "int | None": "int | None",
    "None | int": "None | int",
    "Optional[int]": "int | None",
    "t.Union[int, t.Union[str, None]]": "int | str | None",
    "Optional['int']": "int | None",
    "'int | None'": "int | None",
    "'list[\"UUID\"]'": "list[uuid.UUID]",
    "Annotated[int, 'x']": "int",
    "Final[int]": "int",
    "Literal['a', 1, None, True, b'x']": "Literal['a', 1, None, True, b'x']",
    "Literal[-1, Literal[2]]": "Literal[-1, 2]",
    "Words": "Words = Literal['a', 'b']",
    "Any": "typing.Any",
    "object": "object",
    "Email": "Email(str)",
    "Cash": "Money",
    "shop.lib.Email": "Email(str)",
    "lib.names.Email": "Email(str)",
    "Late": "Late(str)",
    "Fallback": "Email(str)",
    "UserId": "UserId = uuid.UUID",
    "Deep": "Deep(int)",
    "Other": "Other = Deep(int)",
    "Hidden": "?Hidden: the name 'Hidden' is not defined",
    "Alias": "Alias = dict[str, int]",
    "Marked": "Marked = list[int]",
    "Pair[int]": "Pair[int] = tuple[~T, ~T]",
    "MaybeInt": "MaybeInt = int | None",
    "Tree": "Tree = list[Tree]",
    "Node": "Node = dict[str, Node | None]",
    "Chain": "Chain = tuple[int, Chain]",
    "Callable[[int], str]": "collections.abc.Callable[list[int], str]",
    "Self": "typing.Self",
    "Nope": "?Nope: the name 'Nope' is not defined",
    "shop.lib.Emial": "?shop.lib.Emial: shop.lib has no 'Emial'",
    "datetime": "datetime",
    "dt": "datetime",
    "shop": "?shop: shop is a module",
    "'a b'": "?'a b': the text is not a type",
    "3": "?3: it is not a type",
}


@pytest.mark.parametrize("written", TYPES)
@pytest.mark.parametrize("future", ["", "from __future__ import annotations\n"], ids=["objects", "strings"])
def test_an_annotation_resolves(tmp_path: Path, written: str, future: str) -> None:
    source = f"{future}{HEAD}@dataclass\nclass X:\n    id: int\n    value: {written}\n"
    parsed = parse_files(tmp_path, LIB | {"shop/models.py": source})
    found = field_types(parsed.entity("x"))["value"]
    assert found == TYPES[written].replace("typing_extensions", "typing")


def test_a_field_called_like_its_type_does_not_hide_it(tmp_path: Path) -> None:
    source = "import uuid\nfrom dataclasses import dataclass\nfrom datetime import date\n@dataclass\nclass X:\n    id: int\n    uuid: uuid.UUID\n"
    parsed = parse_files(tmp_path, {"shop.py": source + "    date: 'date | None' = None\n"}, sources=("shop.py",))
    assert field_types(parsed.entity("x")) == {"id": "int", "uuid": "uuid.UUID", "date": "datetime.date | None"}


def test_classes_that_contain_each_other_end(tmp_path: Path) -> None:
    source = "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass A:\n    id: int\n    b: B\n@dataclass\nclass B:\n    a: A\n"
    assert field_types(parse_files(tmp_path, {"shop.py": source}, sources=("shop.py",)).entity("a")) == {
        "id": "int",
        "b": "B",
    }


def test_modules_that_import_each_other_resolve(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "from .a import A\nfrom .b import B\n",
        "shop/a.py": "from __future__ import annotations\nfrom dataclasses import dataclass\nfrom shop import B\n@dataclass\nclass A:\n    id: int\n    b: B\n",
        "shop/b.py": "from dataclasses import dataclass\nfrom shop import A\n@dataclass\nclass B:\n    id: int\n",
    }
    assert field_types(parse_files(tmp_path, files).entity("a")) == {"id": "int", "b": "B"}


def test_names_that_import_each_other_in_a_circle_are_unresolved(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/a.py": "from dataclasses import dataclass\nfrom .b import Y\n@dataclass\nclass A:\n    id: int\n    y: Y\n",
        "shop/b.py": "from .a import Y\n",
    }
    assert field_types(parse_files(tmp_path, files).entity("a"))["y"].startswith("?Y: ")


def test_namespace_packages_and_several_roots_resolve(tmp_path: Path) -> None:
    files = {
        "one/space/shop/models.py": "from dataclasses import dataclass\nfrom space.types.ids import Id\n@dataclass\nclass X:\n    id: Id\n",
        "two/space/types/ids.py": "class Id(int): pass\n",
    }
    parsed = parse_files(tmp_path, files, sources=("one/space/shop/models.py",), roots=("one", "two"))
    assert field_types(parsed.entity("x")) == {"id": "Id(int)"}
    assert parsed.project.sources == ("space.shop.models",)


def test_a_folder_named_like_a_module_of_the_standard_library_does_not_hide_it(tmp_path: Path) -> None:
    files = {
        "shop.py": "from dataclasses import dataclass\nfrom typing import Any\n@dataclass\nclass X:\n    id: int\n    y: dict[str, Any]\n",
        "typing/uses.py": "",
    }
    assert field_types(parse_files(tmp_path, files, sources=("shop.py",)).entity("x"))["y"] == "dict[str, typing.Any]"


def test_relative_imports_climb_any_level(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "class Top(int): pass\n",
        "shop/a/__init__.py": "",
        "shop/a/b/__init__.py": "from ... import Top\nfrom .. import Nothing\n",
        "shop/a/b/c.py": "from dataclasses import dataclass\nfrom . import Top\nfrom ..... import Far\n@dataclass\nclass X:\n    id: Top\n    far: Far\n",
    }
    found = field_types(parse_files(tmp_path, files).entity("x"))
    assert found == {"id": "Top(int)", "far": "?Far: the relative import leads beyond the top-level package"}


def test_a_missing_module_is_named_with_one_that_is_close(tmp_path: Path) -> None:
    files = {
        "shop/__init__.py": "",
        "shop/money.py": "",
        "shop/a.py": "from dataclasses import dataclass\nfrom shop.moeny import Money\n@dataclass\nclass X:\n    id: int\n    m: Money\n",
    }
    assert field_types(parse_files(tmp_path, files).entity("x"))["m"] == "?Money: no module named 'shop.moeny'"


def test_versions_choose_the_branch_of_an_import(tmp_path: Path) -> None:
    source = (
        "import sys\nfrom dataclasses import dataclass\nif sys.version_info >= (3, 11):\n    from uuid import UUID as Id\n"
        "else:\n    from decimal import Decimal as Id\nif sys.version_info < (3, 0):\n    Id = int\n@dataclass\nclass X:\n    id: Id\n"
    )
    assert field_types(parse_files(tmp_path, {"shop.py": source}, sources=("shop.py",)).entity("x")) == {
        "id": "uuid.UUID"
    }
