/* The board of the fuzzer: what of it the input decides, and what it records. */
#ifndef FUZZ_BOARD_H
#define FUZZ_BOARD_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "ohm_engine.h"

enum { ROWS, COLS, SIDES, LINES = 4 };

/* A voltage of the board is an integer of uV / PARTS: exact for every code and tolerance. */
#define PARTS 65536000000

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

/* The next byte of the input, the next four, or zeros behind its end. */
uint8_t take(bytes *in);
uint32_t take_word(bytes *in);

/* The lower of the board's limit and the device's. */
int32_t lower_limit(const hardware *h, int of_device, int of_board);

ohm_hal hardware_hal(hardware *h);

#endif
