/* Cells are looked at one by one; those that change are collected, and full blocks of them are worked on as vectors. Every
 * lane does the same operations whatever its place, so a cell's bits do not depend on which others change with it. */
#include "draws.h"
#include "ohm_cells.h"

enum { LANES = 64, FEATURES = 4, ORDER = 10, HIGH = 0, BETWEEN = 1, LOW = 2 };
enum { R_HIGH, U_SET, R_LOW, U_RESET };

#define LN_10 2.302585092994045684

/* Cells that are SET, or cells that are RESET, or those of them that leave the low-resistance state. */
typedef struct {
    size_t count;
    int64_t cell[LANES];
    double u[LANES], resistance[LANES], from[LANES], r[LANES], a[LANES], c[LANES];
} block;

typedef struct {
    uint64_t word[2][LANES];
    double draw[2][2][LANES];
} cycle_draws;

/* Values with which no operation goes astray, for lanes that no cell uses. */
DRAWS_INLINE void block_clear(block *b)
{
    b->count = 0;
    for (int i = 0; i < LANES; i++) {
        b->cell[i] = 0;
        b->u[i] = b->from[i] = 1.0;
        b->resistance[i] = 1e4;
        b->r[i] = b->a[i] = b->c[i] = 0.0;
    }
}

DRAWS_INLINE double chord_low(const ohm_synaptogen *m, double u)
{
    double sum = m->chord_low[0];
    for (int i = 1; i < 6; i++)
        sum = sum * u + m->chord_low[i];
    return sum;
}

DRAWS_INLINE double chord_high(const ohm_synaptogen *m, double u)
{
    double sum = m->chord_high[0];
    for (int i = 1; i < 5; i++)
        sum = sum * u + m->chord_high[i];
    return sum;
}

DRAWS_INLINE double current(const ohm_synaptogen *m, double r, double u)
{
    const double low = u * chord_low(m, u), high = u * chord_high(m, u);
    return low + r * (high - low);
}

/* The share r at which a cell has this resistance. */
DRAWS_INLINE double mixture(const ohm_synaptogen *m, double resistance)
{
    return (m->g_low - 1.0 / resistance) / (m->g_low - m->g_high);
}

/* (u_max - u)^eta */
DRAWS_INLINE double bend(const ohm_synaptogen *m, double u)
{
    const double left = fabs(m->u_max - u), held = left > 1e-300 ? left : 1e-300;
    return power(held, m->eta);
}

DRAWS_INLINE void put_r(const ohm_synaptogen *m, int64_t cell, double r)
{
    m->r[cell] = r;
    m->conductance[cell] = m->g_low - r * (m->g_low - m->g_high);
}

/* The four features of a cell at once, wherever they lie. */
typedef double four __attribute__((vector_size(32), aligned(8), may_alias));
#define LOAD(from) (*(const four *)(from))

/* The autoregression of one cell: features of its next cycle, with the high resistance as its logarithm. */
DRAWS_INLINE void regress(const ohm_synaptogen *m, int64_t cell, const double *draws)
{
    const uint64_t cycle = m->cycle[cell];
    float *ring = m->history + cell * (ORDER * FEATURES);
    const double *terms = m->terms;
    four sum[FEATURES]; /* four sums, so that none waits for another */
    for (int i = 0; i < FEATURES; i++, terms += FEATURES)
        sum[i] = LOAD(terms) * draws[i];
    unsigned slot = (unsigned)(cycle % ORDER);
    float *newest = ring + slot * FEATURES;
    for (int lag = 0; lag < ORDER; lag++) {
        slot = slot == 0 ? ORDER - 1 : slot - 1;
        const float *past = ring + slot * FEATURES;
        for (int i = 0; i < FEATURES; i++, terms += FEATURES)
            sum[i] += LOAD(terms) * (double)past[i];
    }
    four x = (sum[0] + sum[1]) + (sum[2] + sum[3]);
    for (int k = 0; k < FEATURES; k++) {
        newest[k] = (float)x[k];
        x[k] = (double)newest[k];
    }
    four bent = LOAD(m->gamma);
    for (int i = 1; i < 5; i++)
        bent = bent * x + LOAD(m->gamma + i * FEATURES);
    bent = LOAD(m->mean + cell * FEATURES) + LOAD(m->spread + cell * FEATURES) * bent;
    *(four *)(m->features + cell * FEATURES) = bent;
    m->cycle[cell] = cycle + 1;
}

/* The next cycle of every cell of a block; its resistances become those of the new high state. */
DRAWS_INLINE void next_cycle(const ohm_synaptogen *m, block *b, cycle_draws *d)
{
    for (int pair = 0; pair < 2; pair++) {
        for (size_t i = 0; i < LANES; i++) {
            const int64_t cell = b->cell[i];
            d->word[pair][i] = draw_word(m->first[pair][cell], m->second[pair][cell], m->cycle[cell]);
        }
        for (int i = 0; i < LANES; i++)
            normal_pair(d->word[pair][i], &d->draw[pair][0][i], &d->draw[pair][1][i]);
    }
    for (size_t i = 0; i < b->count; i++) {
        const double draws[FEATURES] = {d->draw[0][0][i], d->draw[0][1][i], d->draw[1][0][i], d->draw[1][1][i]};
        regress(m, b->cell[i], draws);
        b->resistance[i] = m->features[b->cell[i] * FEATURES + R_HIGH];
    }
    for (size_t i = b->count; i < LANES; i++)
        b->resistance[i] = 4.0;
    for (int i = 0; i < LANES; i++)
        b->resistance[i] = exp_of(LN_10 * b->resistance[i]);
    for (size_t i = 0; i < b->count; i++)
        m->features[b->cell[i] * FEATURES + R_HIGH] = b->resistance[i];
}

/* The RESET curve of every cell of a block, from where it leaves the low-resistance state to its new high state. */
DRAWS_INLINE void aim(const ohm_synaptogen *m, block *b)
{
    for (int i = 0; i < LANES; i++) {
        const double end = current(m, mixture(m, b->resistance[i]), m->u_max);
        b->a[i] = (current(m, b->r[i], b->from[i]) - end) / bend(m, b->from[i]);
        b->c[i] = end;
    }
    for (size_t i = 0; i < b->count; i++) {
        m->curve[2 * b->cell[i]] = b->a[i];
        m->curve[2 * b->cell[i] + 1] = b->c[i];
    }
}

/* Cells that go further on their RESET curve, or all the way. */
DRAWS_INLINE void reset(const ohm_synaptogen *m, block *b, int partly)
{
    for (size_t i = 0; i < b->count; i++)
        b->resistance[i] = m->features[b->cell[i] * FEATURES + R_HIGH];
    for (int i = 0; i < LANES; i++)
        b->r[i] = mixture(m, b->resistance[i]);
    if (partly) {
        for (size_t i = 0; i < b->count; i++) {
            b->a[i] = m->curve[2 * b->cell[i]];
            b->c[i] = m->curve[2 * b->cell[i] + 1];
        }
        for (int i = 0; i < LANES; i++) {
            const double u = b->u[i], low = u * chord_low(m, u), high = u * chord_high(m, u);
            const double part = (b->a[i] * bend(m, u) + b->c[i] - low) / (high - low);
            b->r[i] = u >= m->u_max ? b->r[i] : part;
        }
    }
    for (size_t i = 0; i < b->count; i++) {
        const int64_t cell = b->cell[i];
        m->u_reset[cell] = b->u[i];
        m->level[cell] = (int8_t)(b->u[i] >= m->u_max ? HIGH : BETWEEN);
        put_r(m, cell, b->r[i]);
    }
}

DRAWS_INLINE int some_partly(const ohm_synaptogen *m, const block *b)
{
    for (size_t i = 0; i < b->count; i++)
        if (b->u[i] < m->u_max)
            return 1;
    return 0;
}

DRAWS_INLINE void set(const ohm_synaptogen *m, block *b)
{
    for (int i = 0; i < LANES; i++)
        b->r[i] = mixture(m, b->resistance[i]);
    for (size_t i = 0; i < b->count; i++)
        put_r(m, b->cell[i], b->r[i]);
}

OHM_WIDE void ohm_synaptogen_apply(const ohm_synaptogen *m, const int64_t *cells, const double *volts, size_t count)
{
    block sets, leaving, further;
    cycle_draws draws;
    block_clear(&sets);
    block_clear(&leaving);
    block_clear(&further);
    for (size_t i = 0; i <= count; i++) {
        const int end = i == count;
        if (!end) {
            const int64_t cell = cells[i];
            const double u = -volts[i], *features = m->features + cell * FEATURES;
            if (u <= features[U_SET] && m->level[cell] != LOW) {
                m->level[cell] = LOW;
                m->u_reset[cell] = features[U_RESET];
                sets.cell[sets.count] = cell;
                sets.resistance[sets.count++] = features[R_LOW];
            } else if (u > m->u_reset[cell] && m->level[cell] != HIGH) {
                block *b = m->level[cell] == LOW ? &leaving : &further;
                b->from[b->count] = m->u_reset[cell];
                b->r[b->count] = m->r[cell];
                b->u[b->count] = u;
                b->cell[b->count++] = cell;
            }
        }
        if (sets.count == LANES || (end && sets.count)) {
            set(m, &sets);
            sets.count = 0;
        }
        if (leaving.count == LANES || (end && leaving.count)) {
            const int partly = some_partly(m, &leaving);
            next_cycle(m, &leaving, &draws);
            if (partly)
                aim(m, &leaving);
            reset(m, &leaving, partly);
            leaving.count = 0;
        }
        if (further.count == LANES || (end && further.count)) {
            reset(m, &further, some_partly(m, &further));
            further.count = 0;
        }
    }
}

OHM_WIDE void ohm_synaptogen_next(const ohm_synaptogen *m, const int64_t *cells, size_t count)
{
    block b;
    cycle_draws draws;
    block_clear(&b);
    for (size_t begin = 0; begin < count; begin += LANES) {
        b.count = count - begin < LANES ? count - begin : LANES;
        for (size_t i = 0; i < b.count; i++)
            b.cell[i] = cells[begin + i];
        next_cycle(m, &b, &draws);
    }
}
