/* Pulses on many cells of one model. Arrays are of the caller; `cells` lists the cells of an event, each at most once,
 * `volts` (positive towards SET) and `ordinals` (the event of each) go with it. */
#ifndef OHM_CELLS_H
#define OHM_CELLS_H

#include <stddef.h>
#include <stdint.h>

/* ohmsim/devices/vteam.py. Pairs are of RESET and SET; arrays have one element a cell. */
typedef struct {
    const uint64_t *first, *second; /* keys of the cycle-to-cycle draws */
    const double *per_threshold[2]; /* 1/V: one over the thresholds */
    const double *rate[2];          /* 1/s */
    double alpha[2];
    double c2c_rate, c2c_volts;
    double tail_rate, tail_v; /* tail_rate 0: hard threshold */
    const double *g_min, *g_span;
    double *w, *conductance;
} ohm_vteam;

void ohm_vteam_apply(const ohm_vteam *model, const int64_t *cells, const double *volts, const uint64_t *ordinals,
                     size_t count, double duration_s);

/* ohmsim/devices/synaptogen.py. Features are high resistance, SET voltage, low resistance, RESET voltage; arrays of
 * features and history are cell by cell. */
typedef struct {
    const uint64_t *first[2], *second[2]; /* keys of the draws of a cycle */
    const double *terms;                  /* [4 + 40][4]: of the draws, then of the past from the newest on */
    const double *gamma;                  /* [5][4] */
    const double *mean, *spread;          /* [cells][4] */
    double chord_low[6], chord_high[5];   /* polynomials of I(U) / U, highest power first */
    double u0, u_max, eta;
    double g_low, g_high;
    float *history;      /* [cells][10][4], a ring by cycle */
    uint64_t *cycle;     /* [cells] */
    double *features;    /* [cells][4] */
    double *u_reset, *r; /* [cells] */
    double *curve;       /* [cells][2] */
    int8_t *level;       /* [cells]: 0 high, 1 between, 2 low resistance */
    double *conductance; /* [cells] */
} ohm_synaptogen;

void ohm_synaptogen_apply(const ohm_synaptogen *model, const int64_t *cells, const double *volts, size_t count);

/* Draw the next cycle of each cell. */
void ohm_synaptogen_next(const ohm_synaptogen *model, const int64_t *cells, size_t count);

/* Two normal draws of each event: what `normal_pair` of ohmsim/noise.py gives, to rounding. */
void ohm_normal_pairs(const uint64_t *first, const uint64_t *second, const uint64_t *ordinals, double *one,
                      double *other, size_t count);

/* The same in single precision. */
void ohm_single_normal_pairs(const uint64_t *first, const uint64_t *second, const uint64_t *ordinals, float *one,
                             float *other, size_t count);

/* Adds noise to currents, vectors x cols: column k < (cols + 1) / 2 of a vector takes the first draw of the pair with
 * key k and the vector's ordinal, the others the second. spread_a: deviation of every vector or, with `each`, of every
 * vector and column. */
void ohm_add_noise(size_t vectors, size_t cols, const uint64_t *first, const uint64_t *second, uint64_t ordinal,
                   const float *spread_a, int32_t each, float *currents_a);

#endif
