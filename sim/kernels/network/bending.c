#include "bending.h"

#include <math.h>

#include "clones.h"
#include "draws.h"

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
