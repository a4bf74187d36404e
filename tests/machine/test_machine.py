"""Random projects are compiled and run on every backend side by side with the model: results, order and errors are compared after each step."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from pathlib import Path
from typing import Any

from checkers import mypy
from fuzzing import bounded, generated
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from machine.model import Model
from machine.projects import Project, projects
from machine.running import TESTS, compile_project, opened
from machine.steps import Drawer, Failure, Step, agrees, outcome
from pkit_gen.ir.model import Database

ALL = (Database.MEMORY, Database.POSTGRES, Database.MONGO)
STEPS = 40


class Machine(RuleBasedStateMachine):
    """Repositories of a random project beside the model."""

    databases: tuple[Database, ...] = (Database.MEMORY,)

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.folder = Path(tempfile.mkdtemp(prefix="pkit-machine-"))

    @initialize(project=projects())
    def start(self, project: Project) -> None:
        self.compiled = compile_project(project, self.folder, self.databases)
        self.model = Model(project, self.compiled.entities)
        self.containers = self.runner.run(self.stack.enter_async_context(opened(self.compiled, self.databases)))

    @rule(data=st.data())
    def call(self, data: st.DataObject) -> None:
        step = Drawer(self.model, data.draw).step()
        expected = self.runner.run(outcome(step, self.model.repositories[step.key]))
        for database in self.databases:
            if database is Database.MONGO and _is_foreign_key_violation(expected):
                continue  # which mongo does not enforce: it would go on with other data
            found = self.runner.run(outcome(step, step.repository(self.containers[database])))
            assert agrees(found, expected), f"{database.value} differs from the model in {step}:\n{found}\n{expected}"

    @rule(data=st.data())
    def transact(self, data: st.DataObject) -> None:
        before, steps, expected = self.model.snapshot(), list[Step](), list[object]()
        for _ in range(data.draw(st.integers(1, 4))):
            steps.append(Drawer(self.model, data.draw).step())
            expected.append(self.runner.run(outcome(steps[-1], self.model.repositories[steps[-1].key])))
            if isinstance(expected[-1], Failure):
                break
        undone = isinstance(expected[-1], Failure) or data.draw(st.booleans())
        if undone:
            self.model.tables = before
        for database in self.databases:
            if database is Database.MONGO and _is_foreign_key_violation(expected[-1]):
                continue
            found = self.runner.run(_in_transaction(self.containers[database], steps, undone))
            for step, got, wanted in zip(steps, found, expected, strict=True):
                assert agrees(got, wanted), f"{database.value} differs from the model in {step}:\n{got}\n{wanted}"

    def teardown(self) -> None:
        self.runner.run(self.stack.aclose())
        self.runner.close()
        if hasattr(self, "compiled"):
            self.compiled.forget()
        shutil.rmtree(self.folder)


class _Undo(Exception):
    pass


async def _in_transaction(container: Any, steps: Sequence[Step], undone: bool) -> list[object]:
    """Make the calls in one transaction, and return their outcomes. The transaction is undone after a failure, or on demand."""
    found: list[object] = []
    with suppress(_Undo):
        async with container.transaction() as transaction:
            for step in steps:
                found.append(await outcome(step, step.repository(transaction)))
            if undone:
                raise _Undo
    return found


def _is_foreign_key_violation(result: object) -> bool:
    return isinstance(result, Failure) and result.name == "ForeignKeyViolation"


class MachineOnAll(Machine):
    """The same on all backends."""

    databases = ALL


def test_memory_does_what_the_model_does() -> None:
    run_state_machine_as_test(Machine, settings=bounded(15, stateful_step_count=STEPS, print_blob=True))


def test_all_backends_do_what_the_model_does() -> None:
    run_state_machine_as_test(MachineOnAll, settings=bounded(8, stateful_step_count=STEPS, print_blob=True))


def test_what_is_generated_for_random_projects_is_typed(tmp_path: Path) -> None:
    (tmp_path / "machine").symlink_to(TESTS / "machine")
    names: list[str] = []

    @given(projects())
    @generated(4)
    def write(project: Project) -> None:
        compiled = compile_project(project, tmp_path, ALL)
        compiled.forget()
        names.append(compiled.name)

    write()
    assert mypy(tmp_path, [tmp_path / name for name in names], tmp_path / "cache") == []
