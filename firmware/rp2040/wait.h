/* Waits that are never shorter than asked. */
#ifndef OHM_WAIT_H
#define OHM_WAIT_H

#include <stdint.h>

#include "pico/time.h"

#include "board_pins.h"

#define OHM_CYCLE_NS (1000000000u / SYS_HZ)

/* Up to 34 ms in processor cycles. */
static inline void wait_cycles_ns(uint32_t ns) {
    busy_wait_at_least_cycles((ns + OHM_CYCLE_NS - 1) / OHM_CYCLE_NS);
}

static inline void wait_ns(uint32_t ns) {
    if (ns < 30000000u) {
        wait_cycles_ns(ns);
    } else {
        busy_wait_us((uint64_t)ns / 1000u + 1u);
    }
}

#endif
