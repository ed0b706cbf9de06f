/* The draws of draws.h in single precision, for noise that nothing is computed back from: the same words, 1e-6 away. The
 * functions are polynomials on reduced arguments, fitted to an error below 1e-7 of the result. */
#ifndef OHM_DRAWS_SINGLE_H
#define OHM_DRAWS_SINGLE_H

#include "draws.h"

/* Natural logarithm of x / 2^32, x normal and positive: log1p(f) + e ln 2, sqrt(1/2) <= 1 + f < sqrt(2). */
DRAWS_INLINE float single_log_share(float x)
{
    const uint32_t root = UINT32_C(0x3F3504F3), bits = single_to_bits(x) - root; /* of sqrt(1/2) */
    const int32_t exponent = (int32_t)(bits - (UINT32_C(32) << 23)) >> 23;
    const float f = single_from_bits((bits & UINT32_C(0x007FFFFF)) + root) - 1.0f;
    const float z = f * f;
    float odd = 0.0897915438f, even = -0.144267321f;
    odd = fmaf(odd, z, 0.148837477f);
    even = fmaf(even, z, -0.165518105f);
    odd = fmaf(odd, z, 0.199634731f);
    even = fmaf(even, z, -0.250025839f);
    odd = fmaf(odd, z, 0.333339334f);
    even = fmaf(even, z, -0.499999821f);
    const float sum = fmaf(odd, f, even);
    return fmaf((float)exponent, 0.693147181f, fmaf(sum, z, f));
}

/* x from -80 to 80. */
DRAWS_INLINE float single_exp(float x)
{
    const float shifted = fmaf(x, 1.44269504f, 12582912.0f); /* 1.5 * 2^23 rounds to a whole number */
    const float n = shifted - 12582912.0f;
    const float r = fmaf(n, 2.12194440e-4f, fmaf(n, -0.693359375f, x)); /* ln 2 in two parts */
    const float z = r * r;
    const float even = fmaf(fmaf(0.00139504706f, z, 0.041666206f), z, 0.5f), odd = fmaf(0.00836888328f, z, 0.166665182f);
    return fmaf(fmaf(odd, r, even), z, r + 1.0f) * single_from_bits((single_to_bits(shifted) + 127) << 23);
}

/* Two standard normal draws: Box-Muller, as in draws.h. */
DRAWS_INLINE void single_normal_pair(uint32_t radius_word, uint32_t angle_word, float *one, float *other)
{
    const float low = (float)(int32_t)(radius_word & UINT32_C(0xFFFF)) + 0.5f;
    const float high = (float)(int32_t)(radius_word >> 16);
    const float radius = sqrtf(-2.0f * single_log_share(fmaf(high, 65536.0f, low)));
    const uint32_t quarter = (angle_word + UINT32_C(0x20000000)) >> 30;
    /* Four times the angle within its eighth of a turn to either side, as a signed number. */
    const float x = (float)(int32_t)(angle_word << 2) * 3.65729479e-10f, z = x * x; /* 2 pi / 2^34 */
    float sine = -0.00019517295f;
    sine = fmaf(sine, z, 0.008332178f);
    sine = fmaf(sine, z, -0.166666552f);
    sine = fmaf(sine, z * x, x);
    float cosine = 2.44384446e-05f;
    cosine = fmaf(cosine, z, -0.00138873677f);
    cosine = fmaf(cosine, z, 0.0416666456f);
    cosine = fmaf(cosine, z, -0.5f);
    cosine = fmaf(cosine, z, 1.0f);
    const uint32_t swap = UINT32_C(0) - (quarter & 1), c = single_to_bits(cosine), s = single_to_bits(sine);
    const uint32_t along = (c & ~swap) | (s & swap), across = (s & ~swap) | (c & swap);
    *one = radius * single_from_bits(along ^ (((quarter + 1) & 2) << 30));
    *other = radius * single_from_bits(across ^ ((quarter & 2) << 30));
}

#endif
