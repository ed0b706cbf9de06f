# Each target does its own set-up in .venv. `make PYTHON=/path/to/python3.11 test` chooses another interpreter.

PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
RUN := $(VENV)/bin/

ENGINE_SOURCES := $(wildcard firmware/engine/*.c)
ENGINE := $(ENGINE_SOURCES) $(wildcard firmware/engine/*.h) firmware/engine/ffi_build.py sim/ohmsim/fingerprint.py
KERNELS := $(wildcard sim/kernels/*/* host/kernels/* host/kernels/*/*)
PACKAGE := pyproject.toml CMakeLists.txt hardware/board.toml $(ENGINE) $(KERNELS)

# What is installed; a stamp is older than what it was made from when an installation is due.
DEMO := $(VENV)/.installed-demo
DEV := $(VENV)/.installed-dev
TORCH := $(VENV)/.installed-torch

PIP_INSTALL := $(PY) -m pip install --quiet --disable-pip-version-check

TEST_WORKERS ?= 2
PYTEST_ARGS ?=
DEMO_ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help demo test test-torch build lint types contracts generated bench-physics bench-devices bench-network bench-programming bench-loop bench-learning bench-board-time clean micropython
.DELETE_ON_ERROR:

help:  ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

demo: $(DEMO)  ## programs digits into emulated boards, serves them and asks (DEMO_ARGS="--seed 7")
	$(RUN)ohmloop demo $(DEMO_ARGS)

test: $(DEV) build/libohmengine.so micropython  ## every test (PYTEST_ARGS="tests/link -k frames")
	OPENBLAS_NUM_THREADS=1 $(PY) -m pytest -n $(TEST_WORKERS) $(PYTEST_ARGS)

test-torch: $(TORCH)  ## the tests of the torch layers, with torch installed
	$(PY) -m pytest -n 1 tests/learning/test_torch.py

build: $(DEV) build/libohmengine.so  ## the packages in .venv, editable, with the C engine built

lint: $(DEV)  ## style
	$(RUN)ruff check .
	$(RUN)ruff format --check .

types: $(DEV)  ## strict types
	$(RUN)mypy

contracts: $(DEV)  ## what may import what
	$(RUN)lint-imports

generated: $(DEV)  ## generated files are up to date
	@set -e; for tool in tools/generate_*.py; do echo "$$tool --check"; $(PY) $$tool --check; done

bench-physics: bench-devices bench-network  ## devices and network beside their peers

bench-devices: $(DEV)  ## pulses and noisy products beside the synaptogen package and aihwkit; rows in docs/results
	@tools/fetch_aihwkit.sh || [ $$? -eq 3 ]
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(PY) -m tests.bench.devices

bench-network: $(DEV)  ## the resistive network beside SuperLU, CHOLMOD, badcrossbar and ngspice; rows in docs/results
	@tools/fetch_badcrossbar.sh || [ $$? -eq 3 ]
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(PY) -m tests.bench.network

bench-programming: $(DEV)  ## programming policies on simulated arrays (CASES="band league"); goes on where it was
	OPENBLAS_NUM_THREADS=1 $(PY) -m tests.bench.programming $(CASES)

bench-board-time: $(DEV)  ## board time on the emulated RP2040 (FIT=--fit fits the fast emulator to it); rows in docs/results
	$(PY) -m tests.bench.board_time $(FIT)

bench-loop: $(DEV)  ## the whole loop against ISPP, PyVISA and the digital network; rows in docs/results
	$(PY) -m tests.bench.loop

bench-learning: $(DEV)  ## what learning recovers, on simulated arrays (LEARNING="digits depth"); rows in docs/results
	OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1 $(PY) -m tests.bench.learning $(LEARNING)

clean:  ## everything that was built, .venv included
	rm -rf $(VENV) build dist .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache

$(PY):
	@tools/check_machine.sh $(PYTHON)
	$(PYTHON) -m venv $(VENV)

$(DEMO): $(PACKAGE) | $(PY)
	$(PIP_INSTALL) --editable '.[plot]'
	@touch $@

$(DEV): $(PACKAGE) | $(PY)
	$(PIP_INSTALL) --editable '.[dev]'
	@touch $@ $(DEMO)

$(TORCH): $(DEV)
	$(PIP_INSTALL) --editable '.[dev,torch]'
	@touch $@ $(DEV)

# The engine alone, for MicroPython's ffi.
build/libohmengine.so: $(ENGINE)
	@mkdir -p build
	$(CC) -std=c99 -O2 -Wall -Wextra -Wpedantic -Wconversion -Werror -fPIC -shared -Ifirmware/engine -o $@ $(ENGINE_SOURCES)

# Where it cannot be had the script says why, and the tests that need it say so too.
micropython:
	@tools/fetch_micropython.sh >/dev/null || [ $$? -eq 3 ]

include firmware/firmware.mk
include hardware/hardware.mk
