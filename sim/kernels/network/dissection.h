/* A crossbar seen from its line ends: nested dissection.
 *
 * The array is halved, the halves are halved, down to leaves; each block is reduced to the admittance between its
 * ports, and two blocks are joined by eliminating the nodes that only they share. A cut through n lines has n nodes, so
 * that all of it costs a multiple of n^3 (A. George, SIAM J. Numer. Anal. 10 (1973) 345). Admittances between ports of a
 * network without ground sum to zero: each diagonal is the sum of its row, never a difference (W. K. Grassmann,
 * M. I. Taksar, D. P. Heyman, Oper. Res. 33 (1985) 1107).
 */
#ifndef OHM_DISSECTION_H
#define OHM_DISSECTION_H

#include <stddef.h>
#include <stdint.h>

/* Admittance, S, between: what the rows' first wires come from (rows), the row nodes of the last column (rows, only
 * with far_rows), the column nodes of the first row (cols, only with far_cols), what the columns' last wires lead to
 * (cols). g, left (wire to the left of each cell), below (wire below each cell): S, rows x cols, finite, not negative.
 * *margin: the smallest ratio of a pivot to the diagonal it came from; rounding errors are divided by it.
 * Returns 0, or -1 without memory. */
int32_t ohm_dissect(int32_t rows, int32_t cols, const double *g, const double *left, const double *below,
                    int32_t far_rows, int32_t far_cols, double *y, double *margin);

#endif
