/* Volts to converter codes, and what a code can mean at worst. */
#include "ohm_state.h"

#define SCALE_BITS 40           /* fraction bits of codes_per_uv: its error stays below 10^-4 of a code */

/* Corrected code for `uv`, which no converter may have: below 0 or above 65,535. */
static int32_t code_of(const ohm_engine *e, int side, int line, int32_t uv)
{
    const int32_t wanted_uv = uv - e->offset[side][line];
    const uint64_t scaled = (uint64_t)(wanted_uv < 0 ? -wanted_uv : wanted_uv) * (uint64_t)e->codes_per_uv[side][line];
    const int32_t steps = (int32_t)((scaled + ((uint64_t)1 << (SCALE_BITS - 1))) >> SCALE_BITS);
    return e->board[OHM_BOARD_LINE_ZERO_CODE] + (wanted_uv < 0 ? -steps : steps);
}

static int32_t possible(int32_t code)
{
    return code < 0 || code > 65535 ? -1 : code;
}

/* 65536 / span codes a uV, less the gain correction. */
void ohm_lines_scale(ohm_engine *e, int side, int line, int32_t gain_ppm)
{
    const int64_t nominal = ((int64_t)65536 << SCALE_BITS) / e->board[OHM_BOARD_LINE_SPAN_UV];
    e->codes_per_uv[side][line] = nominal * (1000000 - gain_ppm) / 1000000;
    e->code_of_zero[side][line] = possible(code_of(e, side, line, 0));
}

void ohm_line_correct(ohm_engine *e, int side, int line, int32_t offset_uv)
{
    e->offset[side][line] = offset_uv;
    e->code_of_zero[side][line] = possible(code_of(e, side, line, 0));
}

/* Code of a line for a voltage that has passed its checks. */
int ohm_line_code_allowed(const ohm_engine *e, int side, int line, int32_t uv)
{
    return code_of(e, side, line, uv);
}

/* Code of a line for `uv`, corrected, or a negative status if its driver cannot give that. */
int ohm_line_code(ohm_engine *e, int side, int line, int32_t uv, int32_t item)
{
    const int32_t least = e->board[OHM_BOARD_LINE_MIN_UV], most = e->board[OHM_BOARD_LINE_MAX_UV];
    if (uv >= least && uv <= most) {
        const int32_t code = possible(code_of(e, side, line, uv));
        if (code >= 0)
            return code;
    }
    return ohm_refuse(e, OHM_E_LINE, item, side == OHM_ROWS ? line : -1, side == OHM_COLS ? line : -1, uv, uv,
                      uv < 0 ? least : most);
}

/* steps * span / 65536, rounded up or down, in 32 bits: small processors multiply no more in hardware. Below 65,536 steps
 * of a span below 2^28 (board.c) no part of it overflows. */
static int32_t steps_uv(int32_t steps, int32_t span_uv, int up)
{
    const uint32_t high = (uint32_t)steps * ((uint32_t)span_uv >> 12), low = (uint32_t)steps * ((uint32_t)span_uv & 0xFFFu);
    const uint32_t uv_16 = high + (low >> 12);
    const int rest = (uv_16 & 15u) != 0 || (low & 0xFFFu) != 0;
    return (int32_t)(uv_16 >> 4) + (up && rest);
}

/* The lowest and the highest voltage that a line driven with `code` may have, anywhere inside the stated tolerance of its transfer.
 * Rounded outward: neither bound is ever milder than the true one. Corrections do not count: a wrong calibration must not
 * carry a pulse past a limit. */
int32_t ohm_line_lowest(const ohm_engine *e, int32_t code)
{
    const int32_t steps = code - e->board[OHM_BOARD_LINE_ZERO_CODE];
    const int32_t uv = steps < 0 ? -steps_uv(-steps, e->span_high, 1) : steps_uv(steps, e->span_low, 0);
    return uv - e->board[OHM_BOARD_LINE_TOL_OFFSET_UV];
}

int32_t ohm_line_highest(const ohm_engine *e, int32_t code)
{
    const int32_t steps = code - e->board[OHM_BOARD_LINE_ZERO_CODE];
    const int32_t uv = steps < 0 ? -steps_uv(-steps, e->span_low, 0) : steps_uv(steps, e->span_high, 1);
    return uv + e->board[OHM_BOARD_LINE_TOL_OFFSET_UV];
}

/* Whether a row driven for `uv` keeps a read limit at worst: the one in the direction of its sign. */
static int keeps_high(const ohm_engine *e, int row, int32_t uv)
{
    const int32_t code = code_of(e, OHM_ROWS, row, uv);
    return code <= 65535 && ohm_line_highest(e, code) <= e->read_limit[0];
}

static int keeps_low(const ohm_engine *e, int row, int32_t uv)
{
    const int32_t code = code_of(e, OHM_ROWS, row, uv);
    return code >= 0 && ohm_line_lowest(e, code) >= -e->read_limit[1];
}

/* The worst case of a line rises with its voltage, so what a row may have is one interval: whether an input is allowed
 * takes two comparisons. An interval without members has its low end above its high end. */
void ohm_read_bounds(ohm_engine *e)
{
    const int32_t least = e->board[OHM_BOARD_LINE_MIN_UV] > -e->read_limit[1] ? e->board[OHM_BOARD_LINE_MIN_UV] : -e->read_limit[1];
    const int32_t most = e->board[OHM_BOARD_LINE_MAX_UV] < e->read_limit[0] ? e->board[OHM_BOARD_LINE_MAX_UV] : e->read_limit[0];
    for (int row = 0; row < e->rows; row++) {
        int32_t low = least, high = most;
        for (int32_t step = 1 << 27; step > 0; step /= 2) {
            if (low + step - 1 <= most && !keeps_low(e, row, low + step - 1))
                low += step;
            if (high - step + 1 >= least && !keeps_high(e, row, high - step + 1))
                high -= step;
        }
        e->read_low[row] = low;
        e->read_high[row] = high;
    }
}

int ohm_calibrate(ohm_engine *e, int table, const int32_t *values, int count)
{
    if (e->rows == 0 || values == 0 || table < OHM_TABLE_ROW_OFFSET_UV || table > OHM_TABLE_COL_GAIN_PPM)
        return ohm_refuse(e, OHM_E_ARGUMENT, -1, -1, -1, table, 0, OHM_TABLE_COL_GAIN_PPM);
    if (e->request.kind != OHM_IDLE)
        return ohm_report(e, OHM_E_BUSY, -1, -1, -1);
    const int side = table == OHM_TABLE_ROW_OFFSET_UV || table == OHM_TABLE_ROW_GAIN_PPM ? OHM_ROWS : OHM_COLS;
    const int gains = table == OHM_TABLE_ROW_GAIN_PPM || table == OHM_TABLE_COL_GAIN_PPM;
    const int32_t lines = side == OHM_ROWS ? e->rows : e->cols;
    const int32_t tolerance = e->board[gains ? OHM_BOARD_LINE_TOL_GAIN_PPM : OHM_BOARD_LINE_TOL_OFFSET_UV];
    if (count != lines)
        return ohm_refuse(e, OHM_E_ARGUMENT, -1, -1, -1, count, 0, lines);
    for (int line = 0; line < count; line++)
        if (values[line] > tolerance || values[line] < -tolerance)
            return ohm_refuse(e, OHM_E_CALIBRATION, line, side == OHM_ROWS ? line : -1, side == OHM_COLS ? line : -1,
                              values[line], values[line], tolerance);
    for (int line = 0; line < count; line++)
        if (gains)
            ohm_lines_scale(e, side, line, values[line]);
        else
            ohm_line_correct(e, side, line, values[line]);
    ohm_read_bounds(e);
    e->lines.loaded = OHM_LOADED_OTHER;
    return ohm_report(e, OHM_OK, -1, -1, -1);
}
