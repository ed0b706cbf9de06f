/* The pins that hold lines at 0 V are driven there first: gates low, arm low, converters in reset. DAC_RESET_N low also
 * holds the arm flip-flop clear (its diode pulls TRIP#). */
#include "pins.h"

#include "hardware/gpio.h"

#include "board_pins.h"

static void output(unsigned pin, bool level) {
    gpio_init(pin);
    gpio_put(pin, level);
    gpio_set_dir(pin, GPIO_OUT);
}

static void input(unsigned pin) {
    gpio_init(pin);
    gpio_disable_pulls(pin);
}

void pins_safe(void) {
    output(PIN_ROW_EN, 0);
    output(PIN_COL_EN, 0);
    output(PIN_ARM, 0);
    output(PIN_DAC_RESET_N, 0);
    output(PIN_ADC_CONVST, 0);
    output(PIN_ADC_RESET, 1);
    output(PIN_ROWDAC_SYNC_N, 1);
    output(PIN_COLDAC_SYNC_N, 1);
    output(PIN_LDAC_N, 1);
    output(PIN_LATCH_RCLK, 0);
    output(PIN_ADC_CS_N, 1);
    output(PIN_BA0, 0);
    output(PIN_BA1, 0);
    input(PIN_ADC_BUSY);
    input(PIN_ARMED);
    input(PIN_LATCH_QH);
}
