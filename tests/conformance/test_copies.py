"""Nothing that a caller holds is shared with what is stored."""

from __future__ import annotations

from typing import Any

from conformance.samples import uid, user


def spoil(entity: Any) -> None:
    """Change an entity, and what is inside it, as much as possible."""
    entity.name = "spoiled"
    entity.tags.append("spoiled")
    entity.settings["a"]["b"].append("spoiled")
    entity.settings["spoiled"] = True


def fresh() -> Any:
    return user(1, nickname="n", tags=["a"], settings={"a": {"b": [1]}})


async def test_what_was_handed_over_can_be_changed(repos: Any) -> None:
    for write in ("add", "upsert", "upsert_by_email", "add_many"):
        entity = fresh()
        await getattr(repos.user, write)([entity] if write == "add_many" else entity)
        spoil(entity)
        assert await repos.user.get(uid(1)) == fresh()
        await repos.user.delete(uid(1))
    await repos.user.add(user(1))
    entity = fresh()
    await repos.user.update(entity)
    spoil(entity)
    assert await repos.user.get(uid(1)) == fresh()


async def test_changes_that_were_handed_over_can_be_changed(repos: Any) -> None:
    await repos.user.add(user(1, nickname="n"))
    tags, settings = ["a"], {"a": {"b": [1]}}
    await repos.user.patch(uid(1), tags=tags, settings=settings)
    tags.append("spoiled")
    settings["a"]["b"].append(2)
    assert await repos.user.get(uid(1)) == fresh()
    tags, settings = ["a"], {"a": {"b": [1]}}
    await repos.user.update_by_fields({}, tags=tags, settings=settings)
    tags.append("spoiled")
    settings["a"]["b"].append(2)
    assert await repos.user.get(uid(1)) == fresh()


async def test_what_was_given_back_can_be_changed(repos: Any) -> None:
    await repos.user.add(fresh())
    given: list[Any] = [
        await repos.user.get(uid(1)),
        (await repos.user.get_many([uid(1)]))[uid(1)],
        await repos.user.get_by_nickname("n"),
        (await repos.user.list())[0],
        (await repos.user.list_by_fields({}))[0],
        (await repos.user.page({})).items[0],
        await anext(repos.user.stream({})),
        await repos.user.patch(uid(1), age=None),
        await repos.user.upsert_by_email(fresh()),
    ]
    assert all(entity == fresh() for entity in given)
    for entity in given:
        spoil(entity)
        assert await repos.user.get(uid(1)) == fresh()
    assert len({id(entity) for entity in given}) == len(given)


async def test_two_rows_share_nothing(repos: Any) -> None:
    tags, settings = ["a"], {"a": {"b": [1]}}
    await repos.user.add_many([user(1, tags=tags, settings=settings), user(2, tags=tags, settings=settings)])
    first, second = await repos.user.list()
    spoil(first)
    assert second == user(2, tags=["a"], settings={"a": {"b": [1]}})


async def test_rows_that_were_changed_together_share_nothing(repos: Any) -> None:
    await repos.user.add_many([user(1), user(2)])
    await repos.user.update_by_fields({}, tags=["a"], settings={"a": {"b": [1]}})
    first, second = await repos.user.list()
    spoil(first)
    assert second == user(2, tags=["a"], settings={"a": {"b": [1]}})
