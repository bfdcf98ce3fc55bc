# Everything a person types here. Each target sets up what it needs; `make help` lists them.
PYTHON ?= python3
BIN := .venv/bin
# Some systems cut ensurepip out of Python: then the pip that is there installs into .venv from outside.
PIP = $(shell test -x $(BIN)/pip && echo $(BIN)/python -m pip || echo $(PYTHON) -m pip --python $(BIN)/python) --disable-pip-version-check -qq

RECIPES_PIP = $(shell test -x $(BIN)/pip && echo $(BIN)/python || echo $(PYTHON)) -m pip --python .venv-recipes/bin/python --disable-pip-version-check -qq

# Without this mkdocs-material prints an advertisement on every build.
export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := help
.PHONY: help setup run demo test check recipes screenshots format reference pictures docs bench dist migrations lock clean

help: ## list these targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

.venv/runs: constraints.txt pyproject.toml sdk/pyproject.toml sdk/src/agentgate/_version.py
	@test -x $(BIN)/python || $(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "AgentGate needs Python 3.11 or newer; this is " + sys.version.split()[0] + ". Try: make setup PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv >/dev/null 2>&1 || $(PYTHON) -m venv --without-pip --clear .venv
	@echo "Installing what AgentGate needs into .venv (once, about half a minute) …"
	@$(PIP) install --require-hashes -r constraints.txt
	@$(PIP) install --no-deps --no-build-isolation -e ./sdk -e .
	@touch $@

.venv/develops: .venv/runs constraints-dev.txt
	@echo "Installing what the tests and tools need (once, two or three minutes) …"
	@$(PIP) install --require-hashes -r constraints-dev.txt
	@touch $@

setup: .venv/develops ## install everything into .venv, hash-checked

run: .venv/runs ## start the gateway on port 3000 and, in a terminal, the local chat
	@exec $(BIN)/agentgate-server serve

demo: .venv/runs ## watch an agent ask for four things; no questions, 15 seconds
	@exec $(BIN)/agentgate-server demo

test: .venv/develops ## run the test suite, on SQLite and on PostgreSQL
	@exec $(BIN)/python -m tools.suites

check: .venv/develops ## everything CI checks: format, lint, types, import contracts, docs, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/mkdocs build --quiet --strict --site-dir .venv/site
	$(MAKE) --no-print-directory recipes
	$(MAKE) --no-print-directory test

screenshots: .venv/develops ## take a picture of every page, on a phone and on a desk, light and dark
	@SCREENSHOTS=screenshots $(BIN)/python -m pytest tests/browser/test_every_page.py tests/browser/test_letter.py

.venv-recipes/ready: constraints-recipes.txt
	@test -x .venv-recipes/bin/python || $(PYTHON) -m venv --without-pip .venv-recipes
	@echo "Installing the frameworks that the recipes are about (once, about half a minute) …"
	@$(RECIPES_PIP) install --require-hashes -r constraints-recipes.txt
	@touch $@

recipes: .venv/runs .venv-recipes/ready ## try the recipes for agent frameworks, with the frameworks themselves and a real gateway
	@PYTHONPATH=sdk/src .venv-recipes/bin/python -m pytest -c tests/recipes/pytest.ini tests/recipes

format: .venv/develops ## put the code in shape, and write the blocking client from the asyncio one
	$(BIN)/python -m tools.blocking
	$(BIN)/ruff check --fix-only .
	$(BIN)/ruff format .

reference: .venv/develops ## write the tables of the documentation that are made from the code
	@$(BIN)/python -m tools.press

pictures: .venv/develops ## play the demo, and keep what it shows for the documentation
	@$(BIN)/python -m tools.press.recording

docs: reference ## build the documentation into site/
	@$(BIN)/mkdocs build --quiet --strict
	@echo "Open site/index.html in a browser."

bench: .venv/develops ## measure; one table a benchmark
	$(BIN)/python -m bench

dist: .venv/develops ## build the client's packages into dist/, as a release does
	@rm -rf dist
	@$(BIN)/python -m build --no-isolation --outdir dist sdk

migrations: .venv/develops ## write a migration for what changed in models/tables.py
	$(BIN)/python -m models.migrations

lock: ## pin every dependency anew, with hashes and without index addresses
	$(BIN)/python -m pip --quiet install uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links --no-emit-package agentgate-client pyproject.toml sdk/pyproject.toml \
	  --extra cli --extra build -o constraints.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links --no-emit-package agentgate-client pyproject.toml sdk/pyproject.toml \
	  --all-extras -c constraints.txt -o constraints-dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --no-emit-index-url --no-emit-find-links --group recipes -o constraints-recipes.txt

clean: ## remove what was installed and built; keeps data/
	rm -rf .venv .venv-recipes site dist
