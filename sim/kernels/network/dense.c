/* Blocked Cholesky elimination; see dense.h. */
#include "dense.h"

#include <math.h>
#include <string.h>

#include "clones.h"
#include "vectors.h"

size_t dense_stride(size_t size)
{
    return (size / DENSE_TILE + 2) * DENSE_TILE;
}

size_t dense_packed(size_t size)
{
    return (DENSE_BLOCK + 1) * dense_stride(size) + DENSE_BLOCK;
}

/* Columns from..to of the rows of a block: each row loses its multiples of the rows above it, and is scaled. */
OHM_INLINE void solve_strip(double *z, size_t stride, size_t block, size_t rows, const double *scale, size_t from,
                            size_t to)
{
    for (size_t a = 0; a < rows; a++) {
        double *restrict row = z + (block + a) * stride;
        for (size_t c = from; c < to; c++)
            row[c] *= scale[a];
        for (size_t b = a + 1; b < rows; b++) {
            const double factor = z[(block + a) * stride + block + b];
            double *restrict below = z + (block + b) * stride;
            for (size_t c = from; c < to; c++)
                below[c] -= factor * row[c];
        }
    }
}

/* A tile of four rows loses the product of two packed panels. */
OHM_INLINE void update_tile(double *tile, size_t stride, const double *left, const double *right, size_t depth)
{
    vec4 *const row0 = (vec4 *)tile, *const row1 = (vec4 *)(tile + stride);
    vec4 *const row2 = (vec4 *)(tile + 2 * stride), *const row3 = (vec4 *)(tile + 3 * stride);
    vec4 a0 = row0[0], b0 = row0[1], a1 = row1[0], b1 = row1[1], a2 = row2[0], b2 = row2[1], a3 = row3[0], b3 = row3[1];
    for (size_t k = 0; k < depth; k++, left += DENSE_TILE, right += DENSE_TILE) {
        const vec4 a = ((const vec4 *)right)[0], b = ((const vec4 *)right)[1];
        a0 -= left[0] * a;
        b0 -= left[0] * b;
        a1 -= left[1] * a;
        b1 -= left[1] * b;
        a2 -= left[2] * a;
        b2 -= left[2] * b;
        a3 -= left[3] * a;
        b3 -= left[3] * b;
    }
    row0[0] = a0, row0[1] = b0, row1[0] = a1, row1[1] = b1, row2[0] = a2, row2[1] = b2, row3[0] = a3, row3[1] = b3;
}

OHM_CLONES
double dense_eliminate(double *z, size_t size, size_t first, double *packed)
{
    const size_t stride = dense_stride(size);
    double *scale = packed + DENSE_BLOCK * stride, *diagonal = scale + DENSE_BLOCK;
    double margin = 1;

    for (size_t k = 0; k < first; k++)
        diagonal[k] = z[k * stride + k];

    for (size_t block = 0; block < first; block += DENSE_BLOCK) {
        const size_t rows = first - block < DENSE_BLOCK ? first - block : DENSE_BLOCK, rest = block + rows;
        for (size_t a = 0; a < rows; a++) {
            double *row = z + (block + a) * stride;
            const double pivot = row[block + a];
            scale[a] = pivot > 0 ? 1 / sqrt(pivot) : 0;
            if (pivot < margin * diagonal[block + a])
                margin = pivot / diagonal[block + a];
            for (size_t c = block + a; c < rest; c++)
                row[c] *= scale[a];
            for (size_t b = a + 1; b < rows; b++) {
                double *below = z + (block + b) * stride;
                for (size_t c = block + b; c < rest; c++)
                    below[c] -= row[block + b] * row[c];
            }
        }
        for (size_t from = rest; from < size; from += 64)
            solve_strip(z, stride, block, rows, scale, from, from + 64 < size ? from + 64 : size);

        const size_t tiles = (size - rest + DENSE_TILE - 1) / DENSE_TILE;
        for (size_t tile = 0; tile < tiles; tile++) {
            const size_t from = rest + tile * DENSE_TILE, width = size - from < DENSE_TILE ? size - from : DENSE_TILE;
            double *panel = packed + tile * DENSE_TILE * rows;
            for (size_t k = 0; k < rows; k++) {
                memcpy(panel + k * DENSE_TILE, z + (block + k) * stride + from, width * sizeof *panel);
                for (size_t j = width; j < DENSE_TILE; j++)
                    panel[k * DENSE_TILE + j] = 0;
            }
        }
        for (size_t i = 0; i < tiles; i++)
            for (size_t j = i; j < tiles; j++)
                for (size_t half = 0; half < DENSE_TILE; half += 4)
                    update_tile(z + (rest + i * DENSE_TILE + half) * stride + rest + j * DENSE_TILE, stride,
                                packed + i * DENSE_TILE * rows + half, packed + j * DENSE_TILE * rows, rows);
    }
    return margin;
}
