/* Moving codes, switches and the arm flip-flop; and the safe state. */
#include "ohm_state.h"

/* The inputs of both converters take the codes of e->lines; no line moves. */
void ohm_codes_load(ohm_engine *e)
{
    e->hal.dac_load(e->hal.ctx, OHM_ROWS, e->lines.code[OHM_ROWS], e->rows);
    e->hal.dac_load(e->hal.ctx, OHM_COLS, e->lines.code[OHM_COLS], e->cols);
}

/* All lines move together to the codes that were loaded. */
void ohm_codes_update(ohm_engine *e, int loaded)
{
    e->hal.dac_update(e->hal.ctx);
    e->lines.loaded = (uint8_t)loaded;
    e->lines.stepped = 1;
}

void ohm_load(ohm_engine *e, int loaded)
{
    ohm_codes_load(e);
    ohm_codes_update(e, loaded);
}

void ohm_latch(ohm_engine *e, const uint8_t *row_on, const uint8_t *col_range)
{
    e->hal.latch(e->hal.ctx, row_on, e->rows, col_range, e->cols);
}

void ohm_span(ohm_engine *e, int span)
{
    if (e->lines.span == span)
        return;
    e->hal.adc_span(e->hal.ctx, span);
    e->lines.span = (uint8_t)span;
}

/* Settling of the slowest range in use, from the step that lines.stepped remembers. */
uint32_t ohm_settling_ns(ohm_engine *e, const uint8_t *col_range)
{
    const int32_t *ns = &e->board[e->lines.stepped ? OHM_BOARD_SETTLE_L_NS : OHM_BOARD_SWITCH_L_NS];
    int32_t longest = 0;
    for (int col = 0; col < e->cols; col++)
        longest = ns[col_range[col]] > longest ? ns[col_range[col]] : longest;
    e->lines.stepped = 0;
    return (uint32_t)longest;
}

/* Waits for what is left of the settling since the last code or switch moved: something was done meanwhile. */
void ohm_settle(ohm_engine *e, uint32_t settle_ns, uint64_t moved_ns)
{
    const uint64_t needed_ns = (uint64_t)settle_ns + OHM_CLOCK_STEP_NS;
    const uint64_t passed_ns = e->hal.clock_ns(e->hal.ctx) - moved_ns;
    if (passed_ns < needed_ns)
        e->hal.delay_ns(e->hal.ctx, (uint32_t)(needed_ns - passed_ns));
}

/* The column references go back to zero after a pulse, behind a closed gate too, unless another one follows at once. */
void ohm_columns_zero(ohm_engine *e)
{
    const uint16_t zero = (uint16_t)e->board[OHM_BOARD_LINE_ZERO_CODE];
    for (int col = 0; col < e->cols; col++)
        e->lines.code[OHM_COLS][col] = zero;
    e->hal.dac_load(e->hal.ctx, OHM_COLS, e->lines.code[OHM_COLS], e->cols);
    e->hal.dac_update(e->hal.ctx);
    e->lines.loaded = OHM_LOADED_OTHER;
    e->lines.stepped = 1;
}

/* Every code at zero and every row at hard ground. */
void ohm_quiet(ohm_engine *e)
{
    const uint16_t zero = (uint16_t)e->board[OHM_BOARD_LINE_ZERO_CODE];
    for (int row = 0; row < e->rows; row++) {
        e->lines.code[OHM_ROWS][row] = zero;
        e->lines.row_on[row] = 0;
    }
    for (int col = 0; col < e->cols; col++) {
        e->lines.code[OHM_COLS][col] = zero;
        e->lines.col_range[col] = (uint8_t)e->board[OHM_BOARD_RANGE_MAX];
    }
    ohm_load(e, OHM_LOADED_ZERO);
    ohm_latch(e, e->lines.row_on, e->lines.col_range);
}

/* The gate first: from there on every cell is at 0 V, whatever the rest does. */
void ohm_make_safe(ohm_engine *e)
{
    e->hal.gate_close(e->hal.ctx);
    e->hal.energise(e->hal.ctx, 0);
    e->energised = 0;
    ohm_quiet(e);
}

int ohm_still_energised(const ohm_engine *e)
{
    return e->hal.energised(e->hal.ctx) != 0;
}

/* Sets the arm flip-flop with every line at zero. A flip-flop that we left set and that is clear now has tripped; one
 * that does not even set is held back by the port if converters are dead, which a conversion tells. */
int ohm_energise(ohm_engine *e)
{
    if (!e->energised) {
        ohm_quiet(e);
        e->hal.energise(e->hal.ctx, 1);
        e->energised = 1;
    }
    if (ohm_still_energised(e))
        return OHM_OK;
    ohm_make_safe(e);
    ohm_span(e, 0);
    const int bad = e->hal.adc_sample(e->hal.ctx, 0, e->reading.sample, e->cols) < 0;
    return ohm_report(e, bad ? OHM_E_CONVERTER : OHM_E_TRIP, -1, -1, -1);
}

int ohm_safe(ohm_engine *e)
{
    if (e->rows == 0)
        return ohm_report(e, OHM_E_ARGUMENT, -1, -1, -1);
    if (e->request.kind != OHM_IDLE)
        e->request.aborted = 1;
    ohm_make_safe(e);
    return OHM_OK;
}

/* The request is closed by the next ohm_step, so that its end is reported once and in one place. */
int ohm_abort(ohm_engine *e)
{
    return ohm_safe(e);
}
