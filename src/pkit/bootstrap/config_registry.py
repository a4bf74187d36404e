"""Functions that configure an app, collected from the modules of one package and run once per process."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from inspect import iscoroutinefunction
from pkgutil import iter_modules
from typing import ClassVar, TypeVar

F = TypeVar("F", bound=Callable[[], object])


class ConfigRegistry:
    """The functions decorated with `configuration`, and the package in whose modules they are."""

    _functions: ClassVar[dict[Callable[[], object], None]] = {}  # in the order of their registration
    _forgotten: ClassVar[dict[Callable[[], object], None]] = {}
    _package: ClassVar[str] = "app.core"
    _has_run: ClassVar[bool] = False

    @classmethod
    def configure_package(cls, package: str) -> None:
        """Look for configuration in another package the next time."""
        cls._package = package
        cls._has_run = False

    @classmethod
    def register(cls, function: F) -> F:
        """Add a function, once, and return it. Raises TypeError for an async one."""
        if iscoroutinefunction(function):
            raise TypeError(f"{function.__qualname__} is async: make it a seeder, or call it in run_startup_bootstrap")
        cls._functions.setdefault(function)
        return function

    @classmethod
    def run_all(cls) -> None:
        """Import the package and its modules whose names end in `_config`, then run every function in the order of registration; once.

        Runs all again after a failure. Raises ModuleNotFoundError when the package is not there, and what the functions raise.
        """
        if cls._has_run:
            return
        modules = _import_configuration(cls._package)
        cls._recall(modules)
        for function in list(cls._functions):
            function()
        cls._has_run = True

    @classmethod
    def reset(cls) -> None:
        """Forget what was registered and that it has run, for tests. Modules that are found again count again."""
        cls._forgotten.update(cls._functions)
        cls._functions.clear()
        cls._has_run = False

    @classmethod
    def _recall(cls, modules: set[str]) -> None:
        """Register again what a module registered when it was imported, before a reset."""
        again = [function for function in cls._forgotten if function.__module__ in modules]
        earlier = {function: None for function in again if function not in cls._functions}
        cls._functions = {**earlier, **cls._functions}


def configuration(function: F) -> F:
    """Mark a function without arguments that configures the app.

    >>> @configuration
    ... def configure_logging() -> None: ...
    """
    return ConfigRegistry.register(function)


def set_config_package(package: str) -> None:
    """Name the package whose `…_config` modules hold configuration; without, it is `app.core`.

    >>> set_config_package("myapp.core")
    """
    ConfigRegistry.configure_package(package)


def _import_configuration(name: str) -> set[str]:
    """Import a package and its modules of configuration, and return their names."""
    package = import_module(name)
    found = (module.name for module in iter_modules(getattr(package, "__path__", ()), f"{name}."))
    names = [module for module in found if module.endswith("_config")]
    for module in sorted(names):
        import_module(module)
    return {name, *names}
