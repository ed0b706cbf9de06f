/* One build for every x86-64 processor: the loader picks the variant that this one can run. */
#ifndef OHM_CLONES_H
#define OHM_CLONES_H

#include <stdlib.h> /* defines __GLIBC__ where the C library is GNU's */

#if defined(__x86_64__) && defined(__GLIBC__) && defined(__GNUC__) && !defined(__clang__)
#define OHM_CLONES __attribute__((target_clones("avx512f", "fma", "default")))
#else
#define OHM_CLONES
#endif

#if defined(__GNUC__)
#define OHM_INLINE static inline __attribute__((always_inline))
#else
#define OHM_INLINE static inline
#endif

#endif
