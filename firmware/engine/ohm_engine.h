/* The real-time engine: it owns everything timed and everything dangerous.
 *
 * Integers only: voltages in uV, widths in ns, currents in units of 10 pA. No allocation: all state is in the
 * caller's ohm_engine. Every request is checked whole before any line moves; a refused request has no effect.
 * A request is started by an ohm_start_* call and driven by ohm_step, which returns at least every budget, so that the
 * application can listen, feed the watchdog and abort during a burst.
 */
#ifndef OHM_ENGINE_H
#define OHM_ENGINE_H

#include <stdint.h>
#include "ohm_hal.h"

/* Status of a call. Positive: not finished. Negative: refused or failed; ohm_info says where and by how much. */
enum ohm_status {
    OHM_OK = 0,
    OHM_BUSY = 1,
    OHM_E_ARGUMENT = -1,    /* malformed request: count, cell outside the array, unknown option */
    OHM_E_UNARMED = -2,     /* pulses need an armed device under test */
    OHM_E_VOLTAGE = -3,     /* a row-column pair would see more than its limit, worst case */
    OHM_E_READ_VOLTAGE = -4,/* a read or input voltage above the read limit, worst case */
    OHM_E_WIDTH = -5,       /* pulse width outside the limits; from ohm_step: a gate that did not close in time */
    OHM_E_RANGE = -6,       /* current range above the limit */
    OHM_E_COUNT = -7,       /* a cell would receive more pulses than its limit */
    OHM_E_DURATION = -8,    /* the list would last longer than one exchange may */
    OHM_E_LINE = -9,        /* a line voltage outside what its driver can give */
    OHM_E_TRIP = -10,       /* the hardware tripped: all lines are at 0 V */
    OHM_E_ABORTED = -11,    /* stopped by ohm_abort */
    OHM_E_CONVERTER = -12,  /* the current converter's replies are bad */
    OHM_E_BUSY = -13,       /* a request is running */
    OHM_E_CALIBRATION = -14,/* a correction larger than the board's stated tolerance */
    OHM_E_RAIL = -15,       /* a supply of the analogue part is outside its bounds; item is the rail */
    OHM_E_COLUMN = -16      /* a pulse with more on its column than its range bears without a trip; worst is the range */
};

enum ohm_range { OHM_RANGE_L, OHM_RANGE_M, OHM_RANGE_H, OHM_RANGE_AUTO };
enum ohm_bias { OHM_BIAS_GND, OHM_BIAS_HALF, OHM_BIAS_THIRD };
enum ohm_readback { OHM_READBACK_NONE, OHM_READBACK_EACH, OHM_READBACK_AFTER };

/* Board description, generated from hardware/board.toml. */
enum ohm_board {
    OHM_BOARD_ROWS, OHM_BOARD_COLS,
    OHM_BOARD_LINE_SPAN_UV,         /* output span of a line driver over 65,536 codes */
    OHM_BOARD_LINE_ZERO_CODE,
    OHM_BOARD_LINE_MIN_UV, OHM_BOARD_LINE_MAX_UV,
    OHM_BOARD_LINE_TOL_OFFSET_UV,   /* worst-case transfer of an uncorrected line */
    OHM_BOARD_LINE_TOL_GAIN_PPM,
    OHM_BOARD_ADC_SPAN_READ_UV, OHM_BOARD_ADC_SPAN_PULSE_UV,
    OHM_BOARD_RF_L_MOHM, OHM_BOARD_RF_M_MOHM, OHM_BOARD_RF_H_MOHM,
    OHM_BOARD_SETTLE_L_NS, OHM_BOARD_SETTLE_M_NS, OHM_BOARD_SETTLE_H_NS,      /* after a converter step */
    OHM_BOARD_SWITCH_L_NS, OHM_BOARD_SWITCH_M_NS, OHM_BOARD_SWITCH_H_NS,      /* after a switch step */
    OHM_BOARD_V_CELL_UV,            /* largest magnitude any cell may see */
    OHM_BOARD_V_READ_UV, OHM_BOARD_V_READ_UNARMED_UV,
    OHM_BOARD_PULSE_MIN_NS, OHM_BOARD_PULSE_MAX_NS,
    OHM_BOARD_RANGE_MAX,
    OHM_BOARD_PULSES_MAX,
    OHM_BOARD_EXCHANGE_MAX_NS,      /* a list of several pulses; a single pulse may last PULSE_MAX */
    OHM_BOARD_RAIL_MIN_UV, OHM_BOARD_RAIL_MAX_UV,   /* magnitude of a supply within which lines may be driven */
    OHM_BOARD_COL_L_UV, OHM_BOARD_COL_M_UV, OHM_BOARD_COL_H_UV,     /* magnitude of a column's voltage in a pulse */
    OHM_BOARD_COUNT
};

enum ohm_rail { OHM_RAIL_POSITIVE, OHM_RAIL_NEGATIVE, OHM_RAILS };

/* Limits of the armed device under test; the lower of these and the board's holds. */
enum ohm_limit {
    OHM_LIMIT_V_READ_UV,
    OHM_LIMIT_V_POS_UV, OHM_LIMIT_V_NEG_UV,     /* magnitudes, row minus column positive and negative */
    OHM_LIMIT_WIDTH_MAX_NS,
    OHM_LIMIT_RANGE_MAX,
    OHM_LIMIT_PULSES_MAX,                       /* a cell, since arming */
    OHM_LIMIT_COUNT
};

enum ohm_setup {
    OHM_SETUP_V_READ_UV,
    OHM_SETUP_AVERAGES,             /* a power of two, 1 to 4096 */
    OHM_SETUP_READ_RANGE,           /* ohm_range, AUTO included */
    OHM_SETUP_BIAS,
    OHM_SETUP_PULSE_RANGE,          /* ohm_range, not AUTO */
    OHM_SETUP_COUNT
};

/* Correction of one line: code = nominal(uV - offset) scaled by 1 - gain. */
enum ohm_table { OHM_TABLE_ROW_OFFSET_UV, OHM_TABLE_ROW_GAIN_PPM, OHM_TABLE_COL_OFFSET_UV, OHM_TABLE_COL_GAIN_PPM };

/* One pulse of a list: three int32. Volts are row minus column. */
enum ohm_pulse { OHM_PULSE_CELL, OHM_PULSE_UV, OHM_PULSE_NS, OHM_PULSE_WORDS };   /* CELL = row << 16 | column */

/* Readings that left the range are flagged, never clipped in silence. */
enum { OHM_OVER_POS = 2147483647, OHM_OVER_NEG = -2147483647, OHM_NO_READING = -2147483648 };

/* Where the last refusal or failure was: -1 for what does not apply. While a request runs and at its end, item counts
 * the items done. Worst is the magnitude that was compared with limit. */
enum ohm_info { OHM_INFO_STATUS, OHM_INFO_ITEM, OHM_INFO_ROW, OHM_INFO_COL, OHM_INFO_ASKED, OHM_INFO_WORST, OHM_INFO_LIMIT, OHM_INFO_COUNT };

typedef struct ohm_engine ohm_engine;

int ohm_engine_size(void);
int ohm_max_lines(void);
int ohm_init(ohm_engine *e, const ohm_hal *hal, const int32_t *board, int count);

int ohm_arm(ohm_engine *e, const int32_t *limits, int count);
int ohm_disarm(ohm_engine *e);
int ohm_limits(const ohm_engine *e, int32_t *limits, int count);    /* the limits in force, whether armed or not */
int ohm_setup(ohm_engine *e, const int32_t *setup, int count);
int ohm_calibrate(ohm_engine *e, int table, const int32_t *values, int count);

/* `out` receives one current per pulse, cell or column. The list and `out` must stay valid until the request ends; a
 * list that changes meanwhile is checked again, pulse by pulse. Nothing is output before the first ohm_step. */
int ohm_start_pulses(ohm_engine *e, const int32_t *records, int pulses, int readback, int32_t *out);
int ohm_start_reads(ohm_engine *e, const int32_t *cells, int count, int32_t *out);
int ohm_start_rows(ohm_engine *e, int first, int count, int32_t *out);
int ohm_start_multiply(ohm_engine *e, const int32_t *uv, int vectors, int32_t *out);
int ohm_step(ohm_engine *e, uint32_t budget_ns);    /* OHM_E_ARGUMENT if no request runs */
int ohm_abort(ohm_engine *e);               /* safe state now; the next ohm_step returns OHM_E_ABORTED */
int ohm_safe(ohm_engine *e);                /* gate closed, not energised, codes at zero */
int ohm_applied(const ohm_engine *e);       /* pulses of the last list whose gate was opened */
int ohm_info(const ohm_engine *e, int32_t *info, int count);
int ohm_time_us(const ohm_engine *e, uint32_t *low_high);   /* two words, since boot */
int ohm_watchdog(ohm_engine *e);
int ohm_rails(ohm_engine *e, int32_t *uv, int count);       /* both supplies; OHM_E_RAIL if one is out of bounds */

/* Bulk codec: base64 without line breaks. Returns bytes written, or OHM_E_ARGUMENT. */
int ohm_decode(const uint8_t *text, int length, uint8_t *out, int capacity);
int ohm_encode(const uint8_t *data, int length, uint8_t *text, int capacity);

/* Place of the first newline from `start` on, or -1 if there is none before `stop`. */
int ohm_newline(const uint8_t *text, int start, int stop);

/* Header and arguments of a command: the header ends at the first blank, commas separate arguments, blanks around them do
 * not count. places: where the header ends; then for each argument its start, its end, and its value if it is one to nine
 * digits, else -1. The last argument reaches to `stop`; commas beyond the first OHM_SPLIT_HEAD bytes separate nothing.
 * Returns how many arguments there are, or OHM_E_ARGUMENT. */
enum { OHM_SPLIT_MOST = 8, OHM_SPLIT_HEAD = 256, OHM_SPLIT_COUNT = 25 };

int ohm_split(const uint8_t *text, int start, int stop, int32_t *places, int count);

/* Parts of the envelope of a line; places are offsets into it. */
enum ohm_envelope {
    OHM_ENVELOPE_ID,
    OHM_ENVELOPE_LEASED, OHM_ENVELOPE_LEASE,    /* whether it carries the key of a lease, and the key */
    OHM_ENVELOPE_BODY, OHM_ENVELOPE_BODY_END,
    OHM_ENVELOPE_BODY_CRC,                      /* CRC-32 of the body if it carries the key of a lease, else 0 */
    OHM_ENVELOPE_COUNT
};

/* What is wrong with an envelope. */
enum { OHM_ENVELOPE_BAD_FORM = 1, OHM_ENVELOPE_BAD_CRC, OHM_ENVELOPE_BAD_ID, OHM_ENVELOPE_BAD_LEASE };

/* OHM_OK, or what is wrong; nothing is written then. */
int ohm_envelope_open(const uint8_t *line, int length, uint32_t *parts, int count);
/* Writes ` *` and the check sum behind a line; returns its new length, or OHM_E_ARGUMENT if that does not fit. */
int ohm_envelope_seal(uint8_t *line, int length, int capacity);

#endif
