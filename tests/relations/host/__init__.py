"""A host app with a relation of every kind."""
