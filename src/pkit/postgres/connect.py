"""Opening connections: from a URL or from the settings of the environment."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from contextlib import suppress
from math import inf
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

import asyncpg
from asyncpg.exceptions import ClientConfigurationError

from pkit.errors import BackendUnavailable, ConfigurationError
from pkit.postgres.errors import fail
from pkit.postgres.pool import Connect, Pool

if TYPE_CHECKING:
    from pkit.settings import RepoSettings

OPTIONS: dict[str, float | None] = {"connect_timeout": 10, "command_timeout": None, "pool_timeout": 30, "pool_size": 10}
"""What pkit reads from a URL's query, with the defaults: None for no limit."""

KEEPALIVE = {"TCP_KEEPIDLE": 15, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3, "TCP_USER_TIMEOUT": 30_000}
"""After how many seconds of silence, or milliseconds without an acknowledgement, the system takes a peer for gone: 30 s, not hours."""

NEEDED = ("postgres_host", "postgres_user", "postgres_db")
UNREACHABLE = "PostgreSQL cannot be reached"


def pool_of_url(url: str, name: str = "the URL of PostgreSQL") -> Pool:
    """Return a pool of connections to a `postgresql://` URL, `postgresql+asyncpg://` included. Raises ConfigurationError, which tells
    nothing of the URL but its `name`.

    The URL's query may have `connect_timeout` (10 by default), `command_timeout` (none) and `pool_timeout` (30): the seconds that
    connecting, one statement and waiting for a free connection may take; and `pool_size` (10). Without `command_timeout` a statement may
    take any time while the server can be reached; a connection over TCP whose other end is gone ends within 30 seconds.

    >>> pool_of_url("postgresql://app@localhost/app?command_timeout=5")
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.partition("+")[0] not in ("postgresql", "postgres"):
        raise ConfigurationError(f"{name} must begin with postgresql://")
    rest, options = _split(rest, name)
    return _pool({"dsn": f"postgresql://{rest}"}, name, options)


def _split(rest: str, name: str) -> tuple[str, dict[str, float]]:
    """Return a URL without its scheme and without pkit's own parameters, and those."""
    address, _, query = rest.partition("?")
    parameters = parse_qsl(query, keep_blank_values=True)
    try:
        options = {key: float(value) for key, value in parameters if key in OPTIONS}
    except ValueError:
        raise ConfigurationError(f"{name} has a timeout or a size that is no number") from None
    if any(not 0 < value < inf for value in options.values()):
        raise ConfigurationError(f"{name} has a timeout or a size that is not positive")
    kept = urlencode([(key, value) for key, value in parameters if key not in OPTIONS])
    return f"{address}?{kept}" if kept else address, options


def pool_of_settings(settings: RepoSettings) -> Pool:
    """Return a pool of connections to what the environment names: POSTGRES_DSN, or the parts. Raises ConfigurationError naming what is missing."""
    if settings.postgres_dsn is not None:
        return pool_of_url(settings.postgres_dsn.get_secret_value(), "POSTGRES_DSN")
    missing = [name.upper() for name in NEEDED if not getattr(settings, name)]
    if missing:
        raise ConfigurationError(f"PostgreSQL needs POSTGRES_DSN, or {' and '.join(missing)} too")
    password = settings.postgres_password
    arguments = {
        "host": settings.postgres_host,
        "port": settings.postgres_port,
        "user": settings.postgres_user,
        "password": None if password is None else password.get_secret_value(),
        "database": settings.postgres_db,
    }
    return _pool(arguments, "the settings of PostgreSQL")


def _pool(arguments: Mapping[str, Any], name: str, given: Mapping[str, float] = MappingProxyType({})) -> Pool:
    options = {**OPTIONS, **given}
    timeouts = {"timeout": options["connect_timeout"], "command_timeout": options["command_timeout"]}
    connect = _connector({**arguments, **timeouts}, name)
    return Pool(connect, max(1, int(options["pool_size"] or 1)), options["pool_timeout"] or 0)


def _connector(arguments: Mapping[str, Any], name: str) -> Connect:
    async def connect() -> asyncpg.Connection[asyncpg.Record]:
        try:
            connection: asyncpg.Connection[asyncpg.Record] = await asyncpg.connect(**arguments)
        except (ClientConfigurationError, ValueError):
            raise ConfigurationError(f"{name} cannot be read") from None  # the cause would show what is in it
        except (OSError, TimeoutError) as error:
            raise BackendUnavailable(UNREACHABLE) from error
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            fail(error)
        _keep_alive(connection)
        return connection

    return connect


def _keep_alive(connection: object) -> None:
    """Have the system probe the peer, so that a network that has gone away ends statements of any length, and long ones go on."""
    transport = getattr(connection, "_transport", None)  # there is no other way to it
    found = transport.get_extra_info("socket") if transport else None
    if found is None or found.family == getattr(socket, "AF_UNIX", None):
        return
    with suppress(OSError, TypeError):  # a system or an event loop that does not let it be set
        found.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in KEEPALIVE.items():
            if hasattr(socket, name):
                found.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
