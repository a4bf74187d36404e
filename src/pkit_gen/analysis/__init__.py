"""From declarations to the intermediate representation: what the user's registrations and dataclasses mean.

Every rule about what may be declared is here; each violation is a diagnostic at the smallest place that is wrong, and the analysis goes on.
"""

from __future__ import annotations

from pkit_gen.analysis.indexes import unique_indexes
from pkit_gen.analysis.linking import Linked, link
from pkit_gen.analysis.naming import EntityName, check_collisions, name_entities
from pkit_gen.analysis.relations import Side, relations
from pkit_gen.analysis.views import views
from pkit_gen.config import Config
from pkit_gen.declarations import Construction, ProjectDecl
from pkit_gen.diagnostics.model import Diagnostics
from pkit_gen.ir.model import Entity, Relation, Schema, UniqueIndex, View


def analyse(project: ProjectDecl, config: Config, diagnostics: Diagnostics) -> Schema:
    """Return the schema that a project declares, whatever the order of its registrations.

    What is wrong is reported, and the parts that it concerns are missing from the schema: use it only when there are no errors.
    """
    linked = link(project.registrations, config, diagnostics)
    names = name_entities((entity.registration for entity in linked.values()), diagnostics)
    sides = {key: Side(entity, unique_indexes(entity, diagnostics)) for key, entity in linked.items()}
    related = {key: relations(side, sides, diagnostics) for key, side in sides.items()}
    entities = tuple(
        _entity(
            side.linked,
            names[key],
            side.unique,
            related[key],
            views(side.linked, related, config.path_depth, diagnostics),
        )
        for key, side in sides.items()
        if key in names
    )
    check_collisions(entities, diagnostics)
    return Schema(entities, tuple(sorted(set(project.sources))), config.path_depth)


def _entity(
    linked: Linked,
    name: EntityName,
    unique: tuple[UniqueIndex, ...],
    related: tuple[Relation, ...],
    declared_views: tuple[View, ...],
) -> Entity:
    registration = linked.registration
    entity = registration.entity
    return Entity(
        key=linked.key,
        name=name.name,
        module=name.module,
        ref=entity.ref,
        collection=registration.collection.value,
        database=linked.database,
        fields=linked.fields,
        excluded=linked.excluded,
        unique=unique,
        relations=related,
        views=declared_views,
        constructor=entity.construction is Construction.CONSTRUCTOR,
        docstring=entity.docstring,
        place=registration.key.place,
    )
