/* Nested dissection; see dissection.h. */
#include "dissection.h"

#include <stdlib.h>
#include <string.h>

#include "dense.h"
#include "leaf.h"
#include "clones.h"

enum { LEFT, RIGHT, TOP, DOWN, SIDES };

/* A reduced block: ports on its four sides, admittance ports x ports. */
typedef struct {
    size_t count[SIDES], ports;
    double *y;
} block;

typedef struct {
    size_t rows, cols, leaf_rows, leaf_cols;
    int far_rows, far_cols;
    double *leaves; /* LEAF_PORTS^2 each, row by row */
    double *margin;
} tree;

static size_t span(size_t leaf, size_t lines)
{
    return lines - leaf * LEAF < LEAF ? lines - leaf * LEAF : LEAF;
}

static leaf_shape shape_of(const tree *t, size_t i, size_t j)
{
    const leaf_shape shape = {span(i, t->rows), span(j, t->cols), j + 1 < t->leaf_cols || t->far_rows,
                              i > 0 || t->far_cols};
    return shape;
}

static int same(leaf_shape a, leaf_shape b)
{
    return a.rows == b.rows && a.cols == b.cols && a.right == b.right && a.top == b.top;
}

static double *leaf_at(const tree *t, size_t i, size_t j)
{
    return t->leaves + (i * t->leaf_cols + j) * LEAF_PORTS * LEAF_PORTS;
}

/* All leaves of one shape, a few at a time. */
static void fill(const tree *t, leaf_shape shape, const double *g, const double *left, const double *below)
{
    const double *cells[LEAF_LANES], *wires[LEAF_LANES], *downs[LEAF_LANES];
    double *y[LEAF_LANES];
    size_t lanes = 0;
    for (size_t i = 0; i < t->leaf_rows; i++)
        for (size_t j = 0; j < t->leaf_cols; j++) {
            if (!same(shape_of(t, i, j), shape))
                continue;
            const size_t first = i * LEAF * t->cols + j * LEAF;
            cells[lanes] = g + first;
            wires[lanes] = left + first;
            downs[lanes] = below + first;
            y[lanes++] = leaf_at(t, i, j);
            if (lanes == LEAF_LANES) {
                leaf_eliminate(shape, cells, wires, downs, t->cols, lanes, y);
                lanes = 0;
            }
        }
    if (lanes)
        leaf_eliminate(shape, cells, wires, downs, t->cols, lanes, y);
}

static void fill_all(const tree *t, const double *g, const double *left, const double *below)
{
    /* First, inner and last leaves of a line are all the kinds there are. */
    const size_t row_kinds[3] = {0, 1, t->leaf_rows - 1}, col_kinds[3] = {0, 1, t->leaf_cols - 1};
    leaf_shape done[9];
    size_t count = 0;
    for (size_t a = 0; a < 3; a++)
        for (size_t b = 0; b < 3; b++) {
            if (row_kinds[a] >= t->leaf_rows || col_kinds[b] >= t->leaf_cols)
                continue;
            const leaf_shape shape = shape_of(t, row_kinds[a], col_kinds[b]);
            size_t known = 0;
            while (known < count && !same(done[known], shape))
                known++;
            if (known < count)
                continue;
            done[count++] = shape;
            fill(t, shape, g, left, below);
        }
}

/* Adds a block to the upper triangle of z; at[side]: where the ports of a side belong. */
OHM_INLINE void add(double *z, size_t stride, const block *part, const size_t *at)
{
    size_t row = 0;
    for (int side = 0; side < SIDES; side++)
        for (size_t i = 0; i < part->count[side]; i++, row++) {
            const size_t to = at[side] + i;
            const double *from = part->y + row * part->ports;
            for (int other = 0; other < SIDES; from += part->count[other], other++) {
                const size_t start = to > at[other] ? to - at[other] : 0;
                double *restrict target = z + to * stride + at[other];
                for (size_t j = start; j < part->count[other]; j++)
                    target[j] += from[j];
            }
        }
}

/* The last `size` unknowns of z, as a full matrix whose rows sum to zero. */
OHM_INLINE void extract(const double *z, size_t stride, size_t first, size_t size, double *y)
{
    const double *corner = z + first * stride + first;
    for (size_t i = 0; i < size; i++)
        memcpy(y + i * size + i, corner + i * stride + i, (size - i) * sizeof *y);
    for (size_t bi = 0; bi < size; bi += 16)
        for (size_t bj = bi; bj < size; bj += 16)
            for (size_t i = bi; i < bi + 16 && i < size; i++)
                for (size_t j = bj > i ? bj : i + 1; j < bj + 16 && j < size; j++)
                    y[j * size + i] = y[i * size + j];
    for (size_t i = 0; i < size; i++) {
        double sum[8] = {0}, rest = 0;
        double *row = y + i * size;
        row[i] = 0;
        const size_t whole = size & ~(size_t)7;
        for (size_t j = 0; j < whole; j += 8)
            for (size_t lane = 0; lane < 8; lane++)
                sum[lane] += row[j + lane];
        for (size_t j = whole; j < size; j++)
            rest += row[j];
        row[i] = -(((sum[0] + sum[1]) + (sum[2] + sum[3])) + ((sum[4] + sum[5]) + (sum[6] + sum[7])) + rest);
    }
}

/* Joins two blocks side by side (along = 0: a left of b) or one above the other (along = 1: a above b). */
OHM_CLONES
static int join(const block *a, const block *b, int along, block *joined, double *margin)
{
    const int first = along ? DOWN : RIGHT, second = along ? TOP : LEFT;
    const size_t inner = a->count[first];
    size_t at_a[SIDES], at_b[SIDES], next = inner;
    for (int side = 0; side < SIDES; side++) {
        const size_t from_a = side == first ? 0 : a->count[side], from_b = side == second ? 0 : b->count[side];
        at_a[side] = side == first ? 0 : next;
        at_b[side] = side == second ? 0 : next + from_a;
        joined->count[side] = from_a + from_b;
        next += from_a + from_b;
    }
    const size_t size = next, stride = dense_stride(size);
    joined->ports = size - inner;
    joined->y = malloc(joined->ports * joined->ports * sizeof(double));
    double *z = calloc(stride * stride + dense_packed(size), sizeof *z);
    if (!joined->y || !z) {
        free(z);
        free(joined->y);
        joined->y = NULL;
        return -1;
    }
    add(z, stride, a, at_a);
    add(z, stride, b, at_b);
    const double digits = dense_eliminate(z, size, inner, z + stride * stride);
    *margin = digits < *margin ? digits : *margin;
    extract(z, stride, inner, joined->ports, joined->y);
    free(z);
    return 0;
}

/* Leaves i0..i1 by j0..j1. */
static int reduce(const tree *t, size_t i0, size_t i1, size_t j0, size_t j1, block *out)
{
    out->y = NULL;
    if (i1 - i0 == 1 && j1 - j0 == 1) {
        const leaf_shape shape = shape_of(t, i0, j0);
        out->count[LEFT] = shape.rows;
        out->count[RIGHT] = shape.right ? shape.rows : 0;
        out->count[TOP] = shape.top ? shape.cols : 0;
        out->count[DOWN] = shape.cols;
        out->ports = leaf_ports(shape);
        const size_t bytes = out->ports * out->ports * sizeof(double);
        out->y = malloc(bytes);
        if (!out->y)
            return -1;
        memcpy(out->y, leaf_at(t, i0, j0), bytes);
        return 0;
    }
    block a, b;
    const int along = i1 - i0 > j1 - j0;
    const size_t i = along ? (i0 + i1) / 2 : i1, j = along ? j1 : (j0 + j1) / 2;
    int status = reduce(t, i0, i, j0, j, &a);
    if (status)
        return status;
    status = reduce(t, along ? i : i0, i1, along ? j0 : j, j1, &b);
    if (!status)
        status = join(&a, &b, along, out, t->margin);
    free(a.y);
    free(b.y);
    return status;
}

int32_t ohm_dissect(int32_t rows, int32_t cols, const double *g, const double *left, const double *below,
                    int32_t far_rows, int32_t far_cols, double *y, double *margin)
{
    tree t = {(size_t)rows, (size_t)cols, 0, 0, far_rows != 0, far_cols != 0, NULL, margin};
    *margin = 1;
    t.leaf_rows = (t.rows + LEAF - 1) / LEAF;
    t.leaf_cols = (t.cols + LEAF - 1) / LEAF;
    t.leaves = malloc(t.leaf_rows * t.leaf_cols * LEAF_PORTS * LEAF_PORTS * sizeof(double));
    if (!t.leaves)
        return -1;
    fill_all(&t, g, left, below);
    block whole;
    const int status = reduce(&t, 0, t.leaf_rows, 0, t.leaf_cols, &whole);
    free(t.leaves);
    if (status)
        return -1;
    memcpy(y, whole.y, whole.ports * whole.ports * sizeof *y);
    free(whole.y);
    return 0;
}
