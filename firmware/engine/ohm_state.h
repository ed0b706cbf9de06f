/* What the engine keeps, and the calls its parts make of each other. Private: callers see ohm_engine.h only. */
#ifndef OHM_STATE_H
#define OHM_STATE_H

#include "ohm_engine.h"

#ifndef OHM_MAX_LINES
#define OHM_MAX_LINES 128       /* a port to a small processor defines less: the pulse counters take 4 bytes a cell */
#endif

#define OHM_RANGES 3
#define OHM_SPAN_UNKNOWN 255
#define OHM_LIST_MAX 65536      /* items of one request */

enum { OHM_ROWS, OHM_COLS, OHM_SIDES };

enum ohm_request { OHM_IDLE, OHM_PULSES, OHM_CELLS, OHM_WHOLE_ROWS, OHM_VECTORS };
enum ohm_pulse_phase { OHM_PULSE_NEXT, OHM_PULSE_GATE, OHM_PULSE_READ };
enum ohm_read_phase { OHM_READ_PROBE, OHM_READ_ZERO, OHM_READ_MEASURE };
enum ohm_loaded { OHM_LOADED_ZERO, OHM_LOADED_READ, OHM_LOADED_OTHER };

/* What stands, or is about to stand, at the lines. */
typedef struct {
    uint16_t code[OHM_SIDES][OHM_MAX_LINES];
    uint8_t row_on[OHM_MAX_LINES];
    uint8_t col_range[OHM_MAX_LINES];
    uint8_t loaded;             /* ohm_loaded: which codes the converters hold */
    uint8_t span;               /* of the current converter; OHM_SPAN_UNKNOWN after a start */
    uint8_t stepped;            /* the converters moved and nothing has waited for them yet */
} ohm_lines;

/* One reading of all columns with one row pattern: find ranges, measure missing zeros, measure. */
typedef struct {
    uint8_t phase;              /* ohm_read_phase */
    uint8_t probe;              /* range that is being probed */
    uint8_t zero_known[OHM_RANGES];
    uint8_t uniform[OHM_MAX_LINES];     /* one range on all columns, for a zero */
    int32_t loops;              /* conversions still to be added to sum */
    int16_t sample[OHM_MAX_LINES];
    int32_t sum[OHM_MAX_LINES];
    int32_t zero[OHM_RANGES][OHM_MAX_LINES];
    int32_t current[OHM_MAX_LINES];     /* result, in units of 10 pA */
} ohm_reading;

/* One pulse of a list. */
typedef struct {
    int32_t item;
    int row, col;
    int32_t uv, ns;
} ohm_pulse_item;

/* The request that runs. */
typedef struct {
    uint8_t kind;               /* ohm_request */
    uint8_t aborted;
    uint8_t phase;              /* ohm_pulse_phase */
    uint8_t readback;
    uint8_t reading;            /* a row pattern is being read */
    const int32_t *items;       /* pulse records, cells or vectors */
    int32_t *out;
    int32_t stride;             /* words from one cell to the next */
    int32_t count, done;        /* items */
    int32_t first;              /* first row of OHM_WHOLE_ROWS */
    int32_t cell, cells_end;    /* read-back: next cell and end of this part */
    int32_t applied;
    uint32_t width_ns;          /* of the open gate */
    uint64_t opened_ns;
    int32_t vectors_ready;      /* codes of this vector, counted from 1, are at the converters' inputs; 0 for none */
    ohm_pulse_item prepared;    /* passed its checks, and its codes are at the converters' inputs; uv is 0 if none is */
} ohm_running;

struct ohm_engine {
    ohm_hal hal;
    int32_t board[OHM_BOARD_COUNT];
    int32_t rows, cols;         /* 0 until a good ohm_init */
    int32_t setup[OHM_SETUP_COUNT];
    int32_t limit[OHM_LIMIT_COUNT];     /* in force */
    int32_t info[OHM_INFO_COUNT];
    int32_t armed;
    int32_t energised;          /* as we left it; the hardware may have tripped since */
    int32_t read_limit[2];      /* of reads and inputs in force: row minus column positive, negative */

    int32_t span_low, span_high;                        /* span of a line at the ends of the gain tolerance, uV */
    int32_t full_scale[OHM_RANGES];                     /* reading span, in units of 10 pA */
    int32_t fits_finer[OHM_RANGES];                     /* largest |code| that the next finer range can hold */
    int32_t offset[OHM_SIDES][OHM_MAX_LINES];           /* corrections, uV */
    int64_t codes_per_uv[OHM_SIDES][OHM_MAX_LINES];     /* corrected scale of a line, times 2^40 */
    int32_t read_low[OHM_MAX_LINES], read_high[OHM_MAX_LINES];      /* uV that a row may have while reading, at worst */
    int32_t code_of_zero[OHM_SIDES][OHM_MAX_LINES];     /* corrected code for 0 V, negative if a line cannot give that */

    ohm_lines lines;
    ohm_reading reading;
    ohm_running request;
    uint32_t pulses[OHM_MAX_LINES * OHM_MAX_LINES];     /* per cell since arming */
    uint8_t no_rows[OHM_MAX_LINES];                     /* always zero */
    uint8_t all_lines[OHM_MAX_LINES];                   /* always one */
};

/* info.c */
int ohm_report(ohm_engine *e, int status, int32_t item, int32_t row, int32_t col);
int ohm_refuse(ohm_engine *e, int status, int32_t item, int32_t row, int32_t col,
               int64_t asked, int64_t worst, int64_t limit);

/* rails.c */
int ohm_rails_check(ohm_engine *e);

/* limits.c */
void ohm_limits_refresh(ohm_engine *e, const int32_t *device);

/* lines.c */
void ohm_line_correct(ohm_engine *e, int side, int line, int32_t offset_uv);
void ohm_lines_scale(ohm_engine *e, int side, int line, int32_t gain_ppm);
int ohm_line_code(ohm_engine *e, int side, int line, int32_t uv, int32_t item);
int ohm_line_code_allowed(const ohm_engine *e, int side, int line, int32_t uv);
int32_t ohm_line_lowest(const ohm_engine *e, int32_t code);
int32_t ohm_line_highest(const ohm_engine *e, int32_t code);
void ohm_read_bounds(ohm_engine *e);

/* pairs.c */
int ohm_pairs_check(ohm_engine *e, int columns, int status, int32_t item, int row, int col);

/* output.c */
int ohm_energise(ohm_engine *e);
int ohm_still_energised(const ohm_engine *e);
void ohm_codes_load(ohm_engine *e);
void ohm_codes_update(ohm_engine *e, int loaded);
void ohm_load(ohm_engine *e, int loaded);
void ohm_latch(ohm_engine *e, const uint8_t *row_on, const uint8_t *col_range);
void ohm_span(ohm_engine *e, int span);
uint32_t ohm_settling_ns(ohm_engine *e, const uint8_t *col_range);
void ohm_settle(ohm_engine *e, uint32_t settle_ns, uint64_t moved_ns);
void ohm_columns_zero(ohm_engine *e);
void ohm_quiet(ohm_engine *e);
void ohm_make_safe(ohm_engine *e);

/* sample.c */
int ohm_sample(ohm_engine *e, int gated, int log2_osr, int last);
void ohm_sum_clear(ohm_engine *e);
void ohm_sum_add(ohm_engine *e);
int32_t ohm_sum_current(const ohm_engine *e, int col, int range, int log2_loops);

/* read.c */
int ohm_read_check(ohm_engine *e, int32_t item, int row, int col, int32_t uv);
int ohm_read_range_check(ohm_engine *e);
void ohm_read_forget_zeros(ohm_engine *e);
void ohm_read_begin(ohm_engine *e);
int ohm_read_advance(ohm_engine *e);

/* cells.c */
int ohm_cell_at(ohm_engine *e, int32_t word, int32_t item, int *row, int *col);
void ohm_row_select(ohm_engine *e, int row);
void ohm_cells_begin(ohm_engine *e, int32_t from, int32_t end);

/* bias.c, pulse_list.c */
int ohm_pulse_lines(ohm_engine *e, const ohm_pulse_item *p);
int ohm_pulse_read(ohm_engine *e, const int32_t *records, int32_t item, ohm_pulse_item *p);
uint32_t *ohm_pulse_counter(ohm_engine *e, const ohm_pulse_item *p);
int ohm_pulse_limits(ohm_engine *e, const ohm_pulse_item *p);
int ohm_pulse_pairs(ohm_engine *e, const ohm_pulse_item *p);

/* cells.c, multiply.c, pulse.c: one part of the request at each call; OHM_BUSY until it is done */
int ohm_cells_advance(ohm_engine *e);
int ohm_rows_advance(ohm_engine *e);
int ohm_multiply_advance(ohm_engine *e);
void ohm_multiply_ahead(ohm_engine *e);
int ohm_pulses_advance(ohm_engine *e, uint32_t slice_ns);

/* request.c */
int ohm_request_check(ohm_engine *e, int count);
int ohm_request_begin(ohm_engine *e, int kind, const int32_t *items, int count, int32_t *out, int outputs);

#endif
