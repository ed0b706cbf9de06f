/* Four doubles at once, wherever they lie in memory: a vector extension that GCC and Clang share. */
#ifndef OHM_VECTORS_H
#define OHM_VECTORS_H

#include "clones.h"

typedef double vec4 __attribute__((vector_size(32), aligned(8), may_alias));

#ifndef __clang__
#define OHM_SHUFFLE 1 /* __builtin_shuffle is GCC's alone */
typedef long long pick4 __attribute__((vector_size(32)));
#endif

/* Of two vectors; by address, since they are passed differently by each variant of a function. */
OHM_INLINE double sum_of(const vec4 *x)
{
    return ((x[0][0] + x[0][1]) + (x[0][2] + x[0][3])) + ((x[1][0] + x[1][1]) + (x[1][2] + x[1][3]));
}

#endif
