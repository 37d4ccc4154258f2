# `make run` and `make test` set up what they need, once. `make help` lists the rest.

VENV := .venv
BIN := $(VENV)/bin
SET_UP := $(VENV)/.set-up

.DEFAULT_GOAL := help
.PHONY: help setup run test lint format lock clean

help: ## Say what there is to make
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(SET_UP) ## Make .venv and see to the system libraries
	@.ci/system-libraries check

$(SET_UP): pyproject.toml requirements.lock .ci/setup .ci/system-libraries assets/system-libraries.txt
	@.ci/system-libraries install
	@PYTHON="$(PYTHON)" .ci/setup
	@touch $@

run: setup ## Open the studio; without a screen: train a little, save, and export a dream
	@if [ -n "$$DISPLAY$$WAYLAND_DISPLAY" ] || [ "$$(uname -s)" = Darwin ]; then \
		exec $(BIN)/dreamer-studio; \
	else \
		exec .ci/first-light; \
	fi

test: lint ## Check everything, as a merge does: linters, types, imports, tests
	@QT_QPA_PLATFORM=$${QT_QPA_PLATFORM:-offscreen} $(BIN)/pytest -n 2

lint: setup ## Check style, types, the direction of imports and the counts
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python .ci/count_modules.py
	$(BIN)/python .ci/count_private_accesses.py

format: setup ## Put the code into the house style
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

# dm_control stands beside pyproject.toml because that lists it for older Pythons only; see there.
lock: setup ## Lock what `make setup` installs to the newest versions within the ranges
	echo dm_control | $(BIN)/uv pip compile --quiet --universal --upgrade --python-version 3.11 --extra dev \
		--custom-compile-command "make lock" --annotation-style line --output-file requirements.lock pyproject.toml -

clean: ## Remove caches and built packages; .venv and runs/ stay
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find dreamer_studio tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
