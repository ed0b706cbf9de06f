/* What every row-column pair would see, at worst, with the codes and switches of e->lines. */
#include "ohm_state.h"

typedef struct {
    int32_t low, high;          /* extremes over the lines of one side, uV */
    int32_t low_code, high_code;        /* where they are; that of no line if it is one at ground */
} extent;

enum { NO_CODE = 65536 };

/* Extremes of driven lines are those of their lowest and highest code, because the worst case of a code rises with it.
 * A line that is not driven is at hard ground, exactly 0 V. `driven` is 0 if all are. */
static extent extent_of(const ohm_engine *e, int side, const uint8_t *driven, int lines)
{
    const uint16_t *codes = e->lines.code[side];
    int32_t low_code = NO_CODE, high_code = -1;
    int grounded = 0;
    for (int line = 0; line < lines; line++) {
        const int32_t code = codes[line];
        if (driven != 0 && !driven[line]) {
            grounded = 1;
            continue;
        }
        low_code = code < low_code ? code : low_code;
        high_code = code > high_code ? code : high_code;
    }
    extent x = {0, 0, NO_CODE, NO_CODE};
    if (high_code < 0)
        return x;
    const int32_t low = ohm_line_lowest(e, low_code), high = ohm_line_highest(e, high_code);
    if (!grounded || low < 0) {
        x.low = low;
        x.low_code = low_code;
    }
    if (!grounded || high > 0) {
        x.high = high;
        x.high_code = high_code;
    }
    return x;
}

/* The first line of that extreme. */
static int line_of(const ohm_engine *e, int side, const uint8_t *driven, int32_t code)
{
    int line = 0;
    while (code == NO_CODE ? driven[line] : !driven[line] || e->lines.code[side][line] != code)
        line++;
    return line;
}

static int64_t nominal_uv(const ohm_engine *e, int row, int col, int columns)
{
    const int64_t span = e->board[OHM_BOARD_LINE_SPAN_UV];
    const int64_t zero = e->board[OHM_BOARD_LINE_ZERO_CODE];
    const int64_t row_steps = e->lines.row_on[row] ? e->lines.code[OHM_ROWS][row] - zero : 0;
    const int64_t col_steps = columns ? e->lines.code[OHM_COLS][col] - zero : 0;
    return (row_steps - col_steps) * span / 65536;
}

static int pair_refuse(ohm_engine *e, int columns, int status, int32_t item, int row, int col, int32_t worst,
                       int32_t limit)
{
    return ohm_refuse(e, status, item, row, col, nominal_uv(e, row, col, columns), worst, limit);
}

/* Compares the worst pair of either direction with its limit: OHM_E_VOLTAGE for pulses, OHM_E_READ_VOLTAGE for reads.
 * Any row may meet any column, so the extremes of the two sides are the extremes of all pairs. If the cell row, col
 * (-1: none) is itself above its limit, the report names it rather than a worse neighbour. `columns` as in gate_open. */
int ohm_pairs_check(ohm_engine *e, int columns, int status, int32_t item, int row, int col)
{
    const int reads = status == OHM_E_READ_VOLTAGE;
    const int32_t most_pos = reads ? e->read_limit[0] : e->limit[OHM_LIMIT_V_POS_UV];
    const int32_t most_neg = reads ? e->read_limit[1] : e->limit[OHM_LIMIT_V_NEG_UV];
    const extent rows = extent_of(e, OHM_ROWS, e->lines.row_on, e->rows);
    const extent cols = columns ? extent_of(e, OHM_COLS, 0, e->cols) : (extent){0, 0, NO_CODE, NO_CODE};
    const int32_t pos = rows.high - cols.low, neg = cols.high - rows.low;
    if (pos <= most_pos && neg <= most_neg)
        return OHM_OK;
    if (row >= 0) {
        int32_t row_low = 0, row_high = 0, col_low = 0, col_high = 0;
        if (e->lines.row_on[row]) {
            row_low = ohm_line_lowest(e, e->lines.code[OHM_ROWS][row]);
            row_high = ohm_line_highest(e, e->lines.code[OHM_ROWS][row]);
        }
        if (columns) {
            col_low = ohm_line_lowest(e, e->lines.code[OHM_COLS][col]);
            col_high = ohm_line_highest(e, e->lines.code[OHM_COLS][col]);
        }
        if (row_high - col_low > most_pos)
            return pair_refuse(e, columns, status, item, row, col, row_high - col_low, most_pos);
        if (col_high - row_low > most_neg)
            return pair_refuse(e, columns, status, item, row, col, col_high - row_low, most_neg);
    }
    const int32_t row_code = pos > most_pos ? rows.high_code : rows.low_code;
    const int32_t col_code = pos > most_pos ? cols.low_code : cols.high_code;
    row = line_of(e, OHM_ROWS, e->lines.row_on, row_code);
    col = columns ? line_of(e, OHM_COLS, e->all_lines, col_code) : 0;
    return pos > most_pos ? pair_refuse(e, columns, status, item, row, col, pos, most_pos)
                          : pair_refuse(e, columns, status, item, row, col, neg, most_neg);
}
