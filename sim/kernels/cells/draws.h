/* Keyed random numbers, written so that compilers make vectors of them and so that every processor gives the same bits:
 * only correctly rounded operations in a fixed order (compile without contraction). The construction of the draws is
 * that of ohmsim/noise.py. */
#ifndef OHM_DRAWS_H
#define OHM_DRAWS_H

#include "elementary.h"

#define DRAWS_INLINE OHM_INLINE

#define GOLDEN UINT64_C(0x9E3779B97F4A7C15)

DRAWS_INLINE uint64_t mix(uint64_t x)
{
    x = (x ^ (x >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
    x = (x ^ (x >> 27)) * UINT64_C(0x94D049BB133111EB);
    return x ^ (x >> 31);
}

/* The word of event `ordinal` of a cell with the keys `first` and `second`. */
DRAWS_INLINE uint64_t draw_word(uint64_t first, uint64_t second, uint64_t ordinal)
{
    return mix(mix(first + ordinal * GOLDEN) ^ second);
}

/* Two standard normal draws from one word: Box-Muller, radius from the upper half, angle from the lower. */
DRAWS_INLINE void normal_pair(uint64_t word, double *one, double *other)
{
    const double radius = sqrt(-2.0 * log_of((whole(word >> 32) + 0.5) * 2.3283064365386962890625e-10));
    /* The angle as an eighth of a turn around one of four directions. */
    const uint64_t angle = word & UINT64_C(0xFFFFFFFF);
    const uint64_t quarter = (angle + UINT64_C(0x20000000)) >> 30;
    const double part = whole(angle + UINT64_C(0x20000000) - (quarter << 30)) - 536870912.0;
    const double x = part * 1.4629180792671596e-09, z = x * x; /* 2 pi / 2^32 */
    double sine = -1.0 / 1307674368000.0;
    sine = sine * z + 1.0 / 6227020800.0;
    sine = sine * z - 1.0 / 39916800.0;
    sine = sine * z + 1.0 / 362880.0;
    sine = sine * z - 1.0 / 5040.0;
    sine = sine * z + 1.0 / 120.0;
    sine = sine * z - 1.0 / 6.0;
    sine = sine * (z * x) + x;
    double cosine = 1.0 / 20922789888000.0;
    cosine = cosine * z - 1.0 / 87178291200.0;
    cosine = cosine * z + 1.0 / 479001600.0;
    cosine = cosine * z - 1.0 / 3628800.0;
    cosine = cosine * z + 1.0 / 40320.0;
    cosine = cosine * z - 1.0 / 720.0;
    cosine = cosine * z + 1.0 / 24.0;
    cosine = cosine * z - 0.5;
    cosine = cosine * z + 1.0;
    /* Quarter turns swap the two and set signs: bits, so that no lane branches. */
    const uint64_t swap = UINT64_C(0) - (quarter & 1), c = to_bits(cosine), s = to_bits(sine);
    const uint64_t along = (c & ~swap) | (s & swap), across = (s & ~swap) | (c & swap);
    *one = radius * from_bits(along ^ (((quarter + 1) & 2) << 62));
    *other = radius * from_bits(across ^ ((quarter & 2) << 62));
}

#endif
