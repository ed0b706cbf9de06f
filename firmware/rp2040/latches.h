/* The chain of 74AHC595: which rows are joined to their drivers while the gate is open, and the ranges of the columns. */
#ifndef OHM_LATCHES_H
#define OHM_LATCHES_H

#include <stdint.h>

void latches_write(const uint8_t *row_on, int rows, const uint8_t *col_range, int cols);

/* The next pattern is shifted whole: what the latches hold is not relied on. */
void latches_forget(void);

#endif
