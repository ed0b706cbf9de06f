/* Newton's method for cells whose current bends: what happens between two solutions of the linear network. */
#ifndef OHM_BENDING_H
#define OHM_BENDING_H

#include <stddef.h>

#include "sweeps.h"

/* Tangents of I = g v0 sinh(V / v0) at `volts`: slope_s, and the current beside slope_s V, beside_a. */
void ohm_sinh_tangent(size_t count, const double *g, double v0, const double *volts, double *slope_s, double *beside_a);

/* Moves volts towards `found`, each by at most `limit`. Leaves in moved[0] the largest distance there was to go, in
 * moved[1] the largest magnitude of `found`. */
void ohm_move(size_t count, const double *found, double limit, double *volts, double *moved);

/* Relaxation towards a point from which one step of Newton's method is enough, for cells of I = g v0 sinh(V / v0): the
 * lines are relaxed until the next relaxation is expected to move no cell so far that its tangent would be off by
 * `tolerance`, or relaxation turns out slow. No cell moves by more than `limit` at a time.
 *
 * mesh, work: of the lines, with the sources; without cells when this returns. volts, y: voltages of the cells and of
 * the column nodes, those of a solution nearby if warm; else y is not read, and volts are a guess at which slopes are
 * those of chords. slope_s, beside_a, found: room for a field each. */
void ohm_sinh_approach(ohm_mesh *mesh, double *work, const double *g, int32_t warm, double v0, double limit,
                       double tolerance, double *slope_s, double *beside_a, double *found, double *volts, double *y);

#endif
