# What people do with a checkout. VENV=… and PYTHON=… choose another environment or interpreter.

VENV ?= .venv
ARGS ?=
UV ?= uv

BIN := $(VENV)/bin
READY := $(VENV)/.ready
LOCK := $(UV) pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-annotate --no-header --quiet

# Many containers set it; importing TensorFlow without byte code takes 7.5 s in place of 2.8 s.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help setup run lab test test-all check format bench profile schema lock
.DEFAULT_GOAL := help

help:  ## this list
	@sed -n 's/^\([a-z-]*\):.*  ## /\1\t/p' $(MAKEFILE_LIST) | while IFS="$$(printf '\t')" read -r name what; do \
		printf '  make %-10s %s\n' "$$name" "$$what"; done

setup: $(READY)  ## make the environment in .venv from Python 3.11 to 3.13, pinned, hashed, byte-compiled

run: $(READY)  ## train the CNN on MNIST, or what ARGS="model=mlp dataset=digits …" says
	$(BIN)/python -m nnlab $(or $(ARGS),model=cnn dataset=mnist)

lab: $(READY)  ## run the published experiments that have not run yet and write docs/laboratory.md; ARGS="mlp" for some
	$(BIN)/python -m nnlab lab $(ARGS)

test: $(READY)  ## the quick tests; ARGS="-k names" picks some
	$(BIN)/python -m pytest -n 2 --dist loadfile -m "not slow and not browser" $(ARGS)

test-all: $(READY)  ## every test: those that train, start servers or drive a browser too
	$(BIN)/python -m pytest -n 2 --dist loadfile $(ARGS)

check: $(READY)  ## ruff, format and types
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python

format: $(READY)  ## let ruff lay the code out
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: $(READY)  ## nnlab against hand-written Keras scripts; see docs/benchmarks.md
	$(BIN)/python -m benchmarks $(ARGS)

profile: $(READY)  ## where a run's wall time goes; writes docs/performance.md
	$(BIN)/python -m benchmarks.profile $(ARGS)

schema: $(READY)  ## write conf/schemas/, with which editors complete and check the YAML
	$(BIN)/python -m nnlab schema conf/schemas

lock:  ## pin the dependencies anew, with hashes; needs uv
	$(LOCK) --output-file requirements/run.txt
	$(LOCK) --extra dev --constraint requirements/run.txt --output-file requirements/dev.txt

$(READY): requirements/dev.txt pyproject.toml | $(BIN)/python
	@echo "nnlab: installing the packages of requirements/dev.txt into $(VENV): some 700 MB, minutes the first time"
	$(BIN)/python -m pip install --require-hashes --requirement requirements/dev.txt
	@echo "nnlab: installing nnlab itself, editable"
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	$(BIN)/python -m compileall -q src
	@touch $@
	@echo "nnlab: $(VENV) is ready"

$(BIN)/python:
	@for python in $(PYTHON) python3.11 python3.12 python3.13 python3; do \
		if "$$python" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null; \
		then echo "nnlab: making $(VENV) with $$("$$python" --version)"; exec "$$python" -m venv --clear $(VENV); fi; \
	done; \
	echo "error: python: none of python3.11, python3.12, python3.13, python3 is Python 3.11 to 3.13 with venv;" \
		"install one, or name it: make setup PYTHON=/path/to/python3" >&2; exit 2
