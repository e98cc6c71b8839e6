# The only door: make help. Python >= 3.11 is enough for everything but `kafka` (Java and mvn).
PYTHON ?= $(shell for v in 3.13 3.12 3.11 3.14; do p=$$(command -v python$$v 2>/dev/null) && $$p -c 'import ensurepip' 2>/dev/null && echo $$p && exit; done; echo python3)
VENV   ?= .venv
BIN    := $(VENV)/bin

.DEFAULT_GOAL := help
.PHONY: help install demo test check lint lock schemas kafka bench clean

help: ## what each target does
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(VENV)/.run: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "articles needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Name another one: make PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "installing into $(VENV), once"
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements-dev.lock
	@$(BIN)/python -m pip install -q --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

install: $(VENV)/.run ## set up .venv from the hashed lock file

demo: $(VENV)/.run ## the main job: embedded broker, worker, feeder, 36 sample records
	@$(BIN)/articles demo

test: $(VENV)/.dev ## the tests
	@$(BIN)/python -m pytest

lint: $(VENV)/.dev
	@$(BIN)/ruff check .
	@$(BIN)/mypy

check: lint test ## lint, types and the tests: what CI runs

kafka: $(VENV)/.dev ## fetch Apache Kafka from Maven Central and start it
	@$(BIN)/python -m tests.kafka.server

bench: $(VENV)/.dev ## measure, print a table, write bench.json
	@$(BIN)/python -m quality.bench

schemas: $(VENV)/.dev ## write pipeline/schemas anew from records.py
	@$(BIN)/python -m quality.schemas

lock: ## write the lock files anew (needs uv)
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## remove what make made
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache
