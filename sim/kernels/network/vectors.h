/* Four or eight doubles at once, wherever they lie in memory: a vector extension that GCC and Clang share. */
#ifndef OHM_VECTORS_H
#define OHM_VECTORS_H

#include "clones.h"

typedef double vec4 __attribute__((vector_size(32), aligned(8), may_alias));
typedef double vec8 __attribute__((vector_size(64), aligned(8), may_alias));

#ifndef __clang__
#define OHM_SHUFFLE 1 /* __builtin_shuffle is GCC's alone */
typedef long long pick4 __attribute__((vector_size(32)));
#endif

OHM_INLINE double sum_of(vec8 x)
{
    return ((x[0] + x[1]) + (x[2] + x[3])) + ((x[4] + x[5]) + (x[6] + x[7]));
}

#endif
