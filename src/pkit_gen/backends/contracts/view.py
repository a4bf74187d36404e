"""From an entity to the text of its contract's parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from pkit_gen.backends.contracts.methods import NEVER, Method, methods
from pkit_gen.backends.contracts.operators import TYPED_DICT, OperatorTypes, is_built_in, typed_dict
from pkit_gen.backends.contracts.views import ViewProtocol, view_protocol, view_types
from pkit_gen.backends.layout import COLUMNS, bracketed, docstring, exploded, wrap
from pkit_gen.backends.paths import ManyPath, Path, criteria_paths, sort_paths
from pkit_gen.backends.python import LITERAL, SEQUENCE, Imports, annotation, header, relative
from pkit_gen.ir.model import Entity, Schema
from pkit_gen.literals import literal
from pkit_gen.source import ClassRef


@dataclass(frozen=True, slots=True)
class PackageView:
    """The marker of an entity's folder."""

    docstring: str


@dataclass(frozen=True, slots=True)
class Change:
    """A field that can be patched."""

    name: str
    annotation: str


@dataclass(frozen=True, slots=True)
class ContractView:
    """A contract: every text is laid out, but for the indentation of its first line.

    `related` imports the criteria of related entities, for checkers only: they refer to each other in circles.
    """

    docstring: str
    imports: str
    related: str
    definitions: tuple[str, ...]
    changes_name: str
    changes_base: str
    changes_docstring: str
    changes: tuple[Change, ...]
    repository: str
    repository_docstring: str
    methods: tuple[Method, ...]
    views: ViewProtocol | None


def package_view(entity: Entity) -> PackageView:
    """Return the view of the folder's `__init__.py`."""
    return PackageView(header(f"The repositories of {entity.key}.", [entity.ref.module]))


def contract_view(schema: Schema, entity: Entity) -> ContractView:
    """Return the view of an entity's `contract.py`."""
    related = _related(schema, entity)
    imports = Imports(_reserved(entity), (*related, *view_types(entity)))
    definitions = (
        _index(entity, imports),
        *_criteria(schema, entity, imports),
        _sort_key(schema, entity, imports),
    )
    return ContractView(
        docstring=header(f"What the repository of {entity.key} can do.", [entity.ref.module]),
        definitions=definitions,
        changes_name=f"{entity.name}Changes",
        changes_base=imports.name(TYPED_DICT),
        changes_docstring=docstring(f"The fields of {entity.ref.name} that `patch` can change.", indent=4),
        changes=tuple(
            Change(field.name, annotation(field.type, imports)) for field in entity.fields if field.name != "id"
        ),
        repository=_class(entity, imports),
        repository_docstring=docstring(_description(entity), indent=4),
        methods=methods(entity, imports),
        views=view_protocol(entity, imports),
        related=_checkers_only(related, imports),
        imports=imports.text(),  # last: everything before adds to it
    )


def _related(schema: Schema, entity: Entity) -> tuple[ClassRef, ...]:
    """Return the criteria of the other entities that relations to many lead to."""
    many = (path.target for path in criteria_paths(schema, entity) if isinstance(path, ManyPath))
    targets = [schema.entity(key) for key in sorted({*many} - {entity.key})]
    return tuple(ClassRef(relative(target.module, "contract", up=2), f"{target.name}Criteria") for target in targets)


def _checkers_only(refs: tuple[ClassRef, ...], imports: Imports) -> str:
    """Return the indented imports of a block that only checkers read, or nothing."""
    if not refs:
        return ""
    imports.names("typing", "TYPE_CHECKING")
    inside = Imports()
    for ref in refs:
        inside.names(ref.module, ref.name)
    return inside.text(indent=4)


def _reserved(entity: Entity) -> set[str]:
    """Return the names that no import may take: the module's own, and those of the fields, which the class of changes annotates."""
    suffixes = ("Index", "Criteria", "SortKey", "Changes", "Repository", "ViewRepository")
    return {f"{entity.name}{suffix}" for suffix in suffixes} | {field.name for field in entity.fields}


def _index(entity: Entity, imports: Imports) -> str:
    return _alias(f"{entity.name}Index", [index.name for index in entity.unique], imports)


def _alias(name: str, values: list[str], imports: Imports) -> str:
    """Return the alias of a Literal of those values, of Never where there is none."""
    prefix = f"{name}: {imports.name(ClassRef('typing', 'TypeAlias'))} = "
    if not values:
        return prefix + imports.name(NEVER)
    return wrap(f"{imports.name(LITERAL)}[{', '.join(literal(value) for value in values)}]", prefix=prefix)


def _criteria(schema: Schema, entity: Entity, imports: Imports) -> tuple[str, ...]:
    operators = OperatorTypes(imports)
    name = f"{entity.name}Criteria"
    items = [_item(path, _operand(schema, path, operators)) for path in criteria_paths(schema, entity)]
    several = literal(f"{imports.name(SEQUENCE)}[{name}]")
    items += [f'"and": {several}', f'"or": {several}', f'"not": {literal(name)}']
    return (*operators.definitions, typed_dict(name, items, imports))


def _item(path: Path | ManyPath, operand: str) -> str:
    """Return an entry of the criteria. An annotation without the host's names is no text: compiling that takes most of an import's time."""
    bare = f"{literal(path.name)}: {operand}"
    if isinstance(path, Path) and is_built_in(path.type) and len(f"        {bare},") <= COLUMNS:
        return bare
    return f"{literal(path.name)}: {literal(operand)}"


def _operand(schema: Schema, path: Path | ManyPath, operators: OperatorTypes) -> str:
    match path:
        case Path():
            return operators.operand(path)
        case ManyPath(target=target):
            return operators.quantified(f"{schema.entity(target).name}Criteria")
        case _:
            assert_never(path)


def _sort_key(schema: Schema, entity: Entity, imports: Imports) -> str:
    keys = [key for path in sort_paths(schema, entity) for key in (path.name, f"-{path.name}")]
    return _alias(f"{entity.name}SortKey", keys, imports)


def _class(entity: Entity, imports: Imports) -> str:
    repository = imports.name(ClassRef("pkit.repository", "Repository"))
    protocol = imports.name(ClassRef("typing", "Protocol"))
    arguments = [
        imports.name(entity.ref),
        annotation(entity.id.type, imports),
        f"{entity.name}Criteria",
        f"{entity.name}SortKey",
    ]
    base = f"{repository}[{', '.join(arguments)}]"
    if len(f"    {base},") > 88:
        base = exploded(f"{repository}[", arguments, "]", indent=4)
    return bracketed(f"class {entity.name}Repository(", [base, protocol], "):")


def _description(entity: Entity) -> str:
    summary = f"The stored {entity.ref.name} entities."
    return summary if entity.docstring is None else f"{summary}\n\n{entity.docstring}"
