"""A host app whose names are SQL's, and whose references go in circles."""
