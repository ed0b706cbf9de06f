#include "drivers.h"

#include "clones.h"

OHM_CLONES
int32_t ohm_within(size_t count, const double *values, double low, double high, int32_t gaps)
{
    int64_t fine = 0; /* as wide as the values, so that compilers make vectors of it */
    if (gaps)
        for (size_t k = 0; k < count; k++)
            fine += !((values[k] < low) | (values[k] > high));
    else
        for (size_t k = 0; k < count; k++)
            fine += (values[k] >= low) & (values[k] <= high);
    return (size_t)fine == count;
}

int32_t ohm_drive(size_t lines, const double *terminal_s, const double *volts, double *connected_s, double *source_a)
{
    int32_t floats = 0;
    for (size_t k = 0; k < lines; k++) {
        const int open = volts[k] != volts[k];
        floats |= open;
        connected_s[k] = open ? 0 : terminal_s[k];
        source_a[k] = open ? 0 : terminal_s[k] * volts[k];
    }
    return !floats;
}
