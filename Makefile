# `make run` and `make test` set up everything they need, once. `make help` lists all targets.

VENV := .venv
BIN := $(VENV)/bin
SET_UP := $(VENV)/.set-up

# Many machines switch off the writing of compiled modules. The tests start hundreds of processes, and each would compile
# the package again.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help setup run test lint style format paper lock clean

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(SET_UP) ## Make .venv and check the system libraries
	@.ci/system-libraries check

$(SET_UP): pyproject.toml requirements.lock .ci/setup .ci/system-libraries assets/system-libraries.txt
	@.ci/system-libraries install
	@PYTHON="$(PYTHON)" .ci/setup
	@touch $@

run: setup ## Open the studio and train runs/first-light; without a screen, train it a little and export a dream
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" = Darwin ]; then \
		exec $(BIN)/dreamer-studio --task dmc:walker-walk --run runs/first-light; \
	else \
		exec .ci/first-light; \
	fi

test: style ## Check everything that a merge needs: linters, types, imports, tests
	@.ci/types-and-tests

lint: style ## Check style, types, imports and the counts
	$(BIN)/mypy

style: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/python .ci/count_modules.py
	$(BIN)/python .ci/count_private_accesses.py
	$(BIN)/python .ci/paper_page.py --check

format: setup ## Format the code in the house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

paper: setup ## Renew docs/paper.md from the markers in the code
	$(BIN)/python .ci/paper_page.py

# dm_control is added here because pyproject.toml lists it only for older Pythons; see there.
lock: setup ## Lock the packages of `make setup` to the newest versions within the ranges
	echo dm_control | $(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --extra dev \
		--custom-compile-command "make lock" --annotation-style line --output-file requirements.lock pyproject.toml -

clean: ## Remove caches and built packages; .venv and runs/ stay
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find dreamer_studio tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
