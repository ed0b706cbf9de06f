/* libFuzzer's target: an input is a board, its bad luck, and what a client and the hardware do to it. */
#include <string.h>

#include "fuzz_board.h"

enum { LIST = 6, VECTORS = 3, OPERATIONS_MAX = 40, STEPS_MAX = 400 };

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
        6500000, 8500000, 350000, 2300000, 5000000,
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
    if (changes & 64)
        for (int range = OHM_RANGE_L; range <= OHM_RANGE_H; range++)
            board[OHM_BOARD_COL_L_UV + range] = PICK(0, 350000, 600000, 100000000);
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
    const int32_t most = h->armed ? lower_limit(h, negative ? OHM_LIMIT_V_NEG_UV : OHM_LIMIT_V_POS_UV, OHM_BOARD_V_CELL_UV) : 1000000;
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
    CHECK(status == OHM_OK || status == OHM_E_TRIP || status == OHM_E_CONVERTER || h->moves == moves);
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
    const ohm_hal hal = hardware_hal(&h);
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
