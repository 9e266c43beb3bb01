# setup, serve, check, fix, test, bench. Needs Linux, Python 3.11 or newer, and make.
PYTHON ?= python3
BIN := .venv/bin
PORT ?= 8000
export PIP_DISABLE_PIP_VERSION_CHECK = 1

.PHONY: help setup serve check fix test bench lock clean
help:
	@echo "make serve    set everything up and start the product on loopback (PORT=8000)"
	@echo "make test     run every test        make check    style, types, imports, notebooks"
	@echo "make fix      mend style            make bench    timings, with rivals beside us"
	@echo "make setup    only set up           make lock     rewrite the lock files"

# What fails is tried once more, alone; where that passes, the test leans on chance and is to be mended.
tested = $(BIN)/pytest -q $(1) $(2) || { echo "Tried once more, alone:"; $(BIN)/pytest -q --lf --lfnf=none $(1); }

EDITOR := node_modules/.council/code.js

setup: .venv/.ready node_modules/.ready $(EDITOR)

serve: setup
	@exec $(BIN)/council serve --port $(PORT) $(SERVE)

.venv/.ready: requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Python 3.11 or newer is needed; name it: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null \
	  || { echo "Python's venv module is missing; on Debian or Ubuntu: apt-get install python3-venv"; exit 1; }
	@echo "Setting up: Python packages (a minute or two, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --no-deps --require-hashes -r requirements.lock
	@$(BIN)/pip install --quiet --no-deps --no-build-isolation -e .
	@$(BIN)/python -m compileall -q src  # what runs in a sandbox cannot keep what it compiles
	@touch $@

node_modules/.ready: package-lock.json .venv/.ready
	@echo "Setting up: proxy and web assets"
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm ci --omit=dev --no-fund --no-audit --loglevel=error
	@touch $@

$(EDITOR): src/digital_council/portal/static/code.js node_modules/.ready
	@PATH="$(CURDIR)/$(BIN):$$PATH" node_modules/.bin/esbuild $< --bundle --minify --format=esm --outfile=$@ \
	  --log-level=error --legal-comments=none
	@touch $@

.venv/.tests: tests/requirements.lock setup
	@echo "Setting up: what tests need"
	@$(BIN)/pip install --quiet --no-deps --require-hashes -r tests/requirements.lock
	@PATH="$(CURDIR)/$(BIN):$$PATH" npm install --no-save --no-fund --no-audit --loglevel=error
	@touch $@ node_modules/.ready

test: .venv/.tests
	@for name in chromium-headless-shell chromium chromium-browser; do command -v $$name && exit; done >/dev/null; \
	  test -n "$$CHROMIUM" || { echo "Browser tests need Chromium; on Debian: apt-get install chromium-headless-shell" \
	    "(or chromium, which takes longer; or set CHROMIUM=/path/to/it)"; exit 1; }
ifdef TESTS
	@$(BIN)/pytest -q $(TESTS)
else
	@$(call tested,tests/unit tests/content tests/grading,-n 2)
	@$(call tested,tests/isolation)
	@$(call tested,tests/browser,-n 2 --dist loadfile)
endif

check: .venv/.tests
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/pytest -q tests/unit/test_house.py

fix: .venv/.tests
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

bench: .venv/.tests
	@for part in bench/*.py; do echo "== $$part"; $(BIN)/python $$part || exit 1; done

lock:
	@$(PYTHON) tools/lock.py

clean:
	@rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache
