"""One entity at a time: add, get, update, patch, upsert, delete."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.host.entities import Address, Blob, Level, Role, Word
from conformance.samples import org, stored, uid, user
from pkit.errors import EntityNotFound, InvalidValue, UniqueViolation


async def test_an_entity_that_was_added_reads_back_equal(repos: Any) -> None:
    entity = user(1, age=36, role=Role.WRITER, address=Address("Paris"), settings={"a": [1, None]}, tags=["x"])
    assert await repos.user.add(entity) is None
    read = await repos.user.get(uid(1))
    assert read == entity
    assert read is not entity


async def test_an_absent_id_gives_none(repos: Any) -> None:
    await repos.user.add(user(1))
    assert await repos.user.get(uid(2)) is None


@pytest.mark.parametrize("wrong", ["1", 1, None, [], {}])
async def test_an_id_of_another_type_is_an_invalid_value(repos: Any, wrong: Any) -> None:
    calls = [
        repos.user.get(wrong),
        repos.user.get_many([wrong]),
        repos.user.delete(wrong),
        repos.user.patch(wrong, age=1),
    ]
    for call in calls:
        with pytest.raises(InvalidValue) as error:
            await call
        assert (error.value.entity, error.value.field) == ("user", "id")


async def test_a_taken_id_is_a_violation_of_the_id(repos: Any) -> None:
    await repos.user.add(user(1, name="first"))
    with pytest.raises(UniqueViolation) as error:
        await repos.user.add(user(1, "other@example.org"))
    assert (error.value.entity, error.value.index, error.value.fields) == ("user", "id", ("id",))
    assert await stored(repos.user) == [user(1, name="first")]


async def test_ids_may_be_texts_and_bytes(repos: Any) -> None:
    for repository, entity in ((repos.word, Word("a'b", 1)), (repos.blob, Blob(b"\x00\xff", 1))):
        await repository.add(entity)
        assert await repository.get(entity.id) == entity
        assert await repository.get_many([entity.id]) == {entity.id: entity}
        assert await repository.delete(entity.id) is True


async def test_update_replaces_all_fields(repos: Any) -> None:
    await repos.user.add(user(1, name="old", age=1, tags=["t"], address=Address("Paris")))
    assert await repos.user.update(user(1, "new@example.org", level=Level.HIGH)) is None
    assert await stored(repos.user) == [user(1, "new@example.org", level=Level.HIGH)]


async def test_update_of_an_absent_entity_names_it_and_writes_nothing(repos: Any) -> None:
    with pytest.raises(EntityNotFound) as error:
        await repos.user.update(user(1))
    assert (error.value.entity, error.value.entity_id) == ("user", uid(1))
    assert isinstance(error.value, LookupError)
    assert await repos.user.count() == 0


async def test_patch_changes_the_given_fields_alone_and_gives_the_whole(repos: Any) -> None:
    await repos.user.add_many([user(1, age=1, tags=["a"]), user(2)])
    changes: dict[str, Any] = {
        "age": None,
        "name": "n",
        "tags": [],
        "role": Role.WRITER,
        "settings": {"k": {"v": True}},
        "address": Address("Paris", "rue"),
    }
    assert await repos.user.patch(uid(1), **changes) == user(1, **changes)
    assert await stored(repos.user) == [user(1, **changes), user(2)]


async def test_patch_without_changes_gives_the_entity(repos: Any) -> None:
    await repos.user.add(user(1, age=1))
    assert await repos.user.patch(uid(1)) == user(1, age=1)
    with pytest.raises(EntityNotFound):
        await repos.user.patch(uid(2))


async def test_patch_of_an_absent_entity_names_it(repos: Any) -> None:
    with pytest.raises(EntityNotFound) as error:
        await repos.user.patch(uid(1), age=1)
    assert (error.value.entity, error.value.entity_id) == ("user", uid(1))


@pytest.mark.parametrize("changes", [{"id": uid(2)}, {"agee": 1}, {"org": None}, {"age": "1"}, {"name": None}])
async def test_changes_that_cannot_be_are_invalid_values(repos: Any, changes: dict[str, Any]) -> None:
    await repos.user.add(user(1))
    for call in (repos.user.patch(uid(1), **changes), repos.user.update_by_fields({}, **changes)):
        with pytest.raises(InvalidValue) as error:
            await call
        assert (error.value.entity, error.value.field) == ("user", next(iter(changes)))
    assert await stored(repos.user) == [user(1)]


async def test_upsert_adds_and_then_replaces(repos: Any) -> None:
    assert await repos.user.upsert(user(1, name="first", age=1)) is None
    assert await repos.user.upsert(user(1, name="second")) is None
    assert await stored(repos.user) == [user(1, name="second")]


async def test_upsert_does_not_take_the_value_of_another(repos: Any) -> None:
    await repos.user.add_many([user(1), user(2)])
    for entity in (user(2, "USER1@example.org"), user(3, "USER1@example.org")):
        with pytest.raises(UniqueViolation) as error:
            await repos.user.upsert(entity)
        assert error.value.index == "email"
    assert await stored(repos.user) == [user(1), user(2)]


async def test_delete_tells_whether_something_was_deleted(repos: Any) -> None:
    await repos.user.add_many([user(1), user(2)])
    assert await repos.user.delete(uid(1)) is True
    assert await repos.user.delete(uid(1)) is False
    assert await stored(repos.user) == [user(2)]


async def test_what_was_deleted_can_be_added_again(repos: Any) -> None:
    await repos.user.add(user(1))
    await repos.user.delete(uid(1))
    await repos.user.add(user(1, age=2))
    assert await stored(repos.user) == [user(1, age=2)]


async def test_repositories_of_one_container_are_apart(repos: Any) -> None:
    await repos.user.add(user(1))
    await repos.org.add(org(1))
    await repos.user.delete(uid(1))
    assert await stored(repos.org) == [org(1)]
