/* Random calls with random numbers on random hardware, to be built with the compiler's sanitizers.
 *
 * What the sanitizers find ends the program. Prints how many requests were carried out. Argument: the seed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ohm_engine.h"

enum { WORDS = 4096, ROUNDS = 300, CALLS = 60 };

static uint64_t state;
static uint64_t now_ns;
static uint16_t device_codes[2][128];   /* written by the fake hardware, so that the codes it gets are looked at */

/* A 64-bit linear congruential generator (Knuth, MMIX); the upper bits are good. */
static uint32_t draw(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(state >> 32);
}

/* Extreme, small, typical or any number. */
static int32_t number(void)
{
    static const int32_t extremes[] = {INT32_MIN, INT32_MIN + 1, -1, 0, 1, INT32_MAX - 1, INT32_MAX};
    switch (draw() % 5) {
    case 0: return extremes[draw() % 7];
    case 1: return (int32_t)(draw() % 9) - 2;
    case 2: return (int32_t)(draw() % 4000001) - 2000000;
    case 3: return (int32_t)(draw() % 200001) - 100000;
    default: return (int32_t)draw();
    }
}

static void dac_load(void *ctx, int side, const uint16_t *codes, int count)
{
    (void)ctx;
    memcpy(device_codes[side], codes, (size_t)count * sizeof *codes);
}

static void nothing(void *ctx)
{
    (void)ctx;
    now_ns += draw() % 1000;
}

static void latch(void *ctx, const uint8_t *row_on, int rows, const uint8_t *col_range, int cols)
{
    (void)ctx;
    for (int row = 0; row < rows; row++)
        if (row_on[row] > 1)
            abort();
    for (int col = 0; col < cols; col++)
        if (col_range[col] > OHM_RANGE_H)
            abort();
}

static void option(void *ctx, int value)
{
    (void)ctx;
    now_ns += (uint64_t)(value & 1);
}

static int adc_sample(void *ctx, int log2_osr, int16_t *codes, int count)
{
    (void)ctx;
    now_ns += 1000u << log2_osr;
    const int quiet = draw() % 2 == 0;
    for (int col = 0; col < count; col++)
        codes[col] = quiet ? (int16_t)(draw() % 400) : (int16_t)draw();
    return draw() % 1000 == 0 ? -1 : 0;
}

static int energised(void *ctx)
{
    (void)ctx;
    return draw() % 2000 != 0;
}

static void gate_open(void *ctx, int columns, uint32_t width_ns)
{
    (void)ctx;
    now_ns += (uint64_t)columns + width_ns % 7;
}

static int gate_wait(void *ctx, uint32_t max_ns)
{
    (void)ctx;
    now_ns += max_ns;
    return max_ns == 0 || draw() % 4 == 0;
}

static void rails(void *ctx, int32_t *uv)
{
    (void)ctx;
    const int good = draw() % 500 != 0;
    uv[OHM_RAIL_POSITIVE] = good ? 7500000 : number();
    uv[OHM_RAIL_NEGATIVE] = good ? -7500000 : number();
}

static void delay_ns(void *ctx, uint32_t ns)
{
    (void)ctx;
    now_ns += ns;
}

static uint64_t clock_ns(void *ctx)
{
    (void)ctx;
    return now_ns;
}

static const int32_t REFERENCE[OHM_BOARD_COUNT] = {
    8, 8, 10000000, 32768, -5000000, 4999850, 5000, 2500, 2500000, 10000000, 100000000, 4755600, 202600,
    18000, 11000, 11000, 15500, 7500, 7000, 6000000, 300000, 50000, 500, 1000000000, 2, 1000000, 1000000000,
    6500000, 8500000, 350000, 2300000, 5000000,
};

/* The reference board with a few fields at or beyond their bounds; most are refused, the rest are the corners. */
static void board_draw(int32_t *board)
{
    static const int32_t corners[] = {0, 1, 2, 127, 128, 65535, 100000, 500000, 10000000, 100000000, INT32_MAX};
    memcpy(board, REFERENCE, sizeof REFERENCE);
    board[OHM_BOARD_ROWS] = 1 + (int32_t)(draw() % 16);
    board[OHM_BOARD_COLS] = 1 + (int32_t)(draw() % 16);
    for (uint32_t change = draw() % 4; change > 0; change--)
        board[2 + draw() % (OHM_BOARD_COUNT - 2)] = draw() % 8 == 0 ? number() : corners[draw() % 11];
}

static int32_t cell(const int32_t *board)
{
    return (int32_t)(draw() % (uint32_t)board[OHM_BOARD_ROWS]) << 16 | (int32_t)(draw() % (uint32_t)board[OHM_BOARD_COLS]);
}

/* Once in a while one of `count` values becomes anything. */
static void spoil(int32_t *values, int count)
{
    if (draw() % 3 == 0)
        values[draw() % (uint32_t)count] = number();
}

static int items(int most)
{
    const int32_t any = number();
    return draw() % 16 != 0 ? 1 + (int)(draw() % (uint32_t)most) : any > most ? most : any;
}

static void configure(ohm_engine *e, int32_t *in)
{
    int32_t limits[OHM_LIMIT_COUNT] = {300000, 3000000, 3000000, 1000000, 2, 1000};
    int32_t setup[OHM_SETUP_COUNT] = {1 + (int32_t)(draw() % 200000), 1 << draw() % 13, (int32_t)(draw() % 4),
                                      (int32_t)(draw() % 3), (int32_t)(draw() % 3)};
    switch (draw() % 4) {
    case 0:
        spoil(limits, OHM_LIMIT_COUNT);
        ohm_arm(e, limits, draw() % 16 == 0 ? number() : OHM_LIMIT_COUNT);
        break;
    case 1:
        spoil(setup, OHM_SETUP_COUNT);
        ohm_setup(e, setup, OHM_SETUP_COUNT);
        break;
    case 2:
        for (int i = 0; i < 16; i++)
            in[i] = (int32_t)(draw() % 5001) - 2500;
        spoil(in, 16);
        ohm_calibrate(e, (int)(draw() % 6) - 1, in, 1 + (int)(draw() % 16));
        break;
    default:
        draw() % 16 == 0 ? ohm_abort(e) : draw() % 8 == 0 ? ohm_disarm(e) : ohm_safe(e);
    }
}

/* `in` and `out` hold WORDS words: more than the largest of these requests. */
static int start(ohm_engine *e, const int32_t *board, int32_t *in, int32_t *out)
{
    const int32_t rows = board[OHM_BOARD_ROWS];
    switch (draw() % 4) {
    case 0:
        for (int i = 0; i < 32; i++)
            in[i] = cell(board);
        spoil(in, 32);
        return ohm_start_reads(e, in, items(32), out);
    case 1:
        return ohm_start_rows(e, draw() % 8 == 0 ? number() : (int)(draw() % (uint32_t)rows), items(4), out);
    case 2:
        for (int i = 0; i < 4 * rows; i++)
            in[i] = (int32_t)(draw() % 100001) - 50000;
        spoil(in, 4 * rows);
        return ohm_start_multiply(e, in, items(4), out);
    default:
        for (int i = 0; i < 32; i++) {
            in[OHM_PULSE_WORDS * i + OHM_PULSE_CELL] = cell(board);
            in[OHM_PULSE_WORDS * i + OHM_PULSE_UV] = (int32_t)(draw() % 3000001) - 1500000;
            in[OHM_PULSE_WORDS * i + OHM_PULSE_NS] = 500 + (int32_t)(draw() % 1000000);
        }
        spoil(in, 32 * OHM_PULSE_WORDS);
        return ohm_start_pulses(e, in, items(32), draw() % 16 == 0 ? number() : (int)(draw() % 3), out);
    }
}

/* 1 if the request was carried out. */
static int run(ohm_engine *e, const int32_t *board, int32_t *in, int32_t *out)
{
    uint32_t time[2];
    int status = start(e, board, in, out);
    for (int step = 0; status == OHM_OK && step < 20000; step++) {
        status = ohm_step(e, draw() % 1000000);
        ohm_info(e, out + WORDS - OHM_INFO_COUNT, OHM_INFO_COUNT);
        ohm_time_us(e, time);
        if (status == OHM_OK)
            return 1;
        if (status == OHM_BUSY)
            status = draw() % 200 == 0 ? ohm_abort(e) : OHM_OK;
    }
    return 0;
}

static void codec(void)
{
    uint8_t text[64], data[64];
    const int length = (int)(draw() % 65);
    for (int i = 0; i < length; i++)
        text[i] = draw() % 8 == 0 ? (uint8_t)draw() : (uint8_t)"ABCDabcd0189+/=="[draw() % 16];
    ohm_decode(text, draw() % 8 == 0 ? -length : length, data, (int)(draw() % 65));
    for (int i = 0; i < 64; i++)
        data[i] = (uint8_t)draw();
    ohm_encode(data, length, text, (int)(draw() % 65));
}

int main(int argc, char **argv)
{
    const ohm_hal hal = {0, dac_load, nothing, latch, option, adc_sample, option, energised, gate_open,
                         gate_wait, nothing, rails, delay_ns, clock_ns, nothing};
    ohm_engine *e = malloc((size_t)ohm_engine_size());
    int32_t *in = malloc(WORDS * sizeof *in), *out = malloc(WORDS * sizeof *out);
    int32_t board[OHM_BOARD_COUNT];
    long completed = 0;
    state = argc > 1 ? strtoull(argv[1], 0, 10) : 1;
    if (e == 0 || in == 0 || out == 0)
        return 1;
    for (int round = 0; round < ROUNDS; round++) {
        board_draw(board);
        if (ohm_init(e, &hal, board, OHM_BOARD_COUNT) != OHM_OK) {
            memcpy(board, REFERENCE, sizeof board);
            if (ohm_init(e, &hal, board, OHM_BOARD_COUNT) != OHM_OK)
                return 2;
        }
        for (int i = 0; i < CALLS; i++) {
            configure(e, in);
            completed += run(e, board, in, out);
            codec();
        }
    }
    printf("%ld\n", completed);
    free(e);
    free(in);
    free(out);
    return 0;
}
