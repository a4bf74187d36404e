"""Where the names of persistence-kit 2.0 are now."""

from __future__ import annotations

PREDECESSOR = "persistence_kit"
RUNTIME = "pkit"
CONTAINER = "pkit.container"
REGISTRATION = "pkit.registration"

FACADE = frozenset(
    {
        "ApiError",
        "BaseAPIException",
        "BusinessRuleException",
        "ConfigRegistry",
        "Database",
        "DatabaseException",
        "EntityConfig",
        "NotFoundException",
        "Relation",
        "RepoSettings",
        "Repository",
        "Seeder",
        "SeederProvider",
        "ValidationException",
        "ViewRepository",
        "build_api_router",
        "configuration",
        "dataclass_field_names",
        "handle_repository_errors",
        "handle_service_errors",
        "is_duplicate_startup_error",
        "pagination_params",
        "register_entity",
        "run_startup_bootstrap",
        "set_config_package",
        "set_registry_initializer",
        "split_csv_list",
        "upsert_entity",
    }
)
"""Names that `pkit` offers under the same name."""

GENERATED = frozenset({"get_repo", "get_repo_view", "provide_repo", "provide_view_repo"})
"""Names that the generated package offers under the same name."""

IN_MEMORY = "use Repositories.memory(): its repositories copy, sort and enforce uniqueness as those of the databases do"
BY_URL = "use Repositories.postgres(url), or give it the engine, connection or session that the host holds"

ADVICE = {
    "MemoryRepository": IN_MEMORY,
    "MongoRepository": "use Repositories.mongo(database)",
    "DataclassMapper": "the generated mongo.py maps documents; nothing stands in its place",
    "SqlAlchemyRepository": BY_URL,
    "SqlDataclassMapper": "the generated postgres.py maps rows; nothing stands in its place",
    "build_table_from_dataclass": "import the table from tables.py of the generated package",
    "get_engine": BY_URL,
    "PopulatingRepository": "use get_repo_view of the generated package",
    "ENTITY_CONFIG": "use pkit.registration.registrations()",
    "get_entity_config": "use pkit.registration.registrations()[key]",
    "get_target_table_name": 'use pkit.registration.registrations()[key]["collection"]',
    "build_fk_map_from_registry": "foreign keys are in tables.py of the generated package",
}
"""What to do about names that have no successor of their own."""

CACHES = frozenset({"_repo_cached", "_init_registry", "_mongo_db", "get_engine"})
"""Caches that tests clear; `pkit.container.reset` does that for all of them."""

METHODS = {
    "add": ("entity",),
    "get": ("entity_id",),
    "update": ("entity",),
    "delete": ("entity_id",),
    "get_by_index": ("index", "value"),
    "list_by_fields": ("criteria",),
    "count_by_fields": ("criteria",),
    "distinct_values": ("field", "criteria"),
    "get_with": ("entity_id",),
    "get_by_index_with": ("index", "value"),
}
"""Parameters that are positional now, by method."""

UNMISTAKABLE = frozenset(
    {"get_by_index", "list_by_fields", "count_by_fields", "distinct_values", "get_with", "get_by_index_with"}
)
"""Methods that are a repository's whatever they are called on."""

SECRETS = frozenset({"mongo_dsn", "postgres_password"})
"""Settings that were texts and are secrets now."""

DRIVER_ERRORS = {
    "sqlalchemy.exc.IntegrityError": "UniqueViolation or ForeignKeyViolation",
    "sqlalchemy.exc.DBAPIError": "RepositoryError",
    "sqlalchemy.exc.SQLAlchemyError": "RepositoryError",
    "asyncpg.UniqueViolationError": "UniqueViolation",
    "asyncpg.exceptions.UniqueViolationError": "UniqueViolation",
    "asyncpg.ForeignKeyViolationError": "ForeignKeyViolation",
    "asyncpg.exceptions.ForeignKeyViolationError": "ForeignKeyViolation",
    "pymongo.errors.DuplicateKeyError": "UniqueViolation",
    "pymongo.errors.PyMongoError": "RepositoryError",
}
"""What repositories raise in place of the drivers' errors, by the name of these."""


def successor(name: str, package: str) -> str | None:
    """Return the module that offers a name of persistence-kit now, given the generated package; None when there is none."""
    if name in FACADE:
        return RUNTIME
    return package if name in GENERATED else None
