/* The HAL of the interface board, and what the MicroPython module asks of a port. */
#include "ohm_port.h"

#include "hardware/watchdog.h"

#include "adc.h"
#include "arm.h"
#include "board_pins.h"
#include "bus.h"
#include "dac.h"
#include "gate.h"
#include "latches.h"
#include "pins.h"
#include "rails.h"
#include "wait.h"

#define NANOSECONDS_32_US 4294967u       /* as many microseconds fit 32 bits of nanoseconds */

void ohm_port_early(void);

/* With converters that do not answer at start, or do not read back what they were given, no line leaves 0 V: the flip-flop
 * is never set and every conversion is a bad one, which latches. */
static int answering;
static int watching;
static uint32_t watchdog_ms = WATCHDOG_MS;

static void hal_dac_load(void *ctx, int side, const uint16_t *codes, int count) {
    (void)ctx;
    dac_write(side, codes, count);
}

static void hal_dac_update(void *ctx) {
    (void)ctx;
    dac_latch();
}

static void hal_latch(void *ctx, const uint8_t *row_on, int rows, const uint8_t *col_range, int cols) {
    (void)ctx;
    latches_write(row_on, rows, col_range, cols);
}

static void hal_adc_span(void *ctx, int span) {
    (void)ctx;
    adc_span(span);
}

static int hal_adc_sample(void *ctx, int log2_osr, int16_t *codes, int count) {
    (void)ctx;
    return answering ? adc_convert(log2_osr, codes, count) : -1;
}

static void hal_energise(void *ctx, int on) {
    (void)ctx;
    if (on) {
        if (answering) {
            arm_set();
        }
        dac_forget();
        latches_forget();
    } else {
        gate_close();
        dac_reset();
    }
}

static int hal_energised(void *ctx) {
    (void)ctx;
    return arm_is_set();
}

static void hal_gate_open(void *ctx, int columns, uint32_t width_ns) {
    (void)ctx;
    if (gate_is_open()) {
        gate_close();
    }
    gate_open(columns != 0, width_ns);
}

static int hal_gate_wait(void *ctx, uint32_t max_ns) {
    (void)ctx;
    if (max_ns == 0) {
        return gate_is_open();
    }
    const uint32_t began_us = time_us_32(), most_us = (max_ns >> 10) + 1u;     /* a division takes as long as a look */
    while (gate_is_open()) {
        if (!arm_is_set()) {
            gate_close();
            return 0;
        }
        if (time_us_32() - began_us >= most_us) {
            return 1;
        }
    }
    return 0;
}

static void hal_gate_close(void *ctx) {
    (void)ctx;
    gate_close();
}

static void hal_rails(void *ctx, int32_t *uv) {
    (void)ctx;
    rails_read(uv);
}

static void hal_delay_ns(void *ctx, uint32_t ns) {
    (void)ctx;
    wait_ns(ns);
}

/* The processor multiplies 64 bits in software: counted on from the last look. The timer's lower half is enough, since
 * the watchdog is fed, with a look at the clock, more often than it wraps. */
static uint64_t hal_clock_ns(void *ctx) {
    (void)ctx;
    static uint32_t seen_us;
    static uint64_t now_ns;
    const uint32_t now_us = time_us_32(), passed_us = now_us - seen_us;
    now_ns += passed_us < NANOSECONDS_32_US ? passed_us * 1000u : (uint64_t)passed_us * 1000u;
    seen_us = now_us;
    return now_ns;
}

/* The first call starts it. */
static void hal_watchdog(void *ctx) {
    hal_clock_ns(ctx);
    if (watching) {
        watchdog_update();
    } else {
        watching = 1;
        watchdog_enable(watchdog_ms, false);
    }
}

int port_is_watched(void) {
    return watching;
}

void ohm_port_patience(uint32_t ms) {
    watchdog_ms = ms ? ms : WATCHDOG_MS;
    if (watching) {
        watchdog_enable(watchdog_ms, false);
    }
}

static const ohm_hal hal = {
    .dac_load = hal_dac_load,
    .dac_update = hal_dac_update,
    .latch = hal_latch,
    .adc_span = hal_adc_span,
    .adc_sample = hal_adc_sample,
    .energise = hal_energise,
    .energised = hal_energised,
    .gate_open = hal_gate_open,
    .gate_wait = hal_gate_wait,
    .gate_close = hal_gate_close,
    .rails = hal_rails,
    .delay_ns = hal_delay_ns,
    .clock_ns = hal_clock_ns,
    .watchdog = hal_watchdog,
};

void ohm_port_early(void) {
    pins_safe();
}

const ohm_hal *ohm_port_start(void) {
    static const uint8_t nothing[ADC_CHANNELS];
    pins_safe();
    bus_start();
    gate_start();
    rails_start();
    latches_write(nothing, ADC_CHANNELS, nothing, ADC_CHANNELS);
    dac_reset();
    answering = dac_check() == 0;
    answering = adc_start() == 0 && answering;
    return &hal;
}

void ohm_port_stop(void) {
    watchdog_disable();
    watching = 0;
    watchdog_ms = WATCHDOG_MS;
    pins_safe();
}

int ohm_port_boot_reason(void) {
    if (!watchdog_caused_reboot()) {
        return OHM_BOOT_POWER;
    }
    return watchdog_enable_caused_reboot() ? OHM_BOOT_WATCHDOG : OHM_BOOT_RESET;
}
