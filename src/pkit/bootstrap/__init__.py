"""What runs when an app starts: configuration, seeds, and the lock that keeps workers apart."""

from __future__ import annotations

from pkit.bootstrap.config_registry import ConfigRegistry, configuration, set_config_package
from pkit.bootstrap.seeders import Seeder, SeederProvider
from pkit.bootstrap.startup import is_duplicate_startup_error, run_startup_bootstrap

__all__ = [
    "ConfigRegistry",
    "Seeder",
    "SeederProvider",
    "configuration",
    "is_duplicate_startup_error",
    "run_startup_bootstrap",
    "set_config_package",
]
