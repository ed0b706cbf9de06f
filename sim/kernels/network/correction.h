#ifndef OHM_CORRECTION_H
#define OHM_CORRECTION_H

#include <stddef.h>

/* The correction of an admittance between line ends when one cell changes.
 *
 * row_a, col_a: sums of the cells' currents of every line while the cell carries one ampere of its own. Adds
 * factor * d d^T, d = (row_a, -col_a), to `admittance` (rows + cols squared), and puts what that says of the columns'
 * currents by the rows' voltages into `matrix` (rows x cols). */
void ohm_correct(size_t rows, size_t cols, const double *row_a, const double *col_a, double factor, double *admittance,
                 double *matrix);

#endif
