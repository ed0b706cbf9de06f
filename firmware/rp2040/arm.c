/* ARM's rising edge sets the flip-flop; a trip, or DAC_RESET_N low, clears it. There is no other way to clear it. */
#include "arm.h"

#include "hardware/gpio.h"

#include "board_pins.h"
#include "wait.h"

#define ARM_NS 100u

void arm_set(void) {
    gpio_put(PIN_ARM, 1);
    wait_cycles_ns(ARM_NS);
    gpio_put(PIN_ARM, 0);
}

int arm_is_set(void) {
    return gpio_get(PIN_ARMED);
}
