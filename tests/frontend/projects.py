"""Small projects on disk, and what the frontend makes of them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

from pkit_gen.config import Config
from pkit_gen.declarations import (
    AliasDecl,
    AnnotationDecl,
    DataclassDecl,
    EllipsisType,
    ExternalType,
    LiteralAnnotation,
    NewTypeDecl,
    NoneType,
    ProjectDecl,
    ProjectType,
    RegistrationDecl,
    ScalarSubclassDecl,
    TypeVariable,
    UnionType,
    UnresolvedType,
)
from pkit_gen.diagnostics.model import Diagnostic, Diagnostics
from pkit_gen.frontend import parse


@dataclass(frozen=True)
class Parsed:
    """What one run gave."""

    project: ProjectDecl
    diagnostics: list[Diagnostic]

    @property
    def codes(self) -> list[str]:
        return [diagnostic.code for diagnostic in self.diagnostics]

    def registration(self, key: str) -> RegistrationDecl:
        return next(entry for entry in self.project.registrations if entry.key.value == key)

    def entity(self, key: str) -> DataclassDecl:
        return self.registration(key).entity

    def only(self, code: str) -> Diagnostic:
        assert self.codes == [code], [(found.code, found.message) for found in self.diagnostics]
        return self.diagnostics[0]


def parse_files(
    folder: Path,
    files: dict[str, str],
    *,
    sources: tuple[str, ...] = ("shop",),
    roots: tuple[str, ...] = (".",),
    registrations: str | None = None,
) -> Parsed:
    """Write the files and parse the sources."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(dedent(text).encode())
    diagnostics = Diagnostics()
    config = Config(
        sources=tuple(folder / source for source in sources),
        output=folder / "out",
        roots=tuple((folder / root).resolve() for root in roots),
        registrations=registrations,
    )
    project = parse(config, diagnostics)
    return Parsed(project, diagnostics.sorted())


def underlined(diagnostic: Diagnostic) -> str:
    """Return the text that the diagnostic points at; its place lies on one line."""
    assert diagnostic.primary is not None
    place = diagnostic.primary.place
    line = place.file.lines()[place.span.start.line - 1]
    return line[place.span.start.column - 1 : place.span.end.column - 1]


def spelled(type_: AnnotationDecl) -> str:
    """Return a type in one line."""
    match type_:
        case ExternalType(ref=ref, arguments=arguments):
            return ref.qualified.removeprefix("builtins.") + _arguments(arguments)
        case ProjectType(definition=definition, arguments=arguments):
            name = definition.ref.name + _arguments(arguments)
            if isinstance(definition, (AliasDecl, NewTypeDecl)):
                return f"{name} = {spelled(definition.target)}"
            return f"{name}({spelled(definition.base)})" if isinstance(definition, ScalarSubclassDecl) else name
        case UnionType(members=members):
            return " | ".join(spelled(member) for member in members)
        case NoneType():
            return "None"
        case EllipsisType():
            return "..."
        case LiteralAnnotation(values=values):
            return f"Literal{[value.value for value in values]}"
        case TypeVariable(name=name):
            return f"~{name}"
        case UnresolvedType(text=text, reason=reason):
            return f"?{text}: {reason}"


def _arguments(arguments: tuple[AnnotationDecl, ...]) -> str:
    return f"[{', '.join(spelled(argument) for argument in arguments)}]" if arguments else ""


def field_types(entity: DataclassDecl) -> dict[str, str]:
    """Return the types of the fields in one line each."""
    return {field.name: spelled(field.annotation) for field in entity.fields}
