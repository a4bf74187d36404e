"""PK3xx: registrations, their indexes, relations and views, and the names made from them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pkit_gen.diagnostics.catalog.registry import mistake
from pkit_gen.diagnostics.model import Diagnostic, Label, Severity
from pkit_gen.diagnostics.suggest import closest
from pkit_gen.source import Place


def listing(names: Iterable[str]) -> str:
    """Return names quoted and joined by commas, for "write one of …"."""
    return ", ".join(f'"{name}"' for name in names)


def _instead(name: str, known: Sequence[str], otherwise: str) -> str:
    """Return the help for an unknown name: the one that is close, else all of them, else what to do when there are none."""
    suggestion = closest(name, known)
    if suggestion is not None:
        return f'write "{suggestion}"'
    return f"write one of {listing(known)}" if known else otherwise


# --- unique indexes ---------------------------------------------------------------------------------------------------


@mistake("PK301", "a unique index over an unknown field")
def unknown_unique_field(
    code: str, index: str, field: str, entity: str, fields: dict[str, Place], place: Place
) -> Diagnostic:
    """Report an index over a name that is no field; `fields` are the ones that could be meant."""
    suggestion = closest(field, fields)
    related = (Label(fields[suggestion], "did you mean this field?"),) if suggestion else ()
    return Diagnostic(
        code,
        f'unique index "{index}" names the field "{field}", which {entity} does not have',
        Label(place, "no such field"),
        related,
        _instead(field, list(fields), "write the name of a field"),
    )


@mistake("PK302", "a unique index over a field that is not a single value")
def unindexable_field(code: str, index: str, field: str, spelling: str, field_place: Place, place: Place) -> Diagnostic:
    """Report an index over a collection, a nested dataclass or JSON."""
    return Diagnostic(
        code,
        f'unique index "{index}" covers the field "{field}", which is {spelling}',
        Label(place, "not a single value"),
        (Label(field_place, f"{spelling}"),),
        "index fields of scalar, enum or literal types only",
    )


@mistake("PK303", "a case-insensitive index over something other than one text")
def lower_needs_text(code: str, index: str, problem: str, place: Place) -> Diagnostic:
    """Report `lower()` on a field that is no `str`, or over several fields."""
    return Diagnostic(
        code,
        f'unique index "{index}" ignores case but {problem}',
        Label(place, "needs exactly one field of text"),
        help="write the field's name alone, or lower() of one field of type str",
    )


@mistake("PK304", "a unique index over the id")
def redundant_id_index(code: str, index: str, place: Place) -> Diagnostic:
    """Note `"unique": {"id": "id"}`: ids are unique anyway."""
    return Diagnostic(
        code,
        f'unique index "{index}" covers the id alone, which is unique anyway; it is left out',
        Label(place, "always unique"),
        help="remove this index",
        severity=Severity.NOTE,
    )


@mistake("PK305", "two unique indexes that give the same methods")
def repeated_index(code: str, index: str, other: str, suffix: str, other_place: Place, place: Place) -> Diagnostic:
    """Report two indexes over the same fields, or over fields whose joined names are the same."""
    return Diagnostic(
        code,
        f'unique indexes "{other}" and "{index}" would both give the method get_by_{suffix}',
        Label(place, "the same method again"),
        (Label(other_place, "first here"),),
        "remove one of them",
    )


@mistake("PK306", "a unique index whose methods are taken")
def taken_method(code: str, index: str, field: str, taken: str, place: Place) -> Diagnostic:
    """Report an index whose field would give a name that every repository uses for something else."""
    return Diagnostic(
        code,
        f'unique index "{index}" over "{field}" collides with {taken}, which every repository has',
        Label(place, f"collides with {taken}"),
        help="rename the field",
    )


@mistake("PK307", "a field that is not stored is used")
def excluded_field(code: str, user: str, field: str, exclude_place: Place, place: Place) -> Diagnostic:
    """Report an index, relation or view over a field that `exclude` leaves out of storage; `user` begins the message."""
    return Diagnostic(
        code,
        f'{user} names the field "{field}", which is excluded from storage',
        Label(place, "not stored"),
        (Label(exclude_place, "excluded here"),),
        f'remove "{field}" from "exclude", or name a stored field',
    )


@mistake("PK308", "a unique index with a field twice")
def repeated_field(code: str, index: str, field: str, first: Place, place: Place) -> Diagnostic:
    """Report a composite index that names a field twice."""
    return Diagnostic(
        code,
        f'unique index "{index}" names the field "{field}" twice',
        Label(place, "named again"),
        (Label(first, "named here"),),
        f'remove one "{field}"',
    )


@mistake("PK309", "a unique index without fields")
def empty_index(code: str, index: str, place: Place) -> Diagnostic:
    """Report a composite index that is empty."""
    return Diagnostic(
        code,
        f'unique index "{index}" names no field',
        Label(place, "covers nothing"),
        help="write the name of a field, or a tuple of names",
    )


# --- registrations ----------------------------------------------------------------------------------------------------


@mistake("PK310", "a key registered twice")
def duplicate_key(code: str, key: str, first: Place, place: Place) -> Diagnostic:
    """Report the second registration of a key, with the first."""
    return Diagnostic(
        code,
        f'the key "{key}" is registered twice',
        Label(place, "registered again here"),
        (Label(first, "first registered here"),),
        "remove one registration, or choose another key",
    )


@mistake("PK311", "a collection used by two keys")
def shared_collection(code: str, collection: str, key: str, other: str, first: Place, place: Place) -> Diagnostic:
    """Report two entities that would be stored in one collection."""
    return Diagnostic(
        code,
        f'"{other}" and "{key}" are both stored in the collection "{collection}"',
        Label(place, "the same collection"),
        (Label(first, f'the collection of "{other}"'),),
        "give each key a collection of its own",
    )


@mistake("PK312", "a collection name that cannot be used")
def unusable_collection(code: str, key: str, problem: str, place: Place) -> Diagnostic:
    """Report a collection name that a database refuses."""
    return Diagnostic(
        code,
        f'the collection of "{key}" {problem}',
        Label(place, "cannot be used"),
        help="write a name of 1 to 63 bytes, such as the plural of the key",
    )


@mistake("PK313", "an unknown database")
def unknown_database(code: str, key: str, database: str, known: Sequence[str], place: Place) -> Diagnostic:
    """Report a value of `database` that names none."""
    return Diagnostic(
        code,
        f'"{key}" is pinned to the database "{database}", which pkit does not know',
        Label(place, "no such database"),
        help=_instead(database, known, "remove it"),
    )


@mistake("PK314", "a database that is not generated")
def database_not_generated(code: str, key: str, database: str, backends: Sequence[str], place: Place) -> Diagnostic:
    """Report an entity pinned to a database for which no repositories are generated."""
    return Diagnostic(
        code,
        f'"{key}" is pinned to {database}, but the backends that are generated are {", ".join(backends)}',
        Label(place, "not generated"),
        help=f'add the backend: --backend {database}, or backends = ["{database}", ...] in [tool.pkit]',
    )


@mistake("PK315", "exclude names an unknown field")
def unknown_excluded_field(code: str, field: str, entity: str, known: Sequence[str], place: Place) -> Diagnostic:
    """Report an entry of `exclude` that is no field."""
    return Diagnostic(
        code,
        f'"exclude" names the field "{field}", which {entity} does not have',
        Label(place, "no such field"),
        help=_instead(field, known, "remove it"),
    )


@mistake("PK316", "a field that cannot be excluded")
def cannot_exclude(code: str, field: str, entity: str, reason: str, field_place: Place, place: Place) -> Diagnostic:
    """Report an entry of `exclude` that is the id, or has no default to be read back as."""
    return Diagnostic(
        code,
        f'the field "{field}" of {entity} cannot be excluded from storage: {reason}',
        Label(place, "must be stored"),
        (Label(field_place, "declared here"),),
        f'remove "{field}" from "exclude"' if field == "id" else f'give "{field}" a default, or store it',
    )


# --- relations --------------------------------------------------------------------------------------------------------


@mistake("PK320", "a relation to an unknown entity")
def unknown_target(code: str, relation: str, key: str, target: str, keys: Sequence[str], place: Place) -> Diagnostic:
    """Report `key` ("target" or "through") of a relation when it names no registered key."""
    return Diagnostic(
        code,
        f'relation "{relation}" has the {key} "{target}", which is not registered',
        Label(place, "no such key"),
        help=_instead(target, keys, "register it"),
    )


@mistake("PK321", "a relation over an unknown field")
def unknown_relation_field(
    code: str, relation: str, key: str, field: str, entity: str, fields: dict[str, Place], place: Place
) -> Diagnostic:
    """Report `key` of a relation when it names no field of `entity`."""
    suggestion = closest(field, fields)
    related = (Label(fields[suggestion], "did you mean this field?"),) if suggestion else ()
    return Diagnostic(
        code,
        f'relation "{relation}" has the {key} "{field}", which {entity} does not have',
        Label(place, "no such field"),
        related,
        _instead(field, list(fields), "write the name of a field"),
    )


@mistake("PK322", "a relation between fields of different types")
def key_mismatch(
    code: str, relation: str, local: str, remote: str, local_place: Place, remote_place: Place, place: Place
) -> Diagnostic:
    """Report two ends that can never be equal; `local` and `remote` spell a field and its type, as `org_id (UUID)`."""
    return Diagnostic(
        code,
        f'relation "{relation}" compares {local} with {remote}, which are never equal',
        Label(place, "joins fields of different types"),
        (Label(local_place, local), Label(remote_place, remote)),
        "give both fields the same type",
    )


@mistake("PK323", "a relation over a field that is not a key")
def not_a_key(code: str, relation: str, key: str, field: str, spelling: str, place: Place) -> Diagnostic:
    """Report an end of a relation that is a collection, a nested dataclass or JSON."""
    return Diagnostic(
        code,
        f'relation "{relation}" has the {key} "{field}", which is {spelling} and cannot be a key',
        Label(place, "not a single value"),
        help="name a field of a scalar, enum or literal type",
    )


@mistake("PK324", "a relation by a field that is not unique")
def not_unique(
    code: str, relation: str, key: str, name: str, target: str, field_place: Place | None, place: Place
) -> Diagnostic:
    """Report `by`, or the end of a reverse to-one relation, over a field of the target that several rows may share."""
    return Diagnostic(
        code,
        f'relation "{relation}" has the {key} "{name}", which is not unique in "{target}"',
        Label(place, "may match several rows"),
        (Label(field_place, "this field"),) if field_place else (),
        f'add "{name}" to the "unique" of "{target}"' + (', or write "many": True' if key == "target_field" else ""),
    )


@mistake("PK325", "a relation that lacks a key")
def missing_relation_key(code: str, relation: str, key: str, kind: str, place: Place) -> Diagnostic:
    """Report a relation without something that its kind needs."""
    return Diagnostic(
        code,
        f'relation "{relation}" has no "{key}", which {kind} needs',
        Label(place, f'"{key}" is missing'),
        help=f'add "{key}"',
    )


@mistake("PK326", "relation keys that do not go together")
def clashing_relation_keys(
    code: str, relation: str, key: str, reason: str, help_: str, other_place: Place | None, place: Place
) -> Diagnostic:
    """Report a key that has no meaning beside the other ones; `other_place` is the one that rules it out."""
    return Diagnostic(
        code,
        f'relation "{relation}" has "{key}" {reason}',
        Label(place, "has no meaning here"),
        (Label(other_place, "because of this"),) if other_place else (),
        help_,
    )


@mistake("PK327", "a relation over a list that is not many")
def list_needs_many(code: str, relation: str, field: str, field_place: Place, place: Place) -> Diagnostic:
    """Report a forward relation whose local field holds several keys, without `many`."""
    return Diagnostic(
        code,
        f'relation "{relation}" goes over "{field}", which holds several keys, but is not "many"',
        Label(place, "holds several keys"),
        (Label(field_place, "a collection"),),
        'add "many": True',
    )


@mistake("PK328", "a many relation over a single key")
def many_needs_list(code: str, relation: str, field: str, field_place: Place, place: Place) -> Diagnostic:
    """Report `many` on a forward relation whose local field holds one key."""
    return Diagnostic(
        code,
        f'relation "{relation}" is "many" but goes over "{field}", which holds one key',
        Label(place, "there is at most one"),
        (Label(field_place, "a single key"),),
        'remove "many", or name the "target_field" that refers back here',
    )


@mistake("PK329", "a relation named like a field")
def relation_named_like_field(code: str, relation: str, entity: str, field_place: Place, place: Place) -> Diagnostic:
    """Report a relation whose name a field of the entity has: both would be one key of the view."""
    return Diagnostic(
        code,
        f'relation "{relation}" has the name of a field of {entity}',
        Label(place, "taken by a field"),
        (Label(field_place, "this field"),),
        "rename the relation",
    )


@mistake("PK330", "a name that is not an identifier")
def not_an_identifier(code: str, what: str, name: str, place: Place) -> Diagnostic:
    """Report a relation or view whose name cannot stand in Python source; `what` is "relation" or "view"."""
    return Diagnostic(
        code,
        f'{what} "{name}" has a name that is not an identifier',
        Label(place, "not an identifier"),
        help="write letters, digits and underscores, beginning with a letter, and no word of Python's own",
    )


@mistake("PK331", "a relation by a case-insensitive index")
def case_insensitive_by(code: str, relation: str, key: str, name: str, place: Place) -> Diagnostic:
    """Report `by` naming an index with lower(): keys are compared exactly."""
    return Diagnostic(
        code,
        f'relation "{relation}" has the {key} "{name}", an index that ignores case',
        Label(place, "keys are compared exactly"),
        help="add a unique index over the field as it is, and name that one",
    )


# --- views ------------------------------------------------------------------------------------------------------------


@mistake("PK340", "a view over an unknown relation")
def unknown_path(
    code: str, view: str, path: str, step: str, entity: str, relations: Sequence[str], place: Place
) -> Diagnostic:
    """Report a path of a view whose `step` is no relation of the entity with key `entity`."""
    return Diagnostic(
        code,
        f'view "{view}" includes "{path}", but "{entity}" has no relation "{step}"',
        Label(place, "no such relation"),
        help=_instead(step, relations, "remove this path"),
    )


@mistake("PK341", "a view path that is too long")
def long_path(code: str, view: str, path: str, length: int, depth: int, place: Place) -> Diagnostic:
    """Report a path of more relations than `path_depth` allows."""
    return Diagnostic(
        code,
        f'view "{view}" includes "{path}", a path of {length} relations, but path_depth is {depth}',
        Label(place, "too long"),
        help=f"set path_depth = {length} in [tool.pkit], or shorten the path",
    )


@mistake("PK342", "a view excludes an unknown field")
def unknown_view_field(code: str, view: str, field: str, entity: str, known: Sequence[str], place: Place) -> Diagnostic:
    """Report an entry of a view's `exclude` that is no field of the entity."""
    return Diagnostic(
        code,
        f'view "{view}" excludes the field "{field}", which {entity} does not have',
        Label(place, "no such field"),
        help=_instead(field, known, "remove it"),
    )


# --- names ------------------------------------------------------------------------------------------------------------


@mistake("PK350", "a key that gives no name")
def key_without_name(code: str, key: str, limit: int, place: Place) -> Diagnostic:
    """Report a key of which no identifier can be made, or one with more bytes than `limit`."""
    length = len(key.encode(errors="surrogatepass"))
    if length > limit:
        message = f'the key "{key[:60]}..." gives no name for a folder: it has {length} bytes, and {limit} is the most'
        return Diagnostic(code, message, Label(place, "too long"), help="write a shorter key")
    return Diagnostic(
        code,
        f'the key "{key}" gives no name for Python',
        Label(place, "gives no identifier"),
        help="write a key of letters, digits and underscores, beginning with a letter",
    )


@mistake("PK351", "two keys that give the same name")
def same_name(code: str, key: str, other: str, name: str, first: Place, place: Place) -> Diagnostic:
    """Report two keys whose classes or modules would have one name."""
    return Diagnostic(
        code,
        f'the keys "{other}" and "{key}" give the same name, {name}',
        Label(place, f"gives {name} again"),
        (Label(first, f"gives {name}"),),
        "rename one of the keys",
    )


@mistake("PK352", "a key that is taken by the package")
def reserved_key(code: str, key: str, module: str, place: Place) -> Diagnostic:
    """Report a key whose module name is one of the generated package's own names."""
    return Diagnostic(
        code,
        f'the key "{key}" gives the name "{module}", which the generated package uses itself',
        Label(place, "taken"),
        help="rename the key",
    )


@mistake("PK353", "two things that would be generated under one name")
def generated_collision(code: str, name: str, what: str, other: str, first: Place, place: Place) -> Diagnostic:
    """Report two classes of the output with one name; `what` and `other` say whose they are."""
    return Diagnostic(
        code,
        f"{what} would be generated as {name}, which is also {other}",
        Label(place, f"gives {name} again"),
        (Label(first, f"gives {name}"),),
        "rename one of them",
    )
