/* Loops along one row, or along rows that follow one another. Compilers believe `restrict` of arguments alone, also where
 * a function is inlined, and make vectors of what they believe. */
#ifndef OHM_ROWS_H
#define OHM_ROWS_H

#include <stddef.h>

#include "vectors.h"

/* Sums are of eight lanes on every processor, in one order. */
OHM_INLINE double sum(const double *a, size_t count)
{
    vec4 lanes[2] = {{0}};
    double rest = 0;
    const size_t whole = count & ~(size_t)7;
    for (size_t k = 0; k < whole; k += 8)
        for (size_t half = 0; half < 2; half++)
            lanes[half] += ((const vec4 *)(a + k))[half];
    for (size_t k = whole; k < count; k++)
        rest += a[k];
    return sum_of(lanes) + rest;
}

OHM_INLINE double dot(const double *a, const double *b, size_t count)
{
    vec4 lanes[2] = {{0}};
    double rest = 0;
    const size_t whole = count & ~(size_t)7;
    for (size_t k = 0; k < whole; k += 8)
        for (size_t half = 0; half < 2; half++)
            lanes[half] += ((const vec4 *)(a + k))[half] * ((const vec4 *)(b + k))[half];
    for (size_t k = whole; k < count; k++)
        rest += a[k] * b[k];
    return sum_of(lanes) + rest;
}

OHM_INLINE void add(double *restrict to, const double *restrict what, size_t count)
{
    for (size_t k = 0; k < count; k++)
        to[k] += what[k];
}

OHM_INLINE void subtract(double *restrict from, const double *restrict what, size_t count)
{
    for (size_t k = 0; k < count; k++)
        from[k] -= what[k];
}

OHM_INLINE void product(double *restrict to, const double *restrict a, const double *restrict b, size_t count)
{
    for (size_t k = 0; k < count; k++)
        to[k] = a[k] * b[k];
}

/* Residual r - g v. */
OHM_INLINE void residual(double *restrict to, const double *restrict r, const double *restrict g,
                         const double *restrict v, size_t count)
{
    for (size_t k = 0; k < count; k++)
        to[k] = r[k] - g[k] * v[k];
}

/* A row of the columns' ladders: its currents g x, and a share of what the row above passes on. */
OHM_INLINE void descend(double *restrict t, const double *restrict g, const double *restrict x,
                        const double *restrict above, const double *restrict a, size_t count)
{
    for (size_t k = 0; k < count; k++)
        t[k] = g[k] * x[k] + a[k] * above[k];
}

/* Voltages of a row of the columns' ladders, in the place of those of the row below. */
OHM_INLINE void climb(double *restrict v, const double *restrict t, const double *restrict a, const double *restrict r,
                      size_t count)
{
    for (size_t k = 0; k < count; k++)
        v[k] = a[k] * (r[k] * t[k] + v[k]);
}

/* A step of conjugate gradients: directions from what was solved last, then along them. */
OHM_INLINE void step(double *restrict x, double *restrict r, double *restrict d, double *restrict s,
                     const double *restrict u, const double *restrict w, double alpha, double beta, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        d[k] = u[k] + beta * d[k];
        s[k] = w[k] + beta * s[k];
        x[k] += alpha * d[k];
        r[k] -= alpha * s[k];
    }
}

/* The first step, with no directions from before. */
OHM_INLINE void first_step(double *restrict x, double *restrict r, double *restrict d, double *restrict s,
                           const double *restrict u, const double *restrict w, double alpha, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        d[k] = u[k];
        s[k] = w[k];
        x[k] += alpha * u[k];
        r[k] -= alpha * w[k];
    }
}

#endif
