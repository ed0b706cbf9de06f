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
    uint16_t *codes = e->lines.code[side];
    const int32_t *zeros = e->code_of_zero[side];
    int32_t impossible = 0;     /* negative if a line has no code for zero */
    for (int line = 0; line < lines; line++) {
        codes[line] = (uint16_t)zeros[line];
        impossible |= zeros[line];
    }
    if (others_uv != 0 || impossible < 0)
        for (int line = 0; line < lines; line++) {
            const int32_t code = line == selected ? 0 : ohm_line_code(e, side, line, others_uv, item);
            if (code < 0)
                return code;
            codes[line] = (uint16_t)code;
        }
    const int32_t code = ohm_line_code(e, side, selected, uv, item);
    codes[selected] = (uint16_t)code;
    return code < 0 ? code : OHM_OK;
}

/* The charge of a column's line comes through the feedback resistor: a step that is too large for the range trips. The
 * selected column takes the largest one under every scheme. */
static int column_check(ohm_engine *e, const ohm_pulse_item *p, int32_t uv)
{
    const int32_t range = e->setup[OHM_SETUP_PULSE_RANGE], most = e->board[OHM_BOARD_COL_L_UV + range];
    return uv >= -most && uv <= most ? OHM_OK
                                     : ohm_refuse(e, OHM_E_COLUMN, p->item, p->row, p->col, uv, range, most);
}

/* Puts the pattern of a pulse into e->lines. */
int ohm_pulse_lines(ohm_engine *e, const ohm_pulse_item *p)
{
    const bias b = bias_of(e, p->uv);
    const int borne = column_check(e, p, b.col);
    if (borne != OHM_OK)
        return borne;
    const int rows = e->rows, cols = e->cols;
    const uint8_t others_on = (uint8_t)b.other_rows_on, range = (uint8_t)e->setup[OHM_SETUP_PULSE_RANGE];
    uint8_t *on = e->lines.row_on, *ranges = e->lines.col_range;
    e->lines.loaded = OHM_LOADED_OTHER;     /* e->lines no longer shows what the converters hold */
    for (int row = 0; row < rows; row++)
        on[row] = others_on;
    on[p->row] = 1;
    for (int col = 0; col < cols; col++)
        ranges[col] = range;
    const int status = side_set(e, OHM_ROWS, rows, p->row, b.row, b.other_rows, p->item);
    return status != OHM_OK ? status : side_set(e, OHM_COLS, cols, p->col, b.col, b.other_cols, p->item);
}
