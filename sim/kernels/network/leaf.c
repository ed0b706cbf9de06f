/* Leaves cell by cell, from the bottom row up: a node that has all its connections is replaced by conductances between
 * its neighbours (star-mesh transformation), w_kl += w_k w_l / sum of w. Only sums of positive numbers: every digit
 * stays. */
#include "leaf.h"

#include <string.h>

#include "clones.h"
#include "vectors.h"

/* Conductances between slots k > l, a lane for each leaf; a slot is a port or the end of a line that still grows. */
typedef struct {
    vec4 w[LEAF_PORTS][LEAF_PORTS];
} web;

OHM_INLINE vec4 *between(web *z, size_t a, size_t b)
{
    return a > b ? &z->w[a][b] : &z->w[b][a];
}

/* The node in a slot is eliminated; the slot now holds a node that was joined to it by `wire` alone. */
OHM_INLINE void step(web *z, size_t slot, size_t slots, const vec4 *wire)
{
    vec4 star[LEAF_PORTS], sum = *wire, inverse;
    for (size_t k = 0; k < slot; k++)
        sum += star[k] = z->w[slot][k];
    star[slot] = (vec4){0};
    for (size_t k = slot + 1; k < slots; k++)
        sum += star[k] = z->w[k][slot];
    for (size_t lane = 0; lane < LEAF_LANES; lane++)
        inverse[lane] = sum[lane] > 0 ? 1 / sum[lane] : 0;
    for (size_t k = 1; k < slots; k++) {
        const vec4 factor = star[k] * inverse;
        vec4 *restrict w = z->w[k];
        for (size_t l = 0; l < k; l++)
            w[l] += factor * star[l];
    }
    const vec4 passed = inverse * *wire;
    for (size_t k = 0; k < slot; k++)
        z->w[slot][k] = star[k] * passed;
    for (size_t k = slot + 1; k < slots; k++)
        z->w[k][slot] = star[k] * passed;
}

size_t leaf_ports(leaf_shape shape)
{
    return shape.rows * (shape.right ? 2 : 1) + shape.cols * (shape.top ? 2 : 1);
}

OHM_CLONES
void leaf_eliminate(leaf_shape shape, const double *const *g, const double *const *left, const double *const *below,
                    size_t stride, size_t lanes, double *const *y)
{
    const size_t a = shape.rows, b = shape.cols;
    const vec4 open = {0};
    web z;
    /* Slots: tops of the columns, their lower ends, then two for each row from the bottom up: its end, its beginning. */
    const size_t lower = b, ends = 2 * b;
    memset(&z, 0, sizeof z);
    for (size_t i = a; i-- > 0;) {
        const size_t end = ends + 2 * (a - 1 - i), slots = end + 2;
        for (size_t j = 0; j < b; j++) {
            vec4 cell = {0}, wire = {0}, down = {0};
            for (size_t l = 0; l < lanes; l++) {
                cell[l] = g[l][i * stride + j];
                wire[l] = left[l][i * stride + j];
                down[l] = below[l][i * stride + j];
            }
            if (j == 0)
                *between(&z, end, end + 1) = wire;
            else
                step(&z, end, slots, &wire);
            if (i + 1 == a)
                *between(&z, j, lower + j) = down;
            else
                step(&z, j, slots, &down);
            *between(&z, end, j) += cell;
        }
        if (!shape.right)
            step(&z, end, slots, &open);
    }
    if (!shape.top)
        for (size_t j = 0; j < b; j++)
            step(&z, j, ends + 2 * a, &open);

    size_t port[LEAF_PORTS], ports = 0;
    for (size_t i = 0; i < a; i++)
        port[ports++] = ends + 2 * (a - 1 - i) + 1;
    for (size_t i = 0; shape.right && i < a; i++)
        port[ports++] = ends + 2 * (a - 1 - i);
    for (size_t j = 0; shape.top && j < b; j++)
        port[ports++] = j;
    for (size_t j = 0; j < b; j++)
        port[ports++] = lower + j;
    for (size_t p = 0; p < ports; p++)
        for (size_t q = 0; q < ports; q++) {
            const vec4 w = *between(&z, port[p], port[q]);
            for (size_t l = 0; l < lanes; l++)
                y[l][p * ports + q] = p == q ? 0 : -w[l];
        }
    for (size_t l = 0; l < lanes; l++)
        for (size_t p = 0; p < ports; p++) {
            double sum = 0;
            for (size_t q = 0; q < ports; q++)
                sum -= y[l][p * ports + q];
            y[l][p * ports + p] = sum;
        }
}
