"""Several processes with many tasks each, on one database."""
