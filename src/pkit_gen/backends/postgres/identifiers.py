"""Names in the database: quoted where PostgreSQL wants it, shortened where they are too long."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from hashlib import blake2b

from pkit_gen.ir.model import Entity, ForwardRelation, Schema, UniqueIndex

LIMIT = 63
_DIGEST = 8
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")

RESERVED = frozenset(
    [
        "all",
        "analyse",
        "analyze",
        "and",
        "any",
        "array",
        "as",
        "asc",
        "asymmetric",
        "authorization",
        "between",
        "bigint",
        "binary",
        "bit",
        "boolean",
        "both",
        "case",
        "cast",
        "char",
        "character",
        "check",
        "coalesce",
        "collate",
        "collation",
        "column",
        "concurrently",
        "constraint",
        "create",
        "cross",
        "current_catalog",
        "current_date",
        "current_role",
        "current_schema",
        "current_time",
        "current_timestamp",
        "current_user",
        "dec",
        "decimal",
        "default",
        "deferrable",
        "desc",
        "distinct",
        "do",
        "else",
        "end",
        "except",
        "exists",
        "extract",
        "false",
        "fetch",
        "float",
        "for",
        "foreign",
        "freeze",
        "from",
        "full",
        "grant",
        "greatest",
        "group",
        "grouping",
        "having",
        "ilike",
        "in",
        "initially",
        "inner",
        "inout",
        "int",
        "integer",
        "intersect",
        "interval",
        "into",
        "is",
        "isnull",
        "join",
        "json",
        "json_array",
        "json_arrayagg",
        "json_exists",
        "json_object",
        "json_objectagg",
        "json_query",
        "json_scalar",
        "json_serialize",
        "json_table",
        "json_value",
        "lateral",
        "leading",
        "least",
        "left",
        "like",
        "limit",
        "localtime",
        "localtimestamp",
        "merge_action",
        "national",
        "natural",
        "nchar",
        "none",
        "normalize",
        "not",
        "notnull",
        "null",
        "nullif",
        "numeric",
        "offset",
        "on",
        "only",
        "or",
        "order",
        "out",
        "outer",
        "overlaps",
        "overlay",
        "placing",
        "position",
        "precision",
        "primary",
        "real",
        "references",
        "returning",
        "right",
        "row",
        "select",
        "session_user",
        "setof",
        "similar",
        "smallint",
        "some",
        "substring",
        "symmetric",
        "system_user",
        "table",
        "tablesample",
        "then",
        "time",
        "timestamp",
        "to",
        "trailing",
        "treat",
        "trim",
        "true",
        "union",
        "unique",
        "user",
        "using",
        "values",
        "varchar",
        "variadic",
        "verbose",
        "when",
        "where",
        "window",
        "with",
        "xmlattributes",
        "xmlconcat",
        "xmlelement",
        "xmlexists",
        "xmlforest",
        "xmlnamespaces",
        "xmlparse",
        "xmlpi",
        "xmlroot",
        "xmlserialize",
        "xmltable",
    ]
)
"""The keywords that cannot be the name of anything, or not of everything."""


def quoted(name: str) -> str:
    """Return a name as a statement spells it.

    >>> quoted("email"), quoted("order")
    ('email', '"order"')
    """
    if _PLAIN.fullmatch(name) and name not in RESERVED:
        return name
    return '"' + name.replace('"', '""') + '"'


def column_name(field: str) -> str:
    """Return the name of a field's column."""
    return shortened(field)


def shortened(name: str, *, force: bool = False) -> str:
    """Return a name of at most 63 bytes; a longer one, or with `force` any, ends with a digest of the whole."""
    if len(_bytes(name)) <= LIMIT and not force:
        return name
    digest = blake2b(_bytes(name), digest_size=_DIGEST // 2).hexdigest()
    start = _bytes(name)[: LIMIT - _DIGEST - 1].decode(errors="ignore")
    return f"{start}_{digest}"


def _bytes(name: str) -> bytes:
    """Return the bytes of a name, which may hold lone surrogates where the registration does: that is reported, and nothing written."""
    return name.encode(errors="surrogatepass")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of the constraints and indexes of a schema, which PostgreSQL keeps in one namespace: no two are the same.

    `twice` are those that two would have in common by the usual rule.
    """

    twice: tuple[str, ...]

    @classmethod
    def of(cls, schema: Schema) -> Names:
        """Return the names of a schema."""
        times = Counter(name for entity in schema.entities for name in _all(entity))
        return cls(tuple(sorted(name for name in times if times[name] > 1)))

    def within(self, part: Schema) -> Names:
        """Return the names of a part of the schema."""
        if not self.twice:
            return self
        here = {name for entity in part.entities for name in _all(entity)}
        return Names(tuple(name for name in self.twice if name in here))

    def primary_key(self, entity: Entity) -> str:
        """Return the name of the primary key of an entity's table."""
        return self._name("pk", entity)

    def unique(self, entity: Entity, index: UniqueIndex) -> str:
        """Return the name of a unique index."""
        return self._name("uniq", entity, index.name)

    def index(self, entity: Entity, field: str) -> str:
        """Return the name of the index of a field that is not unique."""
        return self._name("idx", entity, field)

    def reference(self, entity: Entity, relation: ForwardRelation) -> str:
        """Return the name of the foreign key of a relation."""
        return self._name("fk", entity, relation.local_field, relation.target)

    def _name(self, kind: str, entity: Entity, *parts: str) -> str:
        name = _joined(kind, entity, *parts)
        if name in self.twice:  # "a_b" and "c", "a" and "b_c"
            return shortened(name + "." + ".".join([entity.collection, *parts]), force=True)
        return shortened(name)


def _joined(kind: str, entity: Entity, *parts: str) -> str:
    shown = parts[:1] if kind == "fk" else parts
    return "_".join([kind, entity.collection, *shown])


def _all(entity: Entity) -> list[str]:
    fields = [field.name for field in entity.fields]
    return [
        entity.collection,
        _joined("pk", entity),
        *(_joined("uniq", entity, index.name) for index in entity.unique),
        *(_joined("idx", entity, name) for name in fields),
        *(_joined("fk", entity, r.local_field) for r in entity.relations if isinstance(r, ForwardRelation)),
    ]
