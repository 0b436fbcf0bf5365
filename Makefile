# Needs Python 3.11 or newer, and npm or the network to fetch it. Everything else goes into .venv.
.DEFAULT_GOAL := help
.PHONY: help run test lint drill bench requirements messages lock assets system clean
SHELL := /bin/sh
BIN := .venv/bin
ARGS ?=
PARALLEL ?= -n $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist loadfile
PG_TESTS := tests/storage tests/services tests/web tests/upgrades tests/hostile/test_database_hand*.py \
	tests/drills/test_accounts_drill.py
# Python keeps what it compiled: each of many processes would otherwise compile the program and the tests anew.
unexport PYTHONDONTWRITEBYTECODE
BUILT_FROM := pyproject.toml hatch_build.py package.json package-lock.json

help:
	@echo "make run           a running site on http://localhost:8000 with invented signals"
	@echo "make test          everything it promises, checked"
	@echo "make drill         the rehearsed disasters in full"
	@echo "make bench         how fast it is, with growth from size to size"
	@echo "make requirements  which statements of the policy no test asserts yet"
	@echo "make messages      collect texts for translation, then compile them"
	@echo "make lock          choose package versions anew and lock them by hash (needs uv)"
	@echo "make clean         remove what was built; keeps data/"

run: .venv/installed assets
	$(BIN)/meldroute run --demo $(ARGS)

# The whole suite comes last, so that its closing line is the last line. One worker more than processors: half of it is
# waiting. A file stays with one worker; each worker has a database of its own.
test: .venv/installed-dev system assets lint
	MELDROUTE_TEST_DB=postgres $(BIN)/pytest $(PARALLEL) -m "not browser" $(wildcard $(PG_TESTS))
	MELDROUTE_TEST_DB=sqlite $(BIN)/pytest $(PARALLEL) $(ARGS)

lint: .venv/installed-dev
	$(BIN)/ruff check .
	$(BIN)/lint-imports --no-logo

drill: .venv/installed-dev system assets
	MELDROUTE_DRILL=full MELDROUTE_TEST_DB=sqlite $(BIN)/pytest -m drill -o faulthandler_timeout=3600 $(ARGS)
	MELDROUTE_DRILL=full MELDROUTE_TEST_DB=postgres $(BIN)/pytest -m drill -o faulthandler_timeout=3600 $(ARGS)

bench: .venv/installed-dev system assets
	$(BIN)/python -m bench $(ARGS)

requirements: .venv/installed-dev
	$(BIN)/python -m tests.requirements $(ARGS)

messages: .venv/installed-dev
	$(BIN)/python scripts/messages.py --compile $(ARGS)

# Style sheets and translations; does nothing when they are up to date.
assets: .venv/installed
	@$(BIN)/python hatch_build.py

.venv/installed: requirements.lock $(BUILT_FROM)
	@sh scripts/install.sh requirements.lock
	@touch $@

.venv/installed-dev: requirements-dev.lock $(BUILT_FROM)
	@sh scripts/install.sh requirements-dev.lock
	@touch .venv/installed $@

system:
	@sh scripts/system.sh

LOCK := uv pip compile --universal --python-version 3.11 --generate-hashes --no-header --no-annotate --no-emit-index-url --no-emit-find-links --quiet
lock:
	@command -v uv >/dev/null || { echo "make lock needs uv: pip install uv"; exit 1; }
	$(LOCK) pyproject.toml --extra postgres --group build -o requirements.lock $(ARGS)
	$(LOCK) pyproject.toml --extra postgres --group build --group dev -c requirements.lock -o requirements-dev.lock $(ARGS)
	$(LOCK) --group node -o requirements-node.lock $(ARGS)

clean:
	rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache src/meldroute/web/static/vendor
	find src -name '*.mo' -delete
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
