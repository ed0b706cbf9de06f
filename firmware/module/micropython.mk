# The engine, the HAL by way of the emulator and their binding as one user module of MicroPython's unix port.
OHM_FIRMWARE := $(abspath $(USERMOD_DIR)/..)

SRC_USERMOD_C += $(USERMOD_DIR)/ohm_module.c $(USERMOD_DIR)/ohm_stream.c $(OHM_FIRMWARE)/unix/emulator_module.c
SRC_USERMOD_LIB_C += $(filter-out %bench.c,$(wildcard $(OHM_FIRMWARE)/engine/*.c))
SRC_USERMOD_LIB_C += $(OHM_FIRMWARE)/unix/link.c $(OHM_FIRMWARE)/unix/port.c
CFLAGS_USERMOD += -I$(USERMOD_DIR) -I$(OHM_FIRMWARE)/engine -I$(OHM_FIRMWARE)/unix -D_GNU_SOURCE
