/* A bench of resistors behind the HAL, in C: for tests of the engine and of the application on either Python.
 * Ideal lines, no noise, time that moves only as the engine waits. It records the most any resistor ever saw.
 */
#ifndef OHM_BENCH_H
#define OHM_BENCH_H

#include "ohm_engine.h"

typedef struct ohm_bench ohm_bench;

int ohm_bench_size(void);

/* Readings of the recorder. */
enum ohm_bench_record {
    OHM_BENCH_MAX_UV, OHM_BENCH_MIN_UV,     /* extreme row-column voltage since the last reset of the record */
    OHM_BENCH_GATES,                        /* gate openings with columns released: pulses */
    OHM_BENCH_OPEN,                         /* 1 while the gate is open */
    OHM_BENCH_ENERGISED,
    OHM_BENCH_COUNT
};

/* Prepares bench and engine together: `board` as for ohm_init, `conductances_ns` rows x cols in nS,
 * 0 to 10^8 each. */
int ohm_bench_init(ohm_bench *bench, ohm_engine *e, const int32_t *board, int count, const int32_t *conductances_ns);
int ohm_bench_record(const ohm_bench *bench, int32_t *record, int count);
int ohm_bench_reset_record(ohm_bench *bench);
int ohm_bench_trip_at(ohm_bench *bench, int32_t gates);     /* trips at that pulse from now; 0 = never */
int ohm_bench_break_adc(ohm_bench *bench, int broken);      /* converter replies become bad */
int ohm_bench_advance_us(ohm_bench *bench, uint32_t us);    /* idle time */

#endif
