/* What the engine needs of a board, and nothing else.
 *
 * One table of functions and a context. The RP2040 port drives pins with it, the emulator joins it to simulated
 * devices, the tests to a bench of resistors. Plain declarations only: the PC binding reads this file as it is.
 */
#ifndef OHM_HAL_H
#define OHM_HAL_H

#include <stdint.h>

enum { OHM_CLOCK_STEP_NS = 1000 };

typedef struct ohm_hal {
    void *ctx;

    /* Converters. `side` is 0 for rows, 1 for columns. A loaded code reaches its line at dac_update, all lines together;
     * codes are also loaded while a gate is open. */
    void (*dac_load)(void *ctx, int side, const uint16_t *codes, int count);
    void (*dac_update)(void *ctx);

    /* Pattern latch: row_on[i] != 0 joins row i to its driver while the gate is open (otherwise it is at hard ground);
     * col_range[j] is the current range of column j (0 = L, 1 = M, 2 = H). */
    void (*latch)(void *ctx, const uint8_t *row_on, int rows, const uint8_t *col_range, int cols);

    /* Input span of the current converter: 0 for reading, 1 (wider) while programming. */
    void (*adc_span)(void *ctx, int span);

    /* One simultaneous conversion of all columns with 2^log2_osr internal samples. Codes are signed and stand for the
     * transimpedance outputs: I = -code * span / 32768 / Rf. Returns 0, or negative if the converter's reply is bad. */
    int (*adc_sample)(void *ctx, int log2_osr, int16_t *codes, int count);

    /* Arm flip-flop: lines can leave 0 V only while it is set; a hardware trip clears it. */
    void (*energise)(void *ctx, int on);
    int (*energised)(void *ctx);

    /* The gate joins the latched rows to their drivers and, if `columns` is not 0, releases the column references.
     * Hardware closes it after width_ns whatever the processor does. gate_wait waits at most max_ns and returns 1 while
     * the gate is still open. gate_close closes it at once. */
    void (*gate_open)(void *ctx, int columns, uint32_t width_ns);
    int (*gate_wait)(void *ctx, uint32_t max_ns);
    void (*gate_close)(void *ctx);

    /* Supplies of the analogue part as their monitors see them: positive and negative rail, uV with sign. */
    void (*rails)(void *ctx, int32_t *uv);

    void (*delay_ns)(void *ctx, uint32_t ns);
    uint64_t (*clock_ns)(void *ctx);    /* in steps of at most OHM_CLOCK_STEP_NS */
    void (*watchdog)(void *ctx);
} ohm_hal;

#endif
