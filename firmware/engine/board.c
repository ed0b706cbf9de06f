/* The board description: checked once, so that no later arithmetic can overflow. */
#include <string.h>

#include "ohm_state.h"

/* Bounds of one field. Voltages up to 100 V and times up to 10 ms keep every product below 2^63. */
typedef struct {
    int32_t least, most;
} bounds;

static const bounds BOUNDS[OHM_BOARD_COUNT] = {
    [OHM_BOARD_ROWS] = {1, OHM_MAX_LINES},
    [OHM_BOARD_COLS] = {1, OHM_MAX_LINES},
    [OHM_BOARD_LINE_SPAN_UV] = {100000, 100000000},
    [OHM_BOARD_LINE_ZERO_CODE] = {0, 65535},
    [OHM_BOARD_LINE_MIN_UV] = {-100000000, 0},
    [OHM_BOARD_LINE_MAX_UV] = {0, 100000000},
    [OHM_BOARD_LINE_TOL_OFFSET_UV] = {0, 10000000},
    [OHM_BOARD_LINE_TOL_GAIN_PPM] = {0, 500000},
    [OHM_BOARD_ADC_SPAN_READ_UV] = {1, 100000000},
    [OHM_BOARD_ADC_SPAN_PULSE_UV] = {1, 100000000},
    [OHM_BOARD_RF_L_MOHM] = {1, INT32_MAX},
    [OHM_BOARD_RF_M_MOHM] = {1, INT32_MAX},
    [OHM_BOARD_RF_H_MOHM] = {1, INT32_MAX},
    [OHM_BOARD_SETTLE_L_NS] = {0, 10000000},
    [OHM_BOARD_SETTLE_M_NS] = {0, 10000000},
    [OHM_BOARD_SETTLE_H_NS] = {0, 10000000},
    [OHM_BOARD_SWITCH_L_NS] = {0, 10000000},
    [OHM_BOARD_SWITCH_M_NS] = {0, 10000000},
    [OHM_BOARD_SWITCH_H_NS] = {0, 10000000},
    [OHM_BOARD_V_CELL_UV] = {0, 100000000},
    [OHM_BOARD_V_READ_UV] = {0, 100000000},
    [OHM_BOARD_V_READ_UNARMED_UV] = {0, 100000000},
    [OHM_BOARD_PULSE_MIN_NS] = {1, INT32_MAX},
    [OHM_BOARD_PULSE_MAX_NS] = {1, INT32_MAX},
    [OHM_BOARD_RANGE_MAX] = {OHM_RANGE_L, OHM_RANGE_H},
    [OHM_BOARD_PULSES_MAX] = {0, INT32_MAX},
    [OHM_BOARD_EXCHANGE_MAX_NS] = {1, INT32_MAX},
    [OHM_BOARD_RAIL_MIN_UV] = {0, 100000000},
    [OHM_BOARD_RAIL_MAX_UV] = {0, 100000000},
    [OHM_BOARD_COL_L_UV] = {0, 100000000},
    [OHM_BOARD_COL_M_UV] = {0, 100000000},
    [OHM_BOARD_COL_H_UV] = {0, 100000000},
};

static int hal_complete(const ohm_hal *hal)
{
    return hal != 0 && hal->dac_load != 0 && hal->dac_update != 0 && hal->latch != 0 && hal->adc_span != 0
        && hal->adc_sample != 0 && hal->energise != 0 && hal->energised != 0 && hal->gate_open != 0
        && hal->gate_wait != 0 && hal->gate_close != 0 && hal->rails != 0 && hal->delay_ns != 0 && hal->clock_ns != 0
        && hal->watchdog != 0;
}

/* Full scales of the ranges in units of 10 pA: span / Rf = uV / mOhm = 10^8 units. Finer ranges hold less. */
static int ranges_prepare(ohm_engine *e)
{
    const int64_t span = e->board[OHM_BOARD_ADC_SPAN_READ_UV];
    int64_t finer = 1;
    for (int range = OHM_RANGE_L; range <= OHM_RANGE_H; range++) {
        const int64_t full_scale = span * 100000000 / e->board[OHM_BOARD_RF_L_MOHM + range];
        if (full_scale < finer || full_scale > INT32_MAX)
            return OHM_BOARD_RF_L_MOHM + range;
        /* 80 % of the finer range, as a code of this one: room for noise, so that a finer range does not saturate */
        e->fits_finer[range] = (int32_t)(finer * 26214 / full_scale);
        e->full_scale[range] = (int32_t)full_scale;
        finer = full_scale;
    }
    return OHM_BOARD_COUNT;
}

/* Index of the first bad field, or OHM_BOARD_COUNT. */
static int board_check(ohm_engine *e)
{
    for (int field = 0; field < OHM_BOARD_COUNT; field++)
        if (e->board[field] < BOUNDS[field].least || e->board[field] > BOUNDS[field].most)
            return field;
    /* a line reaches at most its span: with this, a voltage times its scale stays below 2^58 */
    const int32_t span = e->board[OHM_BOARD_LINE_SPAN_UV];
    if (e->board[OHM_BOARD_LINE_MIN_UV] < -span)
        return OHM_BOARD_LINE_MIN_UV;
    if (e->board[OHM_BOARD_LINE_MAX_UV] > span)
        return OHM_BOARD_LINE_MAX_UV;
    if (e->board[OHM_BOARD_LINE_TOL_OFFSET_UV] > span)
        return OHM_BOARD_LINE_TOL_OFFSET_UV;
    if (e->board[OHM_BOARD_PULSE_MAX_NS] < e->board[OHM_BOARD_PULSE_MIN_NS])
        return OHM_BOARD_PULSE_MAX_NS;
    if (e->board[OHM_BOARD_RAIL_MAX_UV] < e->board[OHM_BOARD_RAIL_MIN_UV])
        return OHM_BOARD_RAIL_MAX_UV;
    if (e->board[OHM_BOARD_V_READ_UV] < e->board[OHM_BOARD_V_READ_UNARMED_UV])
        return OHM_BOARD_V_READ_UNARMED_UV;
    return ranges_prepare(e);
}

static void lines_prepare(ohm_engine *e)
{
    const int64_t span = e->board[OHM_BOARD_LINE_SPAN_UV];
    const int64_t gain = e->board[OHM_BOARD_LINE_TOL_GAIN_PPM];
    e->span_low = (int32_t)(span * (1000000 - gain) / 1000000);
    e->span_high = (int32_t)((span * (1000000 + gain) + 999999) / 1000000);
    for (int side = 0; side < OHM_SIDES; side++)
        for (int line = 0; line < OHM_MAX_LINES; line++) {
            ohm_lines_scale(e, side, line, 0);      /* offsets are 0 since the memset */
        }
}

static void setup_default(ohm_engine *e)
{
    e->setup[OHM_SETUP_V_READ_UV] = 40000;
    e->setup[OHM_SETUP_AVERAGES] = 16;
    e->setup[OHM_SETUP_READ_RANGE] = OHM_RANGE_AUTO;
    e->setup[OHM_SETUP_BIAS] = OHM_BIAS_HALF;
    e->setup[OHM_SETUP_PULSE_RANGE] = e->board[OHM_BOARD_RANGE_MAX];
}

int ohm_engine_size(void)
{
    return (int)sizeof(ohm_engine);
}

int ohm_max_lines(void)
{
    return OHM_MAX_LINES;
}

int ohm_init(ohm_engine *e, const ohm_hal *hal, const int32_t *board, int count)
{
    memset(e, 0, sizeof *e);
    if (!hal_complete(hal) || board == 0 || count != OHM_BOARD_COUNT)
        return ohm_refuse(e, OHM_E_ARGUMENT, -1, -1, -1, count, 0, OHM_BOARD_COUNT);
    for (int field = 0; field < OHM_BOARD_COUNT; field++)
        e->board[field] = board[field];
    const int bad = board_check(e);
    if (bad != OHM_BOARD_COUNT)
        return ohm_refuse(e, OHM_E_ARGUMENT, bad, -1, -1, board[bad], 0, BOUNDS[bad].most);
    e->hal = *hal;
    e->rows = board[OHM_BOARD_ROWS];
    e->cols = board[OHM_BOARD_COLS];
    e->lines.span = OHM_SPAN_UNKNOWN;
    memset(e->all_lines, 1, sizeof e->all_lines);
    lines_prepare(e);
    setup_default(e);
    ohm_limits_refresh(e, 0);
    ohm_make_safe(e);
    return ohm_report(e, OHM_OK, -1, -1, -1);
}

int ohm_time_us(const ohm_engine *e, uint32_t *low_high)
{
    if (e->rows == 0 || low_high == 0)
        return OHM_E_ARGUMENT;
    const uint64_t us = e->hal.clock_ns(e->hal.ctx) / 1000;
    low_high[0] = (uint32_t)us;
    low_high[1] = (uint32_t)(us >> 32);
    return OHM_OK;
}

int ohm_watchdog(ohm_engine *e)
{
    if (e->rows == 0)
        return ohm_report(e, OHM_E_ARGUMENT, -1, -1, -1);
    e->hal.watchdog(e->hal.ctx);
    return OHM_OK;
}
