"""A host app whose names are also those of other things."""
