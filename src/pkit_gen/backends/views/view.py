"""From the schema to the text of the views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pkit_gen.backends.codecs import Function
from pkit_gen.backends.layout import docstring, exploded, signature, wrap
from pkit_gen.backends.python import LITERAL, Imports, header
from pkit_gen.backends.relations import RELATIONS, is_many, relation_entry
from pkit_gen.backends.shapes import Shape, has_views, include_paths, shapes, viewed
from pkit_gen.backends.views.records import Records, builtin
from pkit_gen.ir.model import Entity, Field, Schema, View
from pkit_gen.ir.types import RecordField
from pkit_gen.literals import literal
from pkit_gen.source import ClassRef

TYPED_DICT = ClassRef("typing_extensions", "TypedDict")
NOT_REQUIRED = ClassRef("typing", "NotRequired")
PINNED = (RELATIONS, ClassRef("pkit", "views"), ClassRef("typing", "get_args"))


@dataclass(frozen=True, slots=True)
class Shown:
    """A TypedDict: its name, what it extends, its docstring, and a line per key."""

    name: str
    base: str
    docstring: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ViewsView:
    """The module `views.py`: every text is laid out, but for the indentation of its first line. `table` is the dict that pkit reads."""

    docstring: str
    imports: str
    classes: tuple[Shown, ...]
    includes: tuple[str, ...]
    functions: tuple[Function, ...]
    table: str


def views_view(schema: Schema) -> ViewsView:
    """Return the view of `views.py`."""
    module = _Module(schema)
    module.imports.names("pkit", "views")
    return ViewsView(
        docstring=header("The views: entities as dicts, with their relations populated.", schema.packages),
        classes=tuple(module.classes()),
        includes=tuple(module.include(entity) for entity in viewed(schema)),
        functions=tuple(module.functions()),
        table=module.table(),
        imports=module.imports.text(),  # last: everything before adds to it
    )


def _classes(schema: Schema) -> Iterator[str]:
    """Yield the name of every class of the module but those of records."""
    for entity in schema.entities:
        yield f"{entity.name}Fields"
        if has_views(entity):
            yield from (f"{entity.name}View", f"{entity.name}Include")
        yield from (shape.name for view in entity.views for shape in shapes(schema, entity, view))


class _Module:
    """Spells the parts of the module; they share its imports and the names of its records."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        functions = {_function(entity) for entity in schema.entities}
        self._records = Records({*_classes(schema), *functions, "VIEWS"})
        for entity in schema.entities:
            for field in entity.fields:
                self._records.collect(field.type)
        self.imports = Imports({*self._records.taken, *_members(schema, self._records)}, PINNED)

    def classes(self) -> Iterator[Shown]:
        """Yield the TypedDicts, each after those that it extends."""
        for record, shown in self._records.shown.items():
            yield self._fields(shown.cls, record.ref, record.fields)
        for entity in self._schema.entities:
            yield self._fields(f"{entity.name}Fields", entity.ref, entity.fields)
        for entity in viewed(self._schema):
            yield self._view(entity)
        for entity in self._schema.entities:
            for view in entity.views:
                for shape in shapes(self._schema, entity, view):
                    yield self._declared(entity, view, shape)

    def _fields(self, name: str, ref: ClassRef, fields: Iterable[Field | RecordField]) -> Shown:
        base = self.imports.name(TYPED_DICT)
        return Shown(name, base, _class_docstring(f"The fields of {ref.name}."), self._keys(fields))

    def _keys(self, fields: Iterable[Field | RecordField]) -> tuple[str, ...]:
        return tuple(_key(field.name, self._records.annotation(field.type, self.imports)) for field in fields)

    def _view(self, entity: Entity) -> Shown:
        text = f"{entity.ref.name} with the relations that were included."
        keys: list[str] = []
        for relation in entity.relations:
            target = self._schema.entity(relation.target)
            shown = f"{target.name}View" if has_views(target) else f"{target.name}Fields"
            type_ = _related(shown, is_many(relation), self.imports)
            keys.append(_key(relation.name, f"{self.imports.name(NOT_REQUIRED)}[{literal(type_)}]"))
        return Shown(f"{entity.name}View", f"{entity.name}Fields", _class_docstring(text), tuple(keys))

    def _declared(self, entity: Entity, view: View, shape: Shape) -> Shown:
        related = tuple(_key(member.name, _related(member.type, member.many, self.imports)) for member in shape.members)
        text = f'{shape.entity.ref.name} in the view "{view.name}" of {entity.key}.'
        if not shape.exclude:
            return Shown(shape.name, f"{shape.entity.name}Fields", _class_docstring(text), related)
        kept = self._keys(field for field in shape.entity.fields if field.name not in shape.exclude)
        return Shown(shape.name, self.imports.name(TYPED_DICT), _class_docstring(text), (*kept, *related))

    def include(self, entity: Entity) -> str:
        """Return the alias of the paths that may be included."""
        prefix = f"{entity.name}Include: {self.imports.name(ClassRef('typing', 'TypeAlias'))} = "
        paths = include_paths(self._schema, entity)
        if not paths:
            return prefix + self.imports.name(ClassRef("typing", "Never"))
        return wrap(f"{self.imports.name(LITERAL)}[{', '.join(map(literal, paths))}]", prefix=prefix)

    def functions(self) -> Iterator[Function]:
        """Yield the functions that show nested dataclasses, then entities."""
        for record, shown in self._records.shown.items():
            yield self._function(shown.function, "value", record.ref, shown.cls, record.fields)
        for entity in self._schema.entities:
            yield self._function(_function(entity), "entity", entity.ref, f"{entity.name}Fields", entity.fields)

    def _function(
        self, name: str, parameter: str, ref: ClassRef, returns: str, fields: Sequence[Field | RecordField]
    ) -> Function:
        shown = (
            f"{literal(field.name)}: {self._records.show(field.type, f'{parameter}.{field.name}')}" for field in fields
        )
        head = signature(f"def {name}", [f"{parameter}: {self.imports.name(ref)}", "/"], returns)
        return Function(name, head, (wrap(f"{{{', '.join(shown)}}}", prefix="return ", indent=4),))

    def table(self) -> str:
        """Return the assignment of what pkit needs to know of every entity."""
        return exploded("VIEWS: views.Views = {", [self._entry(entity) for entity in self._schema.entities], "}")

    def _entry(self, entity: Entity) -> str:
        arguments = [
            _function(entity),
            *self._relations(entity),
            *self._includes(entity),
            *_declarations(entity),
            *_unique(entity),
        ]
        return f"{literal(entity.key)}: " + exploded("views.Viewed(", arguments, ")", indent=4)

    def _relations(self, entity: Entity) -> list[str]:
        if not entity.relations:
            return []
        self.imports.names("pkit", "relations")
        entries = [relation_entry(relation, entity, literal, 12) for relation in entity.relations]
        return [exploded("relations={", entries, "}", indent=8)]

    def _includes(self, entity: Entity) -> list[str]:
        if not include_paths(self._schema, entity):
            return []
        self.imports.names("typing", "get_args")
        return [f"include=get_args({entity.name}Include)"]


def _members(schema: Schema, records: Records) -> set[str]:
    """Return the keys of every class: in its body they hide what has their name."""
    entities = schema.entities
    fields = {field.name for entity in entities for field in entity.fields}
    related = {relation.name for entity in entities for relation in entity.relations}
    return fields | related | {field.name for record in records.shown for field in record.fields}


def _function(entity: Entity) -> str:
    return f"_{entity.module}_fields"


def _key(name: str, type_: str) -> str:
    return wrap(type_, prefix=f"{name}: ", indent=4)


def _related(type_: str, many: bool, imports: Imports) -> str:
    return f"{builtin('list', imports)}[{type_}]" if many else f"{type_} | None"


def _class_docstring(text: str) -> str:
    return docstring(text, indent=4)


def _declarations(entity: Entity) -> list[str]:
    if not entity.views:
        return []
    entries = [
        wrap(_declaration(view), prefix=f"{literal(view.name)}: ", suffix=",", indent=12) for view in entity.views
    ]
    return [exploded("declared={", [entry.removesuffix(",") for entry in entries], "}", indent=8)]


def _declaration(view: View) -> str:
    exclude = f", exclude={literal(view.exclude)}" if view.exclude else ""
    return f"views.Declared({literal(view.include)}{exclude})"


def _unique(entity: Entity) -> list[str]:
    exact = [index for index in entity.unique if not index.lower]
    if not exact or not has_views(entity):
        return []
    entries = ", ".join(f"{literal(index.name)}: {literal(index.fields)}" for index in exact)
    return [wrap(f"{{{entries}}}", prefix="unique=", suffix=",", indent=8).removesuffix(",")]
