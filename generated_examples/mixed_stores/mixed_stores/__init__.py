"""A shop whose entities live in different databases."""
