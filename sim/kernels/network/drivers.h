/* What is asked of a circuit, before it is solved. */
#ifndef OHM_DRIVERS_H
#define OHM_DRIVERS_H

#include <stddef.h>
#include <stdint.h>

/* Whether every value is from low to high; with `gaps` some may be no number. */
int32_t ohm_within(size_t count, const double *values, double low, double high, int32_t gaps);

/* Connects one end of all lines of a side: a driver whose voltage is no number is open.
 *
 * terminal_s: between the lines' end nodes and their drivers, S. Leaves in connected_s those that have a driver, else
 * 0, and in source_a their currents into a node at 0 V. Returns whether every line has its driver. */
int32_t ohm_drive(size_t lines, const double *terminal_s, const double *volts, double *connected_s, double *source_a);

#endif
