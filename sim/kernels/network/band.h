/* A crossbar with any wires, solved directly: banded elimination over all its nodes.
 *
 * Slow (2 mn nodes, bandwidth 2 min(m, n)), for what sweeps cannot do: wires that differ along a line, broken wires,
 * ratios of conductances at which sweeps do not converge.
 */
#ifndef OHM_BAND_H
#define OHM_BAND_H

#include <stddef.h>
#include <stdint.h>

/* Doubles in `work`. */
size_t ohm_band_work(int32_t rows, int32_t cols);

/* Solves for the node voltages x (rows) and y (columns), V, rows x cols each.
 *
 * g: cells, left: wire to the left of each cell, below: wire below each cell (column 0 and the last row: terminals),
 * far_row, far_col: terminals at the far ends; S, finite, not negative. x_a, y_a: currents into the nodes, A.
 * Returns 0, or -1 if a node has no path to a terminal. */
int32_t ohm_band_solve(int32_t rows, int32_t cols, const double *g, const double *left, const double *below,
                       const double *far_row, const double *far_col, const double *x_a, const double *y_a, double *work,
                       double *x, double *y);

#endif
