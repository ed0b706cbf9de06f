/* Ladders of eight rows at a time: a panel holds them transposed, [column][row], so that the sweep along the rows is a
 * vector operation on eight of them. */
#ifndef OHM_PANEL_H
#define OHM_PANEL_H

#include <stddef.h>

#include "vectors.h"

#define LANES ((size_t)8)
#define PANELS ((size_t)2) /* at most, at once */

/* to[j * to_step + i] = from[i * from_step + j] for a tile of 4 x 4. */
OHM_INLINE void transpose_tile(const double *from, size_t from_step, double *to, size_t to_step)
{
#ifdef OHM_SHUFFLE
    const pick4 low = {0, 4, 2, 6}, high = {1, 5, 3, 7}, first = {0, 1, 4, 5}, second = {2, 3, 6, 7};
    const vec4 a = *(const vec4 *)from, b = *(const vec4 *)(from + from_step);
    const vec4 c = *(const vec4 *)(from + 2 * from_step), d = *(const vec4 *)(from + 3 * from_step);
    const vec4 ab_low = __builtin_shuffle(a, b, low), ab_high = __builtin_shuffle(a, b, high);
    const vec4 cd_low = __builtin_shuffle(c, d, low), cd_high = __builtin_shuffle(c, d, high);
    *(vec4 *)to = __builtin_shuffle(ab_low, cd_low, first);
    *(vec4 *)(to + to_step) = __builtin_shuffle(ab_high, cd_high, first);
    *(vec4 *)(to + 2 * to_step) = __builtin_shuffle(ab_low, cd_low, second);
    *(vec4 *)(to + 3 * to_step) = __builtin_shuffle(ab_high, cd_high, second);
#else
    for (size_t i = 0; i < 4; i++)
        for (size_t j = 0; j < 4; j++)
            to[j * to_step + i] = from[i * from_step + j];
#endif
}

/* Rows, row by row, into a panel; lanes beyond the last row are 0. */
OHM_INLINE void panel_load(const double *rows, size_t lanes, size_t cols, double *panel)
{
    size_t whole = 0;
    if (lanes == LANES) {
        whole = cols & ~(size_t)3;
        for (size_t j = 0; j < whole; j += 4) {
            transpose_tile(rows + j, cols, panel + j * LANES, LANES);
            transpose_tile(rows + 4 * cols + j, cols, panel + j * LANES + 4, LANES);
        }
    }
    for (size_t j = whole; j < cols; j++)
        for (size_t i = 0; i < LANES; i++)
            panel[j * LANES + i] = i < lanes ? rows[i * cols + j] : 0;
}

/* A panel back into rows. */
OHM_INLINE void panel_store(const double *panel, size_t lanes, size_t cols, double *rows)
{
    size_t whole = 0;
    if (lanes == LANES) {
        whole = cols & ~(size_t)3;
        for (size_t j = 0; j < whole; j += 4) {
            transpose_tile(panel + j * LANES, LANES, rows + j, cols);
            transpose_tile(panel + j * LANES + 4, LANES, rows + 4 * cols + j, cols);
        }
    }
    for (size_t j = whole; j < cols; j++)
        for (size_t i = 0; i < lanes; i++)
            rows[i * cols + j] = panel[j * LANES + i];
}

/* A ladder, seen from each node towards its beginning, is a conductance s: s_0 = load + terminal and
 * s_j = load + s_(j-1) a_(j-1) with a = 1 / (1 + r s). These are the a, and in `last` 1 / s of the last node. Panels lie
 * one behind the other; several at once, since each of them mostly waits for its divisions. */
OHM_INLINE void panel_factor(size_t panels, const double *load, const double *r, const double *near, const double *far,
                             size_t cols, double *a, double *last)
{
    const vec4 *const g = (const vec4 *)load, *const ohm = (const vec4 *)r;
    vec4 *const passed = (vec4 *)a, s[2 * PANELS], seen[2 * PANELS];
    for (size_t k = 0; k < 2 * panels; k++)
        s[k] = seen[k] = ((const vec4 *)near)[k];
    for (size_t j = 0; j < cols; j++)
        for (size_t k = 0; k < 2 * panels; k++) {
            const size_t at = (k / 2 * cols + j) * 2 + k % 2;
            seen[k] = s[k] + g[at];
            passed[at] = 1 / (1 + ohm[k] * seen[k]);
            s[k] = seen[k] * passed[at];
        }
    for (size_t k = 0; k < 2 * panels; k++)
        for (size_t i = 0; i < 4; i++) {
            const double total = seen[k][i] + far[k * 4 + i];
            last[k * 4 + i] = total > 0 ? 1 / total : 0;
        }
}

/* Voltages of eight ladders from the currents into their nodes; returns the sum of their products. The products that do
 * not wait for the cell before are taken first: one multiply-add a cell is all that a cell waits for. */
OHM_INLINE double panel_solve(const double *current, const double *a, const double *r, const double *last, size_t cols,
                              double *volts)
{
    const vec4 *c = (const vec4 *)current, *passes = (const vec4 *)a, *const ohm = (const vec4 *)r;
    vec4 *v = (vec4 *)volts, passed[2] = {{0}}, behind[2], products[2];
    for (size_t j = 0; j + 1 < cols; j++, c += 2, passes += 2, v += 2)
        for (size_t half = 0; half < 2; half++) {
            v[half] = c[half] + passed[half];
            passed[half] = passes[half] * c[half] + passes[half] * passed[half];
        }
    for (size_t half = 0; half < 2; half++) {
        behind[half] = (c[half] + passed[half]) * ((const vec4 *)last)[half];
        v[half] = behind[half];
        products[half] = behind[half] * c[half];
    }
    for (size_t j = cols - 1; j-- > 0;) {
        c -= 2, passes -= 2, v -= 2;
        for (size_t half = 0; half < 2; half++) {
            behind[half] = passes[half] * (ohm[half] * v[half]) + passes[half] * behind[half];
            v[half] = behind[half];
            products[half] += behind[half] * c[half];
        }
    }
    return sum_of(products);
}

#endif
