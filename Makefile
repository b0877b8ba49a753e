# `make` alone lists the targets.
PYTHON ?= python3
VENV   ?= .venv
BIN     = $(VENV)/bin
WORKERS ?= 2
FUZZ_SECONDS ?= 600
FUZZ_TARGETS ?=
LARGE  ?= bench-large
STAMP   = $(VENV)/.installed

.DEFAULT_GOAL := help
.PHONY: help demo test test-long check audit fuzz bench bench-sizes bench-large docs octave chromium clean

help: ## list the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-12s %s\n", $$1, $$2}'

demo: $(STAMP) ## simulate a scene, process it, and show velocities with their error against the truth
	$(BIN)/snapstamps demo --folder demo

test: $(STAMP) octave chromium ## set up everything and run the tests (coverage at least 90 %)
	$(BIN)/python -m pytest -n $(WORKERS) -m "not slow and not stamps" \
	    --cov --cov-report=term:skip-covered --cov-fail-under=90

test-long: $(STAMP) octave chromium ## the tests that take minutes, too (the real StaMPS where SNAPSTAMPS_STAMPS_HOME is set)
	$(BIN)/python -m pytest -n $(WORKERS)

check: $(STAMP) ## format, lint, types, layering, spelling
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/codespell snapstamps tests docs docker lessons tools benchmarks stamps_templates graphs README.md CHANGELOG.md

audit: $(STAMP) ## hold the pinned versions against the known vulnerabilities (where these can be reached)
	$(BIN)/python tools/audit.py

fuzz: $(STAMP) ## try hostile files on every reader, FUZZ_SECONDS (600) each; FUZZ_TARGETS="mat toml" for some only
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[fuzz]'
	PYTHONPATH=.:tests $(BIN)/python -m fuzz --seconds $(FUZZ_SECONDS) $(FUZZ_TARGETS)

bench: $(STAMP) ## measure every step (beside StaMPS under Octave, where that is installed)
	$(BIN)/python -m benchmarks

bench-sizes: $(STAMP) ## measure cost against size, and write the rates of `snapstamps estimate` (ten minutes)
	$(BIN)/python -m benchmarks.sizes --json benchmarks/results/sizes.json \
	    --rates snapstamps/pipeline/rates.toml --plot docs/pictures/sizes.png

bench-large: $(STAMP) ## a million PS on 44 dates, candidates to GeoPackage (an hour, 35 GB of disk in $(LARGE))
	$(BIN)/python -m benchmarks.large $(LARGE) --json benchmarks/results/large.json

docs: $(STAMP) ## build the documentation into site/
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# The virtual environment is made anew when the dependencies change.
$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "snapstamps needs Python 3.11 or newer: make PYTHON=python3.11")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[test,check,docs,octave]'
	@touch $@

octave: ## install GNU Octave where that is simple (Debian-like, as root), else say how
	@if command -v octave-cli >/dev/null; then :; \
	elif command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update --quiet=2 && \
	    DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends octave >/dev/null; \
	else echo "GNU Octave is missing: install the package 'octave'; the tests that need it are skipped"; fi

chromium: ## install Chromium where that is simple (Debian-like, as root), else say how
	@for each in chromium chromium-browser google-chrome; do command -v $$each >/dev/null && exit 0; done; \
	if command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	    apt-get update --quiet=2 && \
	    DEBIAN_FRONTEND=noninteractive apt-get install --quiet=2 --yes --no-install-recommends chromium >/dev/null || \
	    echo "Chromium could not be installed; the tests of the report in a browser are skipped"; \
	else echo "Chromium is missing: install the package 'chromium'; the tests of the report in a browser are skipped"; fi

clean: ## delete what was built (not the virtual environment)
	rm -rf build dist site demo .pytest_cache .mypy_cache .ruff_cache .coverage*
