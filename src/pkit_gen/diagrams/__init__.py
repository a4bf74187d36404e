"""The entities and their relations as a diagram, in several languages of diagrams."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pkit_gen.diagrams.dot import dot
from pkit_gen.diagrams.mermaid import mermaid
from pkit_gen.diagrams.model import Diagram, diagram
from pkit_gen.diagrams.svg import svg

FORMATS: Mapping[str, Callable[[Diagram], str]] = {"mermaid": mermaid, "svg": svg, "dot": dot}
"""Per format, the function that spells a diagram in it."""

__all__ = ["FORMATS", "Diagram", "diagram"]
