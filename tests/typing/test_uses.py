"""What type checkers say of the generated contracts: right uses pass, each wrong use is an error on its own line."""

from __future__ import annotations

from pathlib import Path

import pytest
from checkers import EXAMPLES, Complaint, mypy, pyright

HERE = Path(__file__).parent
RIGHT, WRONG = HERE / "right_uses.py", HERE / "wrong_uses.py"
UNIVERSITY = EXAMPLES / "university"
MARK = "  # E"

MESSAGES = {
    'get_repo("rom")': 'No overload variant of "get_repo" matches argument type "str"',
    "rooms.get(uuid4())": 'has incompatible type "UUID"; expected "RoomId"',
    '{"agee": 3}': 'Extra key "agee" for TypedDict "RoomCriteria"',
    'schedules.list_by_fields({"yeer": 1})': 'Extra key "yeer" for TypedDict "ScheduleCriteria"',
    '"or": [{"capacitty": 3}]': 'Extra key "capacitty" for TypedDict "RoomCriteria"',
    '{"price": 1.5}': 'TypedDict item "price" has type',
    '{"weekday": 1}': 'TypedDict item "weekday" has type',
    'rooms.list(sort_by="capacitty")': "has incompatible type \"Literal['capacitty']\"",
    "patch(SCHEDULE_ID, yeer=3)": 'Unexpected keyword argument "yeer" for "patch"',
    'patch(SCHEDULE_ID, year="3")': 'has incompatible type "str"; expected "int"',
    'distinct_values("foo")': 'No overload variant of "distinct_values"',
    '"some": {"nam": "Ada"}': 'Extra key "nam" for TypedDict "StudentCriteria"',
    'get_with(SCHEDULE_ID, "timetabel")': 'No overload variant of "get_with" of "ScheduleViewRepository"',
    'timetable["room"]["capacity"]': 'Value of type "ScheduleTimetableRoom | None" is not indexable',
    'timetable["yeer"]': 'TypedDict "ScheduleTimetable" has no key "yeer"',
    "print(repos.rom)": '"Repositories" has no attribute "rom"',
}


@pytest.fixture(scope="module")
def mypy_complaints(pytestconfig: pytest.Config) -> list[Complaint]:
    return mypy(UNIVERSITY, [RIGHT, WRONG], _cache(pytestconfig))


@pytest.fixture(scope="module")
def pyright_complaints(tmp_path_factory: pytest.TempPathFactory) -> list[Complaint]:
    return pyright(UNIVERSITY, [RIGHT, WRONG], tmp_path_factory.mktemp("pyright"))


def test_there_are_many_wrong_uses() -> None:
    assert len(_marked()) >= 60


def test_mypy_accepts_every_right_use(mypy_complaints: list[Complaint]) -> None:
    assert [complaint for complaint in mypy_complaints if complaint.file != WRONG.name] == []


def test_pyright_accepts_every_right_use(pyright_complaints: list[Complaint]) -> None:
    assert [complaint for complaint in pyright_complaints if complaint.file != WRONG.name] == []


def test_mypy_refuses_exactly_the_marked_lines(mypy_complaints: list[Complaint]) -> None:
    assert _refused(mypy_complaints) == _marked()


def test_pyright_refuses_exactly_the_marked_lines(pyright_complaints: list[Complaint]) -> None:
    assert _refused(pyright_complaints) == _marked()


@pytest.mark.parametrize(("use", "message"), MESSAGES.items())
def test_the_message_names_what_is_wrong(use: str, message: str, mypy_complaints: list[Complaint]) -> None:
    (line,) = (number for number, text in _marked().items() if use in text)
    said = [
        complaint.message for complaint in mypy_complaints if (complaint.file, complaint.line) == (WRONG.name, line)
    ]
    assert any(message in text for text in said), said


def _marked() -> dict[int, str]:
    lines = _lines()
    return {number: text for number, text in lines.items() if text.endswith(MARK)}


def _refused(complaints: list[Complaint]) -> dict[int, str]:
    lines = _lines()
    return {complaint.line: lines[complaint.line] for complaint in complaints if complaint.file == WRONG.name}


def _lines() -> dict[int, str]:
    return dict(enumerate(WRONG.read_text("utf-8").splitlines(), start=1))


def _cache(config: pytest.Config) -> Path:
    return config.rootpath / ".mypy_cache" / "examples"
