"""Load on the university's app: `make load`, or `PYTHONPATH=tests python -m load --help`."""
