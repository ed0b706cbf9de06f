/* ROW_EN, COL_EN and CONVST by PIO: the processor starts a gate, the state machine ends it. */
#ifndef OHM_GATE_H
#define OHM_GATE_H

#include <stdbool.h>
#include <stdint.h>

void gate_start(void);

/* ROW_EN, and with `columns` COL_EN in the same cycle, for width_ns rounded down to a cycle. */
void gate_open(bool columns, uint32_t width_ns);
bool gate_is_open(void);
void gate_close(void);

/* A pulse on CONVST; its rising edge samples. */
void gate_convert(void);

#endif
