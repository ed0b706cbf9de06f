/* Blocks of cells are worked on as vectors: in place where a block's cells lie side by side, else gathered and put back.
 * Every lane does the same operations whatever its place in a block, so a cell's bits do not depend on which others are
 * pulsed with it. The noise of a pulse is drawn in single precision, the state is kept in double. */
#include "draws_single.h"
#include "ohm_cells.h"

enum { LANES = 128 };

/* What a pulse finds of one block's cells, and where it leaves them. */
typedef struct {
    const uint64_t *first, *second;
    const double *per_threshold, *rate, *g_min, *g_span;
    double *w, *conductance;
} lanes;

typedef struct {
    uint64_t first[LANES], second[LANES], ordinal[LANES];
    double volts[LANES], per_threshold[LANES], rate[LANES], g_min[LANES], g_span[LANES], w[LANES], conductance[LANES];
} gathered;

typedef struct {
    uint32_t radius_word[LANES], angle_word[LANES];
    float factor[LANES], jitter[LANES];
    double drive[LANES], tail[LANES];
} work;

/* Values with which no operation goes astray, for lanes that no cell uses. */
static void gathered_clear(gathered *b)
{
    memset(b, 0, sizeof *b);
    for (int i = 0; i < LANES; i++)
        b->per_threshold[i] = 1.0;
}

DRAWS_INLINE void gather(const ohm_vteam *m, const int64_t *cells, const double *volts, const uint64_t *ordinals,
                         size_t count, gathered *b)
{
    for (size_t i = 0; i < count; i++) {
        const int64_t cell = cells[i];
        const int set = volts[i] > 0.0;
        b->first[i] = m->first[cell];
        b->second[i] = m->second[cell];
        b->ordinal[i] = ordinals[i];
        b->volts[i] = volts[i];
        b->per_threshold[i] = m->per_threshold[set][cell];
        b->rate[i] = m->rate[set][cell];
        b->g_min[i] = m->g_min[cell];
        b->g_span[i] = m->g_span[cell];
        b->w[i] = m->w[cell];
    }
}

DRAWS_INLINE void scatter(const ohm_vteam *m, const int64_t *cells, size_t count, const gathered *b)
{
    for (size_t i = 0; i < count; i++) {
        m->w[cells[i]] = b->w[i];
        m->conductance[cells[i]] = b->conductance[i];
    }
}

/* Whether LANES cells lie side by side. */
DRAWS_INLINE int side_by_side(const int64_t *cells)
{
    int64_t same = 0;
    for (int i = 0; i < LANES; i++)
        same += cells[i] == cells[0] + i;
    return same == LANES;
}

/* The elements of the direction of each voltage: where they are, if all voltages have one direction. */
DRAWS_INLINE const double *directed(const double *const *pair, int64_t at, const double *volts, double *chosen)
{
    const double *reset = pair[0] + at, *set = pair[1] + at;
    int64_t up = 0;
    for (int i = 0; i < LANES; i++)
        up += volts[i] > 0.0;
    if (up == 0 || up == LANES)
        return up ? set : reset;
    for (int i = 0; i < LANES; i++)
        chosen[i] = volts[i] > 0.0 ? set[i] : reset[i];
    return chosen;
}

/* Relative excess over the threshold, to the power of its direction, and the tail below it. */
DRAWS_INLINE void drive(const ohm_vteam *m, const lanes *l, const double *volts, work *b)
{
    for (int i = 0; i < LANES; i++)
        b->drive[i] = fma(fabs(volts[i]) * fma(m->c2c_volts, (double)b->jitter[i], 1.0), l->per_threshold[i], -1.0);
    if (m->tail_rate > 0.0)
        for (int i = 0; i < LANES; i++) {
            const double below = b->drive[i] < 0.0 ? b->drive[i] : 0.0, scale = 1.0 / (l->per_threshold[i] * m->tail_v);
            const double here = exp_of(below * scale), rest = exp_of(-scale);
            b->tail[i] = m->tail_rate * (here - rest);
        }
    if (m->alpha[0] == 3.0 && m->alpha[1] == 3.0)
        for (int i = 0; i < LANES; i++) {
            const double over = b->drive[i] > 0.0 ? b->drive[i] : 0.0;
            b->drive[i] = over * over * over;
        }
    else
        for (int i = 0; i < LANES; i++) {
            const double alpha = volts[i] > 0.0 ? m->alpha[1] : m->alpha[0];
            const double over = b->drive[i] > 1e-300 ? b->drive[i] : 1e-300, risen = power(over, alpha);
            b->drive[i] = b->drive[i] > 1e-300 ? risen : 0.0;
        }
    if (m->tail_rate > 0.0)
        for (int i = 0; i < LANES; i++)
            b->drive[i] += b->tail[i];
}

DRAWS_INLINE void pulse(const ohm_vteam *m, const lanes *l, const double *volts, const uint64_t *ordinals,
                        double duration_s, work *b)
{
    const float c2c_rate = (float)m->c2c_rate, mean = 0.5f * c2c_rate * c2c_rate;
    for (int i = 0; i < LANES; i++) {
        const uint64_t word = draw_word(l->first[i], l->second[i], ordinals[i]);
        b->radius_word[i] = (uint32_t)(word >> 32);
        b->angle_word[i] = (uint32_t)word;
    }
    for (int i = 0; i < LANES; i++) {
        float rate_draw;
        single_normal_pair(b->radius_word[i], b->angle_word[i], &rate_draw, &b->jitter[i]);
        b->factor[i] = single_exp(fmaf(c2c_rate, rate_draw, -mean));
    }
    drive(m, l, volts, b);
    double *restrict w = l->w, *restrict conductance = l->conductance;
    for (int i = 0; i < LANES; i++) {
        const double end = volts[i] > 0.0 ? 1.0 : 0.0;
        const double gone = -exp_less_1(-duration_s * (l->rate[i] * ((double)b->factor[i] * b->drive[i])));
        const double now = fma(gone, end - w[i], w[i]);
        w[i] = now;
        conductance[i] = l->g_min[i] + l->g_span[i] * now;
    }
}

OHM_WIDE void ohm_vteam_apply(const ohm_vteam *m, const int64_t *cells, const double *volts, const uint64_t *ordinals,
                              size_t count, double duration_s)
{
    gathered g;
    work b;
    gathered_clear(&g);
    for (size_t begin = 0; begin < count; begin += LANES) {
        const size_t here = count - begin < LANES ? count - begin : LANES;
        const int64_t *which = cells + begin;
        const double *seen = volts + begin;
        if (here == LANES && side_by_side(which)) {
            const int64_t at = which[0];
            const lanes l = {m->first + at, m->second + at, directed(m->per_threshold, at, seen, g.per_threshold),
                             directed(m->rate, at, seen, g.rate), m->g_min + at, m->g_span + at, m->w + at,
                             m->conductance + at};
            pulse(m, &l, seen, ordinals + begin, duration_s, &b);
        } else {
            const lanes l = {g.first, g.second, g.per_threshold, g.rate, g.g_min, g.g_span, g.w, g.conductance};
            gather(m, which, seen, ordinals + begin, here, &g);
            pulse(m, &l, g.volts, g.ordinal, duration_s, &b);
            scatter(m, which, here, &g);
        }
    }
}
