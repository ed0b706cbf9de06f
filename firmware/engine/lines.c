/* Volts to converter codes, and what a code can mean at worst. */
#include "ohm_state.h"

#define SCALE_BITS 40           /* fraction bits of codes_per_uv: its error stays below 10^-4 of a code */

/* 65536 / span codes a uV, less the gain correction. */
void ohm_lines_scale(ohm_engine *e, int side, int line, int32_t gain_ppm)
{
    const int64_t nominal = ((int64_t)65536 << SCALE_BITS) / e->board[OHM_BOARD_LINE_SPAN_UV];
    e->codes_per_uv[side][line] = nominal * (1000000 - gain_ppm) / 1000000;
}

/* Code of a line for `uv`, corrected, or a negative status if its driver cannot give that. */
int ohm_line_code(ohm_engine *e, int side, int line, int32_t uv, int32_t item)
{
    const int32_t least = e->board[OHM_BOARD_LINE_MIN_UV], most = e->board[OHM_BOARD_LINE_MAX_UV];
    const int row = side == OHM_ROWS ? line : -1, col = side == OHM_COLS ? line : -1;
    if (uv < least || uv > most)
        return ohm_refuse(e, OHM_E_LINE, item, row, col, uv, uv, uv < 0 ? least : most);
    const int64_t scaled = ((int64_t)uv - e->offset[side][line]) * e->codes_per_uv[side][line];
    const int64_t half = (int64_t)1 << (SCALE_BITS - 1);
    const int64_t steps = (scaled + (scaled < 0 ? -half : half)) / ((int64_t)1 << SCALE_BITS);
    const int64_t code = e->board[OHM_BOARD_LINE_ZERO_CODE] + steps;
    if (code < 0 || code > 65535)
        return ohm_refuse(e, OHM_E_LINE, item, row, col, uv, uv, uv < 0 ? least : most);
    return (int)code;
}

/* Rounded outward: neither bound is ever milder than the true one. */
static int32_t rounded_up(int64_t uv_65536)
{
    return (int32_t)((uv_65536 > 0 ? uv_65536 + 65535 : uv_65536) / 65536);
}

static int32_t rounded_down(int64_t uv_65536)
{
    return (int32_t)((uv_65536 < 0 ? uv_65536 - 65535 : uv_65536) / 65536);
}

/* The voltages that a line driven with `code` may have, anywhere inside the stated tolerance of its transfer.
 * Corrections do not count: a wrong calibration must not carry a pulse past a limit. */
void ohm_line_worst(const ohm_engine *e, uint16_t code, int32_t *low_uv, int32_t *high_uv)
{
    const int32_t steps = (int32_t)code - e->board[OHM_BOARD_LINE_ZERO_CODE];
    const int32_t offset = e->board[OHM_BOARD_LINE_TOL_OFFSET_UV];
    const int64_t mild = (int64_t)steps * e->span_low, steep = (int64_t)steps * e->span_high;
    *high_uv = rounded_up(steps < 0 ? mild : steep) + offset;
    *low_uv = rounded_down(steps < 0 ? steep : mild) - offset;
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
            e->offset[side][line] = values[line];
    e->lines.loaded = OHM_LOADED_OTHER;
    return ohm_report(e, OHM_OK, -1, -1, -1);
}
