"""Recording registrations: keys once, the initializer when it is needed, nothing left of one that fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from pkit.errors import ConfigurationError
from pkit.registration import clear_registrations, register_entity, registrations, set_registry_initializer


@dataclass
class User:
    id: int


@pytest.fixture(autouse=True)
def empty() -> Iterator[None]:
    clear_registrations()
    yield
    clear_registrations()


def test_what_is_registered_is_listed_by_key() -> None:
    register_entity("user", {"entity": User, "collection": "users"})
    assert registrations() == {"user": {"entity": User, "collection": "users"}}


def test_a_key_is_registered_once() -> None:
    register_entity("user", {"entity": User, "collection": "users"})
    with pytest.raises(ConfigurationError, match="already registered as 'user'"):
        register_entity("user", {"entity": User, "collection": "people"})


def test_the_initializer_runs_once_when_it_is_needed() -> None:
    runs: list[int] = []

    def initialize() -> None:
        runs.append(1)
        register_entity("user", {"entity": User, "collection": "users"})

    set_registry_initializer(initialize)
    assert runs == []
    assert list(registrations()) == list(registrations()) == ["user"]
    assert runs == [1]


def test_an_initializer_that_fails_leaves_nothing_and_runs_again() -> None:
    failures = [RuntimeError("not yet")]

    def initialize() -> None:
        register_entity("user", {"entity": User, "collection": "users"})
        if failures:
            raise failures.pop()

    set_registry_initializer(initialize)
    with pytest.raises(RuntimeError, match="not yet"):
        registrations()
    assert list(registrations()) == ["user"]


def test_the_last_initializer_counts() -> None:
    set_registry_initializer(lambda: register_entity("a", {"entity": User, "collection": "a"}))
    set_registry_initializer(lambda: register_entity("b", {"entity": User, "collection": "b"}))
    assert list(registrations()) == ["b"]


def test_the_listing_is_a_copy() -> None:
    register_entity("user", {"entity": User, "collection": "users"})
    listed = dict(registrations())
    listed.clear()
    assert list(registrations()) == ["user"]
