/* Four doubles at once, wherever they lie in memory: a vector extension that GCC and Clang share. */
#ifndef OHM_VEC4_H
#define OHM_VEC4_H

typedef double vec4 __attribute__((vector_size(32), aligned(8), may_alias));

#ifndef __clang__
#define OHM_SHUFFLE 1 /* __builtin_shuffle is GCC's alone */
typedef long long pick4 __attribute__((vector_size(32)));
#endif

#endif
