"""Diagnostics as text, in the formats of `--format`. Each takes the findings and the folder that paths are shown relative to."""

from __future__ import annotations

from pkit_gen.diagnostics.render.annotations import github
from pkit_gen.diagnostics.render.documents import json, sarif
from pkit_gen.diagnostics.render.terminal import text

__all__ = ["github", "json", "sarif", "text"]
