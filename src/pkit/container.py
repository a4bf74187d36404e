"""The container of a generated package: its repositories over the databases that they live in.

Importing this module imports no driver and no implementation: a backend is imported when the first of its repositories is used.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager, contextmanager
from difflib import get_close_matches
from importlib import import_module
from sys import modules
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, cast, overload

from pkit.errors import ConfigurationError, TransactionUnsupported, UnknownEntity
from pkit.session import Session

if TYPE_CHECKING:
    from pkit.settings import RepoSettings

R = TypeVar("R")
C = TypeVar("C", bound="Container")
V = TypeVar("V")


class Member(Generic[R]):
    """The repository of one entity, as an attribute of a container: made on first use, then kept.

    `key` is the entity's, `name` begins the names of its generated classes, `database` is the backend that it is pinned to. The attribute's
    own name is that of the entity's folder.

    >>> user: Member[UserRepository] = Member("user", name="User")
    """

    def __init__(self, key: str, *, name: str, database: str | None = None) -> None:
        self.key = key
        self.name = name
        self.database = database
        self.attribute = ""
        self._package = ""

    def __set_name__(self, owner: type[Container], name: str) -> None:
        self.attribute = name
        self._package = owner.__module__.rpartition(".")[0]
        owner.__members__ = {**owner.__members__, self.key: self}

    @overload
    def __get__(self, container: None, owner: type[Container]) -> Self: ...
    @overload
    def __get__(self, container: Container, owner: type[Container]) -> R: ...
    def __get__(self, container: Container | None, owner: type[Container]) -> Self | R:
        if container is None:
            return self
        backend, session = container.__place__(self)
        repository: R = self.implementation(backend)(session)
        container.__dict__[self.attribute] = repository  # found there before this descriptor from now on
        return repository

    def implementation(self, backend: str) -> Any:
        """Return the class of the repository on a backend, importing it."""
        module = load_backend(backend, f"{self._package}.{self.attribute}.{backend}")
        return getattr(module, f"{backend.capitalize()}{self.name}Repository")


class Container:
    """Base of the generated `Repositories`: the members of a package over one session per database.

    An entity lives in the database that it is pinned to, else in `default`. Without `pinned`, pins do not count. A container that does not
    own its sessions, such as one bound to a transaction, leaves them open. Names in double underscores cannot clash with an entity's key.
    """

    __members__: ClassVar[Mapping[str, Member[Any]]] = {}  # by key
    _backends: ClassVar[tuple[str, ...]] = ()  # that were generated

    def __init__(
        self, sessions: Mapping[str, Session], default: str, *, pinned: bool = True, owned: bool = True
    ) -> None:
        self._sessions = sessions
        self._default = default
        self._pinned = pinned
        self._owned = owned

    @classmethod
    @asynccontextmanager
    async def open(cls, settings: RepoSettings | None = None) -> AsyncGenerator[Self]:
        """Open the databases that the settings (by default, the environment) name, create what is missing in their schemas, and close them
        at the end. Until then this is the container that `get_repo` uses.

        Raises ConfigurationError, BackendUnavailable, SchemaMismatch.

        >>> async with Repositories.open() as repos: ...
        """
        async with cls.__from_settings__(settings) as repositories:
            await repositories.create_schema()
            with override(repositories):
                yield repositories

    @classmethod
    def __from_settings__(cls, settings: RepoSettings | None = None) -> Self:
        settings = settings or _environment()
        default = str(settings.repo_database)
        used = dict.fromkeys(member.database or default for member in cls.__members__.values())
        return cls({backend: cls._connect(backend, settings) for backend in used}, default)

    @classmethod
    def _connect(cls, backend: str, settings: RepoSettings) -> Session:
        if backend not in cls._backends:
            raise ConfigurationError(
                f"the database {backend!r} is asked for, but {cls.__module__} was generated for {' and '.join(cls._backends)}; "
                f"generate it with --backend {backend} too"
            )
        session: Session = load_backend(backend, f"pkit.{backend}").Session.from_settings(settings)
        return session

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    def transaction(self) -> AbstractAsyncContextManager[Self]:
        """Return a context manager that gives the same repositories bound to one transaction: committed at the end, undone on any exception.

        Raises TransactionUnsupported at once when the entities live in several databases, on entering when the database has no transactions.

        >>> async with repos.transaction() as tx: ...
        """
        databases = self._by_database()
        if len(databases) > 1:
            places = "; ".join(
                f"{backend} holds {', '.join(member.key for member in members)}"
                for backend, members in databases.items()
            )
            raise TransactionUnsupported(f"a transaction cannot span several databases: {places}")
        return self._transaction(next(iter(databases)))

    @asynccontextmanager
    async def _transaction(self, backend: str) -> AsyncGenerator[Self]:
        async with self._session(backend).transaction() as session:
            yield type(self)({backend: session}, self._default, pinned=self._pinned, owned=False)

    async def ping(self) -> None:
        """Make one round trip to each database. Raises BackendUnavailable."""
        for backend in self._by_database():
            await self._session(backend).ping()

    async def create_schema(self, *, validators: bool = False) -> None:
        """Create what is missing in each database, one caller at a time. Raises SchemaMismatch, which lists what must not be changed.

        `validators`: MongoDB is to check documents against a JSON schema too, whoever writes them.
        """
        for backend, members in self._by_database().items():
            entities = [member.implementation(backend).entity for member in members]
            await self._session(backend).create_schema(entities, validators=validators)

    async def close(self) -> None:
        """Close every database that this container opened."""
        _forget(self)
        async with AsyncExitStack() as stack:  # which goes on when one fails
            for session in self._sessions.values() if self._owned else ():
                stack.push_async_callback(session.close)

    def __place__(self, member: Member[Any]) -> tuple[str, Session]:
        backend = self._backend(member)
        if backend not in self._sessions:
            raise ConfigurationError(f"{member.key} lives in {backend}, which this container was not opened with")
        return backend, self._sessions[backend]

    def _backend(self, member: Member[Any]) -> str:
        return (member.database if self._pinned else None) or self._default

    def _session(self, backend: str) -> Session:
        return self.__place__(self._by_database()[backend][0])[1]

    def _by_database(self) -> Mapping[str, list[Member[Any]]]:
        """Return the members by the backend that they live in, in the order of their keys."""
        databases: dict[str, list[Member[Any]]] = {}
        for member in self.__members__.values():
            databases.setdefault(self._backend(member), []).append(member)
        return databases


def repository(container: type[Container], key: str) -> Any:
    """Return the repository of a key in the container that `container`'s package uses. Raises UnknownEntity.

    >>> repository(Repositories, "user")
    """
    member = find(container.__members__, key)
    return getattr(current(container), member.attribute)


def exports(container: type[Container]) -> Callable[[str], Any]:
    """Return the `__getattr__` of a generated package, which imports what the package shows of its modules when it is first asked for.

    Importing a hundred contracts takes as long as importing the modules of their entities.

    >>> __getattr__ = exports(Repositories)
    """
    package = container.__module__.rpartition(".")[0]

    def export(name: str) -> Any:
        if name in modules[package].__all__:
            contracts = (f"{m.attribute}.contract" for m in container.__members__.values() if name.startswith(m.name))
            for module in (*contracts, "views"):
                found = getattr(import_module(f"{package}.{module}"), name, None)
                if found is not None:
                    return found
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return export


def find(entries: Mapping[str, V], key: str) -> V:
    """Return the entry of an entity's key. Raises UnknownEntity, a KeyError that names the closest key."""
    try:
        return entries[key]
    except KeyError:
        close = get_close_matches(str(key), entries, n=1)
        raise UnknownEntity(key, close[0] if close else None) from None


# --- which container `get_repo` uses ----------------------------------------------------------------------------------

_open: list[Container] = []
_implicit: dict[type[Container], Container] = {}
_making = Lock()


def current(container: type[C]) -> C:
    """Return the container of a package that was opened last, or one made from the environment, once, when none is open.

    The latter connects on first use and creates no schema. Raises ConfigurationError.

    >>> current(Repositories).user
    """
    for candidate in reversed(_open):
        if isinstance(candidate, container):
            return candidate
    with _making:
        if container not in _implicit:
            _implicit[container] = container.__from_settings__()
        return cast(C, _implicit[container])


@contextmanager
def override(container: Container) -> Generator[None]:
    """Make `get_repo` and the providers of its package use this container inside the block.

    >>> with override(Repositories.memory()): ...
    """
    _open.append(container)
    try:
        yield
    finally:
        _forget(container)


def reset(container: type[Container]) -> None:
    """Forget which containers of a package are open or were made from the environment, without closing them: for tests.

    >>> reset(Repositories)
    """
    _open[:] = [candidate for candidate in _open if not isinstance(candidate, container)]
    _implicit.pop(container, None)


def _forget(container: Container) -> None:
    """Take the container out of use, its last `override` first."""
    for position in range(len(_open) - 1, -1, -1):
        if _open[position] is container:
            del _open[position]
            return
    if _implicit.get(type(container)) is container:
        del _implicit[type(container)]


# --- importing what is used -------------------------------------------------------------------------------------------


def load_backend(backend: str, module: str) -> ModuleType:
    """Import a module of a backend. Raises ConfigurationError that names the extra when the driver is not installed."""
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing in ("pkit", module.partition(".")[0]):
            raise
        raise ConfigurationError(f"{backend} needs {missing!r}: install pkit-gen[{backend}]") from error


def _environment() -> RepoSettings:
    from pkit.settings import load_settings  # pydantic is only for those who read the environment

    return load_settings()
