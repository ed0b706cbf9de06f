/* libFuzzer's target: an input is a board, its bad luck, and what a client and the hardware do to it.
 *
 * The hardware writes down what every row-column pair really sees, exactly and with each driver at one end of its
 * tolerance, and holds it against the limits of board and device as this file knows them: law 3 for every input. A check
 * that fails ends the program.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ohm_engine.h"

enum { ROWS, COLS, SIDES, LINES = 4, LIST = 6, VECTORS = 3, READINGS = LIST > VECTORS * LINES ? LIST : VECTORS * LINES };
enum { OPERATIONS_MAX = 40, STEPS_MAX = 400 };

#define PARTS 65536000000       /* a voltage here is an integer of uV / PARTS: exact for every code and tolerance */

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            abort(); \
        } \
    } while (0)

typedef struct {
    const uint8_t *data;
    size_t left;
} bytes;

/* The hardware, and what was promised to it. */
typedef struct {
    bytes *luck;
    int32_t board[OHM_BOARD_COUNT];
    int32_t device[OHM_LIMIT_COUNT];
    int armed;                              /* `device` holds */
    int64_t gain[SIDES][LINES];             /* a driver's scale, ppm */
    int64_t offset[SIDES][LINES];           /* and offset, uV */
    uint16_t loaded[SIDES][LINES], code[SIDES][LINES];
    uint8_t row_on[LINES], col_range[LINES];
    int span, set, open, columns, stuck;
    uint64_t now_ns, close_ns;
    unsigned moves;                         /* of lines, switches, gate and flip-flop */
    const int32_t *list;                    /* the pulses that run */
    int32_t gates;                          /* of that list */
    uint32_t pulses[LINES][LINES];          /* that each cell has had since arming */
} hardware;

static uint8_t take(bytes *in)
{
    if (in->left == 0)
        return 0;
    in->left--;
    return *in->data++;
}

static uint32_t take_word(bytes *in)
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

/* --- the HAL --- */

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

/* The lower of the board's and the device's. */
static int32_t limit(const hardware *h, int of_device, int of_board)
{
    return least(h->device[of_device], h->board[of_board]);
}

static void gate_check_pulse(hardware *h, uint32_t width_ns)
{
    CHECK(h->armed);
    CHECK(h->list != 0);
    CHECK(width_ns >= (uint32_t)h->board[OHM_BOARD_PULSE_MIN_NS]);
    CHECK(width_ns <= (uint32_t)limit(h, OHM_LIMIT_WIDTH_MAX_NS, OHM_BOARD_PULSE_MAX_NS));
    const int32_t *record = h->list + OHM_PULSE_WORDS * h->gates;
    const int row = record[OHM_PULSE_CELL] >> 16, col = record[OHM_PULSE_CELL] & 0xFFFF;
    CHECK(row < h->board[OHM_BOARD_ROWS] && col < h->board[OHM_BOARD_COLS]);
    CHECK(width_ns == (uint32_t)record[OHM_PULSE_NS]);
    CHECK((int32_t)h->pulses[row][col] < limit(h, OHM_LIMIT_PULSES_MAX, OHM_BOARD_PULSES_MAX));
    CHECK(h->span == 1);
    h->pulses[row][col]++;
    h->gates++;
}

static void gate_check_pairs(hardware *h)
{
    int32_t pos, neg, range = h->board[OHM_BOARD_RANGE_MAX];
    if (h->columns) {
        pos = limit(h, OHM_LIMIT_V_POS_UV, OHM_BOARD_V_CELL_UV);
        neg = limit(h, OHM_LIMIT_V_NEG_UV, OHM_BOARD_V_CELL_UV);
    } else if (h->armed) {
        const int32_t read = limit(h, OHM_LIMIT_V_READ_UV, OHM_BOARD_V_READ_UV);
        pos = least(read, h->device[OHM_LIMIT_V_POS_UV]);
        neg = least(read, h->device[OHM_LIMIT_V_NEG_UV]);
    } else {
        pos = neg = h->board[OHM_BOARD_V_READ_UNARMED_UV];
    }
    if (h->armed)
        range = limit(h, OHM_LIMIT_RANGE_MAX, OHM_BOARD_RANGE_MAX);
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

/* --- what the input stands for --- */

static int32_t pick(bytes *in, const int32_t *values, int count)
{
    return values[take(in) % count];
}

#define PICK(...) pick(in, (const int32_t[]){__VA_ARGS__}, (int)(sizeof((const int32_t[]){__VA_ARGS__}) / sizeof(int32_t)))

/* Close to `typical`, a part of it, or any number. */
static int32_t around(bytes *in, int32_t typical)
{
    const uint8_t how = take(in);
    if (how < 96)
        return (int32_t)((int64_t)typical * (how - 48) / 45);
    if (how < 160)
        return (int32_t)((int64_t)typical + how - 128);
    if (how < 224)
        return (int32_t)((int64_t)typical * (int16_t)(take(in) << 8 | take(in)) / 32000);
    return (int32_t)take_word(in);
}

static void board_take(bytes *in, int32_t *board)
{
    static const int32_t reference[OHM_BOARD_COUNT] = {
        4, 4, 10000000, 32768, -5000000, 4999850, 5000, 2500, 2500000, 10000000, 100000000, 4755600, 202600,
        18000, 11000, 11000, 15500, 7500, 7000, 6000000, 300000, 50000, 500, 1000000000, 2, 1000000, 1000000000,
    };
    memcpy(board, reference, sizeof reference);
    const uint8_t changes = take(in);
    if (changes & 1) {
        board[OHM_BOARD_ROWS] = 1 + take(in) % LINES;
        board[OHM_BOARD_COLS] = 1 + take(in) % LINES;
    }
    if (changes & 2) {
        board[OHM_BOARD_LINE_SPAN_UV] = PICK(10000000, 5000000, 20000000, 100000);
        board[OHM_BOARD_LINE_ZERO_CODE] = PICK(32768, 30000, 65535, 0);
        board[OHM_BOARD_LINE_MIN_UV] = PICK(-5000000, -2000000, -100000, 0);
        board[OHM_BOARD_LINE_MAX_UV] = PICK(4999850, 2000000, 100000, 0);
    }
    if (changes & 4) {
        board[OHM_BOARD_LINE_TOL_OFFSET_UV] = PICK(0, 5000, 40000, 100000);
        board[OHM_BOARD_LINE_TOL_GAIN_PPM] = PICK(0, 2500, 50000, 500000);
    }
    if (changes & 8) {
        board[OHM_BOARD_V_CELL_UV] = PICK(6000000, 1500000, 0, 100000000);
        board[OHM_BOARD_V_READ_UV] = PICK(300000, 100000, 100000000, 0);
        board[OHM_BOARD_V_READ_UNARMED_UV] = PICK(50000, 100000, 0, 1000000);
    }
    if (changes & 16) {
        board[OHM_BOARD_PULSE_MIN_NS] = PICK(500, 1, 10000, INT32_MAX);
        board[OHM_BOARD_PULSE_MAX_NS] = PICK(1000000000, 10000, INT32_MAX, 1);
        board[OHM_BOARD_RANGE_MAX] = take(in) % 3;
        board[OHM_BOARD_PULSES_MAX] = PICK(1000000, 2, 0, INT32_MAX);
        board[OHM_BOARD_EXCHANGE_MAX_NS] = PICK(1000000000, 20000, 1, INT32_MAX);
    }
    if (changes & 32)
        board[take(in) % OHM_BOARD_COUNT] = (int32_t)take_word(in);
}

/* Each driver at one end of its tolerance. */
static void drivers_take(bytes *in, hardware *h)
{
    for (int side = ROWS; side < SIDES; side++) {
        const uint8_t ends = take(in);
        for (int line = 0; line < LINES; line++) {
            const int64_t gain = h->board[OHM_BOARD_LINE_TOL_GAIN_PPM], offset = h->board[OHM_BOARD_LINE_TOL_OFFSET_UV];
            h->gain[side][line] = 1000000 + (ends >> line & 1 ? gain : -gain);
            h->offset[side][line] = ends >> (line + LINES) & 1 ? offset : -offset;
        }
    }
}

static int32_t cell_take(bytes *in, const hardware *h)
{
    const uint8_t which = take(in);
    if (which == 255)
        return (int32_t)take_word(in);
    return (which >> 4) % h->board[OHM_BOARD_ROWS] << 16 | (which & 15) % h->board[OHM_BOARD_COLS];
}

/* The most that a cell can see with some code on its row and its column at zero, cut to uV: a limit with nothing to spare. */
static int32_t tight(bytes *in, const hardware *h)
{
    const int64_t steps = take(in) << 8 | take(in);
    const int64_t steepest = 1000000 + h->board[OHM_BOARD_LINE_TOL_GAIN_PPM];
    return (int32_t)(steps * h->board[OHM_BOARD_LINE_SPAN_UV] * steepest / PARTS) + 2 * h->board[OHM_BOARD_LINE_TOL_OFFSET_UV];
}

static void configure(bytes *in, ohm_engine *e, hardware *h)
{
    const uint8_t what = take(in);
    if (what % 4 == 0) {
        int32_t limits[OHM_LIMIT_COUNT] = {around(in, 300000), around(in, 3000000), around(in, 3000000),
                                           around(in, 100000), take(in) % 3, what < 128 ? 1000 : take(in)};
        if (what & 4)
            limits[what & 8 ? OHM_LIMIT_V_POS_UV : OHM_LIMIT_V_NEG_UV] = tight(in, h);
        if (ohm_arm(e, limits, OHM_LIMIT_COUNT) == OHM_OK) {
            memcpy(h->device, limits, sizeof limits);
            memset(h->pulses, 0, sizeof h->pulses);
            h->armed = 1;
        }
    } else if (what % 4 == 1) {
        int32_t setup[OHM_SETUP_COUNT] = {around(in, 100000), 1 << take(in) % 13, take(in) % 4, take(in) % 3, take(in) % 3};
        if (what >= 192)
            setup[take(in) % OHM_SETUP_COUNT] = (int32_t)take_word(in);
        ohm_setup(e, setup, OHM_SETUP_COUNT);
    } else if (what % 4 == 2) {
        int32_t values[LINES];
        const int table = what / 4 % 6 - 1;
        for (int line = 0; line < LINES; line++)
            values[line] = around(in, h->board[table % 2 ? OHM_BOARD_LINE_TOL_GAIN_PPM : OHM_BOARD_LINE_TOL_OFFSET_UV]);
        ohm_calibrate(e, table, values, what < 240 ? h->board[table < 2 ? OHM_BOARD_ROWS : OHM_BOARD_COLS] : LINES);
    } else if (ohm_disarm(e) == OHM_OK) {
        h->armed = 0;
    }
}

/* What the tolerance leaves of the voltage that the device allows, in one direction. */
static int32_t volts_left(const hardware *h, int negative)
{
    const int32_t most = h->armed ? limit(h, negative ? OHM_LIMIT_V_NEG_UV : OHM_LIMIT_V_POS_UV, OHM_BOARD_V_CELL_UV) : 1000000;
    const int64_t left = (int64_t)most - 2 * h->board[OHM_BOARD_LINE_TOL_OFFSET_UV];
    return (int32_t)(left * 1000000 / (1000000 + h->board[OHM_BOARD_LINE_TOL_GAIN_PPM]));
}

static void pulse_take(bytes *in, const hardware *h, int32_t *record)
{
    const uint8_t how = take(in);
    record[OHM_PULSE_CELL] = cell_take(in, h);
    const int32_t volts = around(in, volts_left(h, how & 1));
    record[OHM_PULSE_UV] = how & 1 && volts != INT32_MIN ? -volts : volts;
    record[OHM_PULSE_NS] = how & 2 ? around(in, 100000) : 1000 + how * 16;
}

typedef struct {
    int32_t in[OHM_PULSE_WORDS * LIST > VECTORS * LINES ? OHM_PULSE_WORDS * LIST : VECTORS * LINES];
    int32_t words;              /* of `in` that the request may read */
    int32_t *out;               /* no longer than needed, so that the sanitizer sees one word too many */
} buffers;

/* Starts a request; one that is refused moves nothing. */
static int start(bytes *in, ohm_engine *e, hardware *h, buffers *b, int running)
{
    const uint8_t what = take(in);
    int32_t fresh[sizeof b->in / sizeof *b->in];
    int32_t *items = running ? fresh : b->in;
    int count = 1 + what / 4 % LIST, outputs, status;
    const unsigned moves = h->moves;
    int32_t *out;
    switch (what % 4) {
    case 0:
        for (int i = 0; i < count; i++)
            pulse_take(in, h, items + OHM_PULSE_WORDS * i);
        outputs = count;
        break;
    case 1:
        for (int i = 0; i < count; i++)
            items[i] = cell_take(in, h);
        outputs = count;
        break;
    case 2:
        items[0] = take(in) % (LINES + 1);
        count = 1 + count % LINES;
        outputs = count * h->board[OHM_BOARD_COLS];
        break;
    default:
        count = 1 + count % VECTORS;
        for (int i = 0; i < count * h->board[OHM_BOARD_ROWS]; i++)
            items[i] = around(in, 40000);
        outputs = count * h->board[OHM_BOARD_COLS];
    }
    if (what >= 250) {
        count = -(int)take(in);
        outputs = 1;
    }
    out = malloc((size_t)outputs * sizeof *out);
    CHECK(out != 0);
    if (!running && what % 4 == 0) {
        h->list = b->in;
        h->gates = 0;
    }
    switch (what % 4) {
    case 0: status = ohm_start_pulses(e, items, count, (int)(take(in) % 5) - (what >= 240), out); break;
    case 1: status = ohm_start_reads(e, items, count, out); break;
    case 2: status = ohm_start_rows(e, items[0], count, out); break;
    default: status = ohm_start_multiply(e, items, count, out);
    }
    CHECK(status <= OHM_OK);
    CHECK(!running || status != OHM_OK);
    CHECK(status == OHM_OK || status == OHM_E_TRIP || h->moves == moves);
    if (status != OHM_OK) {
        free(out);
        return running;
    }
    b->out = out;
    b->words = what % 4 == 0 ? OHM_PULSE_WORDS * count : count;
    return 1;
}

static void check_quiet(const hardware *h)
{
    CHECK(!h->open);
    for (int row = 0; row < h->board[OHM_BOARD_ROWS]; row++)
        CHECK(!h->row_on[row] && h->code[ROWS][row] == h->board[OHM_BOARD_LINE_ZERO_CODE]);
    for (int col = 0; col < h->board[OHM_BOARD_COLS]; col++)
        CHECK(h->code[COLS][col] == h->board[OHM_BOARD_LINE_ZERO_CODE]);
}

/* Some steps; whatever the end, it leaves every line quiet, and an end that is not good the flip-flop clear. */
static int step(bytes *in, ohm_engine *e, hardware *h, buffers *b, int running)
{
    const uint8_t how = take(in);
    const uint32_t budget_ns = how & 1 ? 5000000 : how & 2 ? take_word(in) : 0;
    int status = OHM_BUSY;
    for (int steps = how < 128 ? STEPS_MAX : how % 16; status == OHM_BUSY && steps > 0; steps--)
        status = ohm_step(e, budget_ns);
    int32_t info[OHM_INFO_COUNT];
    CHECK(ohm_info(e, info, OHM_INFO_COUNT) == OHM_OK);
    if (!running) {
        CHECK(status == OHM_E_ARGUMENT || status == OHM_BUSY);
        return 0;
    }
    if (status == OHM_BUSY)
        return 1;
    check_quiet(h);
    CHECK(status == OHM_OK || !h->set);
    CHECK(h->list == 0 || ohm_applied(e) == h->gates || status == OHM_E_TRIP);
    h->list = 0;
    free(b->out);
    b->out = 0;
    return 0;
}

static void codec(bytes *in)
{
    uint8_t text[48], data[48], again[48];
    const int length = take(in) % 49, capacity = take(in) % 49;
    for (int i = 0; i < length; i++)
        text[i] = take(in);
    const int size = ohm_decode(text, length, data, capacity);
    CHECK(size == OHM_E_ARGUMENT || (size >= 0 && size <= capacity));
    if (size > 0) {
        CHECK(ohm_encode(data, size, again, (int)sizeof again) == length);
        CHECK(memcmp(text, again, (size_t)length) == 0);
    }
    const int written = ohm_encode(text, length, data, capacity);
    CHECK(written == OHM_E_ARGUMENT || (written >= 0 && written <= capacity));
    if (written > 0) {
        CHECK(ohm_decode(data, written, again, (int)sizeof again) == length);
        CHECK(memcmp(text, again, (size_t)length) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static ohm_engine *e;
    bytes in = {data, size};
    hardware h = {.luck = &in};
    buffers b = {.out = 0};
    int running = 0;
    const ohm_hal hal = {&h, dac_load, dac_update, latch, adc_span, adc_sample, energise, energised, gate_open,
                         gate_wait, gate_close, delay_ns, clock_ns, watchdog};
    if (e == 0)
        e = malloc((size_t)ohm_engine_size());
    CHECK(e != 0);
    board_take(&in, h.board);
    if (h.board[OHM_BOARD_ROWS] > LINES || h.board[OHM_BOARD_COLS] > LINES || h.board[OHM_BOARD_LINE_SPAN_UV] > 20000000)
        return 0;       /* more than this hardware has */
    drivers_take(&in, &h);
    if (ohm_init(e, &hal, h.board, OHM_BOARD_COUNT) != OHM_OK) {
        CHECK(h.moves == 0);
        CHECK(ohm_start_rows(e, 0, 1, h.device) < 0);
        return 0;
    }
    for (int i = 0; in.left > 0 && i < OPERATIONS_MAX; i++) {
        const uint8_t operation = take(&in);
        switch (operation % 8) {
        case 0: configure(&in, e, &h); break;
        case 1: running = start(&in, e, &h, &b, running); break;
        case 2: running = step(&in, e, &h, &b, running); break;
        case 3:
            ohm_abort(e);
            check_quiet(&h);
            CHECK(!h.set);
            break;
        case 4: h.set = h.open = 0; break;              /* a trip */
        case 5: h.stuck = operation & 8; break;         /* the gate's own timer fails, or works again */
        case 6: codec(&in); break;
        default:                                        /* the list changes under a request that runs */
            if (running)
                b.in[take(&in) % b.words] = (int32_t)take_word(&in);
        }
    }
    free(b.out);
    return 0;
}
