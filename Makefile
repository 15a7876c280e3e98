# Everything a fresh machine with Python, make and git needs: `make demo`, `make test`.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test lint prove docs clean

demo: $(READY)  ## solve a shipped instance and show the plan
	$(BIN)/planner solve instances/rockdale -o runs/rockdale

test: $(READY)  ## all tests
	$(BIN)/python -m pytest -m "not prove" -n auto --dist worksteal

lint: $(READY)  ## style and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check --quiet .
	$(BIN)/mypy

prove: $(READY)  ## delete every rule and see it caught, run all tests, write docs/proof.md; about an hour on two cores
	$(BIN)/python -m tests.mutants --jobs 2 --output docs/deleted_rules.csv
	$(BIN)/python -m pytest -n auto --dist worksteal --proof=docs/proof.md

docs: $(READY)  ## write the pages and pictures that come from the code
	$(BIN)/python docs/write.py

$(READY): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e ".[test,lint]"
	touch $(READY)

clean:
	rm -rf $(VENV) runs build *.egg-info .mypy_cache .ruff_cache .pytest_cache
