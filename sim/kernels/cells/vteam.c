/* Blocks of cells are gathered, worked on as vectors, and put back. Every lane does the same operations whatever its
 * place in a block, so a cell's bits do not depend on which others are pulsed with it. */
#include "draws.h"
#include "ohm_cells.h"

enum { LANES = 64 };

typedef struct {
    uint64_t word[LANES];
    double volts[LANES], threshold[LANES], rate[LANES], end[LANES], w[LANES];
    double rate_draw[LANES], volt_draw[LANES], excess[LANES];
} block;

DRAWS_INLINE void gather(const ohm_vteam *m, const int64_t *cells, const double *volts, const uint64_t *ordinals,
                         size_t count, block *b)
{
    for (size_t i = 0; i < count; i++) {
        const int64_t cell = cells[i];
        const int set = volts[i] > 0.0;
        /* Here, not in the vector loop: few processors multiply 64-bit integers in vectors. */
        b->word[i] = draw_word(m->first[cell], m->second[cell], ordinals[i]);
        b->volts[i] = fabs(volts[i]);
        b->threshold[i] = m->threshold[set][cell];
        b->rate[i] = m->rate[set][cell];
        b->end[i] = set;
        b->w[i] = m->w[cell];
    }
    for (size_t i = count; i < LANES; i++) {
        b->word[i] = 0;
        b->volts[i] = b->rate[i] = b->end[i] = b->w[i] = 0.0;
        b->threshold[i] = 1.0;
    }
}

/* Relative excess over the threshold, to the power of its direction, and the tail below it. */
DRAWS_INLINE void drive(const ohm_vteam *m, block *b)
{
    const int cubes = m->alpha[0] == 3.0 && m->alpha[1] == 3.0;
    for (int i = 0; i < LANES; i++) {
        const double over = b->volts[i] * (1.0 + m->c2c_volts * b->volt_draw[i]) / b->threshold[i] - 1.0;
        b->excess[i] = over;
    }
    double tail[LANES];
    if (m->tail_rate > 0.0) {
        for (int i = 0; i < LANES; i++) {
            const double below = b->excess[i] < 0.0 ? b->excess[i] : 0.0;
            const double here = exp_of(below * b->threshold[i] / m->tail_v), rest = exp_of(-b->threshold[i] / m->tail_v);
            tail[i] = m->tail_rate * (here - rest);
        }
    }
    if (cubes) {
        for (int i = 0; i < LANES; i++) {
            const double over = b->excess[i] > 0.0 ? b->excess[i] : 0.0;
            b->excess[i] = over * over * over;
        }
    } else {
        for (int i = 0; i < LANES; i++) {
            const double alpha = b->end[i] > 0.0 ? m->alpha[1] : m->alpha[0];
            const double over = b->excess[i] > 1e-300 ? b->excess[i] : 1e-300, risen = power(over, alpha);
            b->excess[i] = b->excess[i] > 1e-300 ? risen : 0.0;
        }
    }
    if (m->tail_rate > 0.0)
        for (int i = 0; i < LANES; i++)
            b->excess[i] += tail[i];
}

OHM_WIDE void ohm_vteam_apply(const ohm_vteam *m, const int64_t *cells, const double *volts, const uint64_t *ordinals,
                              size_t count, double duration_s)
{
    const double mean = 0.5 * m->c2c_rate * m->c2c_rate;
    block b;
    for (size_t begin = 0; begin < count; begin += LANES) {
        const size_t lanes = count - begin < LANES ? count - begin : LANES;
        gather(m, cells + begin, volts + begin, ordinals + begin, lanes, &b);
        for (int i = 0; i < LANES; i++)
            normal_pair(b.word[i], &b.rate_draw[i], &b.volt_draw[i]);
        drive(m, &b);
        for (int i = 0; i < LANES; i++) {
            const double factor = exp_of(m->c2c_rate * b.rate_draw[i] - mean);
            const double gone = -exp_less_1(-duration_s * (b.rate[i] * (factor * b.excess[i])));
            b.w[i] += gone * (b.end[i] - b.w[i]);
        }
        for (size_t i = 0; i < lanes; i++) {
            const int64_t cell = cells[begin + i];
            m->w[cell] = b.w[i];
            m->conductance[cell] = m->g_min[cell] + m->g_span[cell] * b.w[i];
        }
    }
}

OHM_WIDE void ohm_normal_pairs(const uint64_t *first, const uint64_t *second, const uint64_t *ordinals, double *one,
                               double *other, size_t count)
{
    for (size_t i = 0; i < count; i++)
        normal_pair(draw_word(first[i], second[i], ordinals[i]), &one[i], &other[i]);
}
