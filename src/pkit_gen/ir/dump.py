"""A schema as text: one line for each thing, always the same for the same schema. Tests compare it, and people read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import assert_never

from pkit_gen.ir.model import (
    Entity,
    Field,
    ForwardRelation,
    ListRelation,
    Relation,
    ReverseRelation,
    Schema,
    ThroughRelation,
    UniqueIndex,
    View,
)
from pkit_gen.ir.types import (
    ArrayType,
    DictType,
    EnumType,
    FieldType,
    JsonType,
    ListType,
    LiteralType,
    NamedType,
    OptionalType,
    RecordField,
    RecordType,
    ScalarType,
    TupleType,
    TypedDictType,
)


def dump(schema: Schema) -> str:
    """Return a schema as text that ends with a newline.

    An entity is a line with its key, class and collection, then indented lines for fields, indexes, relations and views:

        user: app.entities.User in "users" as User, user
          id: uuid
          email: text, default
          unique email(email) -> by_email
    """
    head = [f"sources {', '.join(schema.sources)}; path depth {schema.path_depth}"]
    return "".join(f"{line}\n" for line in (*head, *(line for entity in schema.entities for line in _entity(entity))))


def _entity(entity: Entity) -> Iterator[str]:
    pinned = f" of {entity.database.value}" if entity.database else ""
    built = "" if entity.constructor else ", by attributes"
    yield f'{entity.key}: {entity.ref.qualified} in "{entity.collection}"{pinned} as {entity.name}, {entity.module}{built}'
    yield from (f"  {_field(field)}" for field in entity.fields)
    yield from (f"  excluded {field.name}{'' if field.init else ', init=False'}" for field in entity.excluded)
    yield from (f"  {_unique(index)}" for index in entity.unique)
    yield from (f"  {_relation(relation)}" for relation in entity.relations)
    yield from (f"  {_view(view)}" for view in entity.views)


def _field(field: Field) -> str:
    flags = {"default": field.has_default, "init=False": not field.init, "kw_only": field.kw_only}
    return ", ".join((f"{field.name}: {dump_type(field.type)}", *(name for name, is_set in flags.items() if is_set)))


def _unique(index: UniqueIndex) -> str:
    fields = ", ".join(index.fields)
    covered = f"lower({fields})" if index.lower else fields
    return f"unique {index.name}({covered}) -> by_{index.suffix}"


def _view(view: View) -> str:
    excluded = f" without {', '.join(view.exclude)}" if view.exclude else ""
    return f"view {view.name}: {', '.join(view.include)}{excluded}"


def _relation(relation: Relation) -> str:
    apart = "" if relation.same_database else ", other database"
    match relation:
        case ForwardRelation(name, target, local, remote, optional):
            return f"{name}: {local} -> {target}.{remote}{', optional' if optional else ''}{apart}"
        case ListRelation(name, target, local, remote, optional):
            return f"{name}: each of {local} -> {target}.{remote}{', optional' if optional else ''}{apart}"
        case ReverseRelation(name, target, local, remote, many):
            return f"{name}: {local} <- {'many' if many else 'one'} {target}.{remote}{apart}"
        case ThroughRelation(name, target, through, source_field, source_by, target_field, target_by):
            return f"{name}: {source_by} <- {through}({source_field}, {target_field}) -> {target}.{target_by}{apart}"
        case _:
            assert_never(relation)


def dump_type(type_: FieldType) -> str:
    """Return a type on one line, as `list[UserId = uuid] | None`."""
    match type_:
        case ScalarType(scalar, subclass):
            return _scalar(scalar.value.rstrip("_"), subclass.qualified if subclass else None)
        case EnumType(ref, base, members, flag):
            values = ", ".join(f"{name}={value!r}" for name, value in members)
            return f"{'flag' if flag else 'enum'} {ref.qualified} of {base.value}({values})"
        case LiteralType(_, values):
            return f"literal[{', '.join(map(repr, values))}]"
        case ArrayType(kind, item):
            return f"array {kind.value}[{dump_type(item)}]"
        case ListType(kind, item):
            return f"{kind.value}[{dump_type(item)}]"
        case TupleType(items):
            return f"tuple[{', '.join(map(dump_type, items))}]"
        case DictType(value, mapping):
            return f"{'Mapping' if mapping else 'dict'}[str, {dump_type(value)}]"
        case RecordType(ref, fields, constructor):
            return f"record {ref.qualified}{_record(fields)}{'' if constructor else ' by attributes'}"
        case TypedDictType(ref, items):
            return f"typed dict {ref.qualified}{_record(items)}"
        case JsonType(spelling):
            return f"json {spelling}"
        case OptionalType(item):
            return f"{dump_type(item)} | None"
        case NamedType(ref, item, new_type):
            return f"{'new type' if new_type else 'alias'} {ref.qualified} = {dump_type(item)}"
        case _:
            assert_never(type_)


def _scalar(name: str, subclass: str | None) -> str:
    return f"{name} as {subclass}" if subclass else name


def _record(fields: tuple[RecordField, ...]) -> str:
    return "(" + ", ".join(map(_record_field, fields)) + ")"


def _record_field(field: RecordField) -> str:
    flags = {"not required": not field.required, "init=False": not field.init, "kw_only": field.kw_only}
    marks = [name for name, is_set in flags.items() if is_set]
    return f"{field.name}: {dump_type(field.type)}{''.join(f' ({mark})' for mark in marks)}"
