"""PK1xx: what is wrong with source files, with what must be told from them without running them, and with how classes are made."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pkit_gen.diagnostics.catalog.registry import mistake
from pkit_gen.diagnostics.model import Diagnostic, Label, Severity
from pkit_gen.source import Place


@mistake("PK101", "a source file cannot be read")
def unreadable(code: str, path: Path, reason: str) -> Diagnostic:
    """Word that the operating system refused to give the file."""
    return Diagnostic(code, f"{path.name} cannot be read: {reason}", path=path)


@mistake("PK102", "a source file is not text in its encoding")
def undecodable(code: str, path: Path, reason: str) -> Diagnostic:
    """Word that the bytes are not text in UTF-8 or in the encoding that the file declares."""
    help_ = "save the file as UTF-8, or declare its encoding in the first line: # -*- coding: latin-1 -*-"
    return Diagnostic(code, f"{path.name} cannot be decoded: {reason}", help=help_, path=path)


@mistake("PK103", "a source file is not valid Python")
def syntax_error(code: str, message: str, place: Place) -> Diagnostic:
    """Word a syntax error."""
    return Diagnostic(code, f"{place.file.path.name} is not valid Python: {message}", Label(place))


@mistake("PK104", "a source file nests too deeply")
def nested_too_deeply(code: str, place: Place) -> Diagnostic:
    """Word that expressions or blocks nest beyond what the parser can follow."""
    message = f"{place.file.path.name} nests expressions or blocks too deeply to be read"
    return Diagnostic(code, message, Label(place), help="move generated data out of the modules that define entities")


@mistake("PK105", "a source is not a module of any import root")
def outside_of_roots(code: str, path: Path, roots: Iterable[Path]) -> Diagnostic:
    """Word that a file cannot be imported from any root."""
    searched = ", ".join(root.name or str(root) for root in roots)
    message = f"{path.name} cannot be imported from any root (searched: {searched})"
    return Diagnostic(code, message, help="name the folder that imports start from: --root DIR", path=path)


@mistake("PK106", "a source is hidden by another module of its name")
def shadowed(code: str, path: Path, module: str, other: Path) -> Diagnostic:
    """Word that importing the source's module name leads to another file."""
    message = f'importing "{module}" gives {_nearest(other, path)}, not the source {_nearest(path, other)}'
    return Diagnostic(code, message, help="name the one root that imports start from: --root DIR", path=path)


def _nearest(path: Path, other: Path) -> str:
    """Return the path without the folders that both share."""
    shared = 0
    while shared < min(len(path.parts), len(other.parts)) - 1 and path.parts[shared] == other.parts[shared]:
        shared += 1
    return "/".join(path.parts[shared:])


@mistake("PK107", "a value of a registration cannot be told from the source")
def not_constant(code: str, what: str, reason: str, place: Place, wanted: str, use: Place | None = None) -> Diagnostic:
    """Word that `what` is an expression that only running the program could evaluate."""
    related = () if use is None else (Label(use, "needed here"),)
    return Diagnostic(
        code,
        f"{what} cannot be told from the source: {reason}",
        Label(place, "evaluated only at run time"),
        related,
        help=f"write {wanted}",
    )


@mistake("PK108", "whether a registration happens cannot be told from the source")
def condition_not_constant(code: str, key: str, condition: Place, call: Place) -> Diagnostic:
    """Word that a registration stands under a condition or in a loop that only running the program could evaluate."""
    return Diagnostic(
        code,
        f"whether or how often {key} is registered cannot be told from the source",
        Label(condition, "evaluated only at run time"),
        (Label(call, "registered here"),),
        help="register the entity without a condition, in a function that --registrations names",
    )


@mistake("PK109", "an unknown key")
def unknown_key(code: str, key: str, where: str, allowed: Iterable[str], near: str | None, place: Place) -> Diagnostic:
    """Word that a config, relation or view has a key that means nothing."""
    help_ = f'write "{near}"' if near else f"use one of: {', '.join(allowed)}"
    return Diagnostic(code, f'{where} has the unknown key "{key}"', Label(place, "no such key"), help=help_)


@mistake("PK110", "a key is missing")
def missing_key(code: str, key: str, where: str, example: str, place: Place) -> Diagnostic:
    """Word that a registration lacks `entity` or `collection`."""
    return Diagnostic(code, f'{where} lacks the key "{key}"', Label(place), help=f"add {example}")


@mistake("PK111", "a value of the wrong kind")
def wrong_shape(code: str, what: str, found: str, wanted: str, place: Place) -> Diagnostic:
    """Word that a value is not of the kind that its key takes."""
    return Diagnostic(code, f"{what} is {found}", Label(place), help=f"write {wanted}")


@mistake("PK112", "an entity is not a dataclass")
def not_a_dataclass(code: str, what: str, kind: str, place: Place, definition: Place | None) -> Diagnostic:
    """Word that `entity` names something else than a dataclass, and what it is."""
    related = () if definition is None else (Label(definition, "defined here"),)
    message = f"the entity of {what} is {kind}, not a dataclass"
    return Diagnostic(code, message, Label(place), related, help="register a class that is decorated with @dataclass")


@mistake("PK113", "several functions are registry initializers")
def several_entry_points(code: str, candidates: list[tuple[str, Place]]) -> Diagnostic:
    """Word that set_registry_initializer is given more than one function, and list them."""
    (name, place), *rest = candidates
    names = ", ".join(name for name, _ in candidates)
    return Diagnostic(
        code,
        f"set_registry_initializer is called with several functions: {names}",
        Label(place, "one of them"),
        tuple(Label(other, "another") for _, other in rest),
        help=f"choose one: --registrations {name}",
    )


@mistake("PK114", "the function of the registrations is not found")
def entry_point_not_found(code: str, text: str, reason: str, suggestion: str | None) -> Diagnostic:
    """Word that --registrations leads nowhere."""
    help_ = f"write --registrations {suggestion}" if suggestion else "write --registrations MODULE:FUNCTION"
    return Diagnostic(code, f'"{text}" does not name a function of the project: {reason}', help=help_)


@mistake("PK115", "registrations are too deep or too many to follow")
def too_deep(code: str, place: Place) -> Diagnostic:
    """Word that calls nest, or loops run, beyond the bound up to which they are followed."""
    message = "the calls that lead to registrations nest too deeply or repeat too often to be followed"
    return Diagnostic(code, message, Label(place), help="call register_entity directly in the registering function")


@mistake("PK116", "there is no entity at all")
def no_entities(code: str, path: Path | None) -> Diagnostic:
    """Word that neither a registration nor a dataclass with an id was found."""
    message = "there is no register_entity call and no dataclass with an id field in the sources"
    return Diagnostic(code, message, help="name the files or packages that hold the entities", path=path)


@mistake("PK117", "a field without a default follows one with a default")
def default_order(code: str, field: str, earlier: str, owner: str, place: Place, other: Place) -> Diagnostic:
    """Word that Python would refuse the class for the order of its fields."""
    return Diagnostic(
        code,
        f'the field "{field}" of {owner} has no default but follows "{earlier}", which has one: Python refuses the class',
        Label(place, "no default"),
        (Label(other, "has a default"),),
        help=f'give "{field}" a default, or decorate with @dataclass(kw_only=True)',
    )


@mistake("PK118", "a mutable default")
def mutable_default(code: str, field: str, owner: str, factory: str, place: Place) -> Diagnostic:
    """Word that Python would refuse the class for a default that all its objects would share."""
    message = f'the default of "{field}" of {owner} is mutable: Python refuses the class'
    return Diagnostic(code, message, Label(place), help=f"write field(default_factory={factory})")


@mistake("PK119", "a class whose bases contradict each other")
def inconsistent_bases(code: str, name: str, place: Place) -> Diagnostic:
    """Word that no method resolution order exists."""
    message = f"the bases of {name} have no consistent order: Python refuses the class"
    return Diagnostic(code, message, Label(place), help="list a class before the classes that it derives from")


@mistake("PK120", "entities were inferred")
def inferred(code: str, keys: Iterable[str], place: Place) -> Diagnostic:
    """Word that, without any registration, every dataclass with an id was taken."""
    message = f"there is no registration: every dataclass with an id field is an entity ({', '.join(keys)})"
    return Diagnostic(code, message, Label(place), help="register them to choose keys", severity=Severity.NOTE)


@mistake("PK121", "an entity is a dataclass of pydantic's")
def pydantic_dataclass(code: str, name: str, place: Place) -> Diagnostic:
    """Word that pydantic's validation does not run on entities that are read back."""
    message = f"{name} is a dataclass of pydantic's: what is read back is not validated again"
    return Diagnostic(code, message, Label(place), severity=Severity.NOTE)


@mistake("PK122", "an entity's class is not found")
def unknown_entity(code: str, name: str, reason: str, suggestion: str | None, place: Place) -> Diagnostic:
    """Word that `entity` names a class that does not exist."""
    help_ = f"write {suggestion}" if suggestion else "name a dataclass of the project"
    return Diagnostic(code, f"the entity {name} is not found: {reason}", Label(place), help=help_)


@mistake("PK123", "the entry point registers nothing")
def nothing_registered(code: str, function: str, place: Place) -> Diagnostic:
    """Word that no register_entity call is reached from the function that should register the entities."""
    message = f"{function} reaches no register_entity call"
    return Diagnostic(
        code, message, Label(place), help="call register_entity in it, or choose another: --registrations"
    )


@mistake("PK124", "definitions that nest too deeply")
def project_nested_too_deeply(code: str, path: Path | None) -> Diagnostic:
    """Word that definitions lead to each other, or expressions nest, beyond what can be followed."""
    help_ = "shorten chains of aliases, base classes and operators in the modules that define entities"
    return Diagnostic(
        code, "the sources nest expressions or definitions too deeply to be followed", help=help_, path=path
    )
