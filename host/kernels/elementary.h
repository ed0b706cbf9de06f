/* The few functions that kernels need, written so that compilers make vectors of them and so that every processor gives
 * the same bits: only correctly rounded operations in a fixed order, fused where fma says so and nowhere else (compile
 * without contraction). They are Taylor series on reduced arguments, good to about 2e-16. */
#ifndef OHM_ELEMENTARY_H
#define OHM_ELEMENTARY_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__GNUC__)
#define OHM_INLINE static inline __attribute__((always_inline))
#else
#define OHM_INLINE static inline
#endif

/* Variants for wider vectors; the loader picks the one that the processor can run. All give the same bits. */
#include <stdlib.h> /* defines __GLIBC__ where the C library is GNU's */
#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__) && __GNUC__ >= 12
#define OHM_WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define OHM_WIDE
#endif

OHM_INLINE double from_bits(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

OHM_INLINE uint64_t to_bits(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

OHM_INLINE float single_from_bits(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

OHM_INLINE uint32_t single_to_bits(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

/* A whole number below 2^52 as a double: set into the mantissa of 2^52. */
OHM_INLINE double whole(uint64_t number)
{
    return from_bits(number | UINT64_C(0x4330000000000000)) - 4503599627370496.0;
}

/* Natural logarithm of a normal positive number: 2 atanh((m - 1) / (m + 1)) + e ln 2, sqrt(1/2) <= m < sqrt(2). */
OHM_INLINE double log_of(double x)
{
    const uint64_t bits = to_bits(x) + (UINT64_C(0x3FF0000000000000) - UINT64_C(0x3FE6A09E667F3BCD));
    const double exponent = whole(bits >> 52) - 1023.0;
    const double m = from_bits((bits & UINT64_C(0x000FFFFFFFFFFFFF)) + UINT64_C(0x3FE6A09E667F3BCD));
    const double s = (m - 1.0) / (m + 1.0), z = s * s;
    double sum = 1.0 / 21.0;
    sum = sum * z + 1.0 / 19.0;
    sum = sum * z + 1.0 / 17.0;
    sum = sum * z + 1.0 / 15.0;
    sum = sum * z + 1.0 / 13.0;
    sum = sum * z + 1.0 / 11.0;
    sum = sum * z + 1.0 / 9.0;
    sum = sum * z + 1.0 / 7.0;
    sum = sum * z + 1.0 / 5.0;
    sum = sum * z + 1.0 / 3.0;
    /* ln 2 in two parts: the first has so few bits that its product with an exponent is exact. */
    return exponent * 6.93147180369123816490e-01 + (2.0 * s + (2.0 * s * z * sum + exponent * 1.90821492927058770002e-10));
}

/* exp(x) - 1, accurate also near 0; x is held between -700 and 700. */
OHM_INLINE double exp_less_1(double x)
{
    const double held = x < -700.0 ? -700.0 : x > 700.0 ? 700.0 : x;
    const double shifted = held * 1.44269504088896340736 + 6755399441055744.0; /* 1.5 * 2^52 rounds to a whole number */
    const double n = shifted - 6755399441055744.0;
    const double r = fma(n, -1.90821492927058770002e-10, fma(n, -6.93147180369123816490e-01, held));
    /* Even and odd powers side by side: half as long a chain. */
    const double z = r * r;
    double odd = 1.0 / 6227020800.0, even = 1.0 / 479001600.0;
    odd = fma(odd, z, 1.0 / 39916800.0);
    even = fma(even, z, 1.0 / 3628800.0);
    odd = fma(odd, z, 1.0 / 362880.0);
    even = fma(even, z, 1.0 / 40320.0);
    odd = fma(odd, z, 1.0 / 5040.0);
    even = fma(even, z, 1.0 / 720.0);
    odd = fma(odd, z, 1.0 / 120.0);
    even = fma(even, z, 1.0 / 24.0);
    odd = fma(odd, z, 1.0 / 6.0);
    even = fma(even, z, 0.5);
    const double sum = fma(fma(odd, r, even), z, r);
    const double scale = from_bits((to_bits(shifted) + 1023) << 52);
    return fma(scale, sum, scale - 1.0);
}

OHM_INLINE double exp_of(double x)
{
    return exp_less_1(x) + 1.0;
}

/* x to the power of `exponent`, x > 0. */
OHM_INLINE double power(double x, double exponent)
{
    return exp_of(exponent * log_of(x));
}

#endif
