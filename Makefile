# make demo       generate the university example, check its types, run it
# make test       everything that has to hold, in an environment that it sets up itself
# make check      format, lint and types only
# make examples   generate every example again
# make bench-gen  measure pkit-gen beside two other generators, which get an environment of their own; SIZES="10 100" for a part, with --write to docs/
# make bench      measure the repositories against code written by hand; BENCH="memory --rounds 5" for a part
# make fuzz       random sources, and random projects on every backend, for hours; FUZZ=500 for so many
# make faults     10,000 connections cut, between the repositories and PostgreSQL, and MongoDB; FAULTS=500 for so many
# make site       the documentation as a site, in site/
# make load       the university's app under load on PostgreSQL; LOAD="--seconds 20" for less
# make format     format and sort imports

PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: site demo test check examples format bench bench-gen fuzz faults load

$(STAMP): pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1'
	$(BIN)/python -m pip install --quiet --editable '.[all]' --group dev
	touch $@

demo: $(STAMP)
	PYTHONPATH=. $(BIN)/python generated_examples/university/demo.py

test: check
	$(BIN)/python -m pytest

check: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy src tests
	$(BIN)/pyright

examples: $(STAMP)
	for example in generated_examples/*/pyproject.toml; do (cd "$$(dirname "$$example")" && ../../$(BIN)/pkit-gen) || exit 1; done

bench: $(STAMP)
	PYTHONPATH=tests $(BIN)/python -m bench $(BENCH)

fuzz: $(STAMP)
	PKIT_FUZZ_EXAMPLES=$(or $(FUZZ),20000) $(BIN)/python -m pytest tests/fuzz tests/machine

faults: $(STAMP)
	PKIT_FAULTS=$(or $(FAULTS),10000) $(BIN)/python -m pytest tests/faults

site: $(STAMP)
	$(BIN)/python -m mkdocs build --strict

load: $(STAMP)
	PYTHONPATH=tests:generated_examples/university $(BIN)/python -m load $(LOAD)

format: $(STAMP)
	$(BIN)/ruff check --fix --select I .
	$(BIN)/ruff format .

# pip into an environment of their own: the other generators hold back libraries that pkit uses
.venv-bench/.installed: pyproject.toml
	test -x .venv-bench/bin/python || $(PYTHON) -m venv .venv-bench
	.venv-bench/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	.venv-bench/bin/python -m pip install --quiet --group bench-gen
	touch $@

bench-gen: $(STAMP) .venv-bench/.installed
	PYTHONPATH=tests $(BIN)/python -m bench.generator .venv-bench/bin $(SIZES)
