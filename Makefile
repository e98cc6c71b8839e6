# The only door: make help. Python >= 3.11 is enough for everything but `kafka` (Java and mvn).
PYTHON ?= $(shell for v in 3.13 3.12 3.11 3.14; do \
            python$$v -c 'import ensurepip' 2>/dev/null && echo python$$v && exit; done; echo python3)
VENV   ?= .venv
BIN    := $(VENV)/bin
PIP    := $(BIN)/python -m pip install -q --disable-pip-version-check
WANTED := articles needs Python 3.11 or newer
IS_OLD := import sys; sys.exit(sys.version_info < (3, 11) and "$(WANTED); this is " + sys.version.split()[0])
FAIL    = { echo "$(1)" >&2; exit 1; }
NAME   := name one: make PYTHON=/path/to/python3.12
TYPED  := $(wildcard pipeline/*/*.pxd pipeline/*/*/*.pxd)

.DEFAULT_GOAL := help
.PHONY: help install demo test check lint audit lock schemas kafka soak bench clean

help: ## what each target does
	@awk -F':.*## ' '/^[a-z]+:.*## /{printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# A half-made or broken environment is made anew; a folder that is none is left alone.
$(VENV)/.lock: requirements.lock
	@command -v $(PYTHON) >/dev/null || $(call FAIL,$(WANTED) and finds no $(PYTHON); $(NAME))
	@$(PYTHON) -c '$(IS_OLD)' || $(call FAIL,$(NAME))
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || $(call FAIL,$(PYTHON) lacks ensurepip: apt-get install python3-venv)
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || \
	  $(PYTHON) -m venv $$(test ! -f $(VENV)/pyvenv.cfg || echo --clear) $(VENV)
	@$(BIN)/python -c '$(IS_OLD)' || $(call FAIL,$(VENV) was made by an old Python: make clean)
	@echo "installing into $(VENV), once"
	@$(PIP) --no-deps --require-hashes -r requirements.lock
	@touch $@

# Compiles what has types, where there is a C compiler; ARTICLES_PURE=1 (after make clean) leaves it plain Python.
$(VENV)/.run: $(VENV)/.lock pyproject.toml setup.py $(TYPED) $(TYPED:.pxd=.py)
	@$(PIP) --no-deps --no-build-isolation -e .
	@ls $(TYPED:.pxd=.*.so) >/dev/null 2>&1 || echo "not everything is compiled: the same results, slower"
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/.run
	@$(PIP) --no-deps --require-hashes -r requirements-dev.lock
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

AUDIT := pip-audit==2.10.1
audit: $(VENV)/.dev ## look the locked packages up among known vulnerabilities, where an index can be asked
	@test -x build/audit/bin/pip-audit || { $(BIN)/python -m venv build/audit && \
	  build/audit/bin/pip install -q --disable-pip-version-check $(AUDIT) 2>/dev/null; } || true
	@$(BIN)/python -m quality.audit build/audit/bin/pip-audit

kafka: $(VENV)/.dev ## fetch Apache Kafka from Maven Central and start it
	@$(BIN)/python -m tests.kafka.server

soak: $(VENV)/.dev ## storms of faults on a real Kafka, hours; SOAK="--minutes 10" for less
	@$(BIN)/python -m quality.soak $(SOAK)

bench: $(VENV)/.dev ## measure, print a table, write bench.json
	@$(BIN)/python -m quality.bench

schemas: $(VENV)/.dev ## write pipeline/schemas anew from records.py
	@$(BIN)/python -m quality.schemas

LOCK = uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --extra build
lock: ## write the lock files anew (needs uv)
	$(LOCK) pyproject.toml -o requirements.lock
	$(LOCK) --extra dev -c requirements.lock pyproject.toml -o requirements-dev.lock

clean: ## remove what make made
	rm -f pipeline/*/*.so pipeline/*/*/*.so
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache
