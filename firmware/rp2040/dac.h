/* Two AD5676 line converters: side 0 rows, side 1 columns. */
#ifndef OHM_DAC_H
#define OHM_DAC_H

#include <stdint.h>

/* Into the input registers: no output moves. */
void dac_write(int side, const uint16_t *codes, int count);

/* The next writes are complete: what the registers hold is not relied on. */
void dac_forget(void);

/* All input registers of both sides to the outputs, together. */
void dac_latch(void);

/* Every output to 0 V, and the arm flip-flop cleared. */
void dac_reset(void);

/* Writes an input register, reads it back and restores it; no output moves. 0, or -1 if a converter does not answer. */
int dac_check(void);

#endif
