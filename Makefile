# make book and make test need only Python 3.11 to 3.13 (with venv) and make: each sets itself up in .venv.
.DEFAULT_GOAL := help
.PHONY: help book test lint clean distclean browser
.DELETE_ON_ERROR:

VENV   ?= .venv
BIN    := $(VENV)/bin
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 14))' 2>/dev/null && echo $$p && break; done)
PIP    := $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt
FACTS  := pyproject.toml constraints.txt
# One process a core: the notebooks and tests run side by side.
export OMP_NUM_THREADS ?= 1
export OPENBLAS_NUM_THREADS ?= 1

help:
	@echo "make book   run the notebooks that changed, build the pages: _build/html/index.html"
	@echo "make test   lint, unit tests, notebooks compared with their stored results, the book in a browser"
	@echo "make lint   only the linter"
	@echo "make clean  remove what was made; make distclean removes $(VENV) too"

book: $(VENV)/.book
	$(BIN)/findomain book

test: $(VENV)/.test browser
	$(BIN)/ruff check .
	$(BIN)/python -m pytest tests --ignore=tests/book/test_browser.py -n 2 --dist loadgroup
	$(BIN)/python -m pytest --nbval-lax --nbval-current-env --nbval-sanitize-with tests/nbval.cfg -n 2 --dist loadfile book/executed
	$(BIN)/python -m pytest tests/book/test_browser.py

lint: $(VENV)/.test
	$(BIN)/ruff check .

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "findomain needs Python 3.11, 3.12 or 3.13: make PYTHON=/path/to/python3" >&2; exit 2; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.book: $(FACTS) | $(BIN)/python
	$(PIP) -e '.[book]'
	@touch $@

# Models, mteb and torch are for the tests of what runs them: the book does without.
$(VENV)/.test: $(FACTS) | $(BIN)/python
	$(PIP) -e '.[book,cluster,complexity,import,llm,models,test]'
	@touch $@ $(VENV)/.book

# The browser test wants a Chromium. Where none is found and none can be installed it is skipped, save in CI.
browser:
	@for name in chromium chromium-browser google-chrome google-chrome-stable; do \
		command -v $$name >/dev/null && exit 0; done; \
	if [ -z "$$FINDOMAIN_BROWSER" ] && [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium >/dev/null \
		|| echo "Chromium could not be installed" >&2; fi

clean:
	rm -rf _build build dist .pytest_cache .ruff_cache .hypothesis

distclean: clean
	rm -rf $(VENV)
