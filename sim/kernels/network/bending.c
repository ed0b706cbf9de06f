#include "bending.h"

#include <math.h>
#include <string.h>

#include "clones.h"
#include "draws.h"

enum { SWEEPS = 12 };

/* What is left of a movement in the next one: as long as nothing is known, and where relaxation is not worth its time. */
#define FIRST 0.1
#define SLOW 0.3

OHM_CLONES
void ohm_sinh_tangent(size_t count, const double *g, double v0, const double *volts, double *slope_s, double *beside_a)
{
    const double inverse = 1 / v0;
    for (size_t k = 0; k < count; k++) {
        const double bent = volts[k] * inverse, rise = exp_less_1(bent < 0 ? -bent : bent);
        /* From exp - 1, so that a small voltage keeps all its digits. */
        const double fall = rise / (1 + rise), magnitude = 0.5 * (rise + fall);
        const double sine = bent < 0 ? -magnitude : magnitude, slope = g[k] * (1 + 0.5 * (rise - fall));
        slope_s[k] = slope;
        beside_a[k] = g[k] * v0 * sine - slope * volts[k];
    }
}

OHM_CLONES
void ohm_move(size_t count, const double *found, double limit, double *volts, double *moved)
{
    double farthest[8] = {0}, largest[8] = {0};
    size_t k = 0;
    for (; k + 8 <= count; k += 8)
        for (size_t lane = 0; lane < 8; lane++) {
            const double goal = found[k + lane], way = goal - volts[k + lane];
            const double distance = way < 0 ? -way : way, size = goal < 0 ? -goal : goal;
            farthest[lane] = distance > farthest[lane] ? distance : farthest[lane];
            largest[lane] = size > largest[lane] ? size : largest[lane];
            volts[k + lane] += way > limit ? limit : way < -limit ? -limit : way;
        }
    for (; k < count; k++) {
        const double goal = found[k], way = goal - volts[k];
        farthest[0] = fmax(farthest[0], fabs(way));
        largest[0] = fmax(largest[0], fabs(goal));
        volts[k] += way > limit ? limit : way < -limit ? -limit : way;
    }
    moved[0] = moved[1] = 0;
    for (size_t lane = 0; lane < 8; lane++) {
        moved[0] = fmax(moved[0], farthest[lane]);
        moved[1] = fmax(moved[1], largest[lane]);
    }
}

void ohm_sinh_approach(ohm_mesh *mesh, double *work, const double *g, int32_t warm, double v0, double limit,
                       double tolerance, double *slope_s, double *beside_a, double *found, double *volts, double *y)
{
    const size_t count = (size_t)mesh->rows * (size_t)mesh->cols;
    double moved[2], before = 0, off = INFINITY, next = 0;
    mesh->g = slope_s;
    mesh->cell_a = warm ? beside_a : NULL; /* a guess's slopes are those of chords */
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        /* A tangent is kept while relaxation has further to go than the tangent is off. */
        const int fresh = !(next > off);
        if (fresh) {
            ohm_sinh_tangent(count, g, v0, volts, slope_s, beside_a);
            ohm_sweeps_factor(mesh, work);
        }
        ohm_sweeps_relax(mesh, work, warm || sweep > 0, found, y);
        if (!mesh->cell_a) {
            memcpy(volts, found, count * sizeof *volts);
            mesh->cell_a = beside_a;
            continue;
        }
        ohm_move(count, found, limit, volts, moved);
        if (fresh)
            off = moved[0] * moved[0] / (2 * v0);
        if (before > 0 && moved[0] > SLOW * before)
            break;
        next = moved[0] * (before > 0 ? moved[0] / before : FIRST);
        if (before > 0 && 2 * (next + off) <= sqrt(2 * v0 * tolerance * moved[1]))
            break;
        before = moved[0];
    }
    mesh->g = mesh->cell_a = NULL;
}
