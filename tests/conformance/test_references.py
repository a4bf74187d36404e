"""References to other entities, where they are enforced."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.samples import org, stored, uid, user
from pkit.errors import ForeignKeyViolation

pytestmark = pytest.mark.usefixtures("references")


async def refused(call: Any, field: str = "org_id", target: str = "org") -> None:
    with pytest.raises(ForeignKeyViolation) as error:
        await call
    assert (error.value.entity, error.value.field, error.value.target) == ("user", field, target)


async def test_a_reference_needs_its_target(repos: Any) -> None:
    await repos.user.add(user(1))
    await refused(repos.user.add(user(2, org_id=uid(9))))
    await refused(repos.user.add_many([user(2), user(3, org_id=uid(9))]))
    await refused(repos.user.upsert(user(1, org_id=uid(9))))
    await refused(repos.user.upsert(user(2, org_id=uid(9))))
    await refused(repos.user.update(user(1, org_id=uid(9))))
    await refused(repos.user.patch(uid(1), org_id=uid(9)))
    await refused(repos.user.update_by_fields({}, org_id=uid(9)))
    await refused(repos.user.upsert_by_email(user(1, org_id=uid(9))))
    await refused(repos.user.add(user(2, manager_id=uid(9))), "manager_id", "user")
    assert await stored(repos.user) == [user(1)]


async def test_what_is_referenced_stays(repos: Any) -> None:
    await repos.org.add_many([org(1), org(2)])
    await repos.user.add(user(1, org_id=uid(1)))
    await refused(repos.org.delete(uid(1)))
    await refused(repos.org.delete_by_fields({}))
    assert await stored(repos.org) == [org(1), org(2)]
    assert await repos.org.delete(uid(2)) is True


async def test_what_is_no_longer_referenced_goes(repos: Any) -> None:
    await repos.org.add_many([org(1), org(2)])
    await repos.user.add_many([user(1, org_id=uid(1)), user(2, org_id=uid(1)), user(3, org_id=uid(2))])
    await repos.user.patch(uid(1), org_id=None)
    await refused(repos.org.delete(uid(1)))
    await repos.user.delete(uid(2))
    assert await repos.org.delete(uid(1)) is True
    assert await repos.user.update_by_fields({"org_id": uid(2)}, org_id=None) == 1
    assert await repos.org.delete_by_fields({}) == 1


async def test_what_is_referenced_can_be_changed(repos: Any) -> None:
    await repos.org.add(org(1))
    await repos.user.add(user(1, org_id=uid(1)))
    await repos.org.update(org(1, "renamed"))
    await repos.org.upsert(org(1, "again"))
    assert await repos.org.get(uid(1)) == org(1, "again")


async def test_an_entity_may_refer_to_its_own_kind_and_to_itself(repos: Any) -> None:
    await repos.user.add(user(1, manager_id=uid(1)))
    await repos.user.add_many([user(3, manager_id=uid(2)), user(2, manager_id=uid(1))])
    await refused(repos.user.delete(uid(2)), "manager_id", "user")
    assert await repos.user.delete(uid(3)) is True
    assert await repos.user.delete(uid(2)) is True
    assert await repos.user.delete(uid(1)) is True


async def test_entities_that_refer_to_each_other_go_together(repos: Any) -> None:
    await repos.user.add_many([user(1, manager_id=uid(2)), user(2, manager_id=uid(1))])
    await refused(repos.user.delete(uid(1)), "manager_id", "user")
    assert await repos.user.delete_by_fields({}) == 2


async def test_adding_many_is_one_step_for_references(repos: Any) -> None:
    rows = [user(number, manager_id=uid(number - 1) if number > 1 else None) for number in range(9, 0, -1)]
    await repos.user.add_many(rows)
    assert await repos.user.count() == 9
