/* One conversion of all columns, with the rows joined to their drivers or not. */
#include "ohm_state.h"

/* The converter needs at most this; the hardware closes the gate then, even if the processor has stopped. */
#define CONVERSION_NS 2000u             /* for each internal sample */
#define CONVERSION_MARGIN_NS 200000u    /* transfers of up to 16 stacked boards */
#define AHEAD_NS 2500u                  /* a line of the next vector: its code, and its word to the converter */

/* The converter averages inside; close to the end of its span some of what it averages may be clipped already. */
#define CODE_OVER 32752

enum { SUM_OVER_POS = INT32_MAX, SUM_OVER_NEG = INT32_MIN };

/* Gated: the pattern of e->lines, checked again right before the gate. Else a zero: rows off, ranges of e->reading.
 * Behind the `last` conversion of a vector e->lines holds the next one. */
int ohm_sample(ohm_engine *e, int gated, int log2_osr, int last)
{
    const uint8_t *rows = gated ? e->lines.row_on : e->no_rows;
    const uint8_t *ranges = gated ? e->lines.col_range : e->reading.uniform;
    const uint32_t settle = ohm_settling_ns(e, ranges);
    const int ahead = last && e->request.kind == OHM_VECTORS;
    int open = 1;

    ohm_latch(e, rows, ranges);
    if (gated) {
        const int status = ohm_pairs_check(e, 0, OHM_E_READ_VOLTAGE, e->request.done, -1, -1);
        if (status != OHM_OK)
            return status;
        const uint32_t ahead_ns = ahead ? AHEAD_NS * (uint32_t)(e->rows + e->cols) : 0;
        e->hal.gate_open(e->hal.ctx, 0, settle + ahead_ns + CONVERSION_MARGIN_NS + (CONVERSION_NS << log2_osr));
    }
    if (ahead) {
        const uint64_t moved_ns = e->hal.clock_ns(e->hal.ctx);
        ohm_multiply_ahead(e);
        ohm_settle(e, settle, moved_ns);
    } else {
        e->hal.delay_ns(e->hal.ctx, settle);
    }
    const int bad = e->hal.adc_sample(e->hal.ctx, log2_osr, e->reading.sample, e->cols);
    if (gated) {
        open = e->hal.gate_wait(e->hal.ctx, 0);
        e->hal.gate_close(e->hal.ctx);
    }
    if (!ohm_still_energised(e))
        return ohm_report(e, OHM_E_TRIP, e->request.done, -1, -1);
    if (bad < 0 || !open)
        return ohm_report(e, OHM_E_CONVERTER, e->request.done, -1, -1);
    return OHM_OK;
}

void ohm_sum_clear(ohm_engine *e)
{
    for (int col = 0; col < e->cols; col++)
        e->reading.sum[col] = 0;
}

/* A column that once left the span stays flagged: an average with a clipped part in it is not a reading. */
void ohm_sum_add(ohm_engine *e)
{
    for (int col = 0; col < e->cols; col++) {
        int32_t *sum = &e->reading.sum[col];
        const int16_t code = e->reading.sample[col];
        if (*sum == SUM_OVER_POS || *sum == SUM_OVER_NEG)
            continue;
        if (code >= CODE_OVER)
            *sum = SUM_OVER_POS;
        else if (code <= -CODE_OVER)
            *sum = SUM_OVER_NEG;
        else
            *sum += code;
    }
}

/* Current of a column in units of 10 pA: minus code, because the column amplifiers invert. */
int32_t ohm_sum_current(const ohm_engine *e, int col, int range, int log2_loops)
{
    const int32_t sum = e->reading.sum[col], zero = e->reading.zero[range][col];
    if (sum == SUM_OVER_POS || zero == SUM_OVER_NEG)
        return OHM_OVER_NEG;
    if (sum == SUM_OVER_NEG || zero == SUM_OVER_POS)
        return OHM_OVER_POS;
    /* sums of up to 16 conversions: the difference stays below 2^20, its multiple below 2^51 */
    const int32_t difference = zero - sum;
    const uint64_t scaled = (uint64_t)(difference < 0 ? -difference : difference) * (uint32_t)e->full_scale[range];
    const uint64_t magnitude = ((scaled >> log2_loops >> 14) + 1) >> 1;
    if (magnitude >= OHM_OVER_POS)
        return difference < 0 ? OHM_OVER_NEG : OHM_OVER_POS;
    return difference < 0 ? -(int32_t)magnitude : (int32_t)magnitude;
}
