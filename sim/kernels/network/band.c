/* Banded elimination with refinement; see band.h. */
#include "band.h"

#include <string.h>

#include "clones.h"

enum { REFINEMENTS = 3 };

typedef struct {
    size_t m, n, along_row, along_col; /* distance in the order of nodes between neighbours of a row, of a column */
    const double *g, *left, *below, *far_row, *far_col;
} wires;

OHM_INLINE size_t place(const wires *w, size_t i, size_t j)
{
    return i * w->along_col + j * w->along_row;
}

OHM_INLINE size_t band_of(size_t m, size_t n)
{
    return 2 * (m < n ? m : n);
}

size_t ohm_band_work(int32_t rows, int32_t cols)
{
    const size_t m = (size_t)rows, n = (size_t)cols, nodes = 2 * m * n, band = band_of(m, n);
    return (nodes + band) * (band + 1) + 2 * (nodes + band);
}

/* A conductance between node k and the node `distance` further on, in rows of the upper band. */
OHM_INLINE void connect(double *u, size_t width, size_t k, size_t distance, double s)
{
    u[k * width] += s;
    u[(k + distance) * width] += s;
    u[k * width + distance] -= s;
}

static void assemble(const wires *w, double *u, size_t width)
{
    for (size_t i = 0; i < w->m; i++)
        for (size_t j = 0; j < w->n; j++) {
            const size_t x = place(w, i, j), y = x + 1, cell = i * w->n + j;
            connect(u, width, x, 1, w->g[cell]);
            if (j == 0)
                u[x * width] += w->left[cell];
            else
                connect(u, width, x - w->along_row, w->along_row, w->left[cell]);
            if (i + 1 == w->m)
                u[y * width] += w->below[cell];
            else
                connect(u, width, y, w->along_col, w->below[cell]);
            if (j + 1 == w->n)
                u[x * width] += w->far_row[i];
            if (i == 0)
                u[y * width] += w->far_col[j];
        }
}

/* What is left of the currents after those that the voltages v drive, difference by difference. */
static void remainder_of(const wires *w, const double *x_a, const double *y_a, const double *v, double *left_over)
{
    for (size_t i = 0; i < w->m; i++)
        for (size_t j = 0; j < w->n; j++) {
            const size_t x = place(w, i, j), y = x + 1, cell = i * w->n + j;
            const double through = w->g[cell] * (v[x] - v[y]);
            left_over[x] = x_a[cell] - through - w->left[cell] * (v[x] - (j > 0 ? v[x - w->along_row] : 0));
            left_over[y] = y_a[cell] + through - w->below[cell] * (v[y] - (i + 1 < w->m ? v[y + w->along_col] : 0));
            if (j + 1 < w->n)
                left_over[x] -= w->left[cell + 1] * (v[x] - v[x + w->along_row]);
            else
                left_over[x] -= w->far_row[i] * v[x];
            if (i > 0)
                left_over[y] -= w->below[cell - w->n] * (v[y] - v[y - w->along_col]);
            else
                left_over[y] -= w->far_col[j] * v[y];
        }
}

OHM_CLONES
static int factor(double *u, size_t nodes, size_t band)
{
    const size_t width = band + 1;
    for (size_t k = 0; k < nodes; k++) {
        const double *restrict row = u + k * width;
        if (!(row[0] > 0))
            return -1;
        for (size_t a = 1; a <= band; a++) {
            const double factor = row[a] / row[0];
            double *restrict below = u + (k + a) * width;
            if (factor != 0)
                for (size_t b = a; b <= band; b++)
                    below[b - a] -= factor * row[b];
        }
    }
    return 0;
}

static void substitute(const double *u, size_t nodes, size_t band, double *v)
{
    const size_t width = band + 1;
    for (size_t k = 0; k < nodes; k++) {
        const double *row = u + k * width;
        v[k] /= row[0];
        for (size_t a = 1; a <= band; a++)
            v[k + a] -= row[a] * v[k];
    }
    for (size_t k = nodes; k-- > 0;) {
        const double *row = u + k * width;
        double sum = 0;
        for (size_t a = 1; a <= band; a++)
            sum += row[a] * v[k + a];
        v[k] -= sum / row[0];
    }
}

int32_t ohm_band_solve(int32_t rows, int32_t cols, const double *g, const double *left, const double *below,
                       const double *far_row, const double *far_col, const double *x_a, const double *y_a, double *work,
                       double *x, double *y)
{
    const size_t m = (size_t)rows, n = (size_t)cols, nodes = 2 * m * n, band = band_of(m, n);
    const wires w = {m, n, m < n ? 2 * m : 2, m < n ? 2 : 2 * n, g, left, below, far_row, far_col};
    double *u = work, *v = u + (nodes + band) * (band + 1), *correction = v + nodes + band;
    memset(work, 0, ohm_band_work(rows, cols) * sizeof *work);
    assemble(&w, u, band + 1);
    if (factor(u, nodes, band))
        return -1;
    for (int round = 0; round < REFINEMENTS; round++) {
        remainder_of(&w, x_a, y_a, v, correction);
        memset(correction + nodes, 0, band * sizeof *correction);
        substitute(u, nodes, band, correction);
        for (size_t k = 0; k < nodes; k++)
            v[k] += correction[k];
    }
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++) {
            x[i * n + j] = v[place(&w, i, j)];
            y[i * n + j] = v[place(&w, i, j) + 1];
        }
    return 0;
}
