"""Benchmarks: `make bench`, or `PYTHONPATH=tests python -m bench --help`."""
