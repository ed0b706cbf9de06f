#include "draws.h"
#include "ohm_cells.h"

enum { FEATURES = 4, ORDER = 10, HIGH = 0, BETWEEN = 1, LOW = 2 };
enum { R_HIGH, U_SET, R_LOW, U_RESET };

#define LN_10 2.302585092994045684

static double chord(const double *coefficients, int count, double u)
{
    double sum = coefficients[0];
    for (int i = 1; i < count; i++)
        sum = sum * u + coefficients[i];
    return sum;
}

/* The share r at which a cell has this resistance. */
static double mixture(const ohm_synaptogen *m, double resistance)
{
    return (m->g_low - 1.0 / resistance) / (m->g_low - m->g_high);
}

static double current(const ohm_synaptogen *m, double r, double u)
{
    const double low = u * chord(m->chord_low, 6, u), high = u * chord(m->chord_high, 5, u);
    return low + r * (high - low);
}

/* (u_max - u)^eta */
static double bend(const ohm_synaptogen *m, double u)
{
    const double left = fabs(m->u_max - u);
    return left > 1e-300 ? power(left, m->eta) : 0.0;
}

static void put_r(const ohm_synaptogen *m, int64_t cell, double r)
{
    m->r[cell] = r;
    m->conductance[cell] = m->g_low - r * (m->g_low - m->g_high);
}

static void next_cycle(const ohm_synaptogen *m, int64_t cell)
{
    const uint64_t cycle = m->cycle[cell];
    double *ring = m->history + cell * (ORDER * FEATURES);
    double draws[FEATURES], x[FEATURES] = {0}, odd[FEATURES] = {0};
    for (int pair = 0; pair < 2; pair++)
        normal_pair(draw_word(m->first[pair][cell], m->second[pair][cell], cycle), &draws[2 * pair], &draws[2 * pair + 1]);
    const double *terms = m->terms;
    for (int i = 0; i < FEATURES; i++, terms += FEATURES)
        for (int k = 0; k < FEATURES; k++)
            x[k] += terms[k] * draws[i];
    for (unsigned lag = 1; lag <= ORDER; lag++) {
        const double *past = ring + (cycle + ORDER - lag) % ORDER * FEATURES;
        for (int i = 0; i < FEATURES; i += 2, terms += 2 * FEATURES)
            for (int k = 0; k < FEATURES; k++) {
                x[k] += terms[k] * past[i];
                odd[k] += terms[FEATURES + k] * past[i + 1];
            }
    }
    double *features = m->features + cell * FEATURES, *newest = ring + cycle % ORDER * FEATURES;
    for (int k = 0; k < FEATURES; k++) {
        newest[k] = x[k] + odd[k];
        double bent = m->gamma[k];
        for (int i = 1; i < 5; i++)
            bent = bent * newest[k] + m->gamma[i * FEATURES + k];
        features[k] = m->mean[cell * FEATURES + k] + m->spread[cell * FEATURES + k] * bent;
    }
    features[R_HIGH] = exp_of(LN_10 * features[R_HIGH]);
    m->cycle[cell] = cycle + 1;
}

static void reset(const ohm_synaptogen *m, int64_t cell, double u)
{
    const double *features = m->features + cell * FEATURES;
    double *curve = m->curve + 2 * cell;
    if (m->level[cell] == LOW) {
        next_cycle(m, cell);
        const double from = m->u_reset[cell], end = current(m, mixture(m, features[R_HIGH]), m->u_max);
        curve[0] = (current(m, m->r[cell], from) - end) / bend(m, from);
        curve[1] = end;
    }
    m->u_reset[cell] = u;
    if (u >= m->u_max) {
        m->level[cell] = HIGH;
        put_r(m, cell, mixture(m, features[R_HIGH]));
        return;
    }
    m->level[cell] = BETWEEN;
    const double low = u * chord(m->chord_low, 6, u), high = u * chord(m->chord_high, 5, u);
    put_r(m, cell, (curve[0] * bend(m, u) + curve[1] - low) / (high - low));
}

void ohm_synaptogen_apply(const ohm_synaptogen *m, const int64_t *cells, const double *volts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        const int64_t cell = cells[i];
        const double u = -volts[i];
        const double *features = m->features + cell * FEATURES;
        if (u <= features[U_SET] && m->level[cell] != LOW) {
            m->level[cell] = LOW;
            m->u_reset[cell] = features[U_RESET];
            put_r(m, cell, mixture(m, features[R_LOW]));
        } else if (u > m->u_reset[cell] && m->level[cell] != HIGH) {
            reset(m, cell, u);
        }
    }
}

void ohm_synaptogen_next(const ohm_synaptogen *m, const int64_t *cells, size_t count)
{
    for (size_t i = 0; i < count; i++)
        next_cycle(m, cells[i]);
}
