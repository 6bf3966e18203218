# Every target sets up .venv by itself; a second run only checks that pyproject.toml has not changed.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export PATH := $(CURDIR)/$(BIN):$(PATH)

.PHONY: demo test attack lint docs bench clean

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(BIN)/python -m pip install --quiet --editable . --group test --group lint
	touch $@

demo: $(STAMP)
	@sh examples/demo.sh

test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist worksteal $(PYTEST_ARGS)

attack: $(STAMP)
	$(BIN)/python -m tests.attack $(ATTACK_ARGS)

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo
	$(BIN)/shellcheck .ci/run .ci/actionlint/run action/*.sh examples/*.sh
	$(BIN)/zizmor --offline --quiet .
	$(BIN)/check-jsonschema --builtin-schema vendor.github-workflows .github/workflows/*.yml
	$(BIN)/check-jsonschema --builtin-schema vendor.github-actions action.yml
	@sh .ci/actionlint/run .github/workflows/*.yml

docs: $(STAMP)
	$(BIN)/gates list types --format markdown > docs/reference/data-types.md
	$(BIN)/gates list checks --format markdown > docs/reference/checks.md
	$(BIN)/gates list questions --format markdown > docs/explanation/questions.md
	$(BIN)/gates list commands --format markdown > docs/reference/cli.md

bench: $(STAMP)
	$(BIN)/python benchmarks/calibration.py
	$(BIN)/python benchmarks/doors.py
	$(BIN)/python -m benchmarks.structural
	# Beside the environment and not in it, so that what is measured against never decides what is installed.
	$(BIN)/python -m pip install --quiet --upgrade --no-deps --target .venv/peers --group bench
	PYTHONPATH=.venv/peers $(BIN)/python benchmarks/text.py

clean:
	rm -rf $(VENV)
