"""A host app whose generated repositories every backend must behave the same with."""
