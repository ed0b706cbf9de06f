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
#include "rows.h"

/* Doubles between one field and the next: with a power of two of columns all would fall into the same cache sets. */
#define STAGGER ((size_t)72)

/* How `work` is divided. Panels of the last few rows are filled up with lanes of no effect. */
typedef struct {
    size_t m, n, panels;
    double *row_a, *row_last, *row_r; /* [panel][column][lane], [panel][lane], [panel][lane] */
    double *col_a, *col_last;         /* rows x cols, cols */
    double *residual, *direction, *image, *solved, *swept;
    double *current, *volts; /* PANELS panels each */
    double *below;           /* one row */
} parts;

/* Doubles of one field: whole cache lines. */
OHM_INLINE size_t field_of(size_t m, size_t n)
{
    return (m * n + LANES - 1) / LANES * LANES + STAGGER;
}

OHM_INLINE parts divide(size_t m, size_t n, double *work)
{
    const size_t panels = (m + LANES - 1) / LANES, field = field_of(m, n);
    parts p = {.m = m, .n = n, .panels = panels};
    p.row_a = work;
    p.row_last = p.row_a + panels * LANES * n;
    p.row_r = p.row_last + panels * LANES;
    p.col_a = p.row_r + panels * LANES + STAGGER;
    p.residual = p.col_a + field;
    p.direction = p.residual + field;
    p.image = p.direction + field;
    p.solved = p.image + field;
    p.swept = p.solved + field;
    p.current = p.swept + field;
    p.volts = p.current + PANELS * LANES * n + STAGGER;
    p.col_last = p.volts + PANELS * LANES * n + STAGGER;
    p.below = p.col_last + field_of(1, n);
    return p;
}

size_t ohm_sweeps_work(int32_t rows, int32_t cols)
{
    const size_t m = (size_t)rows, n = (size_t)cols, panels = (m + LANES - 1) / LANES;
    return panels * LANES * (n + 2) + 6 * field_of(m, n) + 2 * PANELS * LANES * n + 2 * field_of(1, n) + 3 * STAGGER;
}

OHM_INLINE void factor_rows(const ohm_mesh *mesh, const parts *p, size_t panel, size_t panels)
{
    const size_t first = panel * LANES, room = panels * LANES, rows = p->m - first < room ? p->m - first : room;
    double near[PANELS * LANES] = {0}, far[PANELS * LANES] = {0}, *r = p->row_r + first;
    memset(r, 0, room * sizeof *r);
    memcpy(r, mesh->r_row + first, rows * sizeof *r);
    memcpy(near, mesh->row_near + first, rows * sizeof *near);
    memcpy(far, mesh->row_far + first, rows * sizeof *far);
    for (size_t i = 0; i < rows; i += LANES)
        panel_load(mesh->g + (first + i) * p->n, rows - i < LANES ? rows - i : LANES, p->n, p->current + i * p->n);
    panel_factor(panels, p->current, r, near, far, p->n, p->row_a + first * p->n, p->row_last + first);
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
    size_t panel = 0;
    for (; panel + PANELS <= p.panels; panel += PANELS)
        factor_rows(mesh, &p, panel, PANELS);
    for (; panel < p.panels; panel++)
        factor_rows(mesh, &p, panel, 1);
    factor_columns(mesh, &p, 0, p.n);
}

OHM_CLONES
void ohm_sweeps_refresh(const ohm_mesh *mesh, double *work, int32_t row, int32_t col)
{
    const parts p = divide((size_t)mesh->rows, (size_t)mesh->cols, work);
    factor_rows(mesh, &p, (size_t)row / LANES, 1);
    factor_columns(mesh, &p, (size_t)col, (size_t)col + 1);
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

/* Voltages of row i of the columns' ladders into `below`, which holds those of row i + 1. */
OHM_INLINE void substitute(const parts *p, const double *r_col, size_t i)
{
    const double *t = p->swept + i * p->n;
    if (i + 1 == p->m)
        product(p->below, t, p->col_last, p->n);
    else
        climb(p->below, t, p->col_a + i * p->n, r_col, p->n);
}

/* Currents into row i: of its sources, of its cells, and from columns at the voltages y, or at 0 V without them. */
OHM_INLINE void load_row(const ohm_mesh *mesh, const parts *p, const double *y, double *x, size_t i)
{
    const size_t n = p->n, at = i * n;
    double *xi = x + at;
    if (y)
        product(xi, mesh->g + at, y + at, n);
    else
        memset(xi, 0, n * sizeof *xi);
    if (mesh->cell_a)
        subtract(xi, mesh->cell_a + at, n);
    xi[0] += mesh->row_near_a[i];
    xi[n - 1] += mesh->row_far_a[i];
}

/* Currents from row voltages x into the columns of row i, and what the rows above pass on. */
OHM_INLINE void eliminate(const ohm_mesh *mesh, const parts *p, const double *x, size_t i)
{
    const size_t n = p->n, at = i * n;
    if (i == 0)
        product(p->swept, mesh->g, x, n);
    else
        descend(p->swept + at, mesh->g + at, x + at, p->swept + at - n, p->col_a + at - n, n);
}

/* The same with those of sources and cells. */
OHM_INLINE void load_columns(const ohm_mesh *mesh, const parts *p, const double *x, size_t i)
{
    const size_t n = p->n, at = i * n;
    eliminate(mesh, p, x, i);
    if (mesh->cell_a)
        add(p->swept + at, mesh->cell_a + at, n);
    if (i == 0)
        add(p->swept, mesh->col_far_a, n);
    if (i + 1 == p->m)
        add(p->swept + at, mesh->col_near_a, n);
}

/* Row voltages x from column voltages y, or from columns at 0 V without them; and what they pass down the columns. */
OHM_INLINE void solve_all_rows(const ohm_mesh *mesh, const parts *p, const double *y, double *x)
{
    for (size_t first = 0; first < p->m; first += LANES) {
        const size_t lanes = p->m - first < LANES ? p->m - first : LANES;
        for (size_t i = first; i < first + lanes; i++)
            load_row(mesh, p, y, x, i);
        solve_rows(p, first, lanes, x + first * p->n, x + first * p->n);
        for (size_t i = first; i < first + lanes; i++)
            load_columns(mesh, p, x, i);
    }
}

OHM_CLONES
void ohm_sweeps_relax(const ohm_mesh *mesh, double *work, int32_t warm, double *volts, double *y)
{
    const parts p = divide((size_t)mesh->rows, (size_t)mesh->cols, work);
    solve_all_rows(mesh, &p, warm ? y : NULL, volts);
    for (size_t i = p.m; i-- > 0;) {
        substitute(&p, mesh->r_col, i);
        memcpy(y + i * p.n, p.below, p.n * sizeof *y);
        subtract(volts + i * p.n, p.below, p.n);
    }
}

OHM_CLONES
int32_t ohm_sweeps_solve(const ohm_mesh *mesh, double *work, int32_t warm, double tolerance, int32_t limit,
                         double *volts, double *y, double *row_a, double *col_a, double *row_end, double *col_end,
                         double *error)
{
    const parts p = divide((size_t)mesh->rows, (size_t)mesh->cols, work);
    const size_t m = p.m, n = p.n;
    double *const x = volts;

    /* x from y, and with it a new y: what y changed by is the first residual. */
    solve_all_rows(mesh, &p, warm ? y : NULL, x);
    double across = 0, nodes = 0;
    for (size_t i = m; i-- > 0;) {
        const double *g = mesh->g + i * n, *xi = x + i * n;
        double *r = p.residual + i * n, *yi = y + i * n, *t = p.current;
        substitute(&p, mesh->r_col, i);
        memcpy(t, p.below, n * sizeof *t);
        if (warm)
            subtract(t, yi, n);
        product(r, g, t, n);
        memcpy(yi, xi, n * sizeof *yi);
        subtract(yi, p.below, n);
        product(t, g, yi, n);
        across += dot(yi, t, n);
        product(t, g, xi, n);
        nodes += dot(xi, t, n);
    }
    /* Below rounding of the node voltages nothing more is to be had. */
    const double rounding = 4 * DBL_EPSILON / tolerance, scale = across + rounding * rounding * nodes;

    double gamma = 0, alpha = 1, beta = 0;
    int32_t iterations = 0, converged = 0;
    for (;; iterations++) {
        double next = 0;
        for (size_t first = 0; first < m; first += LANES) {
            const size_t lanes = m - first < LANES ? m - first : LANES, at = first * n, count = lanes * n;
            double *r = p.residual + at, *d = p.direction + at, *s = p.image + at, *u = p.solved + at;
            if (iterations == 1)
                first_step(x + at, r, d, s, u, p.swept + at, alpha, count);
            else if (iterations > 1)
                step(x + at, r, d, s, u, p.swept + at, alpha, beta, count);
            next += solve_rows(&p, first, lanes, r, u);
            for (size_t i = first; i < first + lanes; i++)
                eliminate(mesh, &p, p.solved, i);
        }
        /* The error of x is about the next step's gain, and that step's factor about this one's. */
        *error = next > 0 ? sqrt(alpha * next / scale) : 0;
        converged = *error <= tolerance;
        if (converged || iterations == limit)
            break;

        double delta = 0;
        for (size_t i = m; i-- > 0;) {
            const size_t at = i * n;
            substitute(&p, mesh->r_col, i);
            residual(p.swept + at, p.residual + at, mesh->g + at, p.below, n);
            delta += dot(p.swept + at, p.solved + at, n);
        }
        beta = iterations ? next / gamma : 0;
        gamma = next;
        const double curvature = delta - beta * gamma / alpha;
        alpha = gamma / (iterations ? curvature : delta);
    }

    /* The last solved correction is a step of its own; columns and currents follow from x. */
    for (size_t i = 0; i < m; i++) {
        add(x + i * n, p.solved + i * n, n);
        row_end[i] = x[i * n + n - 1];
        load_columns(mesh, &p, x, i);
    }
    memset(col_a, 0, n * sizeof *col_a);
    for (size_t i = m; i-- > 0;) {
        double *xi = x + i * n, *current = p.current;
        substitute(&p, mesh->r_col, i);
        memcpy(y + i * n, p.below, n * sizeof *y);
        subtract(xi, p.below, n);
        product(current, mesh->g + i * n, xi, n);
        if (mesh->cell_a)
            add(current, mesh->cell_a + i * n, n);
        add(col_a, current, n);
        row_a[i] = sum(current, n);
    }
    memcpy(col_end, y, n * sizeof *col_end);
    return converged ? iterations : -1;
}
