/* Elimination of the first unknowns of a dense symmetric matrix. */
#ifndef OHM_DENSE_H
#define OHM_DENSE_H

#include <stddef.h>

#define DENSE_TILE ((size_t)8)
#define DENSE_BLOCK ((size_t)32)

/* Doubles from one row to the next of a matrix with so many columns. As many rows have to be there: tiles at the edge
 * reach beyond the matrix. */
size_t dense_stride(size_t size);

/* Doubles in the `packed` of dense_eliminate. */
size_t dense_packed(size_t size);

/* Replaces the part of `z` (size x size, positive definite, only its upper triangle read and written) that belongs to
 * the unknowns from `first` on by its Schur complement; the rows before hold the Cholesky factor. An unknown without any
 * connection is left out. Returns the smallest ratio of a pivot to the diagonal it came from: the digits lost. */
double dense_eliminate(double *z, size_t size, size_t first, double *packed);

#endif
