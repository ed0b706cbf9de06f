#include "latches.h"

#include <stdbool.h>

#include "hardware/gpio.h"

#include "board_pins.h"
#include "bus.h"
#include "wait.h"

#define RCLK_HIGH_NS 20u

/* What the outputs hold: other traffic shifts the chain, but only RCLK copies. */
static uint32_t held;
static bool known;

static const uint32_t range_bits[] = {LATCH_RANGE_L, LATCH_RANGE_M, LATCH_RANGE_H};

void latches_write(const uint8_t *row_on, int rows, const uint8_t *col_range, int cols) {
    uint32_t word = 0;
    for (int i = 0; i < rows; i++) {
        word |= (row_on[i] ? 1u : 0u) << (LATCH_ROW_SHIFT + i);
    }
    for (int j = 0; j < cols; j++) {
        word |= range_bits[col_range[j]] << j;
    }
    if (known && word == held) {
        return;
    }
    held = word;
    known = true;
    uint8_t bytes[LATCH_BITS / 8u] = {
        (uint8_t)(word >> 24), (uint8_t)(word >> 16), (uint8_t)(word >> 8), (uint8_t)word,
    };
    bus_select(BUS_LATCH);
    bus_send(bytes, sizeof bytes);
    gpio_put(PIN_LATCH_RCLK, 1);
    wait_cycles_ns(RCLK_HIGH_NS);
    gpio_put(PIN_LATCH_RCLK, 0);
}

void latches_forget(void) {
    known = false;
}
