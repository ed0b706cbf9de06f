/* Reading all columns with one row pattern: choose ranges, measure the zeros still missing, measure.
 *
 * Automatic ranges start from the coarsest, because a column that saturates loses its virtual ground and trips.
 * The zero vector (rows off) takes the offsets of the column amplifiers out; one a range and request is enough.
 */
#include "ohm_state.h"

#define LOG2_OSR_MAX 8          /* the converter averages up to 256 samples itself */

static int log2_averages(const ohm_engine *e)
{
    int log2 = 0;
    while ((1 << log2) < e->setup[OHM_SETUP_AVERAGES])
        log2++;
    return log2;
}

static int log2_osr(const ohm_engine *e)
{
    const int log2 = log2_averages(e);
    return log2 < LOG2_OSR_MAX ? log2 : LOG2_OSR_MAX;
}

static int log2_loops(const ohm_engine *e)
{
    return log2_averages(e) - log2_osr(e);
}

static int automatic(const ohm_engine *e)
{
    return e->setup[OHM_SETUP_READ_RANGE] == OHM_RANGE_AUTO;
}

static int range_used(const ohm_engine *e, int range)
{
    for (int col = 0; col < e->cols; col++)
        if (e->lines.col_range[col] == range)
            return 1;
    return 0;
}

/* The ranges are settled: first any zero that they still lack, then the measurement. */
static void phase_choose(ohm_engine *e)
{
    ohm_reading *r = &e->reading;
    r->phase = OHM_READ_MEASURE;
    r->loops = 1 << log2_loops(e);
    ohm_sum_clear(e);
    for (int range = OHM_RANGE_L; range < OHM_RANGES; range++)
        if (range_used(e, range) && !r->zero_known[range]) {
            r->phase = OHM_READ_ZERO;
            r->probe = (uint8_t)range;
            for (int col = 0; col < e->cols; col++)
                r->uniform[col] = (uint8_t)range;
            return;
        }
}

void ohm_read_forget_zeros(ohm_engine *e)
{
    for (int range = 0; range < OHM_RANGES; range++)
        e->reading.zero_known[range] = 0;
}

/* Refuses a fixed range above the limit; AUTO never goes above it. */
int ohm_read_range_check(ohm_engine *e)
{
    const int32_t range = e->setup[OHM_SETUP_READ_RANGE], most = e->limit[OHM_LIMIT_RANGE_MAX];
    if (!automatic(e) && range > most)
        return ohm_refuse(e, OHM_E_RANGE, -1, -1, -1, range, range, most);
    return OHM_OK;
}

/* Code of a read or input voltage on one row, or the negative status of its refusal. */
int ohm_read_check(ohm_engine *e, int32_t item, int row, int col, int32_t uv)
{
    if (uv >= e->read_low[row] && uv <= e->read_high[row])
        return ohm_line_code_allowed(e, OHM_ROWS, row, uv);
    const int32_t most_pos = e->read_limit[0], most_neg = e->read_limit[1];
    if (uv > most_pos || uv < -most_neg)
        return ohm_refuse(e, OHM_E_READ_VOLTAGE, item, row, col, uv, uv < 0 ? -(int64_t)uv : uv, uv < 0 ? most_neg : most_pos);
    const int code = ohm_line_code(e, OHM_ROWS, row, uv, item);
    if (code < 0)
        return code;
    const int32_t high = ohm_line_highest(e, code);
    if (high > most_pos)
        return ohm_refuse(e, OHM_E_READ_VOLTAGE, item, row, col, uv, high, most_pos);
    return ohm_refuse(e, OHM_E_READ_VOLTAGE, item, row, col, uv, -ohm_line_lowest(e, code), most_neg);
}

void ohm_read_begin(ohm_engine *e)
{
    const int32_t range = automatic(e) ? e->limit[OHM_LIMIT_RANGE_MAX] : e->setup[OHM_SETUP_READ_RANGE];
    for (int col = 0; col < e->cols; col++)
        e->lines.col_range[col] = (uint8_t)range;
    ohm_span(e, 0);
    e->reading.probe = (uint8_t)range;
    if (automatic(e) && range > OHM_RANGE_L)
        e->reading.phase = OHM_READ_PROBE;
    else
        phase_choose(e);
}

/* The columns that fit go one range finer; 1 if that range is to be probed as well. */
static int probe_finish(ohm_engine *e)
{
    ohm_reading *r = &e->reading;
    int moved = 0;
    for (int col = 0; col < e->cols; col++) {
        const int32_t code = r->sample[col];
        if (e->lines.col_range[col] == r->probe && (code < 0 ? -code : code) <= e->fits_finer[r->probe]) {
            e->lines.col_range[col] = (uint8_t)(r->probe - 1);
            moved = 1;
        }
    }
    r->probe--;
    return moved && r->probe > OHM_RANGE_L;
}

static int probe(ohm_engine *e)
{
    const int status = ohm_sample(e, 1, 0, 0);
    if (status != OHM_OK)
        return status;
    if (!probe_finish(e))
        phase_choose(e);
    return OHM_BUSY;
}

static void zero_finish(ohm_engine *e)
{
    ohm_reading *r = &e->reading;
    for (int col = 0; col < e->cols; col++)
        r->zero[r->probe][col] = r->sum[col];
    r->zero_known[r->probe] = 1;
}

/* One conversion. OHM_BUSY until e->reading.current holds the currents of all columns. */
int ohm_read_advance(ohm_engine *e)
{
    ohm_reading *r = &e->reading;
    if (r->phase == OHM_READ_PROBE)
        return probe(e);
    const int measures = r->phase == OHM_READ_MEASURE;
    const int status = ohm_sample(e, measures, log2_osr(e), measures && r->loops == 1);
    if (status != OHM_OK)
        return status;
    ohm_sum_add(e);
    if (--r->loops > 0)
        return OHM_BUSY;
    if (r->phase == OHM_READ_ZERO) {
        zero_finish(e);
        phase_choose(e);
        return OHM_BUSY;
    }
    for (int col = 0; col < e->cols; col++)
        r->current[col] = ohm_sum_current(e, col, e->lines.col_range[col], log2_loops(e));
    return OHM_OK;
}
