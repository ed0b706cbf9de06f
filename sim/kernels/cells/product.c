/* Noise of column currents, many vectors at once. */
#include "draws_single.h"
#include "ohm_cells.h"

enum { LANES = 64 };

OHM_WIDE void ohm_add_noise(size_t vectors, size_t cols, const uint64_t *first, const uint64_t *second,
                            uint64_t ordinal, const float *spread_a, int32_t each, float *currents_a)
{
    const size_t pairs = (cols + 1) / 2;
    uint32_t radius_word[LANES], angle_word[LANES];
    float one[LANES], other[LANES];
    for (size_t vector = 0; vector < vectors; vector++, ordinal++, currents_a += cols) {
        const float *spread = spread_a + vector * (each ? cols : 1);
        for (size_t begin = 0; begin < pairs; begin += LANES) {
            const size_t count = pairs - begin < LANES ? pairs - begin : LANES;
            const size_t others = cols - pairs - begin < count ? cols - pairs - begin : count;
            for (size_t i = 0; i < count; i++) {
                const uint64_t word = draw_word(first[begin + i], second[begin + i], ordinal);
                radius_word[i] = (uint32_t)(word >> 32);
                angle_word[i] = (uint32_t)word;
            }
            for (size_t i = 0; i < count; i++)
                single_normal_pair(radius_word[i], angle_word[i], &one[i], &other[i]);
            float *near = currents_a + begin, *far = near + pairs;
            if (each) {
                for (size_t i = 0; i < count; i++)
                    near[i] += spread[begin + i] * one[i];
                for (size_t i = 0; i < others; i++)
                    far[i] += spread[begin + pairs + i] * other[i];
            } else {
                for (size_t i = 0; i < count; i++)
                    near[i] += *spread * one[i];
                for (size_t i = 0; i < others; i++)
                    far[i] += *spread * other[i];
            }
        }
    }
}
