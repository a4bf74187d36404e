"""From source text to declarations. Nothing of the host app is imported or run; this package alone reads syntax trees."""

from __future__ import annotations

from dataclasses import replace

from pkit_gen.config import Config
from pkit_gen.declarations import ProjectDecl, RegistrationDecl
from pkit_gen.diagnostics.catalog import sources as catalog
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.frontend.decode import Decoder
from pkit_gen.frontend.discover import Project, Sources, discover
from pkit_gen.frontend.entities import Definitions
from pkit_gen.frontend.execute import Executor
from pkit_gen.frontend.inference import infer
from pkit_gen.frontend.names import Names
from pkit_gen.frontend.registrations import Registrations
from pkit_gen.frontend.trees import Trees

__all__ = ["parse"]


def parse(config: Config, diagnostics: Diagnostics) -> ProjectDecl:
    """Return what the sources declare; every mistake in them is reported, and what is wrong is left out.

    The result holds the registrations that could be evaluated, in source order.
    """
    trees = Trees(config.kept)
    project = Project(config, diagnostics, trees)
    try:
        declared = _parse(project, diagnostics)
    except RecursionError:
        diagnostics.report(catalog.project_nested_too_deeply(config.sources[0] if config.sources else None))
        declared = ProjectDecl((), ())
    trees.save()
    return replace(declared, inputs=project.inputs, words=tuple(sorted(project.words)))


def _parse(project: Project, diagnostics: Diagnostics) -> ProjectDecl:
    sources = discover(project)
    for name in sources.named:
        project.module(name)  # what is wrong with a source is reported even where nothing leads to it
    names = Names(project)
    definitions = Definitions(names)
    found = Registrations(definitions, Executor(names, definitions.evaluator), sources)
    calls = found.collect()
    if not calls and not found.failed:
        return _inferred(definitions, sources, diagnostics)
    decoder = Decoder(definitions, diagnostics)
    decoded = [decoder.registration(call) for call in calls]
    origins = {call.place.file.module for call in calls}
    return _project([entry for entry in decoded if entry is not None], origins)


def _project(registrations: list[RegistrationDecl], origins: set[str], *, inferred: bool = False) -> ProjectDecl:
    defining = {registration.entity.ref.module for registration in registrations}
    return ProjectDecl(tuple(registrations), tuple(sorted(origins | defining)), inferred)


def _inferred(definitions: Definitions, sources: Sources, diagnostics: Diagnostics) -> ProjectDecl:
    registrations = infer(definitions, sources.named)
    if registrations:
        keys = [registration.key.value for registration in registrations]
        diagnostics.report(catalog.inferred(keys, registrations[0].place))
    elif not diagnostics.has_errors:
        project = definitions.names.project
        diagnostics.report(catalog.no_entities(project.config.sources[0] if project.config.sources else None))
    return _project(registrations, set(), inferred=True)
