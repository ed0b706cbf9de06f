/* The hardware writes down what every row-column pair really sees, exactly and with each driver at one end of its
 * tolerance, and holds it against the limits of board and device as this file knows them: law 3 for every input. A check
 * that fails ends the program. */
#include "fuzz_board.h"

#include <string.h>

uint8_t take(bytes *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->data++;
}

uint32_t take_word(bytes *in)
{
    uint32_t word = 0;
    for (int i = 0; i < 4; i++)
        word = word << 8 | take(in);
    return word;
}

static int32_t least(int32_t a, int32_t b)
{
    return a < b ? a : b;
}

static int64_t line_parts(const hardware *h, int side, int line)
{
    const int64_t steps = (int64_t)h->code[side][line] - h->board[OHM_BOARD_LINE_ZERO_CODE];
    return steps * h->board[OHM_BOARD_LINE_SPAN_UV] * h->gain[side][line] + h->offset[side][line] * PARTS;
}

static void pass(hardware *h, uint64_t ns)
{
    h->now_ns += ns;
    if (h->open && !h->stuck && h->now_ns >= h->close_ns)
        h->open = 0;
}

int32_t lower_limit(const hardware *h, int of_device, int of_board)
{
    return least(h->device[of_device], h->board[of_board]);
}

static void gate_check_pulse(hardware *h, uint32_t width_ns)
{
    CHECK(h->armed);
    CHECK(h->list != 0);
    CHECK(width_ns >= (uint32_t)h->board[OHM_BOARD_PULSE_MIN_NS]);
    CHECK(width_ns <= (uint32_t)lower_limit(h, OHM_LIMIT_WIDTH_MAX_NS, OHM_BOARD_PULSE_MAX_NS));
    const int32_t *record = h->list + OHM_PULSE_WORDS * h->gates;
    const int row = record[OHM_PULSE_CELL] >> 16, col = record[OHM_PULSE_CELL] & 0xFFFF;
    CHECK(row < h->board[OHM_BOARD_ROWS] && col < h->board[OHM_BOARD_COLS]);
    CHECK(width_ns == (uint32_t)record[OHM_PULSE_NS]);
    CHECK((int32_t)h->pulses[row][col] < lower_limit(h, OHM_LIMIT_PULSES_MAX, OHM_BOARD_PULSES_MAX));
    CHECK(h->span == 1);
    h->pulses[row][col]++;
    h->gates++;
}

/* A column's voltage in a pulse, nominally, is within what its range bears: a correction as large as the tolerance and a
 * driver at the other end of it come on top. */
static void gate_check_columns(const hardware *h)
{
    const int64_t gain = 1000000 + h->board[OHM_BOARD_LINE_TOL_GAIN_PPM];
    const int64_t offset = h->board[OHM_BOARD_LINE_TOL_OFFSET_UV] * (gain + 1000000) / 1000000;
    const int64_t rounding = h->board[OHM_BOARD_LINE_SPAN_UV] / 32768 + 4;
    for (int col = 0; col < h->board[OHM_BOARD_COLS]; col++) {
        const int64_t nominal = h->board[OHM_BOARD_COL_L_UV + h->col_range[col]];
        const int64_t most = nominal * gain / 1000000 * gain / 1000000 + offset + rounding;
        const int64_t column = line_parts(h, COLS, col) / PARTS;    /* most in parts might not fit 64 bits */
        CHECK(column <= most && column >= -most);
    }
}

static void gate_check_pairs(hardware *h)
{
    int32_t pos, neg, range = h->board[OHM_BOARD_RANGE_MAX];
    if (h->columns) {
        pos = lower_limit(h, OHM_LIMIT_V_POS_UV, OHM_BOARD_V_CELL_UV);
        neg = lower_limit(h, OHM_LIMIT_V_NEG_UV, OHM_BOARD_V_CELL_UV);
    } else if (h->armed) {
        const int32_t read = lower_limit(h, OHM_LIMIT_V_READ_UV, OHM_BOARD_V_READ_UV);
        pos = least(read, h->device[OHM_LIMIT_V_POS_UV]);
        neg = least(read, h->device[OHM_LIMIT_V_NEG_UV]);
    } else {
        pos = neg = h->board[OHM_BOARD_V_READ_UNARMED_UV];
    }
    if (h->armed)
        range = lower_limit(h, OHM_LIMIT_RANGE_MAX, OHM_BOARD_RANGE_MAX);
    int64_t rows[LINES];
    for (int row = 0; row < h->board[OHM_BOARD_ROWS]; row++)
        rows[row] = h->row_on[row] ? line_parts(h, ROWS, row) : 0;
    for (int col = 0; col < h->board[OHM_BOARD_COLS]; col++) {
        const int64_t column = h->columns ? line_parts(h, COLS, col) : 0;
        CHECK(h->col_range[col] <= range);
        for (int row = 0; row < h->board[OHM_BOARD_ROWS]; row++) {
            CHECK(rows[row] - column <= pos * PARTS);
            CHECK(column - rows[row] <= neg * PARTS);
        }
    }
}

static void dac_load(void *ctx, int side, const uint16_t *codes, int count)
{
    hardware *h = ctx;
    CHECK(count == h->board[side == ROWS ? OHM_BOARD_ROWS : OHM_BOARD_COLS]);
    memcpy(h->loaded[side], codes, (size_t)count * sizeof *codes);
    pass(h, 1100 * (uint64_t)count);
}

static void dac_update(void *ctx)
{
    hardware *h = ctx;
    CHECK(!h->open);
    memcpy(h->code, h->loaded, sizeof h->code);
    h->moves++;
    pass(h, 200);
}

static void latch(void *ctx, const uint8_t *row_on, int rows, const uint8_t *col_range, int cols)
{
    hardware *h = ctx;
    CHECK(!h->open);
    CHECK(rows == h->board[OHM_BOARD_ROWS] && cols == h->board[OHM_BOARD_COLS]);
    memcpy(h->row_on, row_on, (size_t)rows);
    memcpy(h->col_range, col_range, (size_t)cols);
    h->moves++;
    pass(h, 2400);
}

static void adc_span(void *ctx, int span)
{
    hardware *h = ctx;
    h->span = span;
    pass(h, 8000);
}

/* Small readings, any readings, or a reply that is bad. */
static int adc_sample(void *ctx, int log2_osr, int16_t *codes, int count)
{
    hardware *h = ctx;
    const uint8_t how = take(h->luck);
    CHECK(h->span == 0);
    CHECK(log2_osr >= 0 && log2_osr <= 8);
    CHECK(count == h->board[OHM_BOARD_COLS]);
    for (int col = 0; col < count; col++)
        codes[col] = (int16_t)(how < 128 ? how * (col + 1) : (int)take(h->luck) * 257 - 32768);
    pass(h, (1000u << log2_osr) + 7000);
    return how == 255 ? -1 : 0;
}

static void energise(void *ctx, int on)
{
    hardware *h = ctx;
    h->set = on;
    h->open = h->open && on;
    h->moves++;
}

static int energised(void *ctx)
{
    const hardware *h = ctx;
    return h->set;
}

static void gate_open(void *ctx, int columns, uint32_t width_ns)
{
    hardware *h = ctx;
    CHECK(!h->open);
    h->moves++;
    h->columns = columns;
    if (columns)
        gate_check_pulse(h, width_ns);
    gate_check_pairs(h);
    if (columns)
        gate_check_columns(h);
    if (!h->set)
        return;         /* the flip-flop gates the gate */
    h->open = 1;
    h->close_ns = h->now_ns + width_ns;
}

static int gate_wait(void *ctx, uint32_t max_ns)
{
    hardware *h = ctx;
    if (h->open) {
        const uint64_t left_ns = h->close_ns > h->now_ns ? h->close_ns - h->now_ns : 0;
        pass(h, h->stuck || left_ns > max_ns ? max_ns : left_ns);
    }
    return h->open;
}

static void gate_close(void *ctx)
{
    hardware *h = ctx;
    h->open = 0;
}

static void rails(void *ctx, int32_t *uv)
{
    const hardware *h = ctx;
    uv[OHM_RAIL_POSITIVE] = h->board[OHM_BOARD_RAIL_MIN_UV];
    uv[OHM_RAIL_NEGATIVE] = -h->board[OHM_BOARD_RAIL_MIN_UV];
}

static void delay_ns(void *ctx, uint32_t ns)
{
    pass(ctx, ns);
}

static uint64_t clock_ns(void *ctx)
{
    const hardware *h = ctx;
    return h->now_ns;
}

static void watchdog(void *ctx)
{
    (void)ctx;
}

ohm_hal hardware_hal(hardware *h)
{
    return (ohm_hal){h, dac_load, dac_update, latch, adc_span, adc_sample, energise, energised, gate_open,
                     gate_wait, gate_close, rails, delay_ns, clock_ns, watchdog};
}
