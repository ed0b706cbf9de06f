/* What every row-column pair would see, at worst, with the codes and switches of e->lines. */
#include "ohm_state.h"

typedef struct {
    int32_t low, high;          /* extremes over the lines of one side, uV */
    int low_line, high_line;
} extent;

static void widen(extent *x, int32_t low, int32_t high, int line)
{
    if (x->low_line < 0 || low < x->low) {
        x->low = low;
        x->low_line = line;
    }
    if (x->high_line < 0 || high > x->high) {
        x->high = high;
        x->high_line = line;
    }
}

static extent extent_of(const ohm_engine *e, int side, int driven_always, int lines)
{
    extent x = {0, 0, -1, -1};
    for (int line = 0; line < lines; line++) {
        int32_t low = 0, high = 0;      /* hard ground is exactly 0 V */
        if (driven_always || (side == OHM_ROWS && e->lines.row_on[line]))
            ohm_line_worst(e, e->lines.code[side][line], &low, &high);
        widen(&x, low, high, line);
    }
    return x;
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
    const int32_t most_pos = reads ? ohm_read_limit(e, 0) : e->limit[OHM_LIMIT_V_POS_UV];
    const int32_t most_neg = reads ? ohm_read_limit(e, 1) : e->limit[OHM_LIMIT_V_NEG_UV];
    const extent rows = extent_of(e, OHM_ROWS, 0, e->rows);
    const extent cols = extent_of(e, OHM_COLS, columns, e->cols);
    const int32_t pos = rows.high - cols.low, neg = cols.high - rows.low;
    if (pos <= most_pos && neg <= most_neg)
        return OHM_OK;
    if (row >= 0) {
        int32_t row_low = 0, row_high = 0, col_low = 0, col_high = 0;
        if (e->lines.row_on[row])
            ohm_line_worst(e, e->lines.code[OHM_ROWS][row], &row_low, &row_high);
        if (columns)
            ohm_line_worst(e, e->lines.code[OHM_COLS][col], &col_low, &col_high);
        if (row_high - col_low > most_pos)
            return pair_refuse(e, columns, status, item, row, col, row_high - col_low, most_pos);
        if (col_high - row_low > most_neg)
            return pair_refuse(e, columns, status, item, row, col, col_high - row_low, most_neg);
    }
    if (pos > most_pos)
        return pair_refuse(e, columns, status, item, rows.high_line, cols.low_line, pos, most_pos);
    return pair_refuse(e, columns, status, item, rows.low_line, cols.high_line, neg, most_neg);
}
