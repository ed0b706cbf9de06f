# The image of the interface board, and what emulates it at chip level. Included by the Makefile.

.PHONY: firmware firmware-twice test-targets fuzz

FIRMWARE_CACHE := .cache/firmware
FIRMWARE_BUILD := build/firmware
FIRMWARE_BOARD := ohm8
FUZZ_RUNS ?= 10000000
FIRMWARE_VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)

firmware: sim/rp2040/node_modules  ## builds the image for the Raspberry Pi Pico, and the same firmware for MicroPython on this machine
	firmware/fetch_sources.sh $(FIRMWARE_CACHE)
	nice firmware/build_image.sh $(FIRMWARE_CACHE) $(FIRMWARE_BUILD) $(FIRMWARE_BOARD) $(FIRMWARE_VERSION)
	nice firmware/build_unix.sh $(FIRMWARE_CACHE) $(FIRMWARE_BUILD)

firmware-twice: firmware  ## builds the image again in another folder: the bytes must be the same
	nice firmware/build_twice.sh $(FIRMWARE_CACHE) $(FIRMWARE_BUILD) $(FIRMWARE_BOARD) $(FIRMWARE_VERSION)

test-targets: $(DEV) firmware  ## the suite that every board passes, the image on the emulated RP2040 among them
	npm test --prefix sim/rp2040 --silent
	$(PY) -m pytest tests/targets -n $(TEST_WORKERS) $(PYTEST_ARGS)

fuzz: $(DEV)  ## random calls into the engine, its limits checked at every gate (FUZZ_RUNS=10000000)
	$(PY) -m tests.engine.fuzz --runs $(FUZZ_RUNS)

sim/rp2040/node_modules: sim/rp2040/package-lock.json
	npm ci --prefix sim/rp2040 --no-audit --no-fund --loglevel=error
	@touch $@
