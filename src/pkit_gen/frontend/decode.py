"""From evaluated arguments of `register_entity` to a `RegistrationDecl`: keys, shapes and what is missing are checked here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pkit_gen.declarations import (
    AliasDecl,
    DataclassDecl,
    EnumDecl,
    MemberValue,
    NewTypeDecl,
    OtherClassDecl,
    ProjectType,
    RegistrationDecl,
    RelationDecl,
    ScalarSubclassDecl,
    TypedDictDecl,
    TypeDefinition,
    UniqueDecl,
    ViewDecl,
    Written,
)
from pkit_gen.diagnostics.catalog import sources as catalog
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.diagnostics.suggest import closest
from pkit_gen.frontend.entities import Definitions
from pkit_gen.frontend.execute import RegisterCall
from pkit_gen.frontend.operators import iterated
from pkit_gen.frontend.symbols import Assignment, ClassSymbol, External, Missing
from pkit_gen.frontend.values import Constant, Items, Opaque, Reference, Selector, Table, Value, described
from pkit_gen.source import Place

CONFIG_KEYS = ("entity", "collection", "database", "unique", "relations", "views", "exclude")
RELATION_KEYS = (
    "target",
    "local_field",
    "by",
    "many",
    "target_field",
    "through",
    "source_field",
    "source_by",
    "target_by",
)
VIEW_KEYS = ("include", "exclude")
_TEXT = "a text in quotes or the name of a module's constant"

T = TypeVar("T", str, bool)


@dataclass(eq=False)
class Decoder:
    """Decodes the arguments of calls; every mistake is reported at the smallest value that is wrong."""

    definitions: Definitions
    diagnostics: Diagnostics

    def registration(self, call: RegisterCall) -> RegistrationDecl | None:
        """Return the declaration of a call; None when its key, entity or collection is not usable, which was reported."""
        key = self._text(call.key, "the key of a registration", call.place)
        where = f'the registration of "{key.value}"' if key else "the registration"
        if call.unknown is not None:
            name = f'"{key.value}"' if key else "the entity"
            self.diagnostics.report(catalog.condition_not_constant(name, call.unknown, call.place))
        config = self._table(call.config, f"the config of {where}", '{"entity": ..., "collection": "..."}', call.place)
        if config is None:
            return None
        self._known_keys(config, where, CONFIG_KEYS)
        subject = f'"{key.value}"' if key else "a registration"
        entity = self._entity(config, subject)
        collection = self._required_text(config, "collection", where, '"collection": "..."')
        unique, relations, views = self._unique(config), self._relations(config), self._views(config)
        excluded = self._texts(config.get("exclude"), "exclude")
        database = self._database(config)
        if key is None or entity is None or collection is None:
            return None
        return RegistrationDecl(key, *entity, collection, database, unique, relations, views, excluded, call.place)

    # --- shapes ---

    def _wrong(self, value: Value, what: str, wanted: str) -> None:
        """Report a value that is not what its key takes, or that the source does not tell."""
        if isinstance(value, Opaque):
            self.diagnostics.report(catalog.not_constant(f"{what} ({value.text})", value.reason, value.place, wanted))
        elif isinstance(value, Reference) and isinstance(value.symbol, Missing):
            self.diagnostics.report(catalog.not_constant(what, value.symbol.reason, value.place, wanted))
        elif isinstance(value, Reference):
            self.diagnostics.report(catalog.not_constant(what, "it is not a constant", value.place, wanted))
        else:
            self.diagnostics.report(catalog.wrong_shape(what, described(value), wanted, value.place))

    def _text(self, value: Value | None, what: str, place: Place) -> Written[str] | None:
        if value is None:
            self.diagnostics.report(catalog.missing_key("key", "the registration", '"..."', place))
            return None
        return self._constant(value, what, _TEXT, str)

    def _constant(self, value: Value, what: str, wanted: str, kind: type[T]) -> Written[T] | None:
        if isinstance(value, Constant):
            plain = value.value.value if isinstance(value.value, MemberValue) else value.value
            if isinstance(plain, kind):
                return Written(plain, value.place)
        self._wrong(value, what, wanted)
        return None

    def _table(self, value: Value | None, what: str, wanted: str, place: Place) -> Table | None:
        if value is None:
            self.diagnostics.report(catalog.missing_key("config", "the registration", wanted, place))
            return None
        if isinstance(value, Table):
            return value
        self._wrong(value, what, wanted)
        return None

    def _known_keys(self, table: Table, where: str, allowed: Sequence[str]) -> None:
        for key, _ in table.entries:
            if key.value not in allowed:
                name = str(key.value)
                self.diagnostics.report(catalog.unknown_key(name, where, allowed, closest(name, allowed), key.place))

    def _required_text(self, table: Table, key: str, where: str, example: str) -> Written[str] | None:
        value = table.get(key)
        if value is None:
            self.diagnostics.report(catalog.missing_key(key, where, example, table.place))
            return None
        return self._constant(value, f'"{key}"', _TEXT, str)

    def _optional(self, table: Table, key: str, kind: type[T], wanted: str) -> Written[T] | None:
        value = table.get(key)
        if value is None or (isinstance(value, Constant) and value.value is None):
            return None
        return self._constant(value, f'"{key}"', wanted, kind)

    def _texts(self, value: Value | None, what: str) -> tuple[Written[str], ...]:
        if value is None or (isinstance(value, Constant) and value.value is None):
            return ()
        items = iterated(value)
        if items is None or isinstance(value, Table):
            self._wrong(value, f'"{what}"', f'a list of texts, as "{what}": ["..."]')
            return ()
        found = (self._constant(item, f'"{what}"', _TEXT, str) for item in items)
        return tuple(item for item in found if item is not None)

    def _entries(self, table: Table, key: str, wanted: str) -> Iterator[tuple[Written[str], Value]]:
        """Yield the entries of a dict in the config, with their names; nothing where the key is absent or wrong."""
        value = table.get(key)
        if value is None or (isinstance(value, Constant) and value.value is None):
            return
        inner = self._table(value, f'"{key}"', wanted, value.place)
        for name, entry in inner.entries if inner else ():
            written = self._constant(name, f'a name in "{key}"', _TEXT, str)
            if written is not None:
                yield written, entry

    # --- entity ---

    def _entity(self, config: Table, what: str) -> tuple[DataclassDecl, Place] | None:
        value = config.get("entity")
        if value is None:
            self.diagnostics.report(
                catalog.missing_key("entity", f"the registration of {what}", '"entity": ...', config.place)
            )
            return None
        if not isinstance(value, Reference):
            self._no_reference(value, what)
            return None
        if isinstance(value.symbol, Missing):
            missing = value.symbol
            self.diagnostics.report(
                catalog.unknown_entity(f"of {what}", missing.reason, missing.suggestion, value.place)
            )
            return None
        definition = self._class_behind(self.definitions.define(value.symbol))
        if isinstance(definition, DataclassDecl):
            self._note_pydantic(definition, value)
            return definition, value.place
        kind = _kind(definition, value)
        place = definition.place if definition is not None else None
        self.diagnostics.report(catalog.not_a_dataclass(what, kind, value.place, place))
        return None

    def _class_behind(self, definition: TypeDefinition | None) -> TypeDefinition | None:
        """Return what an alias stands for in the end."""
        while isinstance(definition, AliasDecl) and isinstance(definition.target, ProjectType):
            definition = definition.target.definition
        return definition

    def _note_pydantic(self, definition: DataclassDecl, value: Reference) -> None:
        symbol = self.definitions.classes.class_of(self.definitions.names.follow(value.symbol))
        if isinstance(symbol, ClassSymbol):
            options = self.definitions.classes.options(symbol)
            if options is not None and options.pydantic:
                self.diagnostics.report(catalog.pydantic_dataclass(definition.ref.name, definition.place))

    def _no_reference(self, value: Value, what: str) -> None:
        if isinstance(value, Opaque):
            self._wrong(value, f"the entity of {what}", "the name of a dataclass")
        else:
            self.diagnostics.report(catalog.not_a_dataclass(what, described(value), value.place, None))

    def _database(self, config: Table) -> Written[str] | None:
        found = self._optional(config, "database", str, '"memory", "mongo" or "postgres"')
        return found and Written(found.value.strip().lower(), found.place)

    # --- unique, relations, views ---

    def _unique(self, config: Table) -> tuple[UniqueDecl, ...]:
        wanted = '{"index name": "field"}'
        found = (self._index(name, value) for name, value in self._entries(config, "unique", wanted))
        return tuple(index for index in found if index is not None)

    def _index(self, name: Written[str], value: Value) -> UniqueDecl | None:
        match value:
            case Selector(field=field, lower=lower):
                single = self._constant(field, f'the field of unique index "{name.value}"', "a field name", str)
                return None if single is None else UniqueDecl(name, (single,), lower)
            case Constant(value=str() as text):
                return UniqueDecl(name, (Written(text, value.place),), False)
            case Items(kind="tuple" | "list", items=items):
                texts = [
                    self._constant(item, f'a field of unique index "{name.value}"', "a field name", str)
                    for item in items
                ]
                fields = tuple(text for text in texts if text is not None)
                return UniqueDecl(name, fields, False) if len(fields) == len(texts) else None
            case _:
                self._wrong(
                    value, f'unique index "{name.value}"', 'a field name, a tuple of them, or attrgetter("field")'
                )
                return None

    def _relations(self, config: Table) -> tuple[RelationDecl, ...]:
        wanted = '{"relation name": {"target": "...", "local_field": "..."}}'
        found = (self._relation(name, value) for name, value in self._entries(config, "relations", wanted))
        return tuple(relation for relation in found if relation is not None)

    def _relation(self, name: Written[str], value: Value) -> RelationDecl | None:
        what = f'relation "{name.value}"'
        table = self._table(value, what, '{"target": "...", "local_field": "..."}', value.place)
        if table is None:
            return None
        self._known_keys(table, what, RELATION_KEYS)
        texts = {key: self._optional(table, key, str, _TEXT) for key in RELATION_KEYS if key != "many"}
        return RelationDecl(name=name, many=self._optional(table, "many", bool, "True or False"), **texts)

    def _views(self, config: Table) -> tuple[ViewDecl, ...]:
        wanted = '{"view name": ["relation", ...]}'
        return tuple(self._view(name, value) for name, value in self._entries(config, "views", wanted))

    def _view(self, name: Written[str], value: Value) -> ViewDecl:
        if isinstance(value, Table):
            self._known_keys(value, f'view "{name.value}"', VIEW_KEYS)
            include = self._texts(value.get("include"), "include")
            return ViewDecl(name, include, self._texts(value.get("exclude"), "exclude"))
        return ViewDecl(name, self._texts(value, name.value), ())


def _kind(definition: TypeDefinition | None, value: Reference) -> str:
    match definition:
        case OtherClassDecl(kind=kind):
            return kind
        case EnumDecl():
            return "an enum"
        case TypedDictDecl():
            return "a TypedDict"
        case NewTypeDecl():
            return "a NewType"
        case ScalarSubclassDecl(base=base):
            return f"a plain class that derives from {base.ref.qualified}"
        case _:
            return _kind_of_symbol(value)


def _kind_of_symbol(value: Reference) -> str:
    match value.symbol:
        case External(name=name):
            return f"{name}, which is no class of the project"
        case Assignment():
            return "the result of a call"
        case _:
            return "a name for something else"
