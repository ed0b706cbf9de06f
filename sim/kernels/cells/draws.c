/* The draws of kernels, for checks against those of ohmsim/noise.py. */
#include "draws_single.h"
#include "ohm_cells.h"

OHM_WIDE void ohm_normal_pairs(const uint64_t *first, const uint64_t *second, const uint64_t *ordinals, double *one,
                               double *other, size_t count)
{
    for (size_t i = 0; i < count; i++)
        normal_pair(draw_word(first[i], second[i], ordinals[i]), &one[i], &other[i]);
}

OHM_WIDE void ohm_single_normal_pairs(const uint64_t *first, const uint64_t *second, const uint64_t *ordinals,
                                      float *one, float *other, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const uint64_t word = draw_word(first[i], second[i], ordinals[i]);
        single_normal_pair((uint32_t)(word >> 32), (uint32_t)word, &one[i], &other[i]);
    }
}
