/* What is known of the cells of a rate-type device, and the pulse that brings each of them nearest to its target:
 * ohmloop/programming/step_filter.py. Conductances in S, amplitudes in V as magnitudes. */
#ifndef OHM_STEPS_H
#define OHM_STEPS_H

#include <stddef.h>
#include <stdint.h>

/* One polarity. Arrays are of the caller; those of cells have `points` elements a cell, one for each threshold. */
typedef struct {
    double way;                                       /* 1 SET, -1 RESET */
    double softness, exponent, ln_rate, cycle_noise;  /* the step curve */
    double bound, least_window;                       /* S */
    double lowest_v, largest_v;                       /* what may be proposed */
    double escape_v;                                  /* rise of the amplitude for every response that fails to come */
    int64_t points;                                   /* thresholds that are told apart: evenly spaced, 8 to 64, a multiple of 8 */
    const double *thresholds, *log_prior;             /* V; of the population */
    double *log_likelihood, *quickness, *variance;    /* of each threshold; of the cell's rate, given the threshold */
    double *misses;                                   /* one a cell: responses that failed to come, one after the other */
} ohm_polarity;

typedef struct {
    ohm_polarity polarity[2];      /* SET, RESET */
    double read_noise, read_floor; /* scatter of one reading: relative, S */
    double band;                   /* half-width within which a cell is accepted, S */
    double drift;                  /* variance that a cell's rate gains a pulse */
    int64_t costs;                 /* pulses that are still to come for an error of band * sinh(i * cost_step) */
    double cost_step;
    const double *cost;
    double shortest, longest; /* what may be proposed: ln of the width as a part of the population's */
    double turning; /* what it costs to have to turn, in pulses, where the other polarity is not yet known */
} ohm_steps;

/* The next pulse of each cell: amplitude, positive towards SET, and width as a part of the population's. Changes nothing. */
void ohm_steps_propose(const ohm_steps *steps, const int64_t *cells, const double *measured, const double *targets,
                       size_t count, double *volts, double *widths);

/* What pulses of these amplitudes and widths did. `evidence`: logarithm of how likely each outcome was before, to a constant. */
void ohm_steps_learn(const ohm_steps *steps, const int64_t *cells, const double *volts, const double *widths,
                     const double *before, const double *after, size_t count, double *evidence);

#endif
