.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: help run test bench html check assets album screenshots requirements messages clean

help: ## What can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

$(VENV)/.installed: requirements.txt
	@echo "Installing Satu into $(VENV) (once; about a minute)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Satu needs Python 3.11 or later; $(PYTHON) is $$($(PYTHON) --version). Try: make run PYTHON=python3.12"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@printf '%s\n' "$(CURDIR)/src" > "$$($(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/satu.pth"
	@printf '#!%s\nfrom satu.config.cli import main\n\nmain()\n' "$(CURDIR)/$(BIN)/python" > $(BIN)/satu && chmod +x $(BIN)/satu
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what judging a change needs"
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	@touch $@

install: $(VENV)/.installed ## Make .venv with the pinned dependencies

install-dev: $(VENV)/.installed-dev ## ... and with what the tests need

run: $(VENV)/.installed ## Start the demonstration city; Ctrl-C stops everything
	@$(BIN)/satu run

test: $(VENV)/.installed-dev ## Everything needed to judge a change
	@$(BIN)/python tests/run.py

bench: $(VENV)/.installed-dev ## Print every figure (reduced; FULL=1 for full size)
	@$(BIN)/python -m bench $(if $(FULL),--full)

html: $(VENV)/.installed-dev ## Check every page with the Nu HTML checker (needs Java; says how to get it)
	@$(BIN)/python -m bench html

assets: ## Build the committed front-end files from npm packages (needs Node)
	@npm ci --ignore-scripts --silent && npm run --silent build

screenshots: $(VENV)/.installed-dev ## Take the pictures in docs/screenshots from the running demonstration
	@$(BIN)/python -m tests.browser.screenshots

album: $(VENV)/.installed-dev ## Take a picture of every page at both widths, for eyes, into build/album
	@$(BIN)/python -m tests.browser.album

requirements: $(VENV)/.installed-dev ## Compile requirements*.txt from requirements*.in
	@$(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url -o requirements.txt requirements.in
	@$(BIN)/uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url -o requirements-dev.txt requirements-dev.in

clean: ## Remove .venv and the demonstration city
	@rm -rf $(VENV) .satu build
