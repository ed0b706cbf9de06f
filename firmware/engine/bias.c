/* The line pattern of a pulse: the selected cell sees V, the others what the bias scheme leaves them. */
#include "ohm_state.h"

/* Nominal voltages of the four kinds of lines. */
typedef struct {
    int32_t row, col, other_rows, other_cols;
    int other_rows_on;
} bias;

static bias bias_of(const ohm_engine *e, int32_t uv)
{
    bias b = {uv, 0, 0, 0, 0};
    if (e->setup[OHM_SETUP_BIAS] == OHM_BIAS_GND)
        return b;
    b.row = uv / 2;
    b.col = b.row - uv;
    if (e->setup[OHM_SETUP_BIAS] == OHM_BIAS_THIRD) {
        b.other_rows = -(uv / 6);
        b.other_cols = uv / 6;
        b.other_rows_on = 1;
    }
    return b;
}

static int side_set(ohm_engine *e, int side, int lines, int selected, int32_t uv, int32_t others_uv, int32_t item)
{
    for (int line = 0; line < lines; line++) {
        const int32_t wanted_uv = line == selected ? uv : others_uv;
        int code = wanted_uv == 0 ? e->code_of_zero[side][line] : -1;
        if (code < 0)
            code = ohm_line_code(e, side, line, wanted_uv, item);
        if (code < 0)
            return code;
        e->lines.code[side][line] = (uint16_t)code;
    }
    return OHM_OK;
}

/* Puts the pattern of a pulse into e->lines. */
int ohm_pulse_lines(ohm_engine *e, const ohm_pulse_item *p)
{
    const bias b = bias_of(e, p->uv);
    e->lines.loaded = OHM_LOADED_OTHER;     /* e->lines no longer shows what the converters hold */
    for (int row = 0; row < e->rows; row++)
        e->lines.row_on[row] = row == p->row || b.other_rows_on;
    for (int col = 0; col < e->cols; col++)
        e->lines.col_range[col] = (uint8_t)e->setup[OHM_SETUP_PULSE_RANGE];
    const int status = side_set(e, OHM_ROWS, e->rows, p->row, b.row, b.other_rows, p->item);
    return status != OHM_OK ? status : side_set(e, OHM_COLS, e->cols, p->col, b.col, b.other_cols, p->item);
}
