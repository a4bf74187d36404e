"""Views: entities as dicts with their relations populated, the same for every database.

A view is planned once per list of paths. To-one relations within a session are joined to the statement of the row that they start from;
every other relation takes one batched look-up, however many rows there are, or two where the rows between live elsewhere than their targets.
"""

from __future__ import annotations

from pkit.views.description import Declared, Viewed, Views
from pkit.views.repository import ViewMember, ViewRepository, ViewSpace, view_repository

__all__ = ["Declared", "ViewMember", "ViewRepository", "ViewSpace", "Viewed", "Views", "view_repository"]
