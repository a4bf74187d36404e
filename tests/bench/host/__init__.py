"""A host app with one entity of ten fields and a chain of two relations."""
