# make report    everything from the raw files to the reports; AREA=990101 EDITION=2026-06 FORMATS=html,pdf,docx choose
# make test      all tests and checks
# make help      the rest

PYTHON ?= python3
VENV := .venv
RUN := $(VENV)/bin/python -m pipeline
READY := $(VENV)/.ready
ONE_THREAD_EACH := OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1

.PHONY: docs wheel report preview build check test real validate lint lock example clean distclean help

report: $(READY)
	$(RUN) report $(if $(AREA),--area $(AREA)) $(if $(EDITION),--edition $(EDITION)) $(if $(FORMATS),--formats $(FORMATS))

## one page again whenever a template is saved: make preview AREA=990101
preview: $(READY)
	$(RUN) preview $(or $(AREA),index) $(if $(EDITION),--edition $(EDITION)) $(if $(LANGUAGE),--language $(LANGUAGE))

build check: $(READY)
	$(RUN) $@

test: $(READY) lint
	$(ONE_THREAD_EACH) $(VENV)/bin/python -m pytest -q -n 2 --dist loadfile --no-loadscope-reorder tests

lint: $(READY)
	$(VENV)/bin/ruff check pipeline tests docs
	$(VENV)/bin/ruff format --check --quiet pipeline tests docs
	$(VENV)/bin/lint-imports --no-logo
	$(VENV)/bin/mypy

## the long runs: all of Taiwan (where at hand), a file of 500 MB, a thousand damaged files, 10,000 of each generated input
real: $(READY)
	$(VENV)/bin/python -m pytest -q -s tests/real --whole
	$(VENV)/bin/python -m pytest -q tests/damage tests/test_stored.py tests/ingest tests/warehouse --whole -n 2

## how well the statistics are calibrated, the long run: tables and a figure in docs/calibration (about ten minutes)
validate: $(READY)
	$(RUN) validate --series 100 --out docs/calibration

## the fictional example, written again into data/
example: $(READY)
	$(RUN) sample .

## pin every dependency again: names, versions and hashes (needs uv)
lock:
	uv pip compile pyproject.toml --extra dev --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet -o requirements.lock

## the generated pages of docs/, written again
docs: $(READY)
	$(VENV)/bin/python docs/generate.py

## the program as a wheel, in dist/: for machines without this checkout
wheel: $(READY)
	$(VENV)/bin/python -m hatchling build --target wheel

## everything that was made goes, but for .venv (`make distclean`: that too)
clean:
	rm -rf _site reports/pages .fonts .quarto dist
	find data/processed -mindepth 1 -maxdepth 1 ! -name .gitkeep -exec rm -rf {} +
	rm -rf .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache *.egg-info
	find pipeline tests docs -name __pycache__ -prune -exec rm -rf {} +

distclean: clean
	rm -rf .venv

help:
	@sed -n 's/^# //p' Makefile
	@awk '/^## /{text=substr($$0, 4)} /^[a-z]+:/{if (text) {sub(":.*", ""); printf "make %-9s %s\n", $$0, text}; text=""}' Makefile

$(READY): requirements.lock pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.12 report")'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(READY)
