/* Newton's method for cells whose current bends: what happens between two solutions of the linear network. */
#ifndef OHM_BENDING_H
#define OHM_BENDING_H

#include <stddef.h>

/* Tangents of I = g v0 sinh(V / v0) at `volts`: slope_s, and the current beside slope_s V, beside_a. */
void ohm_sinh_tangent(size_t count, const double *g, double v0, const double *volts, double *slope_s, double *beside_a);

/* Moves volts towards `found`, each by at most `limit`. Leaves in moved[0] the largest distance there was to go, in
 * moved[1] the largest magnitude of `found`. */
void ohm_move(size_t count, const double *found, double limit, double *volts, double *moved);

#endif
