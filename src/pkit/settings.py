"""What the environment says about databases."""

from __future__ import annotations

import json
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, overload

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from pkit.errors import ConfigurationError


class Database(StrEnum):
    """A database that entities live in."""

    MEMORY = "memory"
    MONGO = "mongo"
    POSTGRES = "postgres"


class RepoSettings(BaseSettings):
    """The settings of the repositories, read from environment variables of the same names in upper case (`REPO_DATABASE`, `MONGO_DSN`).

    `CORS_ORIGINS` is a list with commas, or in JSON. Other variables are ignored, and so is a `.env` file unless a subclass names one in its
    `model_config`. Use `load_settings` for an error that names what is wrong.
    """

    model_config = SettingsConfigDict(extra="ignore", hide_input_in_errors=True)

    repo_database: Database = Database.MEMORY
    cors_origins: Annotated[list[str] | None, NoDecode] = None
    mongo_dsn: SecretStr | None = None
    mongo_db: str | None = None
    mongo_driver: str = "motor"
    postgres_dsn: SecretStr | None = None
    postgres_user: str | None = None
    postgres_password: SecretStr | None = None
    postgres_host: str | None = None
    postgres_port: int = Field(default=5432, ge=1, le=65535)
    postgres_db: str | None = None

    @field_validator("repo_database", mode="before")
    @classmethod
    def _normalise(cls, value: object) -> object:
        return value.strip().lower() if isinstance(value, str) else value

    @field_validator("cors_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return json.loads(value) if value.lstrip().startswith("[") else split_csv_list(value)


def load_settings() -> RepoSettings:
    """Return the settings of the environment. Raises ConfigurationError that names the variables at fault, never their values."""
    try:
        return RepoSettings()
    except ValidationError as error:
        reasons = [f"{'_'.join(map(str, e['loc'])).upper()}: {e['msg']}" for e in error.errors(include_input=False)]
        raise ConfigurationError("; ".join(reasons)) from None


@overload
def split_csv_list(value: str) -> list[str]: ...
@overload
def split_csv_list(value: Sequence[str]) -> Sequence[str]: ...
@overload
def split_csv_list(value: None) -> None: ...
def split_csv_list(value: str | Sequence[str] | None) -> Sequence[str] | None:
    """Return the items of a text with commas, stripped, without empty ones; None and other sequences as they are.

    >>> split_csv_list("a, b,")
    ['a', 'b']
    """
    if not isinstance(value, str):
        return value
    return [item.strip() for item in value.split(",") if item.strip()]
