"""What is read from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from pydantic import SecretStr
from pydantic_settings import SettingsConfigDict

from pkit import Database, RepoSettings, split_csv_list
from pkit.errors import ConfigurationError
from pkit.settings import load_settings

VARIABLES = [name.upper() for name in RepoSettings.model_fields]


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    return monkeypatch


def test_without_environment_everything_is_in_memory(environment: pytest.MonkeyPatch) -> None:
    settings = RepoSettings()
    assert settings.repo_database is Database.MEMORY
    assert settings.postgres_port == 5432
    others = set(RepoSettings.model_fields) - {"repo_database", "postgres_port", "mongo_driver"}
    assert {getattr(settings, name) for name in others} == {None}


READ: dict[str, object] = {
    "mongo_dsn": "mongodb://db",
    "mongo_db": "shop",
    "postgres_user": "ada",
    "postgres_password": "hunter2",
    "postgres_host": "db",
    "postgres_port": 6432,
    "postgres_db": "shop",
}


def test_variables_have_the_names_of_the_settings(environment: pytest.MonkeyPatch) -> None:
    for name, value in READ.items():
        environment.setenv(name.upper(), str(value))
    settings = RepoSettings()
    given = {name: getattr(settings, name) for name in READ}
    shown = {name: v.get_secret_value() if isinstance(v, SecretStr) else v for name, v in given.items()}
    assert shown == READ


def test_databases_are_their_names() -> None:
    assert list(Database) == ["memory", "mongo", "postgres"]
    assert Database("mongo") is Database.MONGO


@pytest.mark.parametrize("text", ["postgres", "Postgres", " POSTGRES "])
def test_the_database_is_read_without_regard_to_case(environment: pytest.MonkeyPatch, text: str) -> None:
    environment.setenv("REPO_DATABASE", text)
    assert RepoSettings().repo_database is Database.POSTGRES


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"REPO_DATABASE": "mysql"}, "REPO_DATABASE: Input should be 'memory', 'mongo' or 'postgres'"),
        ({"POSTGRES_PORT": "hunter2"}, "POSTGRES_PORT: Input should be a valid integer"),
    ],
)
def test_a_wrong_setting_is_named_without_its_value(
    environment: pytest.MonkeyPatch, variables: Mapping[str, str], message: str
) -> None:
    for name, value in variables.items():
        environment.setenv(name, value)
    with pytest.raises(ConfigurationError) as caught:
        load_settings()
    assert message in str(caught.value)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "origins"),
    [
        ("https://a.example, https://b.example,", ["https://a.example", "https://b.example"]),
        ('["https://a.example"]', ["https://a.example"]),
        ("", []),
    ],
)
def test_cors_origins(environment: pytest.MonkeyPatch, text: str, origins: list[str]) -> None:
    environment.setenv("CORS_ORIGINS", text)
    assert RepoSettings().cors_origins == origins


def test_a_host_s_own_settings_may_read_a_file(environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("REPO_DATABASE=mongo\nMONGO_DB=shop\nOTHER=1\n")
    environment.chdir(tmp_path)

    class Settings(RepoSettings):
        model_config = SettingsConfigDict(env_file=".env")
        title: str = "Shop"

    assert (Settings().repo_database, Settings().mongo_db) == (Database.MONGO, "shop")
    assert RepoSettings().repo_database is Database.MEMORY


@pytest.mark.parametrize(("value", "items"), [("a, b ,", ["a", "b"]), ("", []), (None, None), (("a,b",), ("a,b",))])
def test_split_csv_list(value: str | tuple[str, ...] | None, items: object) -> None:
    assert split_csv_list(value) == items
