/* Conjugate gradients over the lines of a crossbar; see sweeps.h.
 *
 * One iteration is two passes over the array. Downwards, eight rows at a time: the directions and the residual are
 * updated, the rows' ladders solved, and the columns' ladders eliminated as far as these rows. Upwards: the columns'
 * ladders are solved row by row.
 */
#include "sweeps.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "panel.h"

/* Doubles between one field and the next: with a power of two of columns all would fall into the same cache sets. */
#define STAGGER ((size_t)72)

/* How `work` is divided. Panels of the last few rows are filled up with lanes of no effect. */
typedef struct {
    size_t m, n, panels;
    double *row_a, *row_last, *row_r; /* [panel][column][lane], [panel][lane], [panel][lane] */
    double *col_a, *col_last;         /* rows x cols, cols */
    double *residual, *direction, *image, *solved, *swept;
    double *current, *volts; /* one panel each */
    double *below;           /* one row */
} parts;

OHM_INLINE parts divide(size_t m, size_t n, double *work)
{
    parts p;
    p.m = m;
    p.n = n;
    p.panels = (m + LANES - 1) / LANES;
    p.row_a = work;
    p.row_last = p.row_a + p.panels * LANES * n;
    p.row_r = p.row_last + p.panels * LANES;
    p.col_a = p.row_r + p.panels * LANES + STAGGER;
    p.residual = p.col_a + m * n + STAGGER;
    p.direction = p.residual + m * n + STAGGER;
    p.image = p.direction + m * n + STAGGER;
    p.solved = p.image + m * n + STAGGER;
    p.swept = p.solved + m * n + STAGGER;
    p.current = p.swept + m * n + STAGGER;
    p.volts = p.current + LANES * n + STAGGER;
    p.col_last = p.volts + LANES * n + STAGGER;
    p.below = p.col_last + n;
    return p;
}

size_t ohm_sweeps_work(int32_t rows, int32_t cols)
{
    const size_t m = (size_t)rows, n = (size_t)cols, padded = (m + LANES - 1) / LANES * LANES;
    return padded * (n + 2) + 6 * m * n + 2 * LANES * n + 2 * n + 9 * STAGGER;
}

OHM_INLINE void factor_rows(const ohm_mesh *mesh, const parts *p, size_t panel)
{
    const size_t first = panel * LANES, lanes = p->m - first < LANES ? p->m - first : LANES;
    double near[LANES] = {0}, far[LANES] = {0}, *r = p->row_r + first;
    for (size_t i = 0; i < LANES; i++)
        r[i] = i < lanes ? mesh->r_row[first + i] : 0;
    memcpy(near, mesh->row_near + first, lanes * sizeof *near);
    memcpy(far, mesh->row_far + first, lanes * sizeof *far);
    panel_load(mesh->g + first * p->n, lanes, p->n, p->current);
    panel_factor(p->current, r, near, far, p->n, p->row_a + first * p->n, p->row_last + first);
}

/* Columns from..to; s holds what is seen behind the first cell. */
OHM_INLINE void factor_columns(const ohm_mesh *mesh, const parts *p, size_t from, size_t to)
{
    double *restrict s = p->below;
    const double *restrict r = mesh->r_col;
    memcpy(s + from, mesh->col_far + from, (to - from) * sizeof *s);
    for (size_t i = 0; i + 1 < p->m; i++) {
        const double *restrict g = mesh->g + i * p->n;
        double *restrict a = p->col_a + i * p->n;
        for (size_t j = from; j < to; j++) {
            const double seen = s[j] + g[j];
            a[j] = 1 / (1 + r[j] * seen);
            s[j] = seen * a[j];
        }
    }
    const double *restrict g = mesh->g + (p->m - 1) * p->n;
    for (size_t j = from; j < to; j++) {
        const double seen = s[j] + g[j] + mesh->col_near[j];
        p->col_last[j] = seen > 0 ? 1 / seen : 0;
    }
}

OHM_CLONES
void ohm_sweeps_factor(const ohm_mesh *mesh, double *work)
{
    const parts p = divide((size_t)mesh->rows, (size_t)mesh->cols, work);
    for (size_t panel = 0; panel < p.panels; panel++)
        factor_rows(mesh, &p, panel);
    factor_columns(mesh, &p, 0, p.n);
}

OHM_CLONES
void ohm_sweeps_refresh(const ohm_mesh *mesh, double *work, int32_t row, int32_t col)
{
    const parts p = divide((size_t)mesh->rows, (size_t)mesh->cols, work);
    factor_rows(mesh, &p, (size_t)row / LANES);
    factor_columns(mesh, &p, (size_t)col, (size_t)col + 1);
}

OHM_INLINE double dot(const double *a, const double *b, size_t count)
{
    double sum[8] = {0}, rest = 0;
    const size_t whole = count & ~(size_t)7;
    for (size_t k = 0; k < whole; k += 8)
        for (size_t lane = 0; lane < 8; lane++)
            sum[lane] += a[k + lane] * b[k + lane];
    for (size_t k = whole; k < count; k++)
        rest += a[k] * b[k];
    return ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7])) + rest;
}

/* Solves the ladders of one panel of rows; returns currents times voltages. */
OHM_INLINE double solve_rows(const parts *p, size_t first, size_t lanes, const double *currents, double *volts)
{
    panel_load(currents, lanes, p->n, p->current);
    const double products =
        panel_solve(p->current, p->row_a + first * p->n, p->row_r + first, p->row_last + first, p->n, p->volts);
    panel_store(p->volts, lanes, p->n, volts);
    return products;
}

/* What row i - 1 of the columns' ladders passes to row i. */
OHM_INLINE void eliminate(const parts *p, size_t i)
{
    double *restrict t = p->swept + i * p->n;
    if (i > 0) {
        const double *restrict above = t - p->n, *restrict a = p->col_a + (i - 1) * p->n;
        for (size_t j = 0; j < p->n; j++)
            t[j] += a[j] * above[j];
    }
}

/* Voltages of row i of the columns' ladders into `below`, which holds those of row i + 1. */
OHM_INLINE void substitute(const parts *p, const double *r_col, size_t i)
{
    const double *restrict t = p->swept + i * p->n, *restrict a = p->col_a + i * p->n, *restrict r = r_col;
    double *restrict v = p->below;
    if (i + 1 == p->m)
        for (size_t j = 0; j < p->n; j++)
            v[j] = t[j] * p->col_last[j];
    else
        for (size_t j = 0; j < p->n; j++)
            v[j] = a[j] * (r[j] * t[j] + v[j]);
}

/* Currents from row voltages x, sources and cells into the columns of row i. */
OHM_INLINE void load_columns(const ohm_mesh *mesh, const parts *p, const double *x, size_t i)
{
    const size_t n = p->n;
    const double *restrict g = mesh->g + i * n, *restrict xi = x + i * n;
    double *restrict t = p->swept + i * n;
    for (size_t j = 0; j < n; j++)
        t[j] = g[j] * xi[j];
    if (mesh->cell_a)
        for (size_t j = 0; j < n; j++)
            t[j] += mesh->cell_a[i * n + j];
    if (i == 0)
        for (size_t j = 0; j < n; j++)
            t[j] += mesh->col_far_a[j];
    if (i + 1 == p->m)
        for (size_t j = 0; j < n; j++)
            t[j] += mesh->col_near_a[j];
    eliminate(p, i);
}

OHM_CLONES
int32_t ohm_sweeps_solve(const ohm_mesh *mesh, double *work, int32_t warm, double tolerance, int32_t limit,
                         double *volts, double *y, double *row_a, double *col_a, double *row_end, double *col_end,
                         double *error)
{
    const parts p = divide((size_t)mesh->rows, (size_t)mesh->cols, work);
    const size_t m = p.m, n = p.n;
    const double *const cell_a = mesh->cell_a;
    double *const x = volts;

    /* x from y, and with it a new y: what y changed by is the first residual. */
    for (size_t first = 0; first < m; first += LANES) {
        const size_t lanes = m - first < LANES ? m - first : LANES;
        for (size_t i = first; i < first + lanes; i++) {
            const double *restrict g = mesh->g + i * n, *restrict yi = y + i * n;
            double *restrict xi = x + i * n;
            if (warm)
                for (size_t j = 0; j < n; j++)
                    xi[j] = g[j] * yi[j];
            else
                memset(xi, 0, n * sizeof *xi);
            if (cell_a)
                for (size_t j = 0; j < n; j++)
                    xi[j] -= cell_a[i * n + j];
            xi[0] += mesh->row_near_a[i];
            xi[n - 1] += mesh->row_far_a[i];
        }
        solve_rows(&p, first, lanes, x + first * n, x + first * n);
        for (size_t i = first; i < first + lanes; i++)
            load_columns(mesh, &p, x, i);
    }
    double across = 0, nodes = 0;
    for (size_t i = m; i-- > 0;) {
        const double *restrict g = mesh->g + i * n, *restrict v = p.below, *restrict xi = x + i * n;
        double *restrict r = p.residual + i * n, *restrict yi = y + i * n, *restrict t = p.swept + i * n;
        substitute(&p, mesh->r_col, i);
        if (warm)
            for (size_t j = 0; j < n; j++)
                r[j] = g[j] * (v[j] - yi[j]);
        else
            for (size_t j = 0; j < n; j++)
                r[j] = g[j] * v[j];
        for (size_t j = 0; j < n; j++) {
            yi[j] = xi[j] - v[j];
            t[j] = g[j] * yi[j];
        }
        across += dot(yi, t, n);
        for (size_t j = 0; j < n; j++)
            t[j] = g[j] * xi[j];
        nodes += dot(xi, t, n);
    }
    /* Below rounding of the node voltages nothing more is to be had. */
    const double rounding = 4 * DBL_EPSILON / tolerance, scale = across + rounding * rounding * nodes;

    double gamma = 0, alpha = 1, beta = 0;
    int32_t iterations = 0, converged = 0;
    for (;; iterations++) {
        double next = 0;
        for (size_t first = 0; first < m; first += LANES) {
            const size_t lanes = m - first < LANES ? m - first : LANES, from = first * n, to = (first + lanes) * n;
            double *restrict r = p.residual, *restrict u = p.solved, *restrict w = p.swept;
            double *restrict d = p.direction, *restrict s = p.image, *restrict xs = x;
            if (iterations == 1)
                for (size_t k = from; k < to; k++) {
                    d[k] = u[k];
                    s[k] = w[k];
                    xs[k] += alpha * d[k];
                    r[k] -= alpha * s[k];
                }
            else if (iterations > 1)
                for (size_t k = from; k < to; k++) {
                    d[k] = u[k] + beta * d[k];
                    s[k] = w[k] + beta * s[k];
                    xs[k] += alpha * d[k];
                    r[k] -= alpha * s[k];
                }
            next += solve_rows(&p, first, lanes, r + from, u + from);
            for (size_t i = first; i < first + lanes; i++) {
                const double *restrict g = mesh->g + i * n, *restrict ui = u + i * n;
                double *restrict t = w + i * n;
                for (size_t j = 0; j < n; j++)
                    t[j] = g[j] * ui[j];
                eliminate(&p, i);
            }
        }
        /* The error of x is about the next step's gain, and that step's factor about this one's. */
        *error = next > 0 ? sqrt(alpha * next / scale) : 0;
        converged = *error <= tolerance;
        if (converged || iterations == limit)
            break;

        double delta = 0;
        for (size_t i = m; i-- > 0;) {
            const double *restrict g = mesh->g + i * n, *restrict v = p.below, *restrict r = p.residual + i * n;
            double *restrict w = p.swept + i * n;
            substitute(&p, mesh->r_col, i);
            for (size_t j = 0; j < n; j++)
                w[j] = r[j] - g[j] * v[j];
            delta += dot(w, p.solved + i * n, n);
        }
        beta = iterations ? next / gamma : 0;
        gamma = next;
        const double curvature = delta - beta * gamma / alpha;
        alpha = gamma / (iterations ? curvature : delta);
    }

    /* The last solved correction is a step of its own; columns and currents follow from x. */
    for (size_t i = 0; i < m; i++) {
        const double *restrict u = p.solved + i * n;
        double *restrict xi = x + i * n;
        for (size_t j = 0; j < n; j++)
            xi[j] += u[j];
        row_end[i] = xi[n - 1];
        load_columns(mesh, &p, x, i);
    }
    memset(col_a, 0, n * sizeof *col_a);
    for (size_t i = m; i-- > 0;) {
        const double *restrict g = mesh->g + i * n, *restrict v = p.below;
        double *restrict xi = x + i * n, *restrict yi = y + i * n, *restrict c = p.current, *restrict sums = col_a;
        substitute(&p, mesh->r_col, i);
        for (size_t j = 0; j < n; j++) {
            yi[j] = v[j];
            xi[j] -= v[j];
            c[j] = g[j] * xi[j];
        }
        if (cell_a)
            for (size_t j = 0; j < n; j++)
                c[j] += cell_a[i * n + j];
        for (size_t j = 0; j < n; j++)
            sums[j] += c[j];
        double rest = 0, sum[8] = {0};
        const size_t whole = n & ~(size_t)7;
        for (size_t j = 0; j < whole; j += 8)
            for (size_t lane = 0; lane < 8; lane++)
                sum[lane] += c[j + lane];
        for (size_t j = whole; j < n; j++)
            rest += c[j];
        row_a[i] = ((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7])) + rest;
    }
    memcpy(col_end, y, n * sizeof *col_end);
    return converged ? iterations : -1;
}
