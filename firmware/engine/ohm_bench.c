#include "ohm_bench.h"

#include <string.h>

#include "ohm_state.h"

/* Times of the reference board: 1.1 us a code, 0.2 us an update, 2.4 us a pattern, 8 us a span. */
enum { CODE_NS = 1100, UPDATE_NS = 200, LATCH_NS = 2400, SPAN_NS = 8000, TRANSFER_NS = 7000, SAMPLE_NS = 1000 };

/* The current of 128 such resistors at 100 V still fits 63 bits of fA. */
#define MOST_NS 100000000

struct ohm_bench {
    int32_t rows, cols, line_span, line_zero;
    int32_t adc_span[2], rf[OHM_RANGES];
    int32_t conductance[OHM_MAX_LINES * OHM_MAX_LINES];     /* nS */
    uint16_t loaded[OHM_SIDES][OHM_MAX_LINES];
    int32_t line[OHM_SIDES][OHM_MAX_LINES];                 /* driver outputs, uV */
    uint8_t row_on[OHM_MAX_LINES], col_range[OHM_MAX_LINES];
    int span, energised, open, columns, broken;
    int32_t max_uv, min_uv, gates, trip_at;
    int32_t rail_uv;
    uint64_t now_ns, close_ns;
};

static int64_t cell_uv(const ohm_bench *b, int row, int col)
{
    if (!b->open || !b->energised)
        return 0;
    return (int64_t)(b->row_on[row] ? b->line[OHM_ROWS][row] : 0) - (b->columns ? b->line[OHM_COLS][col] : 0);
}

static void pass(ohm_bench *b, uint64_t ns)
{
    b->now_ns += ns;
    if (b->open && b->now_ns >= b->close_ns)
        b->open = 0;
}

static void record_extremes(ohm_bench *b)
{
    for (int row = 0; row < b->rows; row++)
        for (int col = 0; col < b->cols; col++) {
            const int32_t uv = (int32_t)cell_uv(b, row, col);
            b->max_uv = uv > b->max_uv ? uv : b->max_uv;
            b->min_uv = uv < b->min_uv ? uv : b->min_uv;
        }
}

static void dac_load(void *ctx, int side, const uint16_t *codes, int count)
{
    ohm_bench *b = ctx;
    for (int line = 0; line < count; line++)
        b->loaded[side][line] = codes[line];
    pass(b, (uint64_t)count * CODE_NS);
}

static void dac_update(void *ctx)
{
    ohm_bench *b = ctx;
    for (int side = 0; side < OHM_SIDES; side++)
        for (int line = 0; line < (side == OHM_ROWS ? b->rows : b->cols); line++)
            b->line[side][line] = (int32_t)((int64_t)(b->loaded[side][line] - b->line_zero) * b->line_span / 65536);
    pass(b, UPDATE_NS);
    record_extremes(b);
}

static void latch(void *ctx, const uint8_t *row_on, int rows, const uint8_t *col_range, int cols)
{
    ohm_bench *b = ctx;
    for (int row = 0; row < rows; row++)
        b->row_on[row] = row_on[row];
    for (int col = 0; col < cols; col++)
        b->col_range[col] = col_range[col];
    pass(b, LATCH_NS);
    record_extremes(b);
}

static void adc_span(void *ctx, int span)
{
    ohm_bench *b = ctx;
    b->span = span;
    pass(b, SPAN_NS);
}

/* Converter code of a column: nS times uV is fA; the span is reached at span / Rf. */
static int16_t column_code(const ohm_bench *b, int col)
{
    const int64_t full_scale_fa = (int64_t)b->adc_span[b->span] * 1000000000 / b->rf[b->col_range[col]] * 1000;
    int64_t fa = 0;
    for (int row = 0; row < b->rows; row++)
        fa += (int64_t)b->conductance[row * b->cols + col] * cell_uv(b, row, col);
    if (fa >= full_scale_fa)
        return INT16_MIN;
    if (fa <= -full_scale_fa)
        return INT16_MAX;
    const int64_t scaled = -fa * 32768;
    const int64_t code = (scaled + (scaled < 0 ? -full_scale_fa : full_scale_fa) / 2) / full_scale_fa;
    return (int16_t)(code > INT16_MAX ? INT16_MAX : code);
}

static int adc_sample(void *ctx, int log2_osr, int16_t *codes, int count)
{
    ohm_bench *b = ctx;
    for (int col = 0; col < count; col++)
        codes[col] = column_code(b, col);
    pass(b, ((uint64_t)SAMPLE_NS << log2_osr) + TRANSFER_NS);
    return b->broken ? -1 : 0;
}

static void energise(void *ctx, int on)
{
    ohm_bench *b = ctx;
    b->energised = on;
}

static int energised(void *ctx)
{
    const ohm_bench *b = ctx;
    return b->energised;
}

static void gate_open(void *ctx, int columns, uint32_t width_ns)
{
    ohm_bench *b = ctx;
    b->open = 1;
    b->columns = columns;
    b->close_ns = b->now_ns + width_ns;
    record_extremes(b);
    if (!columns)
        return;
    b->gates++;
    if (b->trip_at > 0 && --b->trip_at == 0) {
        b->energised = 0;
        b->open = 0;
    }
}

static int gate_wait(void *ctx, uint32_t max_ns)
{
    ohm_bench *b = ctx;
    if (b->open) {
        const uint64_t left = b->close_ns - b->now_ns;
        pass(b, left < max_ns ? left : max_ns);
    }
    return b->open;
}

static void gate_close(void *ctx)
{
    ohm_bench *b = ctx;
    b->open = 0;
}

static void rails(void *ctx, int32_t *uv)
{
    const ohm_bench *b = ctx;
    uv[OHM_RAIL_POSITIVE] = b->rail_uv;
    uv[OHM_RAIL_NEGATIVE] = -b->rail_uv;
}

static void delay_ns(void *ctx, uint32_t ns)
{
    pass(ctx, ns);
}

static uint64_t clock_ns(void *ctx)
{
    const ohm_bench *b = ctx;
    return b->now_ns;
}

static void watchdog(void *ctx)
{
    (void)ctx;      /* nothing waits for it on a bench */
}

int ohm_bench_size(void)
{
    return (int)sizeof(ohm_bench);
}

int ohm_bench_init(ohm_bench *bench, ohm_engine *e, const int32_t *board, int count, const int32_t *conductances_ns)
{
    const ohm_hal hal = {bench, dac_load, dac_update, latch, adc_span, adc_sample, energise, energised, gate_open,
                         gate_wait, gate_close, rails, delay_ns, clock_ns, watchdog};
    memset(bench, 0, sizeof *bench);
    const int status = ohm_init(e, &hal, board, count);
    if (status != OHM_OK || conductances_ns == 0)
        return status != OHM_OK ? status : OHM_E_ARGUMENT;
    bench->rows = board[OHM_BOARD_ROWS];
    bench->cols = board[OHM_BOARD_COLS];
    bench->line_span = board[OHM_BOARD_LINE_SPAN_UV];
    bench->line_zero = board[OHM_BOARD_LINE_ZERO_CODE];
    bench->rail_uv = board[OHM_BOARD_RAIL_MIN_UV];
    for (int span = 0; span < 2; span++)
        bench->adc_span[span] = board[OHM_BOARD_ADC_SPAN_READ_UV + span];
    for (int range = 0; range < OHM_RANGES; range++)
        bench->rf[range] = board[OHM_BOARD_RF_L_MOHM + range];
    for (int cell = 0; cell < bench->rows * bench->cols; cell++) {
        if (conductances_ns[cell] < 0 || conductances_ns[cell] > MOST_NS)
            return OHM_E_ARGUMENT;
        bench->conductance[cell] = conductances_ns[cell];
    }
    return OHM_OK;
}

int ohm_bench_record(const ohm_bench *bench, int32_t *record, int count)
{
    if (record == 0 || count != OHM_BENCH_COUNT)
        return OHM_E_ARGUMENT;
    record[OHM_BENCH_MAX_UV] = bench->max_uv;
    record[OHM_BENCH_MIN_UV] = bench->min_uv;
    record[OHM_BENCH_GATES] = bench->gates;
    record[OHM_BENCH_OPEN] = bench->open;
    record[OHM_BENCH_ENERGISED] = bench->energised;
    return OHM_OK;
}

int ohm_bench_reset_record(ohm_bench *bench)
{
    bench->max_uv = 0;
    bench->min_uv = 0;
    bench->gates = 0;
    return OHM_OK;
}

int ohm_bench_trip_at(ohm_bench *bench, int32_t gates)
{
    if (gates < 0)
        return OHM_E_ARGUMENT;
    bench->trip_at = gates;
    return OHM_OK;
}

int ohm_bench_break_adc(ohm_bench *bench, int broken)
{
    bench->broken = broken != 0;
    return OHM_OK;
}

int ohm_bench_advance_us(ohm_bench *bench, uint32_t us)
{
    pass(bench, (uint64_t)us * 1000);
    return OHM_OK;
}
