#include "correction.h"

#include "clones.h"

OHM_CLONES
void ohm_correct(size_t rows, size_t cols, const double *row_a, const double *col_a, double factor, double *admittance,
                 double *matrix)
{
    const size_t ports = rows + cols;
    for (size_t i = 0; i < ports; i++) {
        const double own = factor * (i < rows ? row_a[i] : -col_a[i - rows]);
        double *restrict to_rows = admittance + i * ports, *restrict to_cols = to_rows + rows;
        for (size_t j = 0; j < rows; j++)
            to_rows[j] += own * row_a[j];
        for (size_t j = 0; j < cols; j++)
            to_cols[j] -= own * col_a[j];
        if (i < rows)
            for (size_t j = 0; j < cols; j++)
                matrix[i * cols + j] = -to_cols[j];
    }
}
